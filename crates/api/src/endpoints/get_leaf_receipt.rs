//! `GET /api/v1/ledger/{leaf}/receipt`

use app::{Ctx, leaf_receipt};
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::IntoResponse;

use crate::body::ledger::receipt_file;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// A leaf's receipt: a C2SP tlog-proof that `plateglass-verify` checks offline.
#[utoipa::path(
    get, path = "/api/v1/ledger/{leaf}/receipt", tag = "ledger", params(("leaf" = u64, Path, description = "its number, from 0")),
    responses((status = 200, body = String, content_type = "text/plain"), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_leaf_receipt(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(leaf): Path<u64>,
) -> Result<impl IntoResponse, ApiError> {
    let receipt = leaf_receipt(&api.app, &ctx, leaf).await?;
    Ok(receipt_file(&format!("leaf-{leaf}"), &receipt))
}
