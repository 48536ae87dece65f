//! `POST /cameras/{id}/key`: a new key for a camera; and the page that shows a key, once.

use app::{App, may_send, rekey_camera};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use domain::access::ManageCameras;
use domain::{CameraId, CameraKey};
use serde::Deserialize;

use super::camera::find;
use crate::cookies;
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// A camera's key, shown once.
#[derive(Template)]
#[template(path = "pages/camera_key.html")]
pub struct KeyPage {
    frame: Frame,
    name: String,
    new: bool,
    key: String,
    server: String,
    waits: bool,
}

impl KeyPage {
    /// The page that shows `key`; `new` where the camera was added just now. `server` is the address it is reached by.
    pub fn of(frame: Frame, name: &str, key: &CameraKey, new: bool, server: String) -> Self {
        Self { frame, name: name.to_owned(), new, key: key.expose(), server, waits: false }
    }

    /// The same of a camera that waits for its sign-offs, or does not.
    #[must_use]
    pub(crate) fn waiting(self, waits: bool) -> Self {
        Self { waits, ..self }
    }
}

/// The address that the browser reaches this server by.
pub(crate) fn server(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = if cookies::over_tls(headers) { "https" } else { "http" };
    format!("{scheme}://{host}")
}

/// Nothing but the token.
#[derive(Deserialize)]
pub(crate) struct Nothing {}

/// `POST /cameras/{id}/key`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    headers: HeaderMap,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, PageError> {
    may_send::<ManageCameras>(&app, &staff.ctx).await?;
    let row = find(&app, &staff, id).await?;
    let key = rekey_camera(&app, &staff.ctx, CameraId::from_i64(id)).await?;
    let shown = KeyPage::of(frame, &row.camera.about.name, &key, false, server(&headers));
    let shown = shown.waiting(!row.waits_for.is_empty());
    Ok(page(StatusCode::OK, &shown))
}
