//! Looks that could not wait for a case number: what is still to be completed, by when, and what it locks.

use app::Ctx;
use domain::{ExigentLook, Timestamp};
use policy::settings::Settings;

use super::{Age, Moment};
use crate::words;

/// A look whose case number is still to come.
#[derive(Clone, Debug)]
pub struct LookRow {
    pub(crate) id: i64,
    pub(crate) purpose: String,
    pub(crate) looked: Age,
    pub(crate) due: Moment,
    /// How long there is, in words; empty where the time is over.
    pub(crate) left: String,
}

impl LookRow {
    /// The row of a look, with its purpose as the policy calls it.
    pub fn of(look: &ExigentLook, settings: Option<&Settings>, now: Timestamp) -> Self {
        let purpose = settings.and_then(|all| all.purpose(&look.purpose));
        let is_over = look.due_at <= now;
        Self {
            id: look.id.to_i64(),
            purpose: purpose.map_or_else(|| look.purpose.clone(), |one| one.label.clone()),
            looked: Age::of(look.looked_at, now),
            due: Moment::of(look.due_at, now),
            left: if is_over { String::new() } else { words::age(now, look.due_at) },
        }
    }
}

/// The line that stands on every page while there is something to complete, or the account is locked by it.
#[derive(Clone, Debug)]
pub struct ExigentBar {
    /// Whether the account is locked.
    pub(crate) is_locked: bool,
    /// How many case numbers are still to come, in words; empty where none is.
    pub(crate) open: String,
    /// By when the first of them.
    pub(crate) due: Option<Moment>,
    /// How long that is.
    pub(crate) left: String,
}

impl ExigentBar {
    /// The line of somebody who is signed in; none where there is nothing to say.
    pub(crate) fn of(ctx: &Ctx, now: Timestamp) -> Option<Self> {
        Self::of_looks(&ctx.person.as_ref()?.standing.exigent, now)
    }

    /// The line of these looks.
    pub fn of_looks(looks: &[ExigentLook], now: Timestamp) -> Option<Self> {
        if looks.is_empty() {
            return None;
        }
        let open: Vec<&ExigentLook> = looks.iter().filter(|look| look.is_open()).collect();
        let first = open.iter().map(|look| look.due_at).min();
        let n_open = u64::try_from(open.len()).unwrap_or(u64::MAX);
        Some(Self {
            is_locked: looks.iter().any(|look| look.locks_at(now)),
            open: if n_open == 0 {
                String::new()
            } else {
                words::count(n_open, "look without a case number", "looks without a case number")
            },
            due: first.map(|due| Moment::of(due, now)),
            left: first
                .filter(|due| *due > now)
                .map(|due| words::age(now, due))
                .unwrap_or_default(),
        })
    }
}
