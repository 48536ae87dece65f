//! `GET /api/v1/ledger`

use app::{Ctx, list_leaves};
use axum::extract::{Query, State};
use axum::{Extension, Json};

use crate::body::ledger::LedgerOut;
use crate::error::{ApiError, ErrorBody};
use crate::query::LeavesQuery;
use crate::routes::Api;

/// The agency's log: its state, its witnesses, its newest leaves.
#[utoipa::path(
    get, path = "/api/v1/ledger", tag = "ledger", params(LeavesQuery),
    responses((status = 200, body = LedgerOut), (status = 401, body = ErrorBody)),
)]
pub(crate) async fn get_ledger(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Query(query): Query<LeavesQuery>,
) -> Result<Json<LedgerOut>, ApiError> {
    let (state, rows) = list_leaves(&api.app, &ctx, query.before, query.limit()).await?;
    Ok(Json(LedgerOut::of(&state, &rows)))
}
