//! `/sign-in` and what follows: name and password, then a code. Without script.

use app::App;
use app::sign_in::{Door, SignInRefused, StepToken, with_code, with_demo_link, with_password};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Timestamp;
use serde::Deserialize;

use crate::cookies;
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::address;

/// Longest browser's name that is kept, in characters.
const BROWSER_MAX: usize = 200;

/// From where a request came, and with what.
pub(crate) fn door(headers: &HeaderMap, extensions: &Extensions) -> Door {
    let browser = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let browser = browser.unwrap_or_default().chars().take(BROWSER_MAX).collect();
    Door { address: address(extensions), browser }
}

/// Why somebody was not signed in, for them to read.
pub(crate) fn in_words(refused: &SignInRefused, now: Timestamp) -> String {
    match refused {
        SignInRefused::Wrong => "The name or the password is wrong, or the account cannot be used.".to_owned(),
        SignInRefused::MustWait { until } => {
            let seconds = until.since(now).as_secs().max(1);
            format!("Too many attempts failed from here. Wait {seconds} s, then try again.")
        }
        SignInRefused::Locked => {
            "This password is locked after too many failures. An administrator can release it; a passkey still works.".to_owned()
        }
        SignInRefused::Code(why) | SignInRefused::Weak(why) => capital(why),
        SignInRefused::Lost => "This was begun too long ago, or was finished. Begin again.".to_owned(),
        SignInRefused::Ask(_) => "Something failed here. Whoever runs this server can see why in its log.".to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    let end = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// The status of a sign-in that was refused.
pub(crate) const fn status(refused: &SignInRefused) -> StatusCode {
    match refused {
        SignInRefused::MustWait { .. } => StatusCode::TOO_MANY_REQUESTS,
        SignInRefused::Ask(_) => StatusCode::INTERNAL_SERVER_ERROR,
        SignInRefused::Weak(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::FORBIDDEN,
    }
}

/// Says what failed in the server's log, where something did.
pub(crate) fn note(refused: &SignInRefused) {
    if let SignInRefused::Ask(err) = refused {
        tracing::error!(error = app::chain(err), "a sign-in failed here");
    }
}

/// Name and password, under the notice that CJIS AC-8 asks for.
#[derive(Template, Debug)]
#[template(path = "pages/sign_in.html")]
pub struct SignInPage {
    frame: Frame,
    name: String,
    trouble: String,
}

impl SignInPage {
    /// The page, with what was wrong the last time.
    pub fn of(frame: Frame, name: &str, trouble: String) -> Self {
        Self { frame: frame.signed_out(), name: name.to_owned(), trouble }
    }
}

/// The code.
#[derive(Template, Debug)]
#[template(path = "pages/sign_in_code.html")]
pub struct CodePage {
    frame: Frame,
    trouble: String,
}

impl CodePage {
    /// The page, with what was wrong the last time.
    pub fn of(frame: Frame, trouble: String) -> Self {
        Self { frame: frame.signed_out(), trouble }
    }
}

/// The demonstration's link: a button, because programs that look at links before people do must not use them up.
#[derive(Template, Debug)]
#[template(path = "pages/sign_in_link.html")]
pub struct LinkPage {
    frame: Frame,
    address: String,
}

impl LinkPage {
    /// The page whose button uses the link at `address`.
    pub fn of(frame: Frame, address: String) -> Self {
        Self { frame: frame.signed_out(), address }
    }
}

#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// `GET /sign-in`
pub(crate) async fn get(frame: Frame) -> Response {
    if frame.form_token.is_some() {
        return Redirect::to("/").into_response();
    }
    page(StatusCode::OK, &SignInPage::of(frame, "", String::new()))
}

/// `POST /sign-in`
pub(crate) async fn post(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    extensions: Extensions,
    Form(typed): Form<Typed>,
) -> Response {
    let door = door(&headers, &extensions);
    match with_password(&app, &typed.name, &typed.password, &door).await {
        Ok(step) => {
            let mut response = Redirect::to("/sign-in/code").into_response();
            cookies::set(response.headers_mut(), &cookies::begin_step(&headers, step.expose()));
            response
        }
        Err(refused) => {
            note(&refused);
            let trouble = in_words(&refused, app.now());
            page(status(&refused), &SignInPage::of(frame, &typed.name, trouble))
        }
    }
}

/// `GET /sign-in/code`
pub(crate) async fn get_code(frame: Frame) -> Response {
    page(StatusCode::OK, &CodePage::of(frame, String::new()))
}

/// A code that was typed.
#[derive(Deserialize)]
pub(crate) struct TypedCode {
    #[serde(default)]
    pub(crate) code: String,
}

/// `POST /sign-in/code`
pub(crate) async fn post_code(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    extensions: Extensions,
    Form(typed): Form<TypedCode>,
) -> Response {
    let door = door(&headers, &extensions);
    let step = cookies::step(&headers).as_deref().and_then(StepToken::parse);
    let signed_in = match step {
        Some(step) => with_code(&app, &step, &typed.code, &door).await,
        None => Err(SignInRefused::Lost),
    };
    match signed_in {
        Ok(session) => signed_in_at("/", &headers, session.expose()),
        Err(SignInRefused::Lost) => {
            let trouble = in_words(&SignInRefused::Lost, app.now());
            page(StatusCode::FORBIDDEN, &SignInPage::of(frame, "", trouble))
        }
        Err(refused) => {
            note(&refused);
            page(status(&refused), &CodePage::of(frame, in_words(&refused, app.now())))
        }
    }
}

/// To a page, in a session that has just begun.
pub(crate) fn signed_in_at(to: &str, headers: &HeaderMap, session: String) -> Response {
    let mut response = Redirect::to(to).into_response();
    begin(&mut response, headers, session);
    response
}

/// Gives the browser its session, and takes the step before away.
pub(crate) fn begin(response: &mut Response, headers: &HeaderMap, session: String) {
    cookies::set(response.headers_mut(), &cookies::begin_session(headers, session));
    cookies::set(response.headers_mut(), &cookies::end_step(headers));
}

/// `GET /sign-in/link/{token}`
pub(crate) async fn get_link(
    frame: Frame,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    let link = StepToken::parse(&token).ok_or(PageError::LinkUsed)?;
    let address = format!("/sign-in/link/{}", link.expose());
    Ok(page(StatusCode::OK, &LinkPage::of(frame, address)))
}

/// `POST /sign-in/link/{token}`
pub(crate) async fn post_link(
    State(app): State<App>,
    headers: HeaderMap,
    Path(token): Path<String>,
    extensions: Extensions,
) -> Result<Response, PageError> {
    let link = StepToken::parse(&token).ok_or(PageError::LinkUsed)?;
    match with_demo_link(&app, &link, &door(&headers, &extensions)).await {
        Ok(session) => Ok(signed_in_at("/", &headers, session.expose())),
        Err(SignInRefused::Ask(err)) => Err(err.into()),
        Err(_) => Err(PageError::LinkUsed),
    }
}
