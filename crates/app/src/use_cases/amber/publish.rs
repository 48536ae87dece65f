//! What people confirmed, as the list in force.

use domain::access::{ListHotlists, ManageHotlists};
use domain::amber::{amber_entries, amber_standings};
use domain::{AmberStanding, HotlistId, ImportTally, Permit};
use sha2::{Digest as _, Sha256};

use super::close::close_hits;
use crate::error::BoxError;
use crate::record::server_permit;
use crate::use_cases::import_hotlist::drop_old;
use crate::{App, matching};

/// Puts in force what is confirmed of the messages that count, where it is another than what is; otherwise the list's age is
/// counted anew. A cancelled alert is gone at once, however small the list becomes: nobody has to decide about that. Hits of what
/// is matched no more are closed.
pub(in crate::use_cases) async fn publish(
    app: &App,
    permit: &Permit<ManageHotlists>,
    list: HotlistId,
) -> Result<(), BoxError> {
    put_in_force(app, permit, list).await?;
    close_hits(app, permit.agency(), list).await
}

async fn put_in_force(
    app: &App,
    permit: &Permit<ManageHotlists>,
    list: HotlistId,
) -> Result<(), BoxError> {
    let inner = app.inner();
    let _turn = inner.feeds.publishing.lock().await;
    let (agency, now) = (permit.agency(), app.now());
    let looks = server_permit::<ListHotlists>(agency, now)?;
    let messages = inner.store.amber_messages(&looks, list).await?;
    let entries = amber_entries(&messages, now);
    let sha256: [u8; 32] = Sha256::digest(serde_json::to_vec(&entries)?).into();
    let lists = inner.store.hotlists(&looks).await?;
    let version = lists.iter().find(|one| one.id == list).and_then(|one| one.version);
    if let Some(version) = version
        && inner.store.sha256_in_force(&looks, list).await? == Some(sha256)
        && inner.store.renew_version(list, version, now).await?
    {
        return Ok(matching::count_ages_anew(app, agency).await?);
    }
    let version = inner.store.begin_version(permit, list, "AMBER alerts", now).await?;
    inner.store.add_entries(version, 0, &entries).await?;
    let n_taken = u64::try_from(entries.len())?;
    let tally = ImportTally { n_taken, ..ImportTally::default() };
    inner.store.finish_version(version, &tally, &sha256).await?;
    inner.store.swap_version(list, version, now).await?;
    matching::rebuild(app, agency).await?;
    drop_old(app);
    Ok(())
}

/// Forgets the words of messages that count no more: names of children stand in them, and nobody needs them to confirm a plate.
pub(crate) async fn forget_words(app: &App) -> Result<(), BoxError> {
    let store = &app.inner().store;
    let now = app.now();
    for agency in store.agencies().await? {
        let looks = server_permit::<ListHotlists>(agency.id, now)?;
        for list in store.lists_with_amber_words(&looks).await? {
            let messages = store.amber_messages(&looks, list).await?;
            let standings = amber_standings(&messages, now);
            let over = messages.iter().zip(standings);
            for (message, _) in over.filter(|(_, standing)| *standing != AmberStanding::InForce) {
                store.forget_amber_words(message.id).await?;
            }
        }
    }
    Ok(())
}
