//! Cameras.

use app::AddedCamera;
use app::views::CameraRow;
use domain::{Camera, CameraKey, Mounting, NewCamera, Position};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What one says when adding a camera.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CameraIn {
    /// What people call it.
    #[schema(example = "Lamar / 5th")]
    name: String,
    /// `fixed`, `trailer` or `vehicle`.
    #[schema(value_type = String, example = "fixed")]
    mounting: Mounting,
    /// Street address or description of the place.
    site: String,
    /// Where it looks, degrees clockwise from north, 0–359.
    #[serde(default)]
    heading_deg: Option<u16>,
    /// Degrees north, WGS 84; with `longitude` or not at all.
    #[serde(default)]
    latitude: Option<f64>,
    /// Degrees east.
    #[serde(default)]
    longitude: Option<f64>,
}

impl CameraIn {
    pub(crate) fn about(self) -> NewCamera {
        let position = self.latitude.zip(self.longitude);
        NewCamera {
            name: self.name,
            mounting: self.mounting,
            site: self.site,
            heading_deg: self.heading_deg,
            position: position.map(|(latitude, longitude)| Position { latitude, longitude }),
        }
    }

    /// Half a position is none.
    pub(crate) fn has_half_a_position(&self) -> bool {
        self.latitude.is_some() != self.longitude.is_some()
    }
}

/// A camera.
#[derive(Serialize, ToSchema)]
pub(crate) struct CameraOut {
    camera: i64,
    name: String,
    mounting: &'static str,
    site: String,
    heading_deg: Option<u16>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    #[schema(format = DateTime)]
    added_at: String,
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
    #[schema(format = DateTime)]
    last_seen_at: Option<String>,
}

impl From<Camera> for CameraOut {
    fn from(camera: Camera) -> Self {
        Self {
            camera: camera.id.to_i64(),
            name: camera.about.name,
            mounting: camera.about.mounting.word(),
            site: camera.about.site,
            heading_deg: camera.about.heading_deg,
            latitude: camera.about.position.map(|at| at.latitude),
            longitude: camera.about.position.map(|at| at.longitude),
            added_at: camera.added_at.to_string(),
            disabled_at: camera.disabled_at.map(|at| at.to_string()),
            last_seen_at: camera.last_seen_at.map(|at| at.to_string()),
        }
    }
}

/// A camera in the list.
#[derive(Serialize, ToSchema)]
pub(crate) struct CameraRowOut {
    #[serde(flatten)]
    camera: CameraOut,
    /// Reads taken from it since midnight UTC.
    n_reads_today: u64,
    /// Seconds since anything was heard from it; absent when nothing ever was.
    silent_for_s: Option<u64>,
    /// The units whose sign-off it waits for: while there are any, what it hands in is refused.
    waits_for: Vec<String>,
}

impl From<CameraRow> for CameraRowOut {
    fn from(row: CameraRow) -> Self {
        Self {
            camera: row.camera.into(),
            n_reads_today: row.n_reads_today,
            silent_for_s: row.silent_for.map(|for_| for_.as_secs()),
            waits_for: row.waits_for.into_iter().map(|one| one.unit).collect(),
        }
    }
}

/// A camera's key, shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyOut {
    camera: i64,
    /// To be sent in the header `Plateglass-Camera-Key`. It cannot be shown again.
    key: String,
}

impl KeyOut {
    pub(crate) fn of(camera: domain::CameraId, key: &CameraKey) -> Self {
        Self { camera: camera.to_i64(), key: key.expose() }
    }
}

/// A camera that was added.
#[derive(Serialize, ToSchema)]
pub(crate) struct AddedOut {
    #[serde(flatten)]
    key: KeyOut,
    /// The units whose sign-off it waits for: while there are any, what it hands in is refused.
    waits_for: Vec<String>,
}

impl AddedOut {
    pub(crate) fn of(added: &AddedCamera) -> Self {
        Self {
            key: KeyOut::of(added.camera.id, &added.key),
            waits_for: added.waits_for.iter().map(|one| one.unit.clone()).collect(),
        }
    }
}
