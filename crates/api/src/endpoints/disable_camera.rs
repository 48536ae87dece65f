//! `POST /api/v1/cameras/{camera}/disable`

use app::Ctx;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::CameraId;

use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Take a camera out of use; its key is refused from then on. Doing it again changes nothing.
#[utoipa::path(
    post, path = "/api/v1/cameras/{camera}/disable", tag = "cameras", params(("camera" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn disable_camera(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(camera): Path<i64>,
) -> Result<StatusCode, ApiError> {
    app::disable_camera(&api.app, &ctx, CameraId::from_i64(camera)).await?;
    Ok(StatusCode::NO_CONTENT)
}
