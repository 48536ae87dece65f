//! `GET /api/v1/reads/{read}/receipt`

use app::{Ctx, read_receipt};
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::IntoResponse;

use crate::body::ledger::receipt_file;
use crate::error::{ApiError, ErrorBody};
use crate::query::read_ref;
use crate::routes::Api;

/// A read's receipt: shows offline that this read, with these pictures, was committed when the log says. There is one as
/// long as the read is kept.
#[utoipa::path(
    get, path = "/api/v1/reads/{read}/receipt", tag = "ledger", params(("read" = String, Path, description = "agency-YYYYMMDD-id")),
    responses((status = 200, body = String, content_type = "text/plain"), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn get_read_receipt(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(read): Path<String>,
) -> Result<impl IntoResponse, ApiError> {
    let receipt = read_receipt(&api.app, &ctx, read_ref(&read)?).await?;
    Ok(receipt_file(&format!("read-{read}"), &receipt))
}
