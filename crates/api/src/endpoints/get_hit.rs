//! `GET /api/v1/hits/{hit}`

use app::{Ctx, open_hit};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use domain::HitId;

use crate::body::hit::HitPageOut;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// One hit with its entry, its read and the read's other hits.
#[utoipa::path(
    get, path = "/api/v1/hits/{hit}", tag = "hits", params(("hit" = i64, Path)),
    responses((status = 200, body = HitPageOut), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_hit(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
) -> Result<Json<HitPageOut>, ApiError> {
    Ok(Json(open_hit(&api.app, &ctx, HitId::from_i64(hit)).await?.into()))
}
