//! `/invitation/{token}` and what follows: a password of one's own, an authenticator app, recovery codes.

use app::App;
use app::sign_in::{
    Enrolling, Invited, SignInRefused, StepToken, choose_password, enrol, enrolling, invited,
};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::sign_in::{TypedCode, begin, door, in_words, note, status};
use crate::cookies;
use crate::error::PageError;
use crate::frame::{Frame, page};

/// The password.
#[derive(Template, Debug)]
#[template(path = "pages/invitation.html")]
pub struct InvitationPage {
    frame: Frame,
    person: String,
    login: String,
    length_min: usize,
    address: String,
    trouble: String,
}

impl InvitationPage {
    /// The page of an invitation at `address`.
    pub fn of(frame: Frame, invited: &Invited, address: String, trouble: String) -> Self {
        Self {
            frame: frame.signed_out(),
            person: invited.person.name.clone(),
            login: invited.person.login.to_string(),
            length_min: invited.password_chars_min,
            address,
            trouble,
        }
    }
}

/// The authenticator app.
#[derive(Template, Debug)]
#[template(path = "pages/enrol.html")]
pub struct EnrolPage {
    frame: Frame,
    qr_svg: String,
    to_type: String,
    trouble: String,
}

impl EnrolPage {
    /// The page that shows the authenticator's secret.
    pub fn of(frame: Frame, enrolling: &Enrolling, trouble: String) -> Self {
        Self {
            frame: frame.signed_out(),
            qr_svg: enrolling.qr_svg.to_string(),
            to_type: enrolling.to_type.to_string(),
            trouble,
        }
    }
}

/// The recovery codes, once.
#[derive(Template, Debug)]
#[template(path = "pages/recovery_codes.html")]
pub struct RecoveryPage {
    frame: Frame,
    codes: Vec<String>,
}

impl RecoveryPage {
    /// The page that shows the codes.
    pub fn of(frame: Frame, codes: Vec<String>) -> Self {
        Self { frame: frame.signed_out(), codes }
    }
}

#[derive(Deserialize)]
pub(crate) struct Chosen {
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

fn address_of(token: &str) -> String {
    format!("/invitation/{token}")
}

/// `GET /invitation/{token}`
pub(crate) async fn get(
    State(app): State<App>,
    frame: Frame,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    let invited = found(&app, &token).await?;
    let shown = InvitationPage::of(frame, &invited, address_of(&token), String::new());
    Ok(page(StatusCode::OK, &shown))
}

async fn found(app: &App, token: &str) -> Result<Invited, PageError> {
    match invited(app, token).await {
        Ok(Some(invited)) => Ok(invited),
        Ok(None) => Err(PageError::LinkUsed),
        Err(SignInRefused::Ask(err)) => Err(err.into()),
        Err(_) => Err(PageError::LinkUsed),
    }
}

/// `POST /invitation/{token}`
pub(crate) async fn post(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, PageError> {
    let who = found(&app, &token).await?;
    let again = |trouble: String| {
        let shown = InvitationPage::of(frame, &who, address_of(&token), trouble);
        Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
    };
    if chosen.password != chosen.again {
        return again("The two are not the same: type the password twice.".to_owned());
    }
    match choose_password(&app, &token, &chosen.password).await {
        Ok(Enrolling { token: step, .. }) => {
            let mut response = Redirect::to("/enrol").into_response();
            cookies::set(response.headers_mut(), &cookies::begin_step(&headers, step.expose()));
            Ok(response)
        }
        Err(SignInRefused::Lost) => Err(PageError::LinkUsed),
        Err(refused) => {
            note(&refused);
            again(in_words(&refused, app.now()))
        }
    }
}

fn step(headers: &HeaderMap) -> Result<StepToken, PageError> {
    cookies::step(headers).as_deref().and_then(StepToken::parse).ok_or(PageError::LinkUsed)
}

fn lost(refused: SignInRefused) -> PageError {
    match refused {
        SignInRefused::Ask(err) => err.into(),
        _ => PageError::LinkUsed,
    }
}

/// `GET /enrol`
pub(crate) async fn get_enrol(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let shown = enrolling(&app, &step(&headers)?).await.map_err(lost)?;
    Ok(page(StatusCode::OK, &EnrolPage::of(frame, &shown, String::new())))
}

/// `POST /enrol`
pub(crate) async fn post_enrol(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    extensions: Extensions,
    Form(typed): Form<TypedCode>,
) -> Result<Response, PageError> {
    let step = step(&headers)?;
    match enrol(&app, &step, &typed.code, &door(&headers, &extensions)).await {
        Ok(enrolled) => {
            let codes = enrolled.recovery_codes.iter().map(|code| code.to_string()).collect();
            let mut response = page(StatusCode::OK, &RecoveryPage::of(frame, codes));
            begin(&mut response, &headers, enrolled.session.expose());
            Ok(response)
        }
        Err(refused @ SignInRefused::Code(_)) => {
            let shown = enrolling(&app, &step).await.map_err(lost)?;
            let trouble = in_words(&refused, app.now());
            Ok(page(status(&refused), &EnrolPage::of(frame, &shown, trouble)))
        }
        Err(refused) => Err(lost(refused)),
    }
}
