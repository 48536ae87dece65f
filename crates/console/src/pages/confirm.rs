//! `/confirm`: the code, a passkey or the provider again, for acts that ask for fresh proof of who one is (CJIS IA-11).

use app::App;
use app::sign_in::{ProviderHere, SignInRefused, begin_confirming_passkey, confirm, providers};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::passkey::Asks;
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
    asks: Option<Asks>,
    provider: Option<String>,
    back: String,
    trouble: String,
}

impl ConfirmPage {
    /// The form, with what was wrong the last time; `asks` where there is a passkey to ask for, `provider` where the agency has
    /// one, as its button says.
    pub fn of(
        frame: Frame,
        asks: Option<Asks>,
        provider: Option<String>,
        back: &str,
        trouble: String,
    ) -> Self {
        Self { frame, asks, provider, back: within(back).to_owned(), trouble }
    }
}

/// The form as an answer, after a refusal with what was wrong.
pub(crate) async fn confirm_page(
    app: &App,
    staff: &Staff,
    frame: Frame,
    back: &str,
    refused: Option<&SignInRefused>,
) -> Response {
    if let Some(refused) = refused {
        note(refused);
    }
    let asked = begin_confirming_passkey(app, &staff.ctx).await.unwrap_or_else(|refused| {
        note(&refused);
        None
    });
    let asks = asked.and_then(|asked| Asks::of(app, asked, "/confirm/passkey"));
    let asks = asks.map(|asks| asks.back_to(within(back)));
    let own = |one: &ProviderHere| one.agency == staff.ctx.agency;
    let provider = providers(app).into_iter().find(own).map(|one| one.label);
    let trouble = refused.map(|refused| in_words(refused, app.now())).unwrap_or_default();
    let status = refused.map_or(StatusCode::OK, status);
    page(status, &ConfirmPage::of(frame, asks, provider, back, trouble))
}

/// Where to return to.
#[derive(Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    pub(crate) back: String,
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
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(Back { back }): Query<Back>,
) -> Response {
    confirm_page(&app, &staff, frame, &back, None).await
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
    match confirm(&app, &staff.ctx, &typed.code, &door(&app, &headers, &extensions)).await {
        Ok(()) => Redirect::to(within(&typed.back)).into_response(),
        Err(refused) => confirm_page(&app, &staff, frame, &typed.back, Some(&refused)).await,
    }
}
