//! `POST /api/v1/hotlists`

use app::{Ctx, create_hotlist};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};

use crate::body::hotlist::{HotlistIn, HotlistOut};
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Make a hotlist without rows; they come by import.
#[utoipa::path(
    post, path = "/api/v1/hotlists", tag = "hotlists", request_body = HotlistIn,
    responses((status = 201, body = HotlistOut), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn post_hotlist(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(about): Json<HotlistIn>,
) -> Result<(StatusCode, Json<HotlistOut>), ApiError> {
    let list = create_hotlist(&api.app, &ctx, about.about()).await?;
    Ok((StatusCode::CREATED, Json(list.into())))
}
