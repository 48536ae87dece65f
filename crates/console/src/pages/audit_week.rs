//! `/audit/week`: what happened in a week, and who signed it off.

use app::oversight::{WeekPage as Opened, WeekState, open_week, review_week};
use app::{App, AskError};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::PersonId;
use policy::Action;
use serde::Deserialize;

use super::people::Viewer;
use super::person_new::sentence;
use crate::components::Moment;
use crate::error::PageError;
use crate::form::{Checked, Field, day};
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// How a week stands, in words.
#[derive(Debug)]
struct Week {
    week: String,
    last: String,
    is_over: bool,
    is_overdue: bool,
    is_shown: bool,
    signed: Vec<(String, Moment, String)>,
}

impl Week {
    fn of(state: &WeekState, opened: &Opened) -> Self {
        let name = |id: PersonId| opened.names.get(&id).cloned().unwrap_or_default();
        let signed = state.reviews.iter();
        Self {
            week: state.week.to_string(),
            last: state.last.to_string(),
            is_over: state.is_over,
            is_overdue: state.is_overdue,
            is_shown: state.week == opened.state.week,
            signed: signed
                .map(|one| (name(one.by), Moment::in_full(one.at), one.note.clone()))
                .collect(),
        }
    }
}

/// A week.
#[derive(Template, Debug)]
#[template(path = "pages/audit_week.html")]
pub struct AuditWeek {
    frame: Frame,
    week: Week,
    weeks: Vec<Week>,
    counts: [(&'static str, String); 6],
    looks: Vec<(String, String, String)>,
    refusals: Vec<(String, String)>,
    may_sign: bool,
    note: Field,
    trouble: String,
}

impl AuditWeek {
    /// The page of this week.
    pub fn of(frame: Frame, opened: &Opened, viewer: &Viewer) -> Self {
        let n_looks: u64 = opened.looks.iter().map(|(_, _, n)| n).sum();
        let n_refusals: u64 = opened.refusals.iter().map(|(_, n)| n).sum();
        let counts = [
            ("Looks", n_looks),
            ("Reasons of refusals", n_refusals),
            ("Failed sign-ins", opened.n_sign_ins_failed),
            ("Passwords locked", opened.n_passwords_locked),
            ("Roles given", opened.n_roles_given),
            ("Exports", opened.n_exports),
        ];
        let mine = opened.state.reviews.iter().any(|one| viewer.is(one.by));
        let looks = opened.looks.iter();
        let refusals = opened.refusals.iter();
        Self {
            week: Week::of(&opened.state, opened),
            weeks: opened.weeks.iter().map(|one| Week::of(one, opened)).collect(),
            counts: counts.map(|(what, n)| (what, words::number(n))),
            looks: looks
                .map(|(who, purpose, n)| (who.clone(), purpose.clone(), words::number(*n)))
                .collect(),
            refusals: refusals.map(|(why, n)| (why.clone(), words::number(*n))).collect(),
            may_sign: viewer.may(Action::ReviewWeek) && opened.state.is_over && !mine,
            note: Field::default(),
            trouble: String::new(),
            frame,
        }
    }
}

/// Which week: a day of it.
#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    of: String,
}

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    week: String,
    #[serde(default)]
    note: String,
}

/// `GET /audit/week`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(ask): Query<Ask>,
) -> Result<Response, PageError> {
    let opened = open_week(&app, &staff.ctx, day(&ask.of)?).await?;
    Ok(page(StatusCode::OK, &AuditWeek::of(frame, &opened, &Viewer::of(&staff.ctx))))
}

/// `POST /audit/week`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let week = day(&typed.week)?.ok_or_else(|| PageError::bad_form("no week was named"))?;
    match review_week(&app, &staff.ctx, week, &typed.note).await {
        Ok(()) => Ok(Redirect::to(&format!("/audit/week?of={week}")).into_response()),
        Err(AskError::Invalid { field, why }) => {
            let opened = open_week(&app, &staff.ctx, Some(week)).await?;
            let mut shown = AuditWeek::of(frame, &opened, &Viewer::of(&staff.ctx));
            shown.note.value = typed.note;
            match field {
                "note" => shown.note.wrong = sentence(&why),
                _ => shown.trouble = format!("This {field} {why}."),
            }
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}
