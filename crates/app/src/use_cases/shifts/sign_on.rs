//! Signing on for a shift, being heard of, signing off.

use std::time::Duration;

use domain::access::{ListCameras, SignOnShift};
use domain::shift::{NewSignOn, Span, Unit};
use domain::{CameraId, SignOnId};
use ledger::leaf::{Kind, SealedField};

use super::{Shift, policy};
use crate::bus::Topic;
use crate::record::{About, Says, server_permit};
use crate::use_cases::said::{me, wrong};
use crate::{App, AskError, Ctx};

/// What somebody signs on as, in the words of a form.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SigningOn {
    /// The unit's call sign.
    pub unit: String,
    /// The car's own camera, where it has one.
    pub camera: Option<CameraId>,
    /// When the shift ends, as RFC 3339: the one that runs or the one after it.
    pub shift: String,
}

/// Signs somebody on; what they were signed on as before ends.
pub async fn sign_on(app: &App, ctx: &Ctx, said: &SigningOn) -> Result<SignOnId, AskError> {
    let act = app.begin_in_person::<SignOnShift>(ctx, About::nothing_yet()).await?;
    let policy = policy(app, ctx).await?;
    let unit = Unit::parse(&said.unit).map_err(|err| wrong("unit", err.to_string()))?;
    let shifts = Shift::all_from(&policy, ctx.now, 1);
    let chosen = shifts.iter().find(|one| one.span.until.to_string() == said.shift.trim());
    let chosen =
        chosen.ok_or_else(|| wrong("shift", "is none that you can sign on for: choose one"))?;
    if let Some(camera) = said.camera {
        let cameras = app.inner().store.cameras(&act.leave().permit::<ListCameras>()?).await;
        let cameras = cameras.map_err(AskError::failed("list the cameras"))?;
        if !cameras.iter().any(|one| one.id == camera && one.disabled_at.is_none()) {
            return Err(wrong("camera", "is none of this agency's that is in use"));
        }
    }
    let until = chosen.span.until;
    let grace = u64::from(policy.bundle.settings().duty.grace_minutes) * 60;
    let new = NewSignOn {
        person: me(ctx)?,
        unit,
        camera: said.camera,
        span: Span { from: ctx.now, until },
        ends_by: until.plus(Duration::from_secs(grace)),
    };
    let id = app.inner().store.sign_on(act.permit(), &new).await;
    let id = id.map_err(AskError::failed("sign somebody on"))?;
    app.bus().tell(ctx.agency, Topic::Shifts, None);
    act.done([format!("sign-on {id} as unit {} until {until}", new.unit)]);
    Ok(id)
}

/// Signs somebody off.
pub async fn sign_off(app: &App, ctx: &Ctx) -> Result<(), AskError> {
    let act = app.begin_in_person::<SignOnShift>(ctx, About::nothing_yet()).await?;
    let ended = app.inner().store.end_sign_on(act.permit(), me(ctx)?, ctx.now).await;
    let ended = ended.map_err(AskError::failed("sign somebody off"))?;
    let id = ended.ok_or_else(|| wrong("unit", "is none: you are not signed on"))?;
    app.bus().tell(ctx.agency, Topic::Shifts, None);
    act.done([format!("sign-on {id}, signed off")]);
    Ok(())
}

/// Notes that somebody's open page is alive; false where they are not signed on. A page says so several times a minute: only
/// that it had been blind and is back is put on record.
pub async fn hear_of_page(app: &App, ctx: &Ctx) -> Result<bool, AskError> {
    app.permit_to_ask::<SignOnShift>(ctx).await?;
    let permit = server_permit::<SignOnShift>(ctx.agency, ctx.now)?;
    let heard = app.inner().store.hear_of(&permit, me(ctx)?, ctx.now).await;
    let heard = heard.map_err(AskError::failed("note that a page is alive"))?;
    let Some(heard) = heard else { return Ok(false) };
    if heard.was_blind {
        let says = Says::of(app, ctx);
        let draft = says.who(Kind::Event, "unit-sees-again");
        let sign_on = format!("sign-on {}", heard.sign_on);
        app.record(ctx, says.seal(draft, SealedField::Objects, sign_on)).await?;
        app.bus().tell(ctx.agency, Topic::Shifts, None);
    }
    Ok(true)
}
