//! Matching an entry against what was read before: a search, on record with the entry's reason and case.

use std::time::Duration;

use domain::access::{ListCameras, MatchPast};
use domain::custom::{CustomDeed, CustomDone, CustomEntry};
use domain::{CustomEntryId, ReadRef, Timestamp};
use store::PastRead;

use super::{check, late, shown, thing};
use crate::own_entries::{Alone, Asked};
use crate::record::{About, Act};
use crate::use_cases::said::me;
use crate::{App, AskError, Ctx};

/// Reads that are kept beside an entry, newest days first; beyond it they are counted.
const KEPT_MAX: usize = 500;

/// Counts how many reads of the last days an entry that waits would have matched: the number, and nothing of the reads. How many,
/// of how many days.
pub async fn count_custom_entry(
    app: &App,
    ctx: &Ctx,
    id: CustomEntryId,
) -> Result<(u64, u32), AskError> {
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let settings = policy.bundle.settings();
    let days = settings.custom_entries.days_counted(settings.search.lookback_hours_max);
    let (act, entry) = search(app, ctx, id, days.saturating_mul(24)).await?;
    check(ctx, &entry, &CustomDeed::Counted { n_reads: 0, days })?;
    let (n_reads, _) = found(app, &act, &entry, hours_before(ctx.now, days * 24)).await?;
    note(app, ctx, &act, &entry, CustomDeed::Counted { n_reads, days }).await?;
    act.done([format!("{}, counted", thing(id))]);
    Ok((n_reads, days))
}

/// Matches an entry that was approved against the past, and keeps which reads fit. No hit is made of it.
pub(super) async fn match_past(
    app: &App,
    ctx: &Ctx,
    id: CustomEntryId,
    hours: u32,
) -> Result<(), AskError> {
    let (act, entry) = search(app, ctx, id, hours).await?;
    let (n_reads, reads) = found(app, &act, &entry, hours_before(ctx.now, hours)).await?;
    let kept = app.inner().store.keep_past(act.permit(), id, &reads).await;
    kept.map_err(AskError::failed("keep which reads an entry fitted"))?;
    note(app, ctx, &act, &entry, CustomDeed::Matched { n_reads, hours }).await?;
    act.done([format!("{}, matched", thing(id))]);
    Ok(())
}

fn hours_before(now: Timestamp, hours: u32) -> Timestamp {
    now.minus(Duration::from_secs(u64::from(hours) * 3600))
}

/// Begins a search, on record with what is searched for and why. The entry is looked up first, and shown to nobody by that.
async fn search(
    app: &App,
    ctx: &Ctx,
    id: CustomEntryId,
    hours: u32,
) -> Result<(Act<MatchPast>, CustomEntry), AskError> {
    let permit = crate::record::server_permit(ctx.agency, ctx.now)?;
    let entry = app.inner().store.custom_entry(&permit, id).await;
    let entry = entry.map_err(AskError::failed("look up an entry of the agency's own"))?;
    let query = entry.as_ref().map(|entry| query(entry, hours));
    let about = About { objects: vec![thing(id)], query, ..About::default() };
    let act = app.begin::<MatchPast>(ctx, about).await?;
    let entry = shown(app, ctx, act.leave(), id).await?;
    Ok((act, entry))
}

fn query(entry: &CustomEntry, hours: u32) -> String {
    let about = &entry.about;
    let wanted = &about.wanted;
    let state = wanted.jurisdiction.map_or("any state", |one| one.name());
    let case = wanted.case_number.as_deref().unwrap_or("no case number");
    format!("{} ({state}), the last {hours} hours; {case}; {}", wanted.plate, about.reason)
}

/// How many reads fit, and which: the first of them.
async fn found(
    app: &App,
    act: &Act<MatchPast>,
    entry: &CustomEntry,
    since: Timestamp,
) -> Result<(u64, Vec<ReadRef>), AskError> {
    let store = &app.inner().store;
    let cameras = store.cameras(&act.leave().permit::<ListCameras>()?).await;
    let cameras = cameras.map_err(AskError::failed("list the cameras"))?;
    let Some(alone) = Alone::of(entry, &cameras) else { return Ok((0, Vec::new())) };
    let (mut n_reads, mut kept) = (0, Vec::new());
    let take = |reads: &[PastRead]| {
        for read in reads.iter().filter(|read| alone.fits(&asked(read))) {
            n_reads += 1;
            if kept.len() < KEPT_MAX {
                kept.push(read.at);
            }
        }
    };
    let looked = store.reads_since(act.permit(), since, take).await;
    looked.map_err(AskError::failed("look through what was read"))?;
    Ok((n_reads, kept))
}

const fn asked(read: &PastRead) -> Asked {
    Asked { plate: read.plate, jurisdiction: read.jurisdiction, camera: read.camera }
}

async fn note(
    app: &App,
    ctx: &Ctx,
    act: &Act<MatchPast>,
    entry: &CustomEntry,
    deed: CustomDeed,
) -> Result<(), AskError> {
    let done = CustomDone { at: ctx.now, by: me(ctx)?, deed };
    let kept = app.inner().store.add_custom_deed(act.permit(), entry, &done).await;
    let kept = kept.map_err(AskError::failed("write down what was done with an entry"))?;
    kept.then_some(()).ok_or_else(late)
}
