//! `/looks/complete`: the case numbers of looks that could not wait for one.

use app::people::{complete_exigent_look, open_exigent_looks};
use app::{App, AskError};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::ExigentId;
use serde::Deserialize;

use super::person_new::sentence;
use crate::components::LookRow;
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// A look to complete, with what was typed for it.
#[derive(Debug)]
pub(crate) struct Row {
    look: LookRow,
    number: Field,
}

/// The looks to complete.
#[derive(Template, Debug)]
#[template(path = "pages/work_complete.html")]
pub struct CompletePage {
    frame: Frame,
    rows: Vec<Row>,
    case_example: String,
}

impl CompletePage {
    /// The page of these looks.
    pub fn of(frame: Frame, looks: Vec<LookRow>, case_example: String) -> Self {
        let rows = looks.into_iter().map(|look| Row { look, number: Field::default() });
        Self { rows: rows.collect(), case_example, frame }
    }

    fn of_staff(frame: Frame, staff: &Staff) -> Self {
        let policy = staff.ctx.person.as_ref().and_then(|person| person.policy.as_ref());
        let settings = policy.map(|policy| policy.bundle.settings());
        let looks = open_exigent_looks(&staff.ctx);
        let rows = looks.iter().map(|look| LookRow::of(look, settings, frame.now)).collect();
        let example = settings.map(|all| all.case_number.example.clone()).unwrap_or_default();
        Self::of(frame, rows, example)
    }
}

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    look: i64,
    #[serde(default)]
    case_number: String,
}

/// `GET /looks/complete`
pub(crate) async fn get(staff: Staff, frame: Frame) -> Response {
    page(StatusCode::OK, &CompletePage::of_staff(frame, &staff))
}

/// `POST /looks/complete`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let id = ExigentId::from_i64(typed.look);
    match complete_exigent_look(&app, &staff.ctx, id, &typed.case_number).await {
        Ok(()) => Ok(Redirect::to("/looks/complete").into_response()),
        Err(AskError::Invalid { why, .. }) => {
            let mut shown = CompletePage::of_staff(frame, &staff);
            for row in shown.rows.iter_mut().filter(|row| row.look.id == typed.look) {
                row.number = Field { value: typed.case_number.clone(), wrong: sentence(&why) };
            }
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}
