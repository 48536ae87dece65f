//! `GET /api/v1/cameras`

use app::{Ctx, list_cameras};
use axum::extract::State;
use axum::{Extension, Json};

use crate::body::camera::CameraRowOut;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// The cameras with what was last heard of them, disabled ones last.
#[utoipa::path(
    get, path = "/api/v1/cameras", tag = "cameras",
    responses((status = 200, body = Vec<CameraRowOut>), (status = 401, body = ErrorBody)),
)]
pub(crate) async fn get_cameras(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<Json<Vec<CameraRowOut>>, ApiError> {
    let rows = list_cameras(&api.app, &ctx).await?;
    Ok(Json(rows.into_iter().map(CameraRowOut::from).collect()))
}
