//! `GET /misuse`: what was reported, for who investigates.

use app::App;
use app::oversight::{MisuseBoard, reports};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::Timestamp;
use domain::oversight::{Report, ReportAbout, ReportState};

use crate::components::Moment;
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// A report in a list.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) about: String,
    pub(crate) is_elsewhere: bool,
    pub(crate) filed: Moment,
    pub(crate) state: &'static str,
    pub(crate) waits: bool,
    /// What came out; empty while nothing has.
    pub(crate) end: &'static str,
}

impl Row {
    pub(crate) fn of(report: &Report, board: &MisuseBoard, now: Timestamp) -> Self {
        let about = match &report.about {
            ReportAbout::Person(id) => board.names.get(id).cloned().unwrap_or_default(),
            ReportAbout::Agency(name) => name.clone(),
        };
        let found = report.closed.as_ref().map(|closed| closed.finding.label());
        let decided = report.decision.as_ref().map(|decision| decision.sharing.label());
        Self {
            id: report.id.to_i64(),
            about,
            is_elsewhere: matches!(report.about, ReportAbout::Agency(_)),
            filed: Moment::of(report.filed_at, now),
            state: report.state().label(),
            waits: report.state() == ReportState::Allegation,
            end: found.or(decided).unwrap_or_default(),
        }
    }

    pub(crate) fn all(board: &MisuseBoard, now: Timestamp) -> Vec<Self> {
        board.reports.iter().map(|report| Self::of(report, board, now)).collect()
    }
}

/// The reports.
#[derive(Template, Debug)]
#[template(path = "pages/misuse.html")]
pub struct MisusePage {
    frame: Frame,
    rows: Vec<Row>,
}

impl MisusePage {
    /// The page of these reports.
    pub fn of(frame: Frame, board: &MisuseBoard) -> Self {
        Self { rows: Row::all(board, frame.now), frame }
    }
}

/// `GET /misuse`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let board = reports(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &MisusePage::of(frame, &board)))
}
