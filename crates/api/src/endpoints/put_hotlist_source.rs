//! `PUT /api/v1/hotlists/{hotlist}/source`

use app::Ctx;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use domain::HotlistId;

use crate::body::hotlist::SourceIn;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Say how a hotlist's files are read, by how much a new one may shrink, and after how many hours it is stale. Topics that the
/// layout names are known from then on, and are off until somebody switches them on.
#[utoipa::path(
    put, path = "/api/v1/hotlists/{hotlist}/source", tag = "hotlists",
    params(("hotlist" = i64, Path)), request_body = SourceIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn put_hotlist_source(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hotlist): Path<i64>,
    Json(source): Json<SourceIn>,
) -> Result<StatusCode, ApiError> {
    let hotlist = HotlistId::from_i64(hotlist);
    app::set_hotlist_source(&api.app, &ctx, hotlist, source.source()).await?;
    Ok(StatusCode::NO_CONTENT)
}
