//! `/sign-in` and what follows: name and password, then a code or a passkey. Without script, but for passkeys.

use app::sign_in::{
    DeviceToken, Door, OidcRefused, SessionToken, SignInRefused, StepToken, begin_second_passkey,
    passkeys_work_at, providers, with_code, with_demo_link, with_password,
};
use app::{App, AskError};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Timestamp;
use serde::Deserialize;

use super::passkey::Asks;
use crate::cookies;
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::address;

/// Longest browser's name that is kept, in characters.
const BROWSER_MAX: usize = 200;

/// From where a request came, and with what.
pub(crate) fn door(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Door {
    let browser = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let browser = browser.unwrap_or_default().chars().take(BROWSER_MAX).collect();
    let kept = cookies::device(headers).as_deref().and_then(DeviceToken::parse);
    let device = Some(kept.unwrap_or_else(|| DeviceToken::new(app)));
    Door { address: address(extensions), browser, device }
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
        SignInRefused::Passkey(why) => capital(&why.to_string()),
        SignInRefused::Provider(why) => capital(&why.to_string()),
        SignInRefused::NotLinked => {
            "Your provider knows you, and no account here is linked with you that can be used. The program’s administrator sends invitations.".to_owned()
        }
        SignInRefused::Lost => "This was begun too long ago, or was finished. Begin again.".to_owned(),
        SignInRefused::Ask(err @ (AskError::Invalid { .. } | AskError::NotFound { .. })) => {
            capital(&err.to_string())
        }
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
        SignInRefused::Ask(AskError::Invalid { .. }) => StatusCode::UNPROCESSABLE_ENTITY,
        SignInRefused::Ask(AskError::NotFound { .. }) => StatusCode::NOT_FOUND,
        SignInRefused::Ask(_) => StatusCode::INTERNAL_SERVER_ERROR,
        SignInRefused::Weak(_) => StatusCode::UNPROCESSABLE_ENTITY,
        SignInRefused::Provider(OidcRefused::Unreachable(_)) => StatusCode::BAD_GATEWAY,
        _ => StatusCode::FORBIDDEN,
    }
}

/// Says what failed in the server's log, where something did.
pub(crate) fn note(refused: &SignInRefused) {
    match refused {
        SignInRefused::Ask(err @ (AskError::Failed { .. } | AskError::NotRecorded { .. })) => {
            tracing::error!(error = app::chain(err), "a sign-in failed here");
        }
        SignInRefused::Provider(err @ OidcRefused::Unreachable(_)) => {
            tracing::warn!(error = app::chain(err), "an agency's provider did not answer");
        }
        _ => {}
    }
}

/// The ways to sign in that there are beside a password.
#[derive(Clone, Debug, Default)]
pub struct OtherWays {
    /// Whether there are passkeys.
    pub passkeys: bool,
    /// The agencies' providers: of which agency, and what the button says.
    pub providers: Vec<(i64, String)>,
}

impl OtherWays {
    /// Those of this server.
    pub(crate) fn of(app: &App) -> Self {
        let providers = providers(app).into_iter();
        Self {
            passkeys: passkeys_work_at(app).is_ok(),
            providers: providers.map(|one| (one.agency.to_i64(), one.label)).collect(),
        }
    }
}

/// Name and password, under the notice that CJIS AC-8 asks for.
#[derive(Template, Debug)]
#[template(path = "pages/sign_in.html")]
pub struct SignInPage {
    frame: Frame,
    ways: OtherWays,
    name: String,
    trouble: String,
}

impl SignInPage {
    /// The page, with what was wrong the last time.
    pub fn of(frame: Frame, ways: OtherWays, name: &str, trouble: String) -> Self {
        Self { frame: frame.signed_out(), ways, name: name.to_owned(), trouble }
    }

    /// The page as an answer to a sign-in that was refused.
    pub(crate) fn again(app: &App, frame: Frame, name: &str, refused: &SignInRefused) -> Response {
        note(refused);
        let trouble = in_words(refused, app.now());
        page(status(refused), &Self::of(frame, OtherWays::of(app), name, trouble))
    }
}

/// The code.
#[derive(Template, Debug)]
#[template(path = "pages/sign_in_code.html")]
pub struct CodePage {
    frame: Frame,
    asks: Option<Asks>,
    trouble: String,
}

