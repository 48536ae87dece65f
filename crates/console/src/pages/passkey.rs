//! Passkeys: `/sign-in/passkey` signs in with one alone, `POST /sign-in/code/passkey` after a password, `POST /enrol/passkey`
//! comes to an account with one, `POST /confirm/passkey` shows again who one is, `/account/passkeys/…` adds and removes one's own.
//! The question to the device stands in the page; script asks it, and the form carries the answer.

use app::App;
use app::sign_in::{
    Ceremony, SignInRefused, StepToken, add_passkey, begin_adding_passkey, begin_passkey,
    confirm_with_passkey, enrol_with_passkey, passkeys_work_at, remove_passkey, with_passkey,
    with_second_passkey,
};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::PasskeyId;
use serde::Deserialize;

use super::camera_key::Nothing;
use super::confirm::confirm_page;
use super::invitation::{enrolled, lost};
use super::sign_in::{after_second, door, in_words, note, signed_in_at, status, step};
use super::theme::within;
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// A question to a device, as a page asks it.
#[derive(Clone, Debug)]
pub struct Asks {
    pub(crate) action: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) token: String,
    pub(crate) options: String,
    pub(crate) origin: String,
    pub(crate) button: &'static str,
    pub(crate) label: Option<String>,
    pub(crate) back: Option<String>,
    pub(crate) is_main: bool,
    pub(crate) at_once: bool,
}

impl Asks {
    /// Asks for a passkey that there is; the answer goes to `action`.
    pub(crate) fn of(app: &App, asked: Ceremony, action: &'static str) -> Option<Self> {
        let origin = passkeys_work_at(app).ok()?.to_owned();
        let Ceremony { token, options } = asked;
        Some(Self {
            action,
            kind: "get",
            token: token.expose(),
            options,
            origin,
            button: "Use a passkey",
            label: None,
            back: None,
            is_main: false,
            at_once: false,
        })
    }

    /// Asks for a new one, which gets a name.
    pub(crate) fn for_new(
        app: &App,
        asked: Ceremony,
        action: &'static str,
        label: &str,
    ) -> Option<Self> {
        let asks = Self::of(app, asked, action)?;
        let label = Some(label.to_owned());
        Some(Self { kind: "create", button: "Make a passkey", label, ..asks })
    }

    /// A question for examples and tests.
    pub fn sample(action: &'static str, is_new: bool) -> Self {
        Self {
            action,
            kind: if is_new { "create" } else { "get" },
            token: "A".repeat(43),
            options: "{}".to_owned(),
            origin: "https://plates.example.gov".to_owned(),
            button: if is_new { "Make a passkey" } else { "Use a passkey" },
            label: is_new.then(String::new),
            back: None,
            is_main: false,
            at_once: false,
        }
    }

    /// As what the page is there for.
    #[must_use]
    pub fn main(mut self) -> Self {
        self.is_main = true;
        self
    }

    /// Asked as soon as the page is there.
    fn at_once(mut self) -> Self {
        self.at_once = true;
        self
    }

    /// With where to go on.
    pub(crate) fn back_to(mut self, back: &str) -> Self {
        self.back = Some(back.to_owned());
        self
    }
}

/// Signing in with a passkey alone.
#[derive(Template, Debug)]
#[template(path = "pages/passkey.html")]
pub struct PasskeyPage {
    frame: Frame,
    ask: Asks,
    trouble: String,
}

impl PasskeyPage {
    /// The page that asks, with what was wrong the last time.
    pub fn of(frame: Frame, ask: Asks, trouble: String) -> Self {
        Self { frame: frame.signed_out(), ask: ask.main(), trouble }
    }
}

/// Adding a passkey to one's account.
#[derive(Template, Debug)]
#[template(path = "pages/passkey_new.html")]
pub struct NewPasskeyPage {
    frame: Frame,
    ask: Asks,
    trouble: String,
}

impl NewPasskeyPage {
    /// The page that asks, with what was wrong the last time.
    pub fn of(frame: Frame, ask: Asks, trouble: String) -> Self {
        Self { frame, ask: ask.main(), trouble }
    }
}

/// What a device answered, with the question that it belongs to.
#[derive(Deserialize, Default)]
pub(crate) struct Answered {
    #[serde(default)]
    ceremony: String,
    #[serde(default)]
    answer: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    back: String,
}

impl Answered {
    fn token(&self) -> Result<StepToken, SignInRefused> {
        StepToken::parse(&self.ceremony).ok_or(SignInRefused::Lost)
    }
}

fn no_passkeys(app: &App) -> PageError {
    let why = passkeys_work_at(app).err().unwrap_or_default().to_owned();
    app::AskError::Invalid { field: "passkeys", why }.into()
}

