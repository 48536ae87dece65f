//! `/invitation/{token}` and what follows: a password of one's own, an authenticator app or a passkey, recovery
//! codes.

use app::sign_in::{
    Door, Enrolled, Enrolling, Invited, ProviderHere, SignInRefused, StepToken,
    begin_enrolling_passkey, choose_password, enrol, enrolling, invited, providers,
};
use app::{App, AskError};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::passkey::Asks;
use super::sign_in::{TypedCode, begin, door, in_words, note, status, step};
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
    provider: Option<String>,
    trouble: String,
}

impl InvitationPage {
    /// The page of an invitation at `address`; `provider` where the agency has one, as its button says.
    pub fn of(
        frame: Frame,
        invited: &Invited,
        address: String,
        provider: Option<String>,
        trouble: String,
    ) -> Self {
        Self {
            provider,
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
    asks: Option<Asks>,
    trouble: String,
}

impl EnrolPage {
    /// The page that shows the authenticator's secret; `asks` where a passkey may stand in its place.
    pub fn of(frame: Frame, enrolling: &Enrolling, asks: Option<Asks>, trouble: String) -> Self {
        Self {
            asks,
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
    let provider = provider_of(&app, &invited);
    let shown = InvitationPage::of(frame, &invited, address_of(&token), provider, String::new());
    Ok(page(StatusCode::OK, &shown))
}

fn provider_of(app: &App, invited: &Invited) -> Option<String> {
    let own = |one: &ProviderHere| one.agency == invited.person.agency;
    providers(app).into_iter().find(own).map(|one| one.label)
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
        let provider = provider_of(&app, &who);
        let shown = InvitationPage::of(frame, &who, address_of(&token), provider, trouble);
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

pub(crate) fn lost(refused: SignInRefused) -> PageError {
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
    let step = step(&headers).ok_or(PageError::LinkUsed)?;
    enrol_page(&app, frame, &step, StatusCode::OK, String::new()).await
}

async fn enrol_page(
    app: &App,
    frame: Frame,
    step: &StepToken,
    status: StatusCode,
    trouble: String,
) -> Result<Response, PageError> {
    let shown = enrolling(app, step).await.map_err(lost)?;
    let asked = begin_enrolling_passkey(app, step).await.map_err(lost)?;
    let asks = asked.and_then(|asked| Asks::for_new(app, asked, "/enrol/passkey", ""));
    Ok(page(status, &EnrolPage::of(frame, &shown, asks, trouble)))
}

/// `POST /enrol`
pub(crate) async fn post_enrol(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    extensions: Extensions,
    Form(typed): Form<TypedCode>,
) -> Result<Response, PageError> {
    let step = step(&headers).ok_or(PageError::LinkUsed)?;
    let door = door(&app, &headers, &extensions);
    let done = enrol(&app, &step, &typed.code, &door).await;
    enrolled(&app, frame, &headers, &door, &step, done).await
}

/// The recovery codes of somebody who has come to their account; the page again for who has not.
pub(crate) async fn enrolled(
    app: &App,
    frame: Frame,
    headers: &HeaderMap,
    door: &Door,
    step: &StepToken,
    done: Result<Enrolled, SignInRefused>,
) -> Result<Response, PageError> {
    match done {
        Ok(enrolled) => {
            let codes = enrolled.recovery_codes.iter().map(|code| code.to_string()).collect();
            let mut response = page(StatusCode::OK, &RecoveryPage::of(frame, codes));
            begin(&mut response, headers, door, enrolled.session.expose());
            Ok(response)
        }
        Err(refused @ (SignInRefused::Lost | SignInRefused::MustWait { .. })) => Err(lost(refused)),
        Err(SignInRefused::Ask(AskError::Invalid { field, why })) => {
            let trouble = format!("The {field} {why}.");
            enrol_page(app, frame, step, StatusCode::UNPROCESSABLE_ENTITY, trouble).await
        }
        Err(SignInRefused::Ask(err)) => Err(err.into()),
        Err(refused) => {
            let trouble = in_words(&refused, app.now());
            enrol_page(app, frame, step, status(&refused), trouble).await
        }
    }
}
