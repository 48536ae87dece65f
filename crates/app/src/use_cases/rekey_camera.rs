//! Give a camera a new key; the old one is refused from then on.

use domain::access::ManageCameras;
use domain::{CameraId, CameraKey};

use super::add_camera::reload_keys;
use crate::bus::Topic;
use crate::error::no_such;
use crate::record::About;
use crate::{App, AskError, Ctx};

/// Makes a camera's new key, shown once.
pub async fn rekey_camera(app: &App, ctx: &Ctx, camera: CameraId) -> Result<CameraKey, AskError> {
    let act = app.begin::<ManageCameras>(ctx, About::one("camera", camera)).await?;
    let key = CameraKey::from_random(app.inner().chance.bits_256());
    let changed = app.inner().store.rekey_camera(act.permit(), camera, &key.hash()).await;
    changed.map_err(no_such("camera", camera, "change the camera's key"))?;
    reload_keys(app).await?;
    act.done([format!("camera {camera}, given a new key")]);
    app.bus().tell(ctx.agency, Topic::Cameras, None);
    Ok(key)
}