impl CodePage {
    /// The page, with what was wrong the last time; `asks` where there is a passkey to ask for.
    pub fn of(frame: Frame, asks: Option<Asks>, trouble: String) -> Self {
        Self { frame: frame.signed_out(), asks, trouble }
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
pub(crate) async fn get(State(app): State<App>, frame: Frame) -> Response {
    if frame.form_token.is_some() {
        return Redirect::to("/").into_response();
    }
    page(StatusCode::OK, &SignInPage::of(frame, OtherWays::of(&app), "", String::new()))
}

/// `POST /sign-in`
pub(crate) async fn post(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    extensions: Extensions,
    Form(typed): Form<Typed>,
) -> Response {
    let door = door(&app, &headers, &extensions);
    match with_password(&app, &typed.name, &typed.password, &door).await {
        Ok(step) => {
            let mut response = Redirect::to("/sign-in/code").into_response();
            cookies::set(response.headers_mut(), &cookies::begin_step(&headers, step.expose()));
            response
        }
        Err(refused) => SignInPage::again(&app, frame, &typed.name, &refused),
    }
}

/// `GET /sign-in/code`
pub(crate) async fn get_code(State(app): State<App>, frame: Frame, headers: HeaderMap) -> Response {
    code_page(&app, frame, &headers, StatusCode::OK, String::new()).await
}

/// The page that asks for a code, and for a passkey where there is one.
pub(crate) async fn code_page(
    app: &App,
    frame: Frame,
    headers: &HeaderMap,
    status: StatusCode,
    trouble: String,
) -> Response {
    let asks = match step(headers) {
        Some(step) => begin_second_passkey(app, &step).await.unwrap_or_else(|refused| {
            note(&refused);
            None
        }),
        None => None,
    };
    let asks = asks.and_then(|asked| Asks::of(app, asked, "/sign-in/code/passkey"));
    page(status, &CodePage::of(frame, asks, trouble))
}

/// What holds the steps of this browser's sign-in together.
pub(crate) fn step(headers: &HeaderMap) -> Option<StepToken> {
    cookies::step(headers).as_deref().and_then(StepToken::parse)
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
    let door = door(&app, &headers, &extensions);
    let signed_in = match step(&headers) {
        Some(step) => with_code(&app, &step, &typed.code, &door).await,
        None => Err(SignInRefused::Lost),
    };
    after_second(&app, frame, &headers, &door, signed_in).await
}

/// What follows on the second factor: the console, or the page that asks for it once more.
pub(crate) async fn after_second(
    app: &App,
    frame: Frame,
    headers: &HeaderMap,
    door: &Door,
    signed_in: Result<SessionToken, SignInRefused>,
) -> Response {
    match signed_in {
        Ok(session) => signed_in_at("/", headers, door, session.expose()),
        Err(refused @ SignInRefused::Lost) => SignInPage::again(app, frame, "", &refused),
        Err(refused) => {
            note(&refused);
            let trouble = in_words(&refused, app.now());
            code_page(app, frame, headers, status(&refused), trouble).await
        }
    }
}

/// To a page, in a session that has just begun.
pub(crate) fn signed_in_at(
    to: &str,
    headers: &HeaderMap,
    door: &Door,
    session: String,
) -> Response {
    let mut response = Redirect::to(to).into_response();
    begin(&mut response, headers, door, session);
    response
}

/// Gives the browser its session and what it is known by again, and takes the step before away.
pub(crate) fn begin(response: &mut Response, headers: &HeaderMap, door: &Door, session: String) {
    cookies::set(response.headers_mut(), &cookies::begin_session(headers, session));
    cookies::set(response.headers_mut(), &cookies::end_step(headers));
    if let Some(device) = &door.device {
        cookies::set(response.headers_mut(), &cookies::keep_device(headers, device.expose()));
    }
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
    let door = door(&app, &headers, &extensions);
    match with_demo_link(&app, &link, &door).await {
        Ok(session) => Ok(signed_in_at("/", &headers, &door, session.expose())),
        Err(SignInRefused::Ask(err)) => Err(err.into()),
        Err(_) => Err(PageError::LinkUsed),
    }
}
