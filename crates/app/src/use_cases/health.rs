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
    /// Whether there is a recogniser; without one, frames are refused and reads are taken.
    pub recogniser: bool,
    /// Submissions that wait for their batch.
    pub submissions_waiting: usize,
    /// Hits that are committed and not relayed yet.
    pub journal_backlog: u64,
}

/// Asks every part how it is.
pub async fn health(_app: &App) -> Health {
    Health {
        ok: false,
        store: false,
        recogniser: false,
        submissions_waiting: 0,
        journal_backlog: 0,
    }
}
