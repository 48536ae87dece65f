//! `/api/v1/queue` and `/api/v1/incidents…`: what waits for somebody, and stops of vehicles that were not wanted.

use app::{Ctx, hit_queue, list_incidents};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use domain::IncidentId;

use crate::body::hit_life::{IncidentFindingIn, IncidentOut, QueueOut};
use crate::error::{ApiError, ErrorBody};
use crate::query::{QuarterQuery, QueueQuery};
use crate::routes::Api;

/// Every hit with which something is still to be done, newest first.
#[utoipa::path(
    get, path = "/api/v1/queue", tag = "hits", params(QueueQuery),
    responses((status = 200, body = QueueOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
)]
pub(crate) async fn get_queue(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Query(query): Query<QueueQuery>,
) -> Result<Json<QueueOut>, ApiError> {
    Ok(Json(hit_queue(&api.app, &ctx, query.ask()).await?.into()))
}

/// The agency's incidents, newest first: the newest, or all that were reported in a quarter.
#[utoipa::path(
    get, path = "/api/v1/incidents", tag = "hits", params(QuarterQuery),
    responses((status = 200, body = Vec<IncidentOut>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
)]
pub(crate) async fn get_incidents(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Query(query): Query<QuarterQuery>,
) -> Result<Json<Vec<IncidentOut>>, ApiError> {
    let found = list_incidents(&api.app, &ctx, &query.quarter).await?;
    Ok(Json(found.rows.into_iter().map(IncidentOut::from).collect()))
}

/// Note that one has seen an incident, and answers for it from now on.
#[utoipa::path(
    post, path = "/api/v1/incidents/{incident}/see", tag = "hits", params(("incident" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn see_incident(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(incident): Path<i64>,
) -> Result<StatusCode, ApiError> {
    app::see_incident(&api.app, &ctx, IncidentId::from_i64(incident)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Close an incident that one has seen, with what was found and done.
#[utoipa::path(
    post, path = "/api/v1/incidents/{incident}/close", tag = "hits", params(("incident" = i64, Path)), request_body = IncidentFindingIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn close_incident(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(incident): Path<i64>,
    Json(said): Json<IncidentFindingIn>,
) -> Result<StatusCode, ApiError> {
    let id = IncidentId::from_i64(incident);
    app::close_incident(&api.app, &ctx, id, &said.finding).await?;
    Ok(StatusCode::NO_CONTENT)
}
