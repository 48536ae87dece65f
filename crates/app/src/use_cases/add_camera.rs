//! Add a camera. Its key is shown once, here, and never again.

use domain::{Camera, CameraKey, NewCamera};

use crate::error::NotYet;
use crate::{App, AskError, Ctx};

/// Adds a camera and makes its key.
pub async fn add_camera(
    _app: &App,
    _ctx: &Ctx,
    _about: NewCamera,
) -> Result<(Camera, CameraKey), AskError> {
    Err(AskError::failed("add the camera")(NotYet))
}
