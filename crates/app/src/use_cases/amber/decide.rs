//! Confirm, correct, refuse or add a plate of an AMBER alert: a person does, and nobody else.

use domain::access::{ConfirmAmberPlates, ManageHotlists};
use domain::{
    AmberId, AmberPlate, AmberStanding, HotlistId, PlateDecision, ProposedPlate, VehicleSaid,
};
use hotfile::spelled;
use plate::Jurisdiction;

use super::{publish, rows};
use crate::bus::Topic;
use crate::record::{About, Act, Leave};
use crate::use_cases::said::{me, text_asking, wrong};
use crate::{App, AskError, Ctx};

/// A plate as somebody confirms it, perhaps corrected.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfirmingPlate {
    /// The plate, as it was typed.
    pub plate: String,
    /// Who issued it: a stable code such as `US-TX`; empty where nobody knows.
    pub jurisdiction: String,
}

/// A plate stands in it.
impl std::fmt::Debug for ConfirmingPlate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConfirmingPlate(…)")
    }
}

/// Confirms a plate: from now on it is matched, until its alert ends.
pub async fn confirm_amber_plate(
    app: &App,
    ctx: &Ctx,
    at: (HotlistId, AmberId, u32),
    confirming: &ConfirmingPlate,
) -> Result<(), AskError> {
    let (list, alert, n) = at;
    let act = begin(app, ctx, alert).await?;
    let by = me(ctx)?;
    let waits = in_force(app, act.leave(), (list, alert), Some(n)).await?;
    let (plate, jurisdiction) = check(confirming)?;
    let as_read = waits.is_some_and(|one| {
        one.proposed.plate == plate && one.proposed.jurisdiction == jurisdiction
    });
    let decision = PlateDecision::Confirmed { plate, jurisdiction };
    let decided = app.inner().store.decide_amber_plate(act.permit(), at, &decision, by).await;
    if !decided.map_err(AskError::failed("confirm the plate"))? {
        return Err(wrong("plate", "somebody has decided about it meanwhile"));
    }
    put_in_force(app, &act, list).await?;
    let how = if as_read { "confirmed as it was read" } else { "confirmed, corrected" };
    act.done([format!("alert {alert}, plate {n} {how}")]);
    Ok(())
}

/// Refuses a plate, or takes back that it was confirmed: it is not matched.
pub async fn refuse_amber_plate(
    app: &App,
    ctx: &Ctx,
    at: (HotlistId, AmberId, u32),
    reason: &str,
) -> Result<(), AskError> {
    let (list, alert, n) = at;
    let act = begin(app, ctx, alert).await?;
    let by = me(ctx)?;
    in_force(app, act.leave(), (list, alert), Some(n)).await?;
    let reason = text_asking("reason", reason, "say why it is not to be matched")?;
    let decision = PlateDecision::Refused(reason);
    let decided = app.inner().store.decide_amber_plate(act.permit(), at, &decision, by).await;
    if !decided.map_err(AskError::failed("refuse the plate"))? {
        return Err(wrong("reason", "the plate is refused already"));
    }
    put_in_force(app, &act, list).await?;
    act.done([format!("alert {alert}, plate {n} refused")]);
    Ok(())
}

/// Adds a plate that the alert names and no program found, confirmed by who types it.
pub async fn add_amber_plate(
    app: &App,
    ctx: &Ctx,
    at: (HotlistId, AmberId),
    confirming: &ConfirmingPlate,
) -> Result<(), AskError> {
    let (list, alert) = at;
    let act = begin(app, ctx, alert).await?;
    let by = me(ctx)?;
    in_force(app, act.leave(), at, None).await?;
    let (plate, jurisdiction) = check(confirming)?;
    let vehicle = VehicleSaid::default();
    let typed = ProposedPlate { plate, jurisdiction, place: None, vehicle };
    let added = app.inner().store.type_amber_plate(act.permit(), at, &typed, by).await;
    added.map_err(AskError::failed("add the plate"))?;
    put_in_force(app, &act, list).await?;
    act.done([format!("alert {alert}, a plate that was typed confirmed")]);
    Ok(())
}

/// Tokens confirm nothing: a person has to have seen the words.
async fn begin(app: &App, ctx: &Ctx, alert: AmberId) -> Result<Act<ConfirmAmberPlates>, AskError> {
    app.begin_in_person::<ConfirmAmberPlates>(ctx, About::one("alert", alert)).await
}

/// The plate of a message that counts.
async fn in_force(
    app: &App,
    leave: &Leave,
    (list, alert): (HotlistId, AmberId),
    n: Option<u32>,
) -> Result<Option<AmberPlate>, AskError> {
    let rows = rows(app, leave, list).await?;
    let row = rows.into_iter().find(|row| row.message.id == alert);
    let row = row.ok_or_else(|| AskError::not_found("alert", alert))?;
    if row.standing != AmberStanding::InForce {
        return Err(wrong("alert", "it counts no more: nothing of it is matched"));
    }
    let Some(n) = n else { return Ok(None) };
    let plate = row.message.plates.into_iter().find(|plate| plate.n == n);
    plate.map(Some).ok_or_else(|| AskError::not_found("plate", n))
}

async fn put_in_force(
    app: &App,
    act: &Act<ConfirmAmberPlates>,
    list: HotlistId,
) -> Result<(), AskError> {
    let permit = act.leave().permit::<ManageHotlists>()?;
    let published = publish(app, &permit, list).await;
    published.map_err(AskError::failed("put the confirmed plates in force"))?;
    app.bus().tell(permit.agency(), Topic::Hotlists, None);
    Ok(())
}

fn check(confirming: &ConfirmingPlate) -> Result<(String, Option<Jurisdiction>), AskError> {
    let ConfirmingPlate { plate, jurisdiction } = confirming;
    if plate.trim().is_empty() {
        return Err(wrong("plate", "is empty: type the plate as the alert names it"));
    }
    // An alert names a plate, and a pattern would hit others.
    if plate.contains(['?', '*', '[']) {
        return Err(wrong(
            "plate",
            "holds wildcards: a partial plate is entered as an entry of its own",
        ));
    }
    let plate = spelled(plate.trim()).map_err(|why| wrong("plate", why))?;
    let jurisdiction = match jurisdiction.trim() {
        "" => None,
        code => {
            let known = Jurisdiction::from_code(code);
            Some(known.map_err(|_| {
                wrong("state", "choose a state of the list, or that it is not known")
            })?)
        }
    };
    Ok((plate, jurisdiction))
}
