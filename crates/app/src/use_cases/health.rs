//! Whether the server can do its work.

use serde::Serialize;

use crate::App;

/// What `/healthz` says. Nothing in it is about anyone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Health {
    /// Whether reads can be taken and kept.
    pub ok: bool,
    /// Whether the store answers.
    pub store: bool,
    /// Whether the ledger can be written; when it cannot, nothing is shown or changed.
    pub ledger: bool,
    /// Whether there is a recogniser; without one, frames are refused and reads are taken.
    pub recogniser: bool,
    /// Submissions that wait for their batch.
    pub submissions_waiting: usize,
    /// Hits that are committed and not relayed yet.
    pub journal_backlog: u64,
}

/// Asks every part how it is.
pub async fn health(app: &App) -> Health {
    let inner = app.inner();
    let store = inner.store.ping().await.is_ok();
    let ledger = !inner.recorder.is_failing();
    Health {
        ok: store && ledger && !inner.tasks.is_closing(),
        store,
        ledger,
        recogniser: inner.recogniser.is_some(),
        submissions_waiting: inner.lanes.n_waiting(),
        journal_backlog: inner.store.journal_backlog(),
    }
}
