//! Cameras and the keys with which they speak to the server.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::ids::{AgencyId, CameraId};
use crate::time::Timestamp;

/// How a camera is mounted (`AUS-344.2a`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mounting {
    /// On a pole or building.
    Fixed,
    /// On a trailer.
    Trailer,
    /// On a vehicle.
    Vehicle,
}

impl Mounting {
    /// The word that is stored and shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Trailer => "trailer",
            Self::Vehicle => "vehicle",
        }
    }

    /// Reads [`Mounting::word`].
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Fixed, Self::Trailer, Self::Vehicle].into_iter().find(|m| m.word() == word)
    }
}

/// A place on earth, WGS 84 degrees.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Position {
    /// Degrees north, −90 to 90.
    pub latitude: f64,
    /// Degrees east, −180 to 180.
    pub longitude: f64,
}

/// A circle on the earth.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circle {
    /// Its centre.
    pub centre: Position,
    /// Its radius in metres.
    pub radius_m: u32,
}

impl Circle {
    /// Whether a camera stands in it. Of one whose position nobody knows it cannot be said that it does: it does not count.
    pub fn holds(&self, position: Option<Position>) -> bool {
        position.is_some_and(|at| metres_between(self.centre, at) <= f64::from(self.radius_m))
    }
}

/// The earth's mean radius in metres (IUGG R₁).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Metres along the earth between two places (haversine: right to half a percent).
pub(crate) fn metres_between(one: Position, other: Position) -> f64 {
    let (north, east) = (
        (other.latitude - one.latitude).to_radians(),
        (other.longitude - one.longitude).to_radians(),
    );
    let along = (north / 2.0).sin().powi(2)
        + one.latitude.to_radians().cos()
            * other.latitude.to_radians().cos()
            * (east / 2.0).sin().powi(2);
    2.0 * EARTH_RADIUS_M * along.sqrt().min(1.0).asin()
}

impl Position {
    /// Whether there is such a place.
    pub fn is_on_earth(self) -> bool {
        (-90.0..=90.0).contains(&self.latitude) && (-180.0..=180.0).contains(&self.longitude)
    }
}

/// What one says when adding a camera.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NewCamera {
    /// What people call it, such as "Lamar / 5th".
    pub name: String,
    /// How it is mounted.
    pub mounting: Mounting,
    /// Street address or description of the place.
    pub site: String,
    /// Where it looks, degrees clockwise from north, 0–359.
    pub heading_deg: Option<u16>,
    /// Where it stands; none for a vehicle.
    pub position: Option<Position>,
}

/// A camera.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Camera {
    /// Its id.
    pub id: CameraId,
    /// Whose it is.
    pub agency: AgencyId,
    /// What was said when it was added.
    #[serde(flatten)]
    pub about: NewCamera,
    /// When it was added.
    pub added_at: Timestamp,
    /// When it was taken out of use; its key is refused from then on.
    pub disabled_at: Option<Timestamp>,
    /// When the server last heard from it.
    pub last_seen_at: Option<Timestamp>,
}

/// A camera's own key: 256 random bits, written as base64url without padding. Shown once, when made; kept only as its SHA-256.
#[derive(Clone)]
pub struct CameraKey(Zeroizing<[u8; 32]>);

/// The SHA-256 of a camera's key: what is stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CameraKeyHash([u8; 32]);

impl CameraKey {
    /// A key from 256 random bits.
    pub fn from_random(bits: [u8; 32]) -> Self {
        Self(Zeroizing::new(bits))
    }

    /// Reads the written form; anything but 43 base64url characters is no key.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bits = Zeroizing::new([0_u8; 32]);
        let n = URL_SAFE_NO_PAD.decode_slice(text, bits.as_mut_slice()).ok()?;
        (n == 32).then_some(Self(bits))
    }

    /// The written form, to be shown once.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.as_slice())
    }

    /// What is stored of it.
    pub fn hash(&self) -> CameraKeyHash {
        CameraKeyHash(Sha256::digest(self.0.as_slice()).into())
    }
}

impl CameraKeyHash {
    /// From the stored bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Compares without telling by its duration where the two differ.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for CameraKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CameraKey(…)")
    }
}

impl fmt::Debug for CameraKeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CameraKeyHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_as_it_is_written_and_never_shows() {
        let key = CameraKey::from_random([9; 32]);
        let again = CameraKey::parse(&key.expose()).unwrap();
        assert!(again.hash().matches(&key.hash()));
        assert_eq!(format!("{key:?}"), "CameraKey(…)");
        assert!(CameraKey::parse("short").is_none());
        assert!(CameraKey::parse(&"A".repeat(44)).is_none());
    }
}
