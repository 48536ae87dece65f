//! Take a camera out of use; its key is refused from then on.

use domain::CameraId;

use crate::error::NotYet;
use crate::{App, AskError, Ctx};

/// Takes a camera out of use. Doing it again changes nothing.
pub async fn disable_camera(_app: &App, _ctx: &Ctx, _camera: CameraId) -> Result<(), AskError> {
    Err(AskError::failed("disable the camera")(NotYet))
}
