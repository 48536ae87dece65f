//! What the ledger needs by the clock: minutes of standing looks, strays, attempts that were only counted, the probe that
//! raises the alarm, clear text that is due.

use std::time::Duration;

use domain::Timestamp;
use ledger::leaf::{ClearField, Draft, Kind, SealedField};
use store::{LogId, NewLeaf};

use super::{Ctx, Says};
use crate::App;
use crate::error::{BoxError, chain};
use crate::use_cases::oversight::index;

/// How often it is tried whether the ledger can be written: its loss is told within a minute.
pub(crate) const PROBE_EVERY: Duration = Duration::from_secs(20);
/// How often everything else here happens.
pub(crate) const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// A beginning whose end has not come for so long, and that nobody here is at, has lost it: its process was killed.
const STRAY_AFTER: Duration = Duration::from_secs(15 * 60);
/// Beginnings looked at at once.
const STRAYS_AT_ONCE: u32 = 200;

/// Tries whether the ledger can be written.
pub(crate) async fn probe(app: &App) {
    let inner = app.inner();
    let probed = inner.store.probe_ledger(LogId::SERVER).await;
    if let Err(err) = &probed {
        tracing::error!(error = chain(err), "the ledger cannot be written");
    }
    inner.recorder.found(probed.is_ok());
}

/// Does what is due each minute.
pub async fn sweep(app: &App, now: Timestamp) -> Result<(), BoxError> {
    app.write_minutes(now).await;
    let n_counted = app.inner().recorder.counted_attempts(now);
    if n_counted > 0 {
        let ctx = Ctx::nobody(now);
        let draft = Says::of(app, &ctx).who(Kind::Event, "attempts-counted");
        app.record(&ctx, draft.number(ClearField::Number, n_counted)).await?;
    }
    let n_closed = close_strays(app, now.minus(STRAY_AFTER), now).await?;
    if n_closed > 0 {
        tracing::warn!(n_closed, "closed acts of which nobody knows what became");
    }
    let n_gone = app.inner().store.forget_clear_text(now).await?;
    if n_gone > 0 {
        tracing::info!(n_gone, "forgot clear text of the ledger that was due");
    }
    // Also what nobody searches opens reviews.
    index::catch_up_all(app).await
}

/// Completes, as unknown, beginnings from before `before` that nobody here is at.
pub(crate) async fn close_strays(
    app: &App,
    before: Timestamp,
    now: Timestamp,
) -> Result<u64, BoxError> {
    let inner = app.inner();
    let mut n_closed = 0;
    for log in inner.store.logs().await? {
        for leaf in strays(app, log.log, before).await? {
            let ctx = Ctx::nobody(now);
            let says = Says::of(app, &ctx);
            let draft = Draft::new(Kind::Complete)
                .number(ClearField::Of, leaf)
                .text(ClearField::Outcome, "unknown")
                .text(ClearField::Day, now.day().to_string());
            let draft = says.seal(draft, SealedField::At, now.to_string());
            let closing = NewLeaf { completes: Some(leaf), ..says.leaf(draft)? };
            inner.recorder.writer.append(log.log, closing).await?;
            n_closed += 1;
        }
    }
    Ok(n_closed)
}

/// Beginnings from before `before` that nobody here is at. Pages that stand open may be many, and are passed over.
async fn strays(app: &App, log: LogId, before: Timestamp) -> Result<Vec<u64>, BoxError> {
    let inner = app.inner();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let some = inner.store.stray_beginnings(log, before, after, STRAYS_AT_ONCE).await?;
        after = some.last().copied();
        found.extend(some.into_iter().filter(|leaf| !inner.recorder.is_under_way(log, *leaf)));
        if after.is_none() {
            return Ok(found);
        }
    }
}
