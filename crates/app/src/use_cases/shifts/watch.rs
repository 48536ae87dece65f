//! Who was signed on when a hit was raised.

use domain::access::OpenHit;
use domain::shift::{OnWatch, SignOn};
use domain::{Hit, Timestamp};

use super::{blind_after, name_of, names};
use crate::record::Leave;
use crate::{App, AskError};

/// Somebody who was signed on when a hit was raised.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WatchView {
    /// As which unit.
    pub unit: String,
    /// Who.
    pub name: String,
    /// Since when their page had been blind at that moment; none where it was alive.
    pub blind_since: Option<Timestamp>,
}

/// Who was signed on when a hit was raised; none where nobody wrote that down then.
pub(crate) async fn watch_of(
    app: &App,
    leave: &Leave,
    hit: &Hit,
) -> Result<Option<Vec<WatchView>>, AskError> {
    let failed = "look up who was signed on when the hit was raised";
    let watch = app.inner().store.hit_watch(&leave.permit::<OpenHit>()?, hit.id).await;
    let Some(watch) = watch.map_err(AskError::failed(failed))? else { return Ok(None) };
    if watch.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let names = names(app, leave).await?;
    let policy = app.policy(leave.ctx().agency);
    let blind_after = policy.as_deref().map(blind_after);
    let one = |(seen, sign_on): &(OnWatch, SignOn)| {
        let silent_for = hit.hit.raised_at.since(seen.seen_at);
        let is_blind = blind_after.is_some_and(|after| silent_for >= after);
        WatchView {
            unit: sign_on.about.unit.to_string(),
            name: name_of(&names, sign_on.about.person),
            blind_since: is_blind.then_some(seen.seen_at),
        }
    };
    Ok(Some(watch.iter().map(one).collect()))
}
