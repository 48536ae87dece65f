//! `/api/v1/misuse…`: allegation, investigation, finding.

use app::Ctx;
use app::oversight::{self, investigate, open_report, own_reports, reports};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use domain::ReportId;

use crate::body::misuse::{ReportIn, ReportOut, ReportPageOut, ReportedOut, SharingIn};
use crate::body::review::FindingIn;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Report misuse, by somebody of the agency or by another agency. Everybody who is signed in may.
#[utoipa::path(
    post, path = "/api/v1/misuse", tag = "misuse", request_body = ReportIn,
    responses((status = 201, body = ReportedOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn report_misuse(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(said): Json<ReportIn>,
) -> Result<(StatusCode, Json<ReportedOut>), ApiError> {
    let (about, told) = said.read()?;
    let id = oversight::report_misuse(&api.app, &ctx, about, &told).await?;
    Ok((StatusCode::CREATED, Json(ReportedOut { report: id.to_i64() })))
}

/// What one reported oneself, newest first.
#[utoipa::path(
    get, path = "/api/v1/misuse/own", tag = "misuse",
    responses((status = 200, body = Vec<ReportOut>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
)]
pub(crate) async fn get_own_reports(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<Json<Vec<ReportOut>>, ApiError> {
    Ok(Json(ReportOut::all(&own_reports(&api.app, &ctx).await?)))
}

/// What was reported, newest first, for who investigates. Nobody sees a report about themselves.
#[utoipa::path(
    get, path = "/api/v1/misuse", tag = "misuse",
    responses((status = 200, body = Vec<ReportOut>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
)]
pub(crate) async fn get_reports(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<Json<Vec<ReportOut>>, ApiError> {
    Ok(Json(ReportOut::all(&reports(&api.app, &ctx).await?)))
}

/// One report with its trail.
#[utoipa::path(
    get, path = "/api/v1/misuse/{report}", tag = "misuse", params(("report" = i64, Path)),
    responses((status = 200, body = ReportPageOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_report(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(report): Path<i64>,
) -> Result<Json<ReportPageOut>, ApiError> {
    Ok(Json(open_report(&api.app, &ctx, ReportId::from_i64(report)).await?.into()))
}

/// Begin the investigation: the newest records by the person whom the report is about are attached.
#[utoipa::path(
    post, path = "/api/v1/misuse/{report}/investigate", tag = "misuse", params(("report" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn investigate_report(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(report): Path<i64>,
) -> Result<StatusCode, ApiError> {
    investigate(&api.app, &ctx, ReportId::from_i64(report)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Close a report about somebody of the agency with a finding, and with it the review that it opened.
#[utoipa::path(
    post, path = "/api/v1/misuse/{report}/close", tag = "misuse", params(("report" = i64, Path)), request_body = FindingIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn close_report(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(report): Path<i64>,
    Json(said): Json<FindingIn>,
) -> Result<StatusCode, ApiError> {
    let id = ReportId::from_i64(report);
    oversight::close_report(&api.app, &ctx, id, &said.finding, &said.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Decide whether sharing with the agency that a report is about goes on.
#[utoipa::path(
    post, path = "/api/v1/misuse/{report}/sharing", tag = "misuse", params(("report" = i64, Path)), request_body = SharingIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn decide_sharing(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(report): Path<i64>,
    Json(said): Json<SharingIn>,
) -> Result<StatusCode, ApiError> {
    let id = ReportId::from_i64(report);
    oversight::decide_sharing(&api.app, &ctx, id, &said.sharing, &said.why).await?;
    Ok(StatusCode::NO_CONTENT)
}
