//! `/api/v1/troubles…`: trouble with equipment or the program.

use app::Ctx;
use app::troubles::{self, open_trouble, trouble_board};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use domain::TroubleId;

use crate::body::review::NoteIn;
use crate::body::trouble::{TroubleDoneIn, TroubleIn, TroubleMadeOut, TroubleOut, TroublePageOut};
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// What was reported, newest first.
#[utoipa::path(
    get, path = "/api/v1/troubles", tag = "troubles",
    responses((status = 200, body = Vec<TroubleOut>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
)]
pub(crate) async fn get_troubles(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<Json<Vec<TroubleOut>>, ApiError> {
    Ok(Json(TroubleOut::all(&trouble_board(&api.app, &ctx).await?)))
}

/// Report trouble. Everybody who is signed in may.
#[utoipa::path(
    post, path = "/api/v1/troubles", tag = "troubles", request_body = TroubleIn,
    responses((status = 201, body = TroubleMadeOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn report_trouble(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(said): Json<TroubleIn>,
) -> Result<(StatusCode, Json<TroubleMadeOut>), ApiError> {
    let id = troubles::report_trouble(&api.app, &ctx, &said.into()).await?;
    Ok((StatusCode::CREATED, Json(TroubleMadeOut { trouble: id.to_i64() })))
}

/// One report with what was noted on it.
#[utoipa::path(
    get, path = "/api/v1/troubles/{trouble}", tag = "troubles", params(("trouble" = i64, Path)),
    responses((status = 200, body = TroublePageOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_trouble(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(trouble): Path<i64>,
) -> Result<Json<TroublePageOut>, ApiError> {
    Ok(Json(open_trouble(&api.app, &ctx, TroubleId::from_i64(trouble)).await?.into()))
}

/// Take a report: from now on one sees to it.
#[utoipa::path(
    post, path = "/api/v1/troubles/{trouble}/take", tag = "troubles", params(("trouble" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn take_trouble(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(trouble): Path<i64>,
) -> Result<StatusCode, ApiError> {
    troubles::take_trouble(&api.app, &ctx, TroubleId::from_i64(trouble)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Note something on a report.
#[utoipa::path(
    post, path = "/api/v1/troubles/{trouble}/notes", tag = "troubles", params(("trouble" = i64, Path)), request_body = NoteIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn note_trouble(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(trouble): Path<i64>,
    Json(said): Json<NoteIn>,
) -> Result<StatusCode, ApiError> {
    troubles::note_trouble(&api.app, &ctx, TroubleId::from_i64(trouble), &said.note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Close a report with what was done.
#[utoipa::path(
    post, path = "/api/v1/troubles/{trouble}/close", tag = "troubles", params(("trouble" = i64, Path)), request_body = TroubleDoneIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn close_trouble(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(trouble): Path<i64>,
    Json(said): Json<TroubleDoneIn>,
) -> Result<StatusCode, ApiError> {
    troubles::close_trouble(&api.app, &ctx, TroubleId::from_i64(trouble), &said.done).await?;
    Ok(StatusCode::NO_CONTENT)
}
