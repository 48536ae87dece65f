//! `/api/v1/cameras/{camera}/sign-offs`

use app::{Ctx, open_camera};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use domain::CameraId;

use crate::body::sign_off::{PlacingOut, SignOffIn, WithdrawIn};
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Whether a camera's place is signed off, by whom, and what is missing.
#[utoipa::path(
    get, path = "/api/v1/cameras/{camera}/sign-offs", tag = "cameras", params(("camera" = i64, Path)),
    responses((status = 200, body = PlacingOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_sign_offs(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(camera): Path<i64>,
) -> Result<Json<PlacingOut>, ApiError> {
    let page = open_camera(&api.app, &ctx, CameraId::from_i64(camera)).await?;
    Ok(Json(PlacingOut::of(&page)))
}

/// Sign off, for a unit, that a camera's place is fair.
#[utoipa::path(
    post, path = "/api/v1/cameras/{camera}/sign-offs", tag = "cameras", params(("camera" = i64, Path)), request_body = SignOffIn,
    responses((status = 200, body = PlacingOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn post_sign_off(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(camera): Path<i64>,
    Json(said): Json<SignOffIn>,
) -> Result<Json<PlacingOut>, ApiError> {
    let id = CameraId::from_i64(camera);
    app::sign_off_camera(&api.app, &ctx, id, &said.unit, &said.note).await?;
    Ok(Json(PlacingOut::of(&open_camera(&api.app, &ctx, id).await?)))
}

/// Withdraw the sign-off of a unit: what the camera hands in is refused until it is given again.
#[utoipa::path(
    post, path = "/api/v1/cameras/{camera}/sign-offs/{unit}/withdraw", tag = "cameras",
    params(("camera" = i64, Path), ("unit" = String, Path)), request_body = WithdrawIn,
    responses((status = 200, body = PlacingOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn withdraw_sign_off(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path((camera, unit)): Path<(i64, String)>,
    Json(said): Json<WithdrawIn>,
) -> Result<Json<PlacingOut>, ApiError> {
    let id = CameraId::from_i64(camera);
    app::withdraw_sign_off(&api.app, &ctx, id, &unit, &said.why).await?;
    Ok(Json(PlacingOut::of(&open_camera(&api.app, &ctx, id).await?)))
}
