//! The cameras with what was last heard of them.

use crate::error::NotYet;
use crate::views::CameraRow;
use crate::{App, AskError, Ctx};

/// Every camera of the agency, disabled ones last.
pub async fn list_cameras(_app: &App, _ctx: &Ctx) -> Result<Vec<CameraRow>, AskError> {
    Err(AskError::failed("list the cameras")(NotYet))
}
