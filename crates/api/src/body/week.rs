//! A week of the record, and who signed it off.

use std::collections::HashMap;

use app::oversight::{WeekPage, WeekState};
use domain::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::who::WhoOut;

/// What who signs a week off notes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignOffIn {
    /// What was looked at and found.
    pub(crate) note: String,
}

/// A sign-off.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignOffOut {
    by: WhoOut,
    #[schema(format = DateTime)]
    at: String,
    note: String,
}

/// How a week stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct WeekStateOut {
    /// Its Monday.
    #[schema(format = Date)]
    week: String,
    /// Its Sunday.
    #[schema(format = Date)]
    last: String,
    /// Whether it is over: only then it can be signed off.
    is_over: bool,
    /// Whether it should have been signed off and was not.
    is_overdue: bool,
    sign_offs: Vec<SignOffOut>,
}

impl WeekStateOut {
    fn of(state: &WeekState, names: &HashMap<PersonId, String>) -> Self {
        let sign_off = |one: &domain::oversight::WeekReview| SignOffOut {
            by: WhoOut::of(one.by, names.get(&one.by)),
            at: one.at.to_string(),
            note: one.note.clone(),
        };
        Self {
            week: state.week.to_string(),
            last: state.last.to_string(),
            is_over: state.is_over,
            is_overdue: state.is_overdue,
            sign_offs: state.reviews.iter().map(sign_off).collect(),
        }
    }
}

/// Looks of somebody for a purpose. A live page is one.
#[derive(Serialize, ToSchema)]
pub(crate) struct LooksOut {
    /// By name; the pseudonym where nobody has it any more.
    who: String,
    purpose: String,
    n: u64,
}

/// Refusals for a reason. One with several reasons counts for each.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefusalsOut {
    reason: String,
    n: u64,
}

/// One week.
#[derive(Serialize, ToSchema)]
pub(crate) struct WeekOut {
    #[serde(flatten)]
    state: WeekStateOut,
    /// Most first.
    looks: Vec<LooksOut>,
    /// Most first.
    refusals: Vec<RefusalsOut>,
    n_sign_ins_failed: u64,
    n_passwords_locked: u64,
    n_roles_given: u64,
    n_exports: u64,
    /// The latest weeks, newest first.
    weeks: Vec<WeekStateOut>,
}

impl From<WeekPage> for WeekOut {
    fn from(page: WeekPage) -> Self {
        let WeekPage { state, looks, refusals, weeks, names, .. } = page;
        Self {
            state: WeekStateOut::of(&state, &names),
            looks: looks
                .into_iter()
                .map(|(who, purpose, n)| LooksOut { who, purpose, n })
                .collect(),
            refusals: refusals.into_iter().map(|(reason, n)| RefusalsOut { reason, n }).collect(),
            n_sign_ins_failed: page.n_sign_ins_failed,
            n_passwords_locked: page.n_passwords_locked,
            n_roles_given: page.n_roles_given,
            n_exports: page.n_exports,
            weeks: weeks.iter().map(|state| WeekStateOut::of(state, &names)).collect(),
        }
    }
}
