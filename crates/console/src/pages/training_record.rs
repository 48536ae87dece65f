//! `POST /training/record` and `/training/{id}/withdraw`: what a trainer records, and takes back as wrong.

use app::training::{RecordCompletion, list_training, record_completion, withdraw_completion};
use app::{App, AskError};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::{CompletionId, Day, PersonId};

use super::camera_key::Nothing;
use super::people::Viewer;
use super::training::{TrainingPage, Typed, ticked};
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// What was typed as a completion; else the field, and what is wrong with it.
fn read(typed: &Typed) -> Result<RecordCompletion, (&'static str, String)> {
    let text = |name: &str| typed.get(name).map(|text| text.trim()).unwrap_or_default();
    let person = text("person").parse().map_err(|_| ("person", "choose who".to_owned()))?;
    let day = Day::parse(text("day"));
    Ok(RecordCompletion {
        person: PersonId::from_i64(person),
        course: text("course").to_owned(),
        day: day.map_err(|_| ("day", "write a day as 2026-11-21".to_owned()))?,
        topics: ticked(typed),
    })
}

/// `POST /training/record`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let (field, why) = match read(&typed) {
        Err(wrong) => wrong,
        Ok(done) => match record_completion(&app, &staff.ctx, done).await {
            Ok(_) => return Ok(Redirect::to("/training").into_response()),
            Err(AskError::Invalid { field, why }) => (field, why),
            Err(err) => return Err(err.into()),
        },
    };
    let listed = list_training(&app, &staff.ctx).await?;
    let shown = TrainingPage::filled(frame, &listed, &Viewer::of(&staff.ctx), &typed);
    let course = typed.get("course").map(String::as_str).unwrap_or_default();
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown.refused(course, field, &why)))
}

/// `POST /training/{id}/withdraw`
pub(crate) async fn withdraw(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, PageError> {
    withdraw_completion(&app, &staff.ctx, CompletionId::from_i64(id)).await?;
    Ok(Redirect::to("/training"))
}
