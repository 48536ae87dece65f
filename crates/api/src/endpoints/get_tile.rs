//! `GET /log/{log}/tile/{level}/{number}`

use app::{log_of, public_tile};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;

use crate::error::{ApiError, ErrorBody};
use crate::query::{log_named, tile_named};
use crate::routes::Api;

/// A tile of a log's hashes (C2SP tlog-tiles); says nothing about what was done.
#[utoipa::path(
    get, path = "/log/{log}/tile/{level}/{*number}", tag = "ledger",
    params(
        ("log" = String, Path, description = "`server` or `agency-7`"),
        ("level" = String, Path, description = "0–63"),
        ("number" = String, Path, description = "in groups of three digits, with `.p/<width>` for a partial tile"),
    ),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn get_tile(
    State(api): State<Api>,
    Path((log, level, number)): Path<(String, String, String)>,
) -> Result<impl IntoResponse, ApiError> {
    let tile = tile_named(&format!("tile/{level}/{number}"))?;
    let log = log_of(&log).ok_or_else(|| log_named(&log))?;
    let bytes = public_tile(&api.app, log, tile).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes))
}
