//! `GET /api/v1/reads`

use app::{Ctx, list_reads};
use axum::extract::{Query, State};
use axum::{Extension, Json};

use crate::body::page::PageOut;
use crate::body::read::ReadOut;
use crate::error::{ApiError, ErrorBody};
use crate::query::ReadsQuery;
use crate::routes::Api;

/// The feed of reads, newest first.
#[utoipa::path(
    get, path = "/api/v1/reads", tag = "reads", params(ReadsQuery),
    responses((status = 200, body = PageOut<ReadOut>), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn get_reads(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Query(query): Query<ReadsQuery>,
) -> Result<Json<PageOut<ReadOut>>, ApiError> {
    let page = list_reads(&api.app, &ctx, query.ask()?).await?;
    Ok(Json(PageOut::of(page, ReadOut::from)))
}
