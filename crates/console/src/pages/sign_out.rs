//! `POST /sign-out`

use app::{App, sign_in};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::camera_key::Nothing;
use crate::cookies;
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// What is said to who signed out.
#[derive(Template, Debug)]
#[template(path = "pages/signed_out.html")]
pub struct SignedOutPage {
    frame: Frame,
}

impl SignedOutPage {
    /// The page.
    pub fn of(frame: Frame) -> Self {
        Self { frame: frame.signed_out() }
    }
}

/// `POST /sign-out`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    headers: HeaderMap,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, PageError> {
    sign_in::sign_out(&app, &staff.ctx, &staff.token).await?;
    let mut response = page(StatusCode::OK, &SignedOutPage::of(frame));
    cookies::set(response.headers_mut(), &cookies::end_session(&headers));
    Ok(response)
}
