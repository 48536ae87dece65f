//! `GET /api/v1/reads/{read}`

use app::{Ctx, open_read};
use axum::extract::{Path, State};
use axum::{Extension, Json};

use crate::body::read::ReadPageOut;
use crate::error::{ApiError, ErrorBody};
use crate::query::read_ref;
use crate::routes::Api;

/// One read with its alternatives and hits.
#[utoipa::path(
    get, path = "/api/v1/reads/{read}", tag = "reads",
    params(("read" = String, Path, description = "agency-YYYYMMDD-id")),
    responses((status = 200, body = ReadPageOut), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn get_read(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(read): Path<String>,
) -> Result<Json<ReadPageOut>, ApiError> {
    Ok(Json(open_read(&api.app, &ctx, read_ref(&read)?).await?.into()))
}
