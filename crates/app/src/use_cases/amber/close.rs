//! Hits of plates that an AMBER alert named and that are matched no more: they are closed, with the reason.

use domain::access::{ListHits, ListHotlists, OpenHit, WorkHits};
use domain::amber::amber_end;
use domain::life::{Deed, Done};
use domain::{AgencyId, Category, HotlistId, Timestamp};

use crate::bus::Topic;
use crate::error::BoxError;
use crate::record::{About, server_permit};
use crate::use_cases::hit_life::close_hit;
use crate::{App, Ctx};

/// Hits that are closed in one round; the next follows within moments.
const AT_ONCE: usize = 200;

/// Closes hits of alerts whose time is over, and hits whose reads were on their way while their alert ended.
pub(crate) async fn close_hits_of_ended_alerts(app: &App, now: Timestamp) -> Result<(), BoxError> {
    let store = &app.inner().store;
    for agency in store.agencies().await? {
        let lists = store.hotlists(&server_permit::<ListHotlists>(agency.id, now)?).await?;
        for list in lists.iter().filter(|list| list.category == Category::AmberAlert) {
            close_hits(app, agency.id, list.id).await?;
        }
    }
    Ok(())
}

/// Closes the open hits of a list whose plates are matched no more. Where a stop was reported the note stands beside it.
pub(super) async fn close_hits(
    app: &App,
    agency: AgencyId,
    list: HotlistId,
) -> Result<(), BoxError> {
    let (store, now) = (&app.inner().store, app.now());
    let open = store.entries_with_open_hits(&server_permit::<ListHits>(agency, now)?, list).await?;
    if open.is_empty() {
        return Ok(());
    }
    let messages = store.amber_messages(&server_permit(agency, now)?, list).await?;
    let permit = server_permit::<OpenHit>(agency, now)?;
    let mut closing = Vec::new();
    for at in open {
        let Some(entry) = store.entry(&permit, at).await? else { continue };
        let Some(ended) = amber_end(&entry, &messages, now) else { continue };
        for hit in store.open_hits_of_entry(&permit, at).await? {
            closing.push((hit, ended.clone()));
        }
    }
    closing.truncate(AT_ONCE);
    if closing.is_empty() {
        return Ok(());
    }
    let objects = closing.iter().map(|(hit, _)| format!("hit {hit}")).collect();
    let about = About { objects, ..About::default() };
    let act = app.begin::<WorkHits>(&Ctx::server(agency, now), about).await?;
    let mut things = Vec::new();
    for (hit, ended) in closing {
        let deed = Deed::AlertEnded { how: ended.how, note: ended.note };
        let done = Done { at: now, by: ended.by, deed };
        if close_hit(app, &act, hit, &done).await? {
            things.push(format!("hit {hit}, {}", done.deed.word()));
        }
    }
    app.bus().tell(agency, Topic::Lives, None);
    act.done(things);
    Ok(())
}
