//! `/api/v1/hotlists/{hotlist}/alerts…`: messages of AMBER alerts, and the plates that people confirm.

use app::{
    CAP_BYTES_MAX, Ctx, add_amber_plate, amber_alert, amber_alerts, confirm_amber_plate, may_send,
    refuse_amber_plate, take_amber_file,
};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use domain::access::ManageHotlists;
use domain::{AmberId, HotlistId};

use crate::body::amber::{AlertOut, AlertPageOut, AlertsTakenOut, PlateDecisionIn, TypedPlateIn};
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// The messages of a list, newest first, without their words.
#[utoipa::path(
    get, path = "/api/v1/hotlists/{hotlist}/alerts", tag = "hotlists", params(("hotlist" = i64, Path)),
    responses((status = 200, body = Vec<AlertOut>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_alerts(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hotlist): Path<i64>,
) -> Result<Json<Vec<AlertOut>>, ApiError> {
    let board = amber_alerts(&api.app, &ctx, HotlistId::from_i64(hotlist)).await?;
    Ok(Json(board.alerts.iter().map(AlertOut::from).collect()))
}

/// Take a file of messages in (CAP 1.2, one alone or a feed of them) of at most 4 MiB, as one that was fetched is. Nothing of it is
/// matched until a person has confirmed its plates.
#[utoipa::path(
    post, path = "/api/v1/hotlists/{hotlist}/alerts", tag = "hotlists", params(("hotlist" = i64, Path)),
    request_body(content = Vec<u8>, content_type = "application/cap+xml"),
    responses((status = 200, body = AlertsTakenOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 411, body = ErrorBody), (status = 413, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn post_alerts(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hotlist): Path<i64>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<AlertsTakenOut>, ApiError> {
    // Who may not is told so before a file is taken.
    may_send::<ManageHotlists>(&api.app, &ctx).await?;
    let file = api.bodies.take(&headers, body, CAP_BYTES_MAX).await?;
    let hotlist = HotlistId::from_i64(hotlist);
    let taken = take_amber_file(&api.app, &ctx, hotlist, file.bytes.to_vec()).await?;
    Ok(Json(taken.into()))
}

/// One message, with what it says and its plates.
#[utoipa::path(
    get, path = "/api/v1/hotlists/{hotlist}/alerts/{alert}", tag = "hotlists",
    params(("hotlist" = i64, Path), ("alert" = i64, Path)),
    responses((status = 200, body = AlertPageOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_alert(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path((hotlist, alert)): Path<(i64, i64)>,
) -> Result<Json<AlertPageOut>, ApiError> {
    let at = (HotlistId::from_i64(hotlist), AmberId::from_i64(alert));
    let board = amber_alert(&api.app, &ctx, at).await?;
    let shown = AlertPageOut::of(&board);
    Ok(Json(shown.ok_or_else(|| app::AskError::not_found("alert", alert))?))
}

/// Confirm a plate, perhaps corrected, or refuse it; what was confirmed is taken back by refusing it. Not by a token: a person has
/// to have read the words.
#[utoipa::path(
    post, path = "/api/v1/hotlists/{hotlist}/alerts/{alert}/plates/{n}", tag = "hotlists",
    params(("hotlist" = i64, Path), ("alert" = i64, Path), ("n" = u32, Path)), request_body = PlateDecisionIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn decide_alert_plate(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path((hotlist, alert, n)): Path<(i64, i64, u32)>,
    Json(said): Json<PlateDecisionIn>,
) -> Result<StatusCode, ApiError> {
    let at = (HotlistId::from_i64(hotlist), AmberId::from_i64(alert), n);
    if said.confirm {
        confirm_amber_plate(&api.app, &ctx, at, &said.confirming()).await?;
    } else {
        refuse_amber_plate(&api.app, &ctx, at, &said.reason).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Add a plate that the words name and no program found, confirmed by who adds it. Not by a token.
#[utoipa::path(
    post, path = "/api/v1/hotlists/{hotlist}/alerts/{alert}/plates", tag = "hotlists",
    params(("hotlist" = i64, Path), ("alert" = i64, Path)), request_body = TypedPlateIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn add_alert_plate(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path((hotlist, alert)): Path<(i64, i64)>,
    Json(said): Json<TypedPlateIn>,
) -> Result<StatusCode, ApiError> {
    let at = (HotlistId::from_i64(hotlist), AmberId::from_i64(alert));
    add_amber_plate(&api.app, &ctx, at, &said.confirming()).await?;
    Ok(StatusCode::NO_CONTENT)
}
