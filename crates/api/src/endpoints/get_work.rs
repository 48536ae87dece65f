//! `GET /api/v1/work`

use app::Ctx;
use app::people::work_state;
use axum::{Extension, Json};

use crate::body::work::WorkOut;
use crate::error::{ApiError, ErrorBody};

/// What one works on, and what may be stated.
#[utoipa::path(
    get, path = "/api/v1/work", tag = "account",
    responses((status = 200, body = WorkOut), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_work(Extension(ctx): Extension<Ctx>) -> Result<Json<WorkOut>, ApiError> {
    let state = work_state(&ctx).ok_or_else(|| app::AskError::not_found("policy", ctx.agency))?;
    Ok(Json(state.into()))
}
