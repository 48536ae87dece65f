//! `POST /api/v1/ledger/checkpoint`

use app::{Ctx, sign_checkpoint};
use axum::Extension;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Signs the agency's log now, asks its witnesses, and publishes the checkpoint, which is the answer.
#[utoipa::path(
    post, path = "/api/v1/ledger/checkpoint", tag = "ledger",
    responses((status = 200, body = String, content_type = "text/plain"), (status = 401, body = ErrorBody)),
)]
pub(crate) async fn post_checkpoint(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<impl IntoResponse, ApiError> {
    let published = sign_checkpoint(&api.app, &ctx).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], published.note))
}
