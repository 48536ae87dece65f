//! `GET /api/v1/reads/{read}/pictures/{kind}`

use app::{Ctx, open_picture};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use domain::PictureKind;

use crate::error::{ApiError, ErrorBody};
use crate::query::read_ref;
use crate::routes::Api;

/// A picture of a read.
#[utoipa::path(
    get, path = "/api/v1/reads/{read}/pictures/{kind}", tag = "reads",
    params(("read" = String, Path, description = "agency-YYYYMMDD-id"), ("kind" = String, Path, description = "`plate` or `vehicle`")),
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg"), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn get_picture(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path((read, kind)): Path<(String, String)>,
) -> Result<impl IntoResponse, ApiError> {
    let kinds = [PictureKind::Plate, PictureKind::Vehicle];
    let kind = kinds.into_iter().find(|one| one.word() == kind);
    let kind = kind.ok_or_else(|| ApiError::invalid("kind", "expected `plate` or `vehicle`"))?;
    let jpeg = open_picture(&api.app, &ctx, read_ref(&read)?, kind).await?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], jpeg))
}
