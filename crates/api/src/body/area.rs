//! A circle on the map.

use domain::Circle;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Everything within so many metres of a point.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AreaIo {
    /// Degrees north.
    pub(super) latitude: f64,
    /// Degrees east.
    pub(super) longitude: f64,
    pub(super) radius_m: u32,
}

impl From<Circle> for AreaIo {
    fn from(circle: Circle) -> Self {
        let Circle { centre, radius_m } = circle;
        Self { latitude: centre.latitude, longitude: centre.longitude, radius_m }
    }
}
