//! `POST /api/v1/cameras/{camera}/key`

use app::Ctx;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use domain::CameraId;

use crate::body::camera::KeyOut;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Give a camera a new key; the old one is refused from then on.
#[utoipa::path(
    post, path = "/api/v1/cameras/{camera}/key", tag = "cameras", params(("camera" = i64, Path)),
    responses((status = 200, body = KeyOut), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn rekey_camera(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(camera): Path<i64>,
) -> Result<Json<KeyOut>, ApiError> {
    let camera = CameraId::from_i64(camera);
    let key = app::rekey_camera(&api.app, &ctx, camera).await?;
    Ok(Json(KeyOut::of(camera, &key)))
}
