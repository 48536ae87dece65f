//! `GET` and `POST /sign-in/{token}`: the one-time link. Opening it only shows a button: programs that look at links
//! before people do must not use them up.

use app::{App, Origin, Part, sign_in};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use crate::cookies;
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::address;

/// The button.
#[derive(Template, Debug)]
#[template(path = "pages/sign_in.html")]
pub struct SignInPage {
    frame: Frame,
    address: String,
}

impl SignInPage {
    /// The page whose button uses the link at `address`.
    pub fn of(frame: Frame, address: String) -> Self {
        Self { frame: frame.signed_out(), address }
    }
}

/// `GET /sign-in/{token}`
pub(crate) async fn get(frame: Frame, Path(token): Path<String>) -> Result<Response, PageError> {
    let link = sign_in::LinkToken::parse(&token).ok_or(PageError::LinkUsed)?;
    let address = format!("/sign-in/{}", link.expose());
    Ok(page(StatusCode::OK, &SignInPage::of(frame, address)))
}

/// `POST /sign-in/{token}`
pub(crate) async fn post(
    State(app): State<App>,
    headers: HeaderMap,
    Path(token): Path<String>,
    extensions: Extensions,
) -> Result<Response, PageError> {
    let origin = Origin { part: Part::Console, session: None, address: address(&extensions) };
    let link = sign_in::LinkToken::parse(&token).ok_or(PageError::LinkUsed)?;
    let session = sign_in::use_link(&app, &link, app.now(), origin).await?;
    let session = session.ok_or(PageError::LinkUsed)?;
    let mut response = Redirect::to("/hits").into_response();
    cookies::set(response.headers_mut(), &cookies::begin_session(&headers, session.expose()));
    Ok(response)
}
