//! `/api/v1/training…`: who is trained, and completions from a file.

use app::training::{self, FILE_BYTES_MAX, list_training};
use app::{Ctx, may_send};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use domain::access::RecordTraining;

use crate::body::training::{CompletionIn, CompletionMadeOut, CompletionsOut, TrainingOut};
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// How everybody stands to every course.
#[utoipa::path(
    get, path = "/api/v1/training", tag = "training",
    responses((status = 200, body = TrainingOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
)]
pub(crate) async fn get_training(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<Json<TrainingOut>, ApiError> {
    Ok(Json(list_training(&api.app, &ctx).await?.into()))
}

/// Record completions from a CSV file of at most 1 MiB, all of them or none. Its first row names the columns:
/// `sign_in_name`, `course`, `completed`, `topics` (between semicolons, or `all`).
#[utoipa::path(
    post, path = "/api/v1/training/completions/import", tag = "training",
    request_body(content = Vec<u8>, content_type = "text/csv"),
    responses((status = 200, body = CompletionsOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 411, body = ErrorBody), (status = 413, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn import_completions(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<CompletionsOut>, ApiError> {
    // Who may not is told so before a file is taken.
    may_send::<RecordTraining>(&api.app, &ctx).await?;
    let file = api.bodies.take(&headers, body, FILE_BYTES_MAX).await?;
    let imported = training::import_completions(&api.app, &ctx, &file.bytes).await?;
    Ok(Json(CompletionsOut::of(&imported)?))
}

/// Record that somebody completed a course. With a topic of the course missing it is not complete.
#[utoipa::path(
    post, path = "/api/v1/training/completions", tag = "training", request_body = CompletionIn,
    responses((status = 201, body = CompletionMadeOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn post_completion(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(said): Json<CompletionIn>,
) -> Result<(StatusCode, Json<CompletionMadeOut>), ApiError> {
    let id = training::record_completion(&api.app, &ctx, said.ask()?).await?;
    Ok((StatusCode::CREATED, Json(CompletionMadeOut { completion: id.to_i64() })))
}
