//! The cameras with what was last heard of them.

use domain::access::{ListCameras, ListPeople, ReportTrouble};
use domain::{AgencyId, CameraId, Permit};

use crate::record::{About, server_permit};
use crate::views::{CameraPage, CameraRow};
use crate::{App, AskError, Ctx};

/// Every camera of the agency, disabled ones last.
pub async fn list_cameras(app: &App, ctx: &Ctx) -> Result<Vec<CameraRow>, AskError> {
    let look = app.look::<ListCameras>(ctx).await?;
    let mut rows = rows(app, ctx, look.permit()).await?;
    look.sends(rows.iter().map(|row| format!("camera {}", row.camera.id)).collect::<Vec<_>>())
        .await;
    rows.sort_by_key(|row| row.camera.disabled_at.is_some());
    Ok(rows)
}

/// One camera, with its sign-offs.
pub async fn open_camera(app: &App, ctx: &Ctx, id: CameraId) -> Result<CameraPage, AskError> {
    let act = app.begin::<ListCameras>(ctx, About::one("camera", id)).await?;
    let none = || AskError::not_found("camera", id);
    let store = &app.inner().store;
    let rows = rows(app, ctx, act.permit()).await?;
    let row = rows.into_iter().find(|row| row.camera.id == id).ok_or_else(none)?;
    let placing = store.placing(act.permit(), id).await;
    let placing = placing.map_err(AskError::failed("look up a camera's sign-offs"))?;
    let people = store.people(&act.leave().permit::<ListPeople>()?).await;
    let people = people.map_err(AskError::failed("list people"))?;
    let troubles = store.open_troubles(&act.leave().permit::<ReportTrouble>()?).await;
    let mut troubles = troubles.map_err(AskError::failed("list reports of trouble"))?;
    troubles.retain(|trouble| trouble.about.camera == Some(id));
    act.done([format!("camera {id}")]);
    let names = people.into_iter().map(|person| (person.id, person.name)).collect();
    Ok(CameraPage { row, placing: placing.ok_or_else(none)?, troubles, names })
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

async fn rows(
    app: &App,
    ctx: &Ctx,
    permit: &Permit<ListCameras>,
) -> Result<Vec<CameraRow>, AskError> {
    let inner = app.inner();
    let cameras = inner.store.cameras(permit).await;
    let cameras = cameras.map_err(AskError::failed("list the cameras"))?;
    let missing = inner.store.missing_sign_offs().await;
    let mut missing = missing.map_err(AskError::failed("list missing sign-offs"))?;
    let rows = cameras.into_iter().map(|mut camera| {
        let (heard, n_reads_today) = inner.cameras.heard_of(camera.id, ctx.now.day());
        camera.last_seen_at = camera.last_seen_at.max(heard);
        let silent_for = camera.last_seen_at.map(|last| ctx.now.since(last));
        let waits_for = missing.remove(&camera.id).unwrap_or_default();
        CameraRow { camera, n_reads_today, silent_for, waits_for }
    });
    Ok(rows.collect())
}
