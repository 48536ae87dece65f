//! The cameras with what was last heard of them.

use domain::access::ListCameras;
use domain::{Camera, Timestamp};

use crate::views::CameraRow;
use crate::{App, AskError, Ctx};

/// Every camera of the agency, disabled ones last.
pub async fn list_cameras(app: &App, ctx: &Ctx) -> Result<Vec<CameraRow>, AskError> {
    let permit = ctx.permit::<ListCameras>()?;
    let inner = app.inner();
    let cameras = inner.store.cameras(&permit).await;
    let cameras = cameras.map_err(AskError::failed("list the cameras"))?;
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
