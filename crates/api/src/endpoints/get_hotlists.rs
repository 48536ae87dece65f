//! `GET /api/v1/hotlists`

use app::{Ctx, list_hotlists};
use axum::extract::State;
use axum::{Extension, Json};

use crate::body::hotlist::HotlistRowOut;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// The hotlists with their ages and imports, most urgent category first.
#[utoipa::path(
    get, path = "/api/v1/hotlists", tag = "hotlists",
    responses((status = 200, body = Vec<HotlistRowOut>), (status = 401, body = ErrorBody)),
)]
pub(crate) async fn get_hotlists(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<Json<Vec<HotlistRowOut>>, ApiError> {
    let rows = list_hotlists(&api.app, &ctx).await?;
    Ok(Json(rows.into_iter().map(HotlistRowOut::from).collect()))
}
