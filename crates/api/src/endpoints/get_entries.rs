//! `GET /log/{log}/tile/entries/{number}`

use app::{Ctx, entry_bundle, log_of};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;

use crate::error::{ApiError, ErrorBody};
use crate::query::{log_named, tile_named};
use crate::routes::Api;

/// A bundle of the log's entries (C2SP tlog-tiles), for the agency's auditors.
#[utoipa::path(
    get, path = "/log/{log}/tile/entries/{*number}", tag = "ledger",
    params(
        ("log" = String, Path, description = "the agency's own, such as `agency-7`"),
        ("number" = String, Path, description = "in groups of three digits, with `.p/<width>` for a partial bundle"),
    ),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn get_entries(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path((log, number)): Path<(String, String)>,
) -> Result<impl IntoResponse, ApiError> {
    let tile = tile_named(&format!("tile/entries/{number}"))?;
    let log = log_of(&log).ok_or_else(|| log_named(&log))?;
    let bytes = entry_bundle(&api.app, &ctx, log, tile).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes))
}
