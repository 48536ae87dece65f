//! `POST /api/v1/cameras`

use app::{Ctx, add_camera};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};

use crate::body::camera::{AddedOut, CameraIn};
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Add a camera. Its key is in the answer and is never shown again.
#[utoipa::path(
    post, path = "/api/v1/cameras", tag = "cameras", request_body = CameraIn,
    responses((status = 201, body = AddedOut), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn post_camera(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(about): Json<CameraIn>,
) -> Result<(StatusCode, Json<AddedOut>), ApiError> {
    if about.has_half_a_position() {
        return Err(ApiError::invalid(
            "latitude",
            "latitude and longitude are given together or not at all",
        ));
    }
    let added = add_camera(&api.app, &ctx, about.about()).await?;
    Ok((StatusCode::CREATED, Json(AddedOut::of(&added))))
}
