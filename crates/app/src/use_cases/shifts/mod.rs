//! Shifts: signing on as a unit and keeping the page open, the roster of units on duty, and who was signed on when a hit was
//! raised (`TWF-401.4g`).

mod board;
mod car;
mod roster;
mod sign_on;
mod watch;

pub use board::{BoardRow, ShiftBoard, SignOnView, shift_board};
pub use car::{CarHit, CarHits, CarPage, open_car};
pub use roster::{
    FILE_BYTES_MAX, PuttingOnDuty, RosterImported, import_roster, put_on_duty, take_off_duty,
};
pub use sign_on::{SigningOn, hear_of_page, sign_off, sign_on};
pub use watch::WatchView;
pub(crate) use watch::watch_of;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use domain::access::ListPeople;
use domain::shift::Span;
use domain::{PersonId, Timestamp};

use super::hit_life::shifts_from;
use crate::policies::InForce;
use crate::record::Leave;
use crate::{App, AskError, Ctx};

/// A shift, as it is chosen in forms and shown on pages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shift {
    /// When it is.
    pub span: Span,
    /// In words, by the clock on the agency's wall: `2026-11-22 14:00 to 22:00`.
    pub label: String,
}

impl Shift {
    pub(crate) fn of(policy: &InForce, span: Span) -> Self {
        let (from, until) = (policy.on_the_wall(span.from), policy.on_the_wall(span.until));
        let clock = until.split_once(' ').map_or(until.as_str(), |(_, clock)| clock);
        Self { span, label: format!("{from} to {clock}") }
    }

    /// The one that runs, and so many that follow.
    fn all_from(policy: &InForce, now: Timestamp, n_more: usize) -> Vec<Self> {
        let begins = &policy.bundle.settings().verification.shifts;
        let spans = shifts_from(now, &policy.zone, begins, n_more);
        spans.into_iter().map(|span| Self::of(policy, span)).collect()
    }
}

async fn policy(app: &App, ctx: &Ctx) -> Result<Arc<InForce>, AskError> {
    let policy = app.policy_of(ctx.agency).await?;
    policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))
}

/// After how long of silence a page is called blind.
fn blind_after(policy: &InForce) -> Duration {
    Duration::from_secs(u64::from(policy.bundle.settings().duty.blind_seconds))
}

/// Everybody's name.
async fn names(app: &App, leave: &Leave) -> Result<HashMap<PersonId, String>, AskError> {
    let people = app.inner().store.people(&leave.permit::<ListPeople>()?).await;
    let people = people.map_err(AskError::failed("list people"))?;
    Ok(people.into_iter().map(|one| (one.id, one.name)).collect())
}

fn name_of(names: &HashMap<PersonId, String>, id: PersonId) -> String {
    names.get(&id).cloned().unwrap_or_else(|| format!("person {id}"))
}
