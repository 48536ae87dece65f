//! `GET /cameras/{id}`: one camera, and the two decisions about it.

use app::views::CameraRow;
use app::{App, AskError, list_cameras};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::CameraId;

use super::cameras::Row;
use super::hit::position;
use crate::components::Moment;
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// One camera.
#[derive(Template, Debug)]
#[template(path = "pages/camera.html")]
pub struct OneCamera {
    frame: Frame,
    camera: Row,
    position: Option<String>,
    added: Moment,
}

impl OneCamera {
    /// The page of this camera.
    pub fn of(frame: Frame, row: &CameraRow) -> Self {
        Self {
            camera: Row::of(row, frame.now),
            position: row.camera.about.position.map(position),
            added: Moment::in_full(row.camera.added_at),
            frame,
        }
    }
}

/// The camera with this id.
pub(crate) async fn find(app: &App, staff: &Staff, id: i64) -> Result<CameraRow, PageError> {
    let id = CameraId::from_i64(id);
    let all = list_cameras(app, &staff.ctx).await?;
    let found = all.into_iter().find(|row| row.camera.id == id);
    found.ok_or_else(|| AskError::NotFound { what: "camera", which: id.to_string() }.into())
}

/// `GET /cameras/{id}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let row = find(&app, &staff, id).await?;
    Ok(page(StatusCode::OK, &OneCamera::of(frame, &row)))
}
