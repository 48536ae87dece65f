//! `PUT /api/v1/hotlists/{hotlist}/topics/{topic}`

use app::Ctx;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use domain::HotlistId;

use crate::body::hotlist::SwitchIn;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Switch a topic of a hotlist on or off. One that the policy does not hold cannot be switched on; the refusal names the clause.
#[utoipa::path(
    put, path = "/api/v1/hotlists/{hotlist}/topics/{topic}", tag = "hotlists",
    params(("hotlist" = i64, Path), ("topic" = u32, Path)), request_body = SwitchIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn put_hotlist_topic(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path((hotlist, topic)): Path<(i64, u32)>,
    Json(switch): Json<SwitchIn>,
) -> Result<StatusCode, ApiError> {
    app::switch_topic(&api.app, &ctx, HotlistId::from_i64(hotlist), topic, switch.on).await?;
    Ok(StatusCode::NO_CONTENT)
}
