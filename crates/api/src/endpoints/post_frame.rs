//! `POST /api/v1/frames`

use app::{Ctx, take_frame};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Extension, Json};
use domain::Timestamp;

use crate::bodies::PICTURE_BYTES_MAX;
use crate::body::taken::FrameTakenOut;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Bytes of an event's id.
const EVENT_ID_MAX: usize = 200;

/// Hand in a frame. Its plates are read here; the frame itself is never kept. A frame without a plate is answered with
/// no reads. The answer comes when rows and pictures are on disk.
#[utoipa::path(
    post, path = "/api/v1/frames", tag = "cameras",
    request_body(content = Vec<u8>, content_type = "image/jpeg", description = "JPEG, PNG or WebP; at most 20 MiB and 50 megapixels"),
    params(
        ("Plateglass-Camera-Key" = String, Header, description = "The camera's key"),
        ("Plateglass-Captured-At" = Option<String>, Header, description = "When it was taken, RFC 3339 with an offset"),
        ("Plateglass-Event-Id" = Option<String>, Header, description = "The camera's own id of it: sent again, it changes nothing. Without one, the same bytes for the same moment are the same event"),
    ),
    responses((status = 200, body = FrameTakenOut), (status = 401, body = ErrorBody), (status = 413, body = ErrorBody), (status = 422, body = ErrorBody), (status = 503, body = ErrorBody)),
)]
pub(crate) async fn post_frame(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<FrameTakenOut>, ApiError> {
    let claimed_at = text(&headers, "plateglass-captured-at")?.map(Timestamp::parse).transpose();
    let claimed_at = claimed_at
        .map_err(|err| ApiError::invalid("header Plateglass-Captured-At", err.to_string()))?;
    let event_id = text(&headers, "plateglass-event-id")?.map(str::to_owned);
    if let Some(id) = event_id.as_deref().filter(|id| id.is_empty() || id.len() > EVENT_ID_MAX) {
        let why = format!("expected 1–{EVENT_ID_MAX} bytes, got {}", id.len());
        return Err(ApiError::invalid("header Plateglass-Event-Id", why));
    }
    let held = api.bodies.take(&headers, body, PICTURE_BYTES_MAX).await?;
    let taken = take_frame(&api.app, &ctx, held.bytes.clone(), claimed_at, event_id).await?;
    Ok(Json(taken.into()))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, ApiError> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    value
        .to_str()
        .map(Some)
        .map_err(|_| ApiError::invalid(format!("header {name}"), "is not ASCII text"))
}