/// `GET /sign-in/passkey`
pub(crate) async fn get(State(app): State<App>, frame: Frame) -> Result<Response, PageError> {
    if frame.form_token.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    let asked = begin_passkey(&app).await.map_err(refused_here)?;
    let ask = Asks::of(&app, asked, "/sign-in/passkey").ok_or_else(|| no_passkeys(&app))?;
    Ok(page(StatusCode::OK, &PasskeyPage::of(frame, ask.at_once(), String::new())))
}

fn refused_here(refused: SignInRefused) -> PageError {
    match refused {
        SignInRefused::Ask(err) => err.into(),
        other => PageError::Bad(other.to_string()),
    }
}

/// `POST /sign-in/passkey`
pub(crate) async fn post(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    extensions: Extensions,
    Form(answered): Form<Answered>,
) -> Result<Response, PageError> {
    let door = door(&app, &headers, &extensions);
    let signed_in = match answered.token() {
        Ok(token) => with_passkey(&app, &token, &answered.answer, &door).await,
        Err(lost) => Err(lost),
    };
    match signed_in {
        Ok(session) => Ok(signed_in_at("/", &headers, &door, session.expose())),
        Err(refused) => {
            note(&refused);
            let asked = begin_passkey(&app).await.map_err(refused_here)?;
            let ask = Asks::of(&app, asked, "/sign-in/passkey").ok_or_else(|| no_passkeys(&app))?;
            let trouble = in_words(&refused, app.now());
            Ok(page(status(&refused), &PasskeyPage::of(frame, ask, trouble)))
        }
    }
}

/// `POST /sign-in/code/passkey`
pub(crate) async fn post_second(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    extensions: Extensions,
    Form(answered): Form<Answered>,
) -> Response {
    let door = door(&app, &headers, &extensions);
    let signed_in = match (step(&headers), answered.token()) {
        (Some(step), Ok(token)) => {
            with_second_passkey(&app, &step, &token, &answered.answer, &door).await
        }
        _ => Err(SignInRefused::Lost),
    };
    after_second(&app, frame, &headers, &door, signed_in).await
}

/// `POST /enrol/passkey`
pub(crate) async fn post_enrol(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    extensions: Extensions,
    Form(answered): Form<Answered>,
) -> Result<Response, PageError> {
    let step = step(&headers).ok_or(PageError::LinkUsed)?;
    let token = answered.token().map_err(lost)?;
    let door = door(&app, &headers, &extensions);
    let label = &answered.label;
    let done = enrol_with_passkey(&app, &step, &token, &answered.answer, label, &door).await;
    enrolled(&app, frame, &headers, &door, &step, done).await
}

/// `POST /confirm/passkey`
pub(crate) async fn post_confirm(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    headers: HeaderMap,
    extensions: Extensions,
    Checked(answered): Checked<Answered>,
) -> Response {
    let door = door(&app, &headers, &extensions);
    let done = match answered.token() {
        Ok(token) => confirm_with_passkey(&app, &staff.ctx, &token, &answered.answer, &door).await,
        Err(lost) => Err(lost),
    };
    match done {
        Ok(()) => Redirect::to(within(&answered.back)).into_response(),
        Err(refused) => confirm_page(&app, &staff, frame, &answered.back, Some(&refused)).await,
    }
}

/// `GET /account/passkeys/new`
pub(crate) async fn get_new(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    new_page(&app, &staff, frame, "", None).await
}

async fn new_page(
    app: &App,
    staff: &Staff,
    frame: Frame,
    label: &str,
    refused: Option<&SignInRefused>,
) -> Result<Response, PageError> {
    let asked = begin_adding_passkey(app, &staff.ctx).await.map_err(refused_here)?;
    let ask = Asks::for_new(app, asked, "/account/passkeys/new", label);
    let ask = ask.ok_or_else(|| no_passkeys(app))?;
    let trouble = refused.map(|refused| in_words(refused, app.now())).unwrap_or_default();
    let status = refused.map_or(StatusCode::OK, status);
    Ok(page(status, &NewPasskeyPage::of(frame, ask, trouble)))
}

/// `POST /account/passkeys/new`
pub(crate) async fn post_new(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(answered): Checked<Answered>,
) -> Result<Response, PageError> {
    let added = match answered.token() {
        Ok(token) => add_passkey(&app, &staff.ctx, &token, &answered.answer, &answered.label).await,
        Err(lost) => Err(lost),
    };
    match added {
        Ok(()) => Ok(Redirect::to("/account#ways").into_response()),
        Err(SignInRefused::Ask(err @ app::AskError::Refused(_))) => Err(err.into()),
        Err(refused) => {
            note(&refused);
            new_page(&app, &staff, frame, &answered.label, Some(&refused)).await
        }
    }
}

/// `POST /account/passkeys/{id}/remove`
pub(crate) async fn remove(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, PageError> {
    let removed = remove_passkey(&app, &staff.ctx, PasskeyId::from_i64(id)).await;
    removed.map_err(refused_here)?;
    Ok(Redirect::to("/account#ways"))
}
