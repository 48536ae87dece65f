//! `/incidents`: stops of vehicles that were not wanted, seen and closed by whoever answers for them (`AUS-344.4g`).

use app::{App, AskError, IncidentRow, Incidents, close_incident, list_incidents, see_incident};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::IncidentId;
use domain::figures::Quarter;
use serde::Deserialize;

use super::camera_key::Nothing;
use super::person_new::sentence;
use crate::components::Moment;
use crate::csv::{file, line};
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// The newest incidents, or those of a quarter with their counts.
#[derive(Template, Debug)]
#[template(path = "pages/incidents.html")]
pub struct IncidentsPage {
    frame: Frame,
    rows: Vec<Row>,
    /// Empty where the newest are shown.
    quarter: String,
    quarters: Vec<String>,
    counts: Counts,
    trouble: String,
}

/// How the incidents on the page stand.
#[derive(Debug)]
struct Counts {
    reported: usize,
    overdue: usize,
    open: usize,
}

/// One incident.
#[derive(Debug)]
struct Row {
    id: i64,
    hit: i64,
    reporter: String,
    reported: Moment,
    due: Moment,
    seen: Option<(String, Moment)>,
    closed: Option<(String, Moment, String)>,
    is_own: bool,
    is_overdue: bool,
}

impl IncidentsPage {
    /// The page of these incidents.
    pub fn of(frame: Frame, found: &Incidents) -> Self {
        Self {
            rows: found.rows.iter().map(row).collect(),
            quarter: found.quarter.as_ref().map(Quarter::to_string).unwrap_or_default(),
            quarters: found.quarters.iter().map(Quarter::to_string).collect(),
            counts: Counts {
                reported: found.rows.len(),
                overdue: found.n(|row| row.is_overdue),
                open: found.n(|row| row.incident.closed.is_none()),
            },
            trouble: String::new(),
            frame,
        }
    }
}

fn row(one: &IncidentRow) -> Row {
    let incident = &one.incident;
    let seen = one.seen_by.clone().zip(incident.seen);
    let closed = one.closed_by.clone().zip(incident.closed.as_ref());
    Row {
        id: incident.id.to_i64(),
        hit: incident.hit.to_i64(),
        reporter: one.reporter.clone(),
        reported: Moment::in_full(incident.reported_at),
        due: Moment::in_full(incident.due_at),
        seen: seen.map(|(by, (_, at))| (by, Moment::in_full(at))),
        closed: closed.map(|(by, how)| (by, Moment::in_full(how.at), how.finding.clone())),
        is_own: one.is_own,
        is_overdue: one.is_overdue,
    }
}

/// Which quarter.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Asked {
    quarter: String,
}

/// `GET /incidents`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let found = list_incidents(&app, &staff.ctx, &asked.quarter).await?;
    Ok(page(StatusCode::OK, &IncidentsPage::of(frame, &found)))
}

/// `GET /incidents.csv`
pub(crate) async fn csv(
    State(app): State<App>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let found = list_incidents(&app, &staff.ctx, &asked.quarter).await?;
    let of = found.quarter.map_or_else(|| "newest".to_owned(), |one| one.to_string());
    Ok(file(&format!("incidents-{of}"), lines(&found)))
}

/// A line for each incident; times are UTC.
fn lines(found: &Incidents) -> String {
    let mut out = line([
        "incident",
        "hit",
        "reported",
        "by",
        "shift_ends",
        "seen",
        "seen_by",
        "in_time",
        "closed",
        "closed_by",
        "finding",
    ]);
    for row in &found.rows {
        let one = &row.incident;
        let seen = one.seen.map(|(_, at)| at.to_string()).unwrap_or_default();
        let closed = one.closed.as_ref();
        out.push_str(&line([
            &*one.id.to_string(),
            &one.hit.to_string(),
            &one.reported_at.to_string(),
            &row.reporter,
            &one.due_at.to_string(),
            &seen,
            row.seen_by.as_deref().unwrap_or_default(),
            if row.is_overdue { "no" } else { "yes" },
            &closed.map(|how| how.at.to_string()).unwrap_or_default(),
            row.closed_by.as_deref().unwrap_or_default(),
            closed.map(|how| how.finding.as_str()).unwrap_or_default(),
        ]));
    }
    out
}

/// `POST /incidents/{id}/see`
pub(crate) async fn see(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, PageError> {
    let done = see_incident(&app, &staff.ctx, IncidentId::from_i64(id)).await;
    answer(&app, &staff, frame, done).await
}

/// What was found.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    finding: String,
}

/// `POST /incidents/{id}/close`
pub(crate) async fn close(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let done = close_incident(&app, &staff.ctx, IncidentId::from_i64(id), &typed.finding).await;
    answer(&app, &staff, frame, done).await
}

async fn answer(
    app: &App,
    staff: &Staff,
    frame: Frame,
    done: Result<(), AskError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(Redirect::to("/incidents").into_response()),
        Err(AskError::Invalid { field, why }) => {
            let found = list_incidents(app, &staff.ctx, "").await?;
            let trouble = sentence(&format!("this {field} {why}"));
            let shown = IncidentsPage { trouble, ..IncidentsPage::of(frame, &found) };
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}
