//! Sign-offs that a camera's place is fair: a permanent camera hands in nothing before each unit that the policy names has given
//! its own, and none once one is withdrawn (`AUS-344.3.2c`).

use domain::access::{ListCameras, SignOffCamera};
use domain::{CameraId, PersonId, Placing, SignOff, Withdrawn};

use super::add_camera::reload_keys;
use super::said::{me, text_asking, wrong};
use crate::bus::Topic;
use crate::record::{About, Act};
use crate::{App, AskError, Ctx};

/// Signs off, for a unit, that a camera's place is fair.
pub async fn sign_off_camera(
    app: &App,
    ctx: &Ctx,
    camera: CameraId,
    unit: &str,
    note: &str,
) -> Result<(), AskError> {
    let act = app.begin::<SignOffCamera>(ctx, About::one("camera", camera)).await?;
    let (person, placing) = placing_for(app, ctx, &act, camera).await?;
    let roles = ctx.person.as_ref().map(|one| one.standing.roles(ctx.now)).unwrap_or_default();
    placing.may_sign_off(unit, person, &roles).map_err(|why| wrong("unit", why.to_string()))?;
    let given = SignOff {
        unit: unit.to_owned(),
        by: person,
        at: ctx.now,
        note: text_asking("note", note, "say why the place is fair")?,
        withdrawn: None,
    };
    let done = app.inner().store.sign_off(act.permit(), camera, &given).await;
    if !done.map_err(AskError::failed("sign off a camera"))? {
        return Err(wrong("unit", "was signed off meanwhile"));
    }
    changed(app, ctx, act, format!("camera {camera}, signed off for {unit}")).await
}

/// Withdraws the sign-off of a unit: the camera hands in nothing until it is given again.
pub async fn withdraw_sign_off(
    app: &App,
    ctx: &Ctx,
    camera: CameraId,
    unit: &str,
    why: &str,
) -> Result<(), AskError> {
    let act = app.begin::<SignOffCamera>(ctx, About::one("camera", camera)).await?;
    let (person, placing) = placing_for(app, ctx, &act, camera).await?;
    let roles = ctx.person.as_ref().map(|one| one.standing.roles(ctx.now)).unwrap_or_default();
    if placing.standing(unit).is_none() {
        return Err(wrong("unit", "has not signed off: there is nothing to withdraw"));
    }
    if !placing.may_withdraw(unit, person, &roles) {
        return Err(wrong("unit", "is withdrawn by who gave it, or by somebody of its role"));
    }
    let why = text_asking("why", why, "say why it is withdrawn")?;
    let withdrawn = Withdrawn { by: person, at: ctx.now, why };
    let done = app.inner().store.withdraw_sign_off(act.permit(), camera, unit, &withdrawn).await;
    if !done.map_err(AskError::failed("withdraw a sign-off"))? {
        return Err(wrong("unit", "was withdrawn meanwhile"));
    }
    changed(app, ctx, act, format!("camera {camera}, sign-off for {unit} withdrawn")).await
}

/// Who acts, and how far the camera is signed off.
async fn placing_for(
    app: &App,
    ctx: &Ctx,
    act: &Act<SignOffCamera>,
    camera: CameraId,
) -> Result<(PersonId, Placing), AskError> {
    let person = me(ctx)?;
    let permit = act.leave().permit::<ListCameras>()?;
    let placing = app.inner().store.placing(&permit, camera).await;
    let placing = placing.map_err(AskError::failed("look up a camera's sign-offs"))?;
    Ok((person, placing.ok_or_else(|| AskError::not_found("camera", camera))?))
}

/// From here on the camera's key counts, or counts no more.
async fn changed(
    app: &App,
    ctx: &Ctx,
    act: Act<SignOffCamera>,
    what: String,
) -> Result<(), AskError> {
    reload_keys(app).await?;
    act.done([what]);
    app.bus().tell(ctx.agency, Topic::Cameras, None);
    Ok(())
}
