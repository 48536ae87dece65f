//! `GET /api/v1/hotlists/{hotlist}/import`

use app::Ctx;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use domain::HotlistId;

use crate::body::hotlist::StatusOut;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// The import that runs into a hotlist, or the last one since the server started; `null` when there was none.
#[utoipa::path(
    get, path = "/api/v1/hotlists/{hotlist}/import", tag = "hotlists", params(("hotlist" = i64, Path)),
    responses((status = 200, body = Option<StatusOut>), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn import_status(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hotlist): Path<i64>,
) -> Result<Json<Option<StatusOut>>, ApiError> {
    let status = app::import_status(&api.app, &ctx, HotlistId::from_i64(hotlist)).await?;
    Ok(Json(status.map(StatusOut::from)))
}
