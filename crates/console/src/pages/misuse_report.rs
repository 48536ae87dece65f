//! `/misuse/{id}`: one report: allegation, investigation with the trail attached, finding; or what is decided about sharing.

use app::oversight::{
    MisuseBoard, ReportPage as Opened, close_report, decide_sharing, investigate, open_report,
};
use app::{App, AskError};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::ReportId;
use domain::oversight::Sharing;
use policy::Action;
use serde::Deserialize;

use super::misuse::Row;
use super::people::Viewer;
use super::person_new::sentence;
use super::review::{Choice, findings};
use crate::components::{AuditRow, Moment};
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// What was typed.
#[derive(Deserialize, Default, Debug)]
pub(crate) struct Typed {
    #[serde(default)]
    finding: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    sharing: String,
    #[serde(default)]
    why: String,
}

/// One report.
#[derive(Template, Debug)]
#[template(path = "pages/misuse_report.html")]
pub struct OneReport {
    frame: Frame,
    row: Row,
    review: Option<i64>,
    told: String,
    reporter: String,
    investigator: Option<(String, Moment)>,
    closed: Option<(&'static str, String, Moment, String)>,
    decision: Option<(&'static str, String, Moment, String)>,
    may_begin: bool,
    may_close: bool,
    may_decide: bool,
    rows: Vec<AuditRow>,
    findings: Vec<Choice>,
    finding_wrong: String,
    text: Field,
    sharing: Vec<Choice>,
    sharing_wrong: String,
    why: Field,
    trouble: String,
}

impl OneReport {
    /// The page of this report, for who looks at it.
    pub fn of(frame: Frame, opened: &Opened, viewer: &Viewer) -> Self {
        Self::filled(frame, opened, viewer, &Typed::default())
    }

    fn filled(frame: Frame, opened: &Opened, viewer: &Viewer, typed: &Typed) -> Self {
        let (report, now) = (&opened.report, frame.now);
        let name = |id| opened.names.get(&id).cloned().unwrap_or_default();
        let board = MisuseBoard { reports: Vec::new(), names: opened.names.clone() };
        let row = Row::of(report, &board, now);
        let is_of_viewer = viewer.is(report.reporter);
        let investigates = viewer.may(Action::InvestigateMisuse) && !is_of_viewer;
        let sharing = |one: &Sharing| Choice {
            word: one.word(),
            label: one.label(),
            is_chosen: one.word() == typed.sharing,
        };
        Self {
            review: report.review.map(domain::ReviewId::to_i64),
            told: report.told.clone(),
            reporter: name(report.reporter),
            investigator: report.investigation.map(|(by, at)| (name(by), Moment::in_full(at))),
            closed: report.closed.as_ref().map(|one| {
                (one.finding.label(), name(one.by), Moment::in_full(one.at), one.text.clone())
            }),
            decision: report.decision.as_ref().map(|one| {
                (one.sharing.label(), name(one.by), Moment::in_full(one.at), one.why.clone())
            }),
            may_begin: investigates && report.investigation.is_none(),
            may_close: investigates
                && report.investigation.is_some()
                && report.closed.is_none()
                && !row.is_elsewhere,
            may_decide: row.is_elsewhere
                && report.decision.is_none()
                && viewer.may(Action::DecideSharing),
            rows: AuditRow::all(&opened.trail, now),
            findings: findings(&typed.finding),
            finding_wrong: String::new(),
            text: Field::of(&typed.text),
            sharing: Sharing::ALL.iter().map(sharing).collect(),
            sharing_wrong: String::new(),
            why: Field::of(&typed.why),
            trouble: String::new(),
            row,
            frame,
        }
    }

    fn refused(mut self, field: &str, why: &str) -> Self {
        let says = sentence(why);
        match field {
            "finding" => self.finding_wrong = says,
            "text" => self.text.wrong = says,
            "sharing" => self.sharing_wrong = says,
            "why" => self.why.wrong = says,
            _ => self.trouble = format!("This {field} {why}."),
        }
        self
    }
}

/// `GET /misuse/{id}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let opened = open_report(&app, &staff.ctx, ReportId::from_i64(id)).await?;
    Ok(page(StatusCode::OK, &OneReport::of(frame, &opened, &Viewer::of(&staff.ctx))))
}

/// `POST /misuse/{id}/investigate`
pub(crate) async fn begin(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let report = ReportId::from_i64(id);
    let begun = investigate(&app, &staff.ctx, report).await;
    answer(&app, &staff, frame, report, &typed, begun).await
}

/// `POST /misuse/{id}/close`
pub(crate) async fn close(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let report = ReportId::from_i64(id);
    let closed = close_report(&app, &staff.ctx, report, &typed.finding, &typed.text).await;
    answer(&app, &staff, frame, report, &typed, closed).await
}

/// `POST /misuse/{id}/sharing`
pub(crate) async fn sharing(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let report = ReportId::from_i64(id);
    let decided = decide_sharing(&app, &staff.ctx, report, &typed.sharing, &typed.why).await;
    answer(&app, &staff, frame, report, &typed, decided).await
}

async fn answer(
    app: &App,
    staff: &Staff,
    frame: Frame,
    id: ReportId,
    typed: &Typed,
    done: Result<(), AskError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/misuse/{id}")).into_response()),
        Err(AskError::Invalid { field, why }) => {
            let opened = open_report(app, &staff.ctx, id).await?;
            let shown = OneReport::filled(frame, &opened, &Viewer::of(&staff.ctx), typed);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown.refused(field, &why)))
        }
        Err(err) => Err(err.into()),
    }
}
