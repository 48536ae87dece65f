//! `/policy/changes`: the history of the policy.

use std::collections::BTreeMap;

use app::App;
use app::policy::{ChangeRow, ChangeState, list_changes};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::{PersonId, Timestamp};
use policy::Action;
use serde::Deserialize;

use super::people::Viewer;
use super::policy_change::{named, state_word};
use crate::components::Moment;
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// One change.
#[derive(Debug)]
pub(crate) struct Row {
    id: i64,
    reason: String,
    state: (&'static str, &'static str),
    proposed_by: String,
    proposed: Moment,
    approved: Option<(String, Moment)>,
    withdrawn: Option<(String, Moment)>,
    begins: Begins,
    touches_privacy: bool,
    digest: String,
}

/// From when on it decides.
#[derive(Debug)]
pub(crate) enum Begins {
    /// From this moment.
    At(Moment),
    /// It never will.
    Never,
    /// Its day has come, and nobody has approved it.
    OnceApproved,
}

impl Begins {
    fn of(change: &ChangeRow, now: Timestamp) -> Self {
        match change.state {
            ChangeState::Withdrawn => Self::Never,
            ChangeState::Waits if change.begins <= now => Self::OnceApproved,
            _ => Self::At(Moment::in_full(change.begins)),
        }
    }
}

/// The history.
#[derive(Template, Debug)]
#[template(path = "pages/policy_changes.html")]
pub struct ChangesPage {
    frame: Frame,
    rows: Vec<Row>,
    only_privacy: bool,
    n_privacy: usize,
    may_propose: bool,
    audit_months: u32,
}

impl ChangesPage {
    /// The page of these changes; of those that touch privacy alone where that is asked for.
    pub fn of(
        frame: Frame,
        changes: &[ChangeRow],
        names: &BTreeMap<PersonId, String>,
        viewer: &Viewer,
        audit_months: u32,
        only_privacy: bool,
    ) -> Self {
        let row = |change: &ChangeRow| Row {
            id: change.id.to_i64(),
            reason: change.reason.clone(),
            state: state_word(change.state),
            proposed_by: named(names, change.proposed.0),
            proposed: Moment::in_full(change.proposed.1),
            approved: change.approved.map(|(by, at)| (named(names, by), Moment::in_full(at))),
            withdrawn: change.withdrawn.map(|(by, at)| (named(names, by), Moment::in_full(at))),
            begins: Begins::of(change, frame.now),
            touches_privacy: change.touches_privacy,
            digest: change.digest.chars().take(12).collect(),
        };
        let shown = changes.iter().filter(|change| !only_privacy || change.touches_privacy);
        Self {
            rows: shown.map(row).collect(),
            only_privacy,
            n_privacy: changes.iter().filter(|change| change.touches_privacy).count(),
            may_propose: viewer.may(Action::ManagePolicy),
            audit_months,
            frame,
        }
    }
}

/// Which to show.
#[derive(Deserialize)]
pub(crate) struct Which {
    privacy: Option<String>,
}

/// `GET /policy/changes`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    let (changes, names) = list_changes(&app, &staff.ctx).await?;
    let policy = staff.ctx.person.as_ref().and_then(|person| person.policy.as_ref());
    let months = policy.map_or(3, |policy| policy.bundle.settings().audit.months);
    let viewer = Viewer::of(&staff.ctx);
    let shown = ChangesPage::of(frame, &changes, &names, &viewer, months, which.privacy.is_some());
    Ok(page(StatusCode::OK, &shown))
}
