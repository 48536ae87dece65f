//! The cameras with what was last heard of them.

use domain::access::ListCameras;
use domain::{AgencyId, Camera, CameraId, Timestamp};

use crate::record::server_permit;
use crate::views::CameraRow;
use crate::{App, AskError, Ctx};

/// Every camera of the agency, disabled ones last.
pub async fn list_cameras(app: &App, ctx: &Ctx) -> Result<Vec<CameraRow>, AskError> {
    let look = app.look::<ListCameras>(ctx).await?;
    let inner = app.inner();
    let cameras = inner.store.cameras(look.permit()).await;
    let cameras = cameras.map_err(AskError::failed("list the cameras"))?;
    look.sends(cameras.iter().map(|camera| format!("camera {}", camera.id)).collect::<Vec<_>>())
        .await;
    let mut rows: Vec<_> = cameras
        .into_iter()
        .map(|camera| {
            let (heard, n_reads_today) = inner.cameras.heard_of(camera.id, ctx.now.day());
            row(camera, heard, n_reads_today, ctx.now)
        })
        .collect();
    rows.sort_by_key(|row| row.camera.disabled_at.is_some());
    Ok(rows)
}

/// The camera in use that people call by this name: how a watched folder finds whose pictures it holds. Shown to nobody, so
/// it is no look.
pub async fn camera_named(
    app: &App,
    agency: AgencyId,
    name: &str,
) -> Result<Option<CameraId>, AskError> {
    let permit = server_permit::<ListCameras>(agency, app.now())?;
    let cameras = app.inner().store.cameras(&permit).await;
    let cameras = cameras.map_err(AskError::failed("look up a camera"))?;
    let mut in_use = cameras.into_iter().filter(|camera| camera.disabled_at.is_none());
    Ok(in_use.find(|camera| camera.about.name == name).map(|camera| camera.id))
}

fn row(
    mut camera: Camera,
    heard: Option<Timestamp>,
    n_reads_today: u64,
    now: Timestamp,
) -> CameraRow {
    camera.last_seen_at = camera.last_seen_at.max(heard);
    let silent_for = camera.last_seen_at.map(|last| now.since(last));
    CameraRow { camera, n_reads_today, silent_for }
}
