//! `/api/v1/hotlists/{hotlist}/fetching`: how a hotlist is fetched, and fetching it now.

use app::{Ctx, begin_fetch, open_hotlist};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use domain::HotlistId;

use crate::body::fetching::{FetchIn, FetchingOut};
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// How a hotlist is fetched: from where, how that goes, when it is next done, and what came of the last fetches; `null` where nothing
/// is configured to fetch it.
#[utoipa::path(
    get, path = "/api/v1/hotlists/{hotlist}/fetching", tag = "hotlists", params(("hotlist" = i64, Path)),
    responses((status = 200, body = Option<FetchingOut>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_fetching(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hotlist): Path<i64>,
) -> Result<Json<Option<FetchingOut>>, ApiError> {
    let row = open_hotlist(&api.app, &ctx, HotlistId::from_i64(hotlist)).await?;
    Ok(Json(row.feed.map(FetchingOut::from)))
}

/// Begin to fetch a hotlist now, from where the server's configuration says. It goes on by itself: what comes of it is among the last
/// fetches when `runs` is false again.
#[utoipa::path(
    post, path = "/api/v1/hotlists/{hotlist}/fetching", tag = "hotlists", params(("hotlist" = i64, Path)), request_body = FetchIn,
    responses((status = 202), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn post_fetching(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hotlist): Path<i64>,
    Json(how): Json<FetchIn>,
) -> Result<StatusCode, ApiError> {
    // Nobody has to wait for it.
    drop(begin_fetch(&api.app, &ctx, HotlistId::from_i64(hotlist), how.dry_run).await?);
    Ok(StatusCode::ACCEPTED)
}
