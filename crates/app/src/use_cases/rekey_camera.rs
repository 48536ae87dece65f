//! Give a camera a new key; the old one is refused from then on.

use domain::{CameraId, CameraKey};

use crate::error::NotYet;
use crate::{App, AskError, Ctx};

/// Makes a camera's new key, shown once.
pub async fn rekey_camera(
    _app: &App,
    _ctx: &Ctx,
    _camera: CameraId,
) -> Result<CameraKey, AskError> {
    Err(AskError::failed("change the camera's key")(NotYet))
}
