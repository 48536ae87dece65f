//! `/api/v1/audit/weeks…`: the weekly review of the record.

use app::Ctx;
use app::oversight::{open_week, review_week};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};

use crate::body::week::{SignOffIn, WeekOut};
use crate::error::{ApiError, ErrorBody};
use crate::query::{DayQuery, must_be_day};
use crate::routes::Api;

/// What happened in a day's week, and how the latest weeks stand; the last week that is over where no day is given.
#[utoipa::path(
    get, path = "/api/v1/audit/weeks", tag = "audit", params(DayQuery),
    responses((status = 200, body = WeekOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn get_week(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Query(query): Query<DayQuery>,
) -> Result<Json<WeekOut>, ApiError> {
    Ok(Json(open_week(&api.app, &ctx, query.day()?).await?.into()))
}

/// Sign a week off that is over.
#[utoipa::path(
    post, path = "/api/v1/audit/weeks/{week}/sign-off", tag = "audit", params(("week" = String, Path, description = "its Monday, such as 2026-11-16")), request_body = SignOffIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn sign_off_week(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(week): Path<String>,
    Json(said): Json<SignOffIn>,
) -> Result<StatusCode, ApiError> {
    review_week(&api.app, &ctx, must_be_day("week", &week)?, &said.note).await?;
    Ok(StatusCode::NO_CONTENT)
}
