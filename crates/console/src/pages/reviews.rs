//! `GET /reviews`: the auditors' inbox.

use app::App;
use app::oversight::{Inbox, inbox};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::oversight::Review;

use crate::components::{Age, Moment};
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// A review in the list.
#[derive(Debug)]
struct Row {
    id: i64,
    who: String,
    cause: &'static str,
    day: String,
    opened: Age,
    n: String,
    closed: Option<(&'static str, String, Moment)>,
}

impl Row {
    fn of(review: &Review, inbox: &Inbox, frame: &Frame) -> Self {
        let name = |id| inbox.names.get(&id).cloned().unwrap_or_default();
        let closed = review.closed.as_ref();
        Self {
            id: review.id.to_i64(),
            who: name(review.subject),
            cause: review.cause.label(),
            day: review.day.to_string(),
            opened: Age::of(review.opened_at, frame.now),
            n: words::count(review.n_leaves, "record", "records"),
            closed: closed
                .map(|one| (one.finding.label(), name(one.by), Moment::of(one.at, frame.now))),
        }
    }
}

/// The inbox.
#[derive(Template, Debug)]
#[template(path = "pages/reviews.html")]
pub struct ReviewsPage {
    frame: Frame,
    open: Vec<Row>,
    closed: Vec<Row>,
    findings: Vec<(&'static str, String)>,
}

impl ReviewsPage {
    /// The page of this inbox.
    pub fn of(frame: Frame, inbox: &Inbox) -> Self {
        let rows = |reviews: &[Review]| {
            reviews.iter().map(|review| Row::of(review, inbox, &frame)).collect()
        };
        let findings = inbox.findings.iter();
        Self {
            open: rows(&inbox.open),
            closed: rows(&inbox.closed),
            findings: findings.map(|(one, n)| (one.label(), words::number(*n))).collect(),
            frame,
        }
    }
}

/// `GET /reviews`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let inbox = inbox(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &ReviewsPage::of(frame, &inbox)))
}
