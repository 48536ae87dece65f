//! `GET /log/{log}/checkpoint`

use app::{log_of, public_checkpoint};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;

use crate::error::{ApiError, ErrorBody};
use crate::query::log_named;
use crate::routes::Api;

/// A log's newest checkpoint with its cosignatures (C2SP tlog-checkpoint).
#[utoipa::path(
    get, path = "/log/{log}/checkpoint", tag = "ledger",
    params(("log" = String, Path, description = "`server` or `agency-7`")),
    responses((status = 200, body = String, content_type = "text/plain"), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_checkpoint(
    State(api): State<Api>,
    Path(log): Path<String>,
) -> Result<impl IntoResponse, ApiError> {
    let log = log_of(&log).ok_or_else(|| log_named(&log))?;
    let note = public_checkpoint(&api.app, log).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], note))
}
