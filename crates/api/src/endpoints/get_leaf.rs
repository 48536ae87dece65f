//! `GET /api/v1/ledger/{leaf}`

use app::{Ctx, open_leaf};
use axum::extract::{Path, State};
use axum::{Extension, Json};

use crate::body::ledger::LeafPageOut;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// One leaf in full: what it says, and the clear text of what it seals as far as that is still kept.
#[utoipa::path(
    get, path = "/api/v1/ledger/{leaf}", tag = "ledger", params(("leaf" = u64, Path, description = "its number, from 0")),
    responses((status = 200, body = LeafPageOut), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_leaf(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(leaf): Path<u64>,
) -> Result<Json<LeafPageOut>, ApiError> {
    Ok(Json(LeafPageOut::of(&open_leaf(&api.app, &ctx, leaf).await?)))
}
