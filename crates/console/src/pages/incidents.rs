//! `/incidents`: stops of vehicles that were not wanted, seen and closed by whoever answers for them (`AUS-344.4g`).

use app::{App, AskError, IncidentRow, close_incident, list_incidents, see_incident};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::IncidentId;
use serde::Deserialize;

use super::camera_key::Nothing;
use super::person_new::sentence;
use crate::components::Moment;
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// Every incident.
#[derive(Template, Debug)]
#[template(path = "pages/incidents.html")]
pub struct Incidents {
    frame: Frame,
    rows: Vec<Row>,
    trouble: String,
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

impl Incidents {
    /// The page of these incidents.
    pub fn of(frame: Frame, found: &[IncidentRow]) -> Self {
        Self { rows: found.iter().map(row).collect(), trouble: String::new(), frame }
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

/// `GET /incidents`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let found = list_incidents(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &Incidents::of(frame, &found)))
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
            let found = list_incidents(app, &staff.ctx).await?;
            let trouble = sentence(&format!("this {field} {why}"));
            let shown = Incidents { trouble, ..Incidents::of(frame, &found) };
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}
