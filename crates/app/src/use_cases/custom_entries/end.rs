//! Ending an entry: it stops at once, and what it had raised is closed.

use std::time::Duration;

use domain::access::{EndCustomEntry, OpenHit};
use domain::custom::{CustomDeed, CustomDone, CustomEnd};
use domain::life::{Deed, Done};
use domain::{CustomEntryId, Timestamp};

use super::decide::matched_from_now_on;
use super::{about, check, late, shown, thing};
use crate::bus::Topic;
use crate::error::BoxError;
use crate::record::About;
use crate::use_cases::hit_life::close_hit;
use crate::use_cases::said::{me, text, wrong};
use crate::{App, AskError, Ctx};

/// A read's hit reaches the queue within moments; after a crash it does when the server is back.
const ON_THEIR_WAY: Duration = Duration::from_secs(7 * 24 * 3600);
/// Hits that are closed in one round.
const AT_ONCE: u32 = 200;

/// Ends an entry, or takes back one that waits. It raises no hits from this moment on; those that are open are closed in the name
/// of who ended it, and where a stop was reported the note stands beside it.
pub async fn end_custom_entry(
    app: &App,
    ctx: &Ctx,
    id: CustomEntryId,
    how: &str,
    note: &str,
) -> Result<(), AskError> {
    let act = app.begin::<EndCustomEntry>(ctx, about(id)).await?;
    let entry = shown(app, ctx, act.leave(), id).await?;
    let how = CustomEnd::parse(how).ok_or_else(|| wrong("how", "is missing: choose why"))?;
    let note = text("note", note)?;
    let deed = CustomDeed::Ended { how, note: note.clone() };
    check(ctx, &entry, &deed)?;
    let by = me(ctx)?;
    let done = CustomDone { at: ctx.now, by, deed };
    let ended = app.inner().store.end_custom_entry(act.permit(), &entry, &done).await;
    if !ended.map_err(AskError::failed("end an entry of the agency's own"))? {
        return Err(late());
    }
    matched_from_now_on(app, ctx).await?;
    let mut things = vec![format!("{}, ended", thing(id))];
    if let Some(at) = entry.at {
        let hits = app.inner().store.open_hits_of_entry(act.permit(), at).await;
        for hit in hits.map_err(AskError::failed("list the open hits of an entry"))? {
            let deed = Deed::EntryEnded { how, note: note.clone() };
            if close_hit(app, &act, hit, &Done { at: ctx.now, by: Some(by), deed }).await? {
                things.push(format!("hit {hit}, entry ended"));
            }
        }
        app.bus().tell(ctx.agency, Topic::Lives, None);
    }
    act.done(things);
    Ok(())
}

/// Closes hits whose reads were on their way while their entry was ended, in the name of who ended it.
pub(crate) async fn close_left_over(app: &App, now: Timestamp) -> Result<(), BoxError> {
    let store = &app.inner().store;
    for agency in store.agencies().await? {
        let left = store.hits_of_ended_entries(agency.id, now.minus(ON_THEIR_WAY), AT_ONCE).await?;
        if left.is_empty() {
            continue;
        }
        let ctx = Ctx::server(agency.id, now);
        let act = app.begin::<EndCustomEntry>(&ctx, About::nothing_yet()).await?;
        let mut things = Vec::new();
        for hit in left {
            let permit = act.leave().permit::<OpenHit>()?;
            let Some(entry) = store.custom_entry_at(&permit, hit.hit.entry).await? else {
                continue;
            };
            let Some((ended, how, note)) = entry.life.ended() else { continue };
            let deed = Deed::EntryEnded { how, note: note.to_owned() };
            if close_hit(app, &act, hit.id, &Done { at: now, by: Some(ended.by), deed }).await? {
                things.push(format!("hit {}, entry ended", hit.id));
            }
        }
        app.bus().tell(agency.id, Topic::Lives, None);
        act.done(things);
    }
    Ok(())
}
