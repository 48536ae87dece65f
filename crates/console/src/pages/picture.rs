//! `GET /reads/{read}/plate.jpg` and `/reads/{read}/vehicle.jpg`.

use app::{App, open_picture};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::{PictureKind, ReadRef};

use crate::error::PageError;
use crate::staff::Staff;

/// `GET /reads/{read}/plate.jpg`
pub(crate) async fn plate(
    State(app): State<App>,
    staff: Staff,
    Path(read): Path<String>,
) -> Result<Response, PageError> {
    open(&app, &staff, &read, PictureKind::Plate).await
}

/// `GET /reads/{read}/vehicle.jpg`
pub(crate) async fn vehicle(
    State(app): State<App>,
    staff: Staff,
    Path(read): Path<String>,
) -> Result<Response, PageError> {
    open(&app, &staff, &read, PictureKind::Vehicle).await
}

async fn open(
    app: &App,
    staff: &Staff,
    read: &str,
    kind: PictureKind,
) -> Result<Response, PageError> {
    let at = ReadRef::parse(read).map_err(|_| PageError::nothing_here("picture"))?;
    let jpeg = open_picture(app, &staff.ctx, at, kind).await?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], jpeg).into_response())
}
