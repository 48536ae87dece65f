//! `GET /cameras/{id}`: one camera, its sign-offs, and the decisions about it.

use app::precision::{PrecisionRow, precision_of_camera};
use app::views::{CameraPage, CameraRow};
use app::{App, AskError, list_cameras, open_camera};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::CameraId;
use policy::Action;

use super::camera_sign_off::{SignOffs, Signer};
use super::cameras::Row;
use super::hit::position;
use crate::components::{Moment, PrecisionLine};
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
    added_by: String,
    sign_offs: SignOffs,
    troubles: Vec<(i64, String, &'static str)>,
    precision: Option<PrecisionLine>,
}

impl OneCamera {
    /// The page of this camera, for who looks at it.
    pub fn of(frame: Frame, opened: &CameraPage, signer: Option<&Signer>) -> Self {
        let row = &opened.row;
        let added_by = opened.placing.added_by.and_then(|id| opened.names.get(&id).cloned());
        Self {
            camera: Row::of(row, frame.now),
            position: row.camera.about.position.map(position),
            added: Moment::in_full(row.camera.added_at),
            added_by: added_by.unwrap_or_default(),
            sign_offs: SignOffs::of(opened, signer),
            troubles: opened
                .troubles
                .iter()
                .map(|one| (one.id.to_i64(), one.about.what.clone(), one.state()))
                .collect(),
            precision: None,
            frame,
        }
    }

    /// The same with how often its alerts were right.
    #[must_use]
    pub fn with_precision(self, row: Option<&PrecisionRow>) -> Self {
        Self { precision: row.map(PrecisionLine::of), ..self }
    }

    /// The same with what was wrong with a sign-off.
    pub(crate) fn refused(mut self, unit: &str, field: &str, why: &str, typed: &str) -> Self {
        self.sign_offs.refuse(unit, field, why, typed);
        self
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
    let id = CameraId::from_i64(id);
    let opened = open_camera(&app, &staff.ctx, id).await?;
    let signer = Signer::of(&staff.ctx);
    let precision = match frame.may(Action::ReadPrecision) {
        true => precision_of_camera(&app, &staff.ctx, id).await?,
        false => None,
    };
    let shown = OneCamera::of(frame, &opened, signer.as_ref());
    Ok(page(StatusCode::OK, &shown.with_precision(precision.as_ref())))
}
