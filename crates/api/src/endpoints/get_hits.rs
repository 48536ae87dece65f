//! `GET /api/v1/hits`

use app::{Ctx, list_hits};
use axum::extract::{Query, State};
use axum::{Extension, Json};

use crate::body::hit::HitOut;
use crate::body::page::PageOut;
use crate::error::{ApiError, ErrorBody};
use crate::query::HitsQuery;
use crate::routes::Api;

/// Hits, newest first. A hit is not a confirmation.
#[utoipa::path(
    get, path = "/api/v1/hits", tag = "hits", params(HitsQuery),
    responses((status = 200, body = PageOut<HitOut>), (status = 401, body = ErrorBody)),
)]
pub(crate) async fn get_hits(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Query(query): Query<HitsQuery>,
) -> Result<Json<PageOut<HitOut>>, ApiError> {
    let page = list_hits(&api.app, &ctx, query.ask()).await?;
    Ok(Json(PageOut::of(page, HitOut::from)))
}
