//! Take a camera out of use; its key is refused from then on.

use domain::CameraId;
use domain::access::ManageCameras;

use super::add_camera::reload_keys;
use crate::bus::Topic;
use crate::error::no_such;
use crate::record::About;
use crate::{App, AskError, Ctx};

/// Takes a camera out of use. Doing it again changes nothing.
pub async fn disable_camera(app: &App, ctx: &Ctx, camera: CameraId) -> Result<(), AskError> {
    let act = app.begin::<ManageCameras>(ctx, About::one("camera", camera)).await?;
    let changed = app.inner().store.disable_camera(act.permit(), camera, ctx.now).await;
    changed.map_err(no_such("camera", camera, "disable the camera"))?;
    reload_keys(app).await?;
    act.done([format!("camera {camera}, disabled")]);
    app.bus().tell(ctx.agency, Topic::Cameras, None);
    Ok(())
}
