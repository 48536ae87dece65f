//! `/api/v1/security` and `/api/v1/people/{person}/lock`: the chief security officer's day.

use app::Ctx;
use app::oversight::security_digest;
use app::people::lock_person;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use domain::PersonId;

use crate::body::security::{DigestOut, LockIn};
use crate::error::{ApiError, ErrorBody};
use crate::query::DayQuery;
use crate::routes::Api;

/// A day's sign-in attempts, odd sign-ins, locks and refusals; today's where no day is given.
#[utoipa::path(
    get, path = "/api/v1/security", tag = "security", params(DayQuery),
    responses((status = 200, body = DigestOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn get_security(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Query(query): Query<DayQuery>,
) -> Result<Json<DigestOut>, ApiError> {
    Ok(Json(security_digest(&api.app, &ctx, query.day()?).await?.into()))
}

/// Lock an account at once: its sessions and its tokens end.
#[utoipa::path(
    post, path = "/api/v1/people/{person}/lock", tag = "security", params(("person" = i64, Path)), request_body = LockIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn lock_account(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(person): Path<i64>,
    Json(said): Json<LockIn>,
) -> Result<StatusCode, ApiError> {
    lock_person(&api.app, &ctx, PersonId::from_i64(person), &said.why).await?;
    Ok(StatusCode::NO_CONTENT)
}
