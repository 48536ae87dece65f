//! `PUT /api/v1/work`

use app::Ctx;
use app::people::state_work;
use axum::extract::State;
use axum::{Extension, Json};

use crate::body::work::{WorkIn, WorkOut};
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Say what one works on: it stands on record beside everything that this session looks at from now on.
#[utoipa::path(
    put, path = "/api/v1/work", tag = "account", request_body = WorkIn,
    responses((status = 200, body = WorkOut), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn put_work(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(said): Json<WorkIn>,
) -> Result<Json<WorkOut>, ApiError> {
    Ok(Json(state_work(&api.app, &ctx, &said.into()).await?.into()))
}
