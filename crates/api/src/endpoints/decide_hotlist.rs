//! `POST /api/v1/hotlists/{hotlist}/waiting/{version}`

use app::Ctx;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use domain::{HotlistId, HotlistVersionId};

use crate::body::hotlist::DecisionIn;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Put a version that waits in force, or give it up, with a reason.
#[utoipa::path(
    post, path = "/api/v1/hotlists/{hotlist}/waiting/{version}", tag = "hotlists",
    params(("hotlist" = i64, Path), ("version" = i64, Path)), request_body = DecisionIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn decide_hotlist(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path((hotlist, version)): Path<(i64, i64)>,
    Json(decision): Json<DecisionIn>,
) -> Result<StatusCode, ApiError> {
    let at = (HotlistId::from_i64(hotlist), HotlistVersionId::from_i64(version));
    app::decide_import(&api.app, &ctx, at, decision.accept, &decision.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
