//! A read: one vehicle passing one camera once.

use std::fmt;

use plate::{Jurisdiction, PlateText};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ids::{CameraId, ReadId, ReadRef};
use crate::time::{Day, Timestamp};
use crate::vehicle::SeenVehicle;

/// How sure the recogniser is, in thousandths: 970 means 0.970.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Confidence(u16);

impl Confidence {
    /// From thousandths; more than 1000 is 1000.
    pub const fn from_thousandths(thousandths: u16) -> Self {
        Self(if thousandths > 1000 { 1000 } else { thousandths })
    }

    /// From a probability; anything outside 0–1 (or NaN) is brought to the nearer end (0).
    pub fn from_probability(p: f32) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to 0–1000 first; NaN becomes 0"
        )]
        Self((p.clamp(0.0, 1.0) * 1000.0).round() as u16)
    }

    /// Thousandths: the stored form.
    pub const fn thousandths(self) -> u16 {
        self.0
    }

    /// As a probability.
    pub fn probability(self) -> f32 {
        f32::from(self.0) / 1000.0
    }
}

/// Another way to read the same plate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Alternative {
    /// The other text.
    pub text: PlateText,
    /// How likely it is.
    pub confidence: Confidence,
}

/// The first 128 bits of SHA-256 over camera and the camera's own event id: how an event sent twice is known again (kept when the id itself is not).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventDigest([u8; 16]);

impl EventDigest {
    /// The digest of one camera's event.
    pub fn of(camera: CameraId, event_id: &str) -> Self {
        let full: [u8; 32] = Sha256::new()
            .chain_update(camera.to_i64().to_be_bytes())
            .chain_update(event_id.as_bytes())
            .finalize()
            .into();
        let mut short = [0; 16];
        short.copy_from_slice(full.split_at(16).0);
        Self(short)
    }

    /// From the stored bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for EventDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventDigest(…)")
    }
}

/// What is remarkable about a read's time. Kept with the read and shown beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Marks(i64);

impl Marks {
    /// The camera's clock was ahead of the server's by more than is plausible; filed under the day received.
    pub const TIME_IN_FUTURE: Self = Self(1);
    /// The claimed time lies implausibly far in the past; filed under the day received.
    pub const TIME_IN_FAR_PAST: Self = Self(2);
    /// Arrived after its day had closed; kept in the day's side file.
    pub const LATE: Self = Self(4);

    /// The stored form.
    pub const fn bits(self) -> i64 {
        self.0
    }

    /// From the stored form.
    pub const fn from_bits(bits: i64) -> Self {
        Self(bits & 7)
    }

    /// These marks and those of `other`.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Which picture of a read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PictureKind {
    /// The plate alone.
    Plate,
    /// The vehicle, with glass and surroundings masked.
    Vehicle,
}

impl PictureKind {
    /// The word in addresses and in the vault's associated data.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Plate => "plate",
            Self::Vehicle => "vehicle",
        }
    }
}

/// Where a sealed picture lies: an object of the vault (one a batch), and the bytes within it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PictureRef {
    /// The vault's object, named by the first read of the batch that wrote it.
    pub object: ReadId,
    /// First byte within the object.
    pub offset: u32,
    /// Bytes, sealed.
    pub length: u32,
}

/// The pictures kept of a read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Pictures {
    /// The plate crop.
    pub plate: Option<PictureRef>,
    /// The masked vehicle crop.
    pub vehicle: Option<PictureRef>,
}

/// A read as it is given to the store.
#[derive(Clone, PartialEq, Debug)]
pub struct NewRead {
    /// Its id.
    pub id: ReadId,
    /// The camera that saw it.
    pub camera: CameraId,
    /// When the vehicle passed; the day of this moment is the day it is kept under.
    pub captured_at: Timestamp,
    /// The time the camera claimed, where it was not believed.
    pub claimed_at: Option<Timestamp>,
    /// When the server took it.
    pub received_at: Timestamp,
    /// The plate.
    pub plate: PlateText,
    /// The state or province that issued it, where known.
    pub jurisdiction: Option<Jurisdiction>,
    /// How sure the recogniser is of the whole text.
    pub confidence: Confidence,
    /// How sure it is of each character, in the text's order; empty where the camera did not say.
    pub characters: Vec<Confidence>,
    /// Other ways to read it, likeliest first.
    pub alternatives: Vec<Alternative>,
    /// The vehicle as the camera saw it, where it says and the agency's policy lets it be stored.
    pub vehicle: Option<SeenVehicle>,
    /// What is remarkable about its time.
    pub marks: Marks,
    /// How the same event is known again.
    pub event: Option<EventDigest>,
    /// Its pictures.
    pub pictures: Pictures,
}

/// A read as the store returns it.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredRead {
    /// Where it is.
    pub at: ReadRef,
    /// What was stored.
    pub read: NewRead,
}

/// A camera's claim may be this far ahead of the server's clock: clocks kept by NTP differ by less, ones that are not kept drift by more.
pub const CLOCK_AHEAD_MAX: std::time::Duration = std::time::Duration::from_secs(5 * 60);

/// A claim older than this is a wrong clock rather than a spool: no agency of the clauses keeps reads longer than a year.
pub const CLOCK_BEHIND_MAX: std::time::Duration = std::time::Duration::from_secs(366 * 86_400);

/// When a read counts as captured: the claimed time where it is plausible, else the time received, with a mark (architecture.md D2).
pub fn believe_time(
    claimed: Option<Timestamp>,
    now: Timestamp,
) -> (Timestamp, Option<Timestamp>, Marks) {
    match claimed {
        None => (now, None, Marks::default()),
        Some(t) if t > now.plus(CLOCK_AHEAD_MAX) => (now, Some(t), Marks::TIME_IN_FUTURE),
        Some(t) if t < now.minus(CLOCK_BEHIND_MAX) => (now, Some(t), Marks::TIME_IN_FAR_PAST),
        Some(t) => (t, None, Marks::default()),
    }
}

impl NewRead {
    /// The day under which it is kept.
    pub const fn day(&self) -> Day {
        self.captured_at.day()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn an_implausible_time_is_kept_but_not_believed() {
        let now = at("2026-11-21T12:00:00Z");
        let future = at("2026-11-21T12:06:00Z");
        assert_eq!(believe_time(Some(future), now), (now, Some(future), Marks::TIME_IN_FUTURE));
        let past = at("2024-01-01T00:00:00Z");
        assert_eq!(believe_time(Some(past), now), (now, Some(past), Marks::TIME_IN_FAR_PAST));
        let fine = at("2026-11-20T12:00:00Z");
        assert_eq!(believe_time(Some(fine), now), (fine, None, Marks::default()));
        assert_eq!(believe_time(None, now), (now, None, Marks::default()));
    }

    #[test]
    fn confidence_stays_between_0_and_1() {
        assert_eq!(Confidence::from_probability(f32::NAN).thousandths(), 0);
        assert_eq!(Confidence::from_probability(7.0).thousandths(), 1000);
        assert_eq!(Confidence::from_probability(0.9704).thousandths(), 970);
    }

    #[test]
    fn the_same_event_of_two_cameras_is_two_events() {
        let (a, b) = (CameraId::from_i64(1), CameraId::from_i64(2));
        assert_ne!(EventDigest::of(a, "42"), EventDigest::of(b, "42"));
        assert_eq!(EventDigest::of(a, "42"), EventDigest::of(a, "42"));
    }
}
