//! `/reviews/{id}`: one review: the records on which it rests, its history, and the finding that closes it.

use app::oversight::{ReviewPage as Opened, add_review_note, close_review, open_review};
use app::{App, AskError};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::ReviewId;
use domain::oversight::{Cause, Finding};
use serde::Deserialize;

use super::person_new::sentence;
use crate::components::{AuditRow, Moment};
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// A finding to choose.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) word: &'static str,
    pub(crate) label: &'static str,
    pub(crate) is_chosen: bool,
}

/// Every finding.
pub(crate) fn findings(chosen: &str) -> Vec<Choice> {
    let one = |finding: &Finding| Choice {
        word: finding.word(),
        label: finding.label(),
        is_chosen: finding.word() == chosen,
    };
    Finding::ALL.iter().map(one).collect()
}

/// One review.
#[derive(Template, Debug)]
#[template(path = "pages/review.html")]
pub struct OneReview {
    frame: Frame,
    id: i64,
    who: String,
    person: i64,
    cause: &'static str,
    day: String,
    n: String,
    is_of_report: bool,
    closed: Option<(&'static str, String, Moment, String)>,
    rows: Vec<AuditRow>,
    history: Vec<(Moment, String, String)>,
    findings: Vec<Choice>,
    finding_wrong: String,
    text: Field,
    note: Field,
    trouble: String,
}

impl OneReview {
    /// The page of this review.
    pub fn of(frame: Frame, opened: &Opened) -> Self {
        Self::filled(frame, opened, &Typed::default())
    }

    fn filled(frame: Frame, opened: &Opened, typed: &Typed) -> Self {
        let (review, now) = (&opened.review, frame.now);
        let name = |id| opened.names.get(&id).cloned().unwrap_or_default();
        let closed = review.closed.as_ref();
        let history = opened.notes.iter().map(|note| {
            let who = note.by.map_or_else(|| "the server".to_owned(), name);
            (Moment::in_full(note.at), who, note.text.clone())
        });
        Self {
            id: review.id.to_i64(),
            who: name(review.subject),
            person: review.subject.to_i64(),
            cause: review.cause.label(),
            day: review.day.to_string(),
            n: words::count(review.n_leaves, "record", "records"),
            is_of_report: review.cause == Cause::MisuseReport,
            closed: closed.map(|one| {
                (one.finding.label(), name(one.by), Moment::in_full(one.at), one.text.clone())
            }),
            rows: AuditRow::all(&opened.lines, now),
            history: history.collect(),
            findings: findings(&typed.finding),
            finding_wrong: String::new(),
            text: Field::of(&typed.text),
            note: Field::of(&typed.note),
            trouble: String::new(),
            frame,
        }
    }

    fn refused(mut self, field: &str, why: &str) -> Self {
        let says = sentence(why);
        match field {
            "finding" => self.finding_wrong = says,
            "text" => self.text.wrong = says,
            "note" => self.note.wrong = says,
            _ => self.trouble = format!("This {field} {why}."),
        }
        self
    }
}

/// What was typed.
#[derive(Deserialize, Default, Debug)]
pub(crate) struct Typed {
    #[serde(default)]
    finding: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    note: String,
}

/// `GET /reviews/{id}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let opened = open_review(&app, &staff.ctx, ReviewId::from_i64(id)).await?;
    Ok(page(StatusCode::OK, &OneReview::of(frame, &opened)))
}

/// `POST /reviews/{id}/note`
pub(crate) async fn note(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let review = ReviewId::from_i64(id);
    let noted = add_review_note(&app, &staff.ctx, review, &typed.note).await;
    answer(&app, &staff, frame, review, &typed, noted).await
}

/// `POST /reviews/{id}/close`
pub(crate) async fn close(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let review = ReviewId::from_i64(id);
    let closed = close_review(&app, &staff.ctx, review, &typed.finding, &typed.text).await;
    answer(&app, &staff, frame, review, &typed, closed).await
}

async fn answer(
    app: &App,
    staff: &Staff,
    frame: Frame,
    id: ReviewId,
    typed: &Typed,
    done: Result<(), AskError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/reviews/{id}")).into_response()),
        Err(AskError::Invalid { field, why }) => {
            let opened = open_review(app, &staff.ctx, id).await?;
            let shown = OneReview::filled(frame, &opened, typed).refused(field, &why);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}
