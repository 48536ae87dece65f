//! `POST /cameras/{id}/disable`: take a camera out of use.

use app::{App, disable_camera};
use axum::extract::{Path, State};
use axum::response::Redirect;
use domain::CameraId;

use super::camera_key::Nothing;
use crate::error::PageError;
use crate::form::Checked;
use crate::staff::Staff;

/// `POST /cameras/{id}/disable`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, PageError> {
    disable_camera(&app, &staff.ctx, CameraId::from_i64(id)).await?;
    Ok(Redirect::to(&format!("/cameras/{id}")))
}
