//! `/confirm`: the code again, for acts that ask for fresh proof of who one is (CJIS IA-11).

use app::App;
use app::sign_in::confirm;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::sign_in::{door, in_words, note, status};
use super::theme::within;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// The form.
#[derive(Template, Debug)]
#[template(path = "pages/confirm.html")]
pub struct ConfirmPage {
    frame: Frame,
    back: String,
    trouble: String,
}

impl ConfirmPage {
    /// The form, with what was wrong the last time.
    pub fn of(frame: Frame, back: &str, trouble: String) -> Self {
        Self { frame, back: within(back).to_owned(), trouble }
    }
}

/// Where to return to.
#[derive(Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    back: String,
}

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    code: String,
    #[serde(default)]
    back: String,
}

/// `GET /confirm`
pub(crate) async fn get(
    _staff: Staff,
    frame: Frame,
    Query(Back { back }): Query<Back>,
) -> Response {
    page(StatusCode::OK, &ConfirmPage::of(frame, &back, String::new()))
}

/// `POST /confirm`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    headers: HeaderMap,
    extensions: Extensions,
    Checked(typed): Checked<Typed>,
) -> Response {
    match confirm(&app, &staff.ctx, &typed.code, &door(&headers, &extensions)).await {
        Ok(()) => Redirect::to(within(&typed.back)).into_response(),
        Err(refused) => {
            note(&refused);
            let trouble = in_words(&refused, app.now());
            page(status(&refused), &ConfirmPage::of(frame, &typed.back, trouble))
        }
    }
}
