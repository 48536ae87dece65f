//! `/api/v1/audit/…`: who looked at what, and what shows it to others.

use app::{Ctx, oversight};
use axum::extract::State;
use axum::response::IntoResponse;
use axum::{Extension, Json};

use crate::body::audit::{AuditIn, AuditOut, ExportOut};
use crate::body::ledger::receipts_file;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Search the record: newest first, fifty at a time.
#[utoipa::path(
    post, path = "/api/v1/audit/search", tag = "audit", request_body = AuditIn,
    responses((status = 200, body = AuditOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn search_audit(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(asked): Json<AuditIn>,
) -> Result<Json<AuditOut>, ApiError> {
    Ok(Json(oversight::search_audit(&api.app, &ctx, &asked.ask()?).await?.into()))
}

/// Take records out of the house: everything that fits, each with the hash that the log's tree holds of it.
#[utoipa::path(
    post, path = "/api/v1/audit/export", tag = "audit", request_body = AuditIn,
    responses((status = 200, body = ExportOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn export_audit(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(asked): Json<AuditIn>,
) -> Result<Json<ExportOut>, ApiError> {
    Ok(Json(oversight::export_audit(&api.app, &ctx, &asked.ask()?).await?.into()))
}

/// The receipts of everything that fits and of how it ended, in the order of the log: `plateglass-verify` checks them
/// offline.
#[utoipa::path(
    post, path = "/api/v1/audit/receipts", tag = "audit", request_body = AuditIn,
    responses((status = 200, body = String, content_type = "text/plain"), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn export_receipts(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(asked): Json<AuditIn>,
) -> Result<impl IntoResponse, ApiError> {
    let receipts = oversight::export_receipts(&api.app, &ctx, &asked.ask()?).await?;
    if receipts.is_empty() {
        return Err(ApiError::invalid("body", "nothing fits: there is no receipt to give"));
    }
    Ok(receipts_file(&format!("audit-{}", ctx.now.day()), &receipts))
}
