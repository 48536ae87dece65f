//! `/api/v1/protected-events…`: events that are protected, and requests to look at what was read there.

use app::Ctx;
use app::protected_events::{
    self, add_protected_event, ask_nexus, protected_board, withdraw_protected_event,
};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use domain::ProtectedEventId;

use crate::body::hit_life::WhyIn;
use crate::body::protected::{
    NexusAskedOut, NexusDecisionIn, NexusIn, ProtectedEventIn, ProtectedEventMadeOut, ProtectedOut,
};
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// The protected events and the requests.
#[utoipa::path(
    get, path = "/api/v1/protected-events", tag = "protected events",
    responses((status = 200, body = ProtectedOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
)]
pub(crate) async fn get_protected_events(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<Json<ProtectedOut>, ApiError> {
    Ok(Json(ProtectedOut::of(&protected_board(&api.app, &ctx).await?, ctx.now)))
}

/// Protect an event: from then on what was and is read there is shown to nobody without an approval.
#[utoipa::path(
    post, path = "/api/v1/protected-events", tag = "protected events", request_body = ProtectedEventIn,
    responses((status = 201, body = ProtectedEventMadeOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn post_protected_event(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(said): Json<ProtectedEventIn>,
) -> Result<(StatusCode, Json<ProtectedEventMadeOut>), ApiError> {
    let id = add_protected_event(&api.app, &ctx, said.event()?).await?;
    Ok((StatusCode::CREATED, Json(ProtectedEventMadeOut { event: id.to_i64() })))
}

/// Withdraw an event: it protects nothing any more, and stays on record.
#[utoipa::path(
    post, path = "/api/v1/protected-events/{event}/withdraw", tag = "protected events", params(("event" = i64, Path)), request_body = WhyIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn withdraw_event(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(event): Path<i64>,
    Json(said): Json<WhyIn>,
) -> Result<StatusCode, ApiError> {
    let id = ProtectedEventId::from_i64(event);
    withdraw_protected_event(&api.app, &ctx, id, &said.why).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ask to look at what was read at an event, for the purpose and the case that were stated.
#[utoipa::path(
    post, path = "/api/v1/protected-events/{event}/requests", tag = "protected events", params(("event" = i64, Path)), request_body = NexusIn,
    responses((status = 201, body = NexusAskedOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn post_nexus_request(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(event): Path<i64>,
    Json(said): Json<NexusIn>,
) -> Result<(StatusCode, Json<NexusAskedOut>), ApiError> {
    let id = ProtectedEventId::from_i64(event);
    let asked = ask_nexus(&api.app, &ctx, id, &said.nexus).await?;
    Ok((StatusCode::CREATED, Json(NexusAskedOut { request: asked.to_i64() })))
}

/// Approve a request that somebody else made, for some hours, or refuse it.
#[utoipa::path(
    post, path = "/api/v1/protected-events/requests/{request}/decision", tag = "protected events", params(("request" = i64, Path)), request_body = NexusDecisionIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn decide_nexus(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(request): Path<i64>,
    Json(said): Json<NexusDecisionIn>,
) -> Result<StatusCode, ApiError> {
    protected_events::decide_nexus(&api.app, &ctx, &said.of(request)).await?;
    Ok(StatusCode::NO_CONTENT)
}
