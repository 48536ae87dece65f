//! Deciding about an entry that somebody else asked for (`TWF-401.4f`).

use domain::CustomEntryId;
use domain::access::{ApproveCustomEntry, MatchPast};
use domain::custom::{CustomDeed, CustomDone, CustomEntry};
use policy::settings::Settings;

use super::past::match_past;
use super::{about, check, late, shown, thing};
use crate::bus::Topic;
use crate::own_entries::reload;
use crate::record::Act;
use crate::use_cases::said::{me, text, wrong};
use crate::{App, AskError, Ctx};

/// Approves an entry that somebody else asked for: from this moment on it raises hits. Where the policy lets it, it is matched
/// against the past too.
pub async fn approve_custom_entry(
    app: &App,
    ctx: &Ctx,
    id: CustomEntryId,
    why: &str,
) -> Result<(), AskError> {
    let act = app.begin_in_person::<ApproveCustomEntry>(ctx, about(id)).await?;
    let entry = shown(app, ctx, act.leave(), id).await?;
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let settings = policy.bundle.settings();
    let deed = CustomDeed::Approved { why: text("why", why)? };
    check(ctx, &entry, &deed)?;
    is_supervisor(ctx, settings)?;
    // Where a law lets nobody look through reads, nobody can count either.
    let can_count = ctx.may::<MatchPast>();
    if entry.about.is_partial() && entry.life.counted().is_none() && can_count {
        let why =
            "is a partial plate: count first how many reads of the last days it would have matched";
        return Err(wrong("entry", why));
    }
    let done = CustomDone { at: ctx.now, by: me(ctx)?, deed };
    let approved = app.inner().store.approve_custom_entry(act.permit(), &entry, &done).await;
    if !approved.map_err(AskError::failed("approve an entry of the agency's own"))? {
        return Err(late());
    }
    matched_from_now_on(app, ctx).await?;
    act.done([format!("{}, approved", thing(id))]);
    let lookback_hours = settings.search.lookback_hours_max;
    if let Some(hours) = settings.custom_entries.past_hours(lookback_hours)
        && can_count
    {
        match_past(app, ctx, id, hours).await?;
    }
    Ok(())
}

/// Refuses an entry that somebody else asked for.
pub async fn refuse_custom_entry(
    app: &App,
    ctx: &Ctx,
    id: CustomEntryId,
    why: &str,
) -> Result<(), AskError> {
    let act = app.begin_in_person::<ApproveCustomEntry>(ctx, about(id)).await?;
    let entry = shown(app, ctx, act.leave(), id).await?;
    let deed = CustomDeed::Refused { why: text("why", why)? };
    check(ctx, &entry, &deed)?;
    refused(app, ctx, &act, &entry, deed).await?;
    app.bus().tell(ctx.agency, Topic::Hotlists, None);
    act.done([format!("{}, refused", thing(id))]);
    Ok(())
}

async fn refused(
    app: &App,
    ctx: &Ctx,
    act: &Act<ApproveCustomEntry>,
    entry: &CustomEntry,
    deed: CustomDeed,
) -> Result<(), AskError> {
    let done = CustomDone { at: ctx.now, by: me(ctx)?, deed };
    let kept = app.inner().store.refuse_custom_entry(act.permit(), entry, &done).await;
    let kept = kept.map_err(AskError::failed("refuse an entry of the agency's own"))?;
    kept.then_some(()).ok_or_else(late)
}

/// Where the bundle says that supervisors decide, whoever decides is one of those that it names, whatever its rules let others do.
fn is_supervisor(ctx: &Ctx, settings: &Settings) -> Result<(), AskError> {
    if !settings.hotlists.own_need_supervisor {
        return Ok(());
    }
    let roles = ctx.person.as_ref().map(|person| person.standing.roles(ctx.now));
    let approvers = &settings.second_person.approvers;
    if roles.is_some_and(|roles| approvers.iter().any(|role| roles.contains(role))) {
        return Ok(());
    }
    let named: Vec<&str> = approvers.iter().map(|role| role.label()).collect();
    Err(wrong("entry", format!("is decided by: {}", named.join(", "))))
}

/// Puts what was decided in force at once.
pub(super) async fn matched_from_now_on(app: &App, ctx: &Ctx) -> Result<(), AskError> {
    let reloaded = reload(app, ctx.agency).await;
    reloaded.map_err(AskError::failed("put the agency's own entries in force"))?;
    app.bus().tell(ctx.agency, Topic::Hotlists, None);
    Ok(())
}
