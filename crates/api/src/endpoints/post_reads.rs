//! `POST /api/v1/reads`

use app::{Ctx, take_reads};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Extension, Json};
use domain::Actor;

use crate::bodies::JSON_BYTES_MAX;
use crate::body::read_in::{ReadIn, parse};
use crate::body::taken::ReadsTakenOut;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Hand in reads, from a camera that reads itself: one, or a list of up to 500. Nothing of a post with a malformed read is
/// kept. The answer comes when rows and pictures are on disk; a post without an answer may be sent again.
#[utoipa::path(
    post, path = "/api/v1/reads", tag = "cameras",
    request_body(content = Vec<ReadIn<'static>>, description = "One read or a list of up to 500; at most 64 MiB"),
    params(("Plateglass-Camera-Key" = String, Header, description = "The camera's key")),
    responses((status = 200, body = ReadsTakenOut), (status = 401, body = ErrorBody), (status = 413, body = ErrorBody), (status = 422, body = ErrorBody), (status = 503, body = ErrorBody)),
)]
pub(crate) async fn post_reads(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<ReadsTakenOut>, ApiError> {
    let Actor::Camera(_, camera) = ctx.actor else { return Err(ApiError::NoSuchKey) };
    let held = api.bodies.take(&headers, body, JSON_BYTES_MAX).await?;
    let reads = parse(&held.bytes, camera)?;
    let taken = take_reads(&api.app, &ctx, reads).await?;
    Ok(Json(taken.into()))
}
