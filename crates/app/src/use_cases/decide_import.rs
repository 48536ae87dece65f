//! Decide about a new version of a hotlist that has much fewer entries than the one in force.

use domain::access::ManageHotlists;
use domain::{HotlistId, HotlistVersionId};
use store::StoreError;

use super::import_hotlist::drop_old;
use crate::bus::Topic;
use crate::record::About;
use crate::{App, AskError, Ctx, matching};

/// Letters of a reason, at most.
const REASON_CHARS_MAX: usize = 500;

/// Puts the version that waits in force, or gives it up; either with a reason, which stands in the ledger.
pub async fn decide_import(
    app: &App,
    ctx: &Ctx,
    (hotlist, version): (HotlistId, HotlistVersionId),
    accept: bool,
    reason: &str,
) -> Result<(), AskError> {
    let act = app.begin::<ManageHotlists>(ctx, About::one("hotlist", hotlist)).await?;
    let reason = reason.trim();
    let why = match reason.chars().count() {
        0 => Some("say why".to_owned()),
        n if n > REASON_CHARS_MAX => Some(format!("is longer than {REASON_CHARS_MAX} characters")),
        _ => None,
    };
    if let Some(why) = why {
        return Err(AskError::Invalid { field: "reason", why });
    }
    if app.inner().imports.runs(hotlist) {
        let why = "an import into this hotlist is running; wait for its end".to_owned();
        return Err(AskError::Invalid { field: "hotlist", why });
    }
    let store = &app.inner().store;
    let at = (hotlist, version);
    let decided = store.decide_waiting_version(act.permit(), at, accept, reason).await;
    decided.map_err(|err| match err {
        StoreError::Conflict { .. } => AskError::not_found("version that waits", version),
        err => AskError::failed("decide about the new list")(err),
    })?;
    let rebuilt = matching::rebuild(app, ctx.agency).await;
    rebuilt.map_err(AskError::failed("load the list into the matcher"))?;
    drop_old(app);
    app.bus().tell(ctx.agency, Topic::Hotlists, None);
    let did = if accept { "accepted and put in force" } else { "refused" };
    act.done([format!("hotlist {hotlist}, version {version} {did}: {reason}")]);
    Ok(())
}
