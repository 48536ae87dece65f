//! Add a camera. Its key is shown once, here, and never again.

use domain::access::{ListCameras, ManageCameras};
use domain::{AskedSignOff, Camera, CameraKey, Mounting, NewCamera};
use policy::settings::Cameras;

use crate::bus::Topic;
use crate::record::About;
use crate::{App, AskError, Ctx};

/// Longest name or site, in characters: fits a table's column and a radio call.
const WORDS_MAX: usize = 120;

/// A camera that was added.
#[derive(Debug)]
pub struct AddedCamera {
    /// It.
    pub camera: Camera,
    /// Its key, to be shown this once.
    pub key: CameraKey,
    /// The sign-offs that it waits for before it may be used.
    pub waits_for: Vec<AskedSignOff>,
}

/// Adds a camera and makes its key.
pub async fn add_camera(app: &App, ctx: &Ctx, about: NewCamera) -> Result<AddedCamera, AskError> {
    let act = app.begin::<ManageCameras>(ctx, About::nothing_yet()).await?;
    check(&about)?;
    let inner = app.inner();
    let key = CameraKey::from_random(inner.chance.bits_256());
    let asked = sign_offs_of(app, ctx, &about).await?;
    let id = inner.store.add_camera(act.permit(), &about, &key.hash(), &asked, ctx.now).await;
    let id = id.map_err(AskError::failed("add the camera"))?;
    reload_keys(app).await?;
    app.bus().tell(ctx.agency, Topic::Cameras, None);
    let all = inner.store.cameras(&act.leave().permit::<ListCameras>()?).await;
    let all = all.map_err(AskError::failed("look up the camera"))?;
    let waits = if asked.is_empty() {
        String::new()
    } else {
        format!(", waits for {} sign-offs", asked.len())
    };
    act.done([format!("camera {id}, added{waits}")]);
    let camera = all.into_iter().find(|camera| camera.id == id);
    let camera = camera.ok_or_else(|| AskError::not_found("camera", id))?;
    Ok(AddedCamera { camera, key, waits_for: asked })
}

/// What a camera waits for by the policy that is in force: a permanent one for every sign-off, others for none.
async fn sign_offs_of(
    app: &App,
    ctx: &Ctx,
    about: &NewCamera,
) -> Result<Vec<AskedSignOff>, AskError> {
    if about.mounting != Mounting::Fixed {
        return Ok(Vec::new());
    }
    // As it is stored: a command beside the server has not loaded it.
    let Some(policy) = app.policy_of(ctx.agency).await? else { return Ok(Vec::new()) };
    let Cameras { sign_offs, clause, .. } = &policy.bundle.settings().cameras;
    let asked = sign_offs.iter().map(|one| AskedSignOff {
        unit: one.word.clone(),
        label: one.label.clone(),
        role: one.role,
        clause: clause.clone(),
    });
    Ok(asked.collect())
}

/// Holds the keys, and what cameras wait for, in memory as they are stored now.
pub(crate) async fn reload_keys(app: &App) -> Result<(), AskError> {
    let inner = app.inner();
    let keys = inner.store.all_camera_keys().await;
    let keys = keys.map_err(AskError::failed("load the cameras' keys"))?;
    let waiting = inner.store.missing_sign_offs().await;
    let waiting = waiting.map_err(AskError::failed("load what cameras wait for"))?;
    inner.cameras.set_keys(keys, waiting);
    Ok(())
}

fn check(about: &NewCamera) -> Result<(), AskError> {
    words("name", &about.name)?;
    words("site", &about.site)?;
    if about.heading_deg.is_some_and(|heading| heading > 359) {
        return Err(invalid("heading_deg", "is not 0–359 degrees clockwise from north"));
    }
    let Some(position) = about.position else { return Ok(()) };
    if !(-90.0..=90.0).contains(&position.latitude) {
        return Err(invalid("latitude", "is not −90 to 90 degrees north"));
    }
    if !(-180.0..=180.0).contains(&position.longitude) {
        return Err(invalid("longitude", "is not −180 to 180 degrees east"));
    }
    Ok(())
}

/// Something people are to read: not empty, not a page, on one line.
pub(super) fn words(field: &'static str, text: &str) -> Result<(), AskError> {
    if text.trim().is_empty() {
        return Err(invalid(field, "is empty"));
    }
    if text.chars().count() > WORDS_MAX {
        return Err(invalid(field, format!("is longer than {WORDS_MAX} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(invalid(field, "holds a line break or another control character"));
    }
    Ok(())
}

fn invalid(field: &'static str, why: impl Into<String>) -> AskError {
    AskError::Invalid { field, why: why.into() }
}
