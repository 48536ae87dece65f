//! `/api/v1/shift…` and `/api/v1/handover…`: signing on, who is on duty, and handing hits to the next shift.

use app::shifts::{
    FILE_BYTES_MAX, PuttingOnDuty, SigningOn, import_roster, put_on_duty, shift_board,
    sign_off as end_sign_on, sign_on as begin_sign_on, take_off_duty,
};
use app::{Ctx, accept_hits, hand_over_page, may_send, offer_hits};
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use domain::access::SetDutyRoster;
use domain::{CameraId, DutyId, HitId, PersonId, Timestamp};

use crate::body::shift::{
    AcceptIn, BoardOut, DutyIn, DutyMadeOut, HandOverOut, HandedOut, OfferIn, RosterOut,
    ShiftQuery, SignOnIn, SignedOnOut,
};
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// Sign on for a shift as a unit. What one was signed on as before ends.
#[utoipa::path(
    post, path = "/api/v1/shift/sign-on", tag = "shift", request_body = SignOnIn,
    responses((status = 201, body = SignedOnOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn sign_on(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(said): Json<SignOnIn>,
) -> Result<(StatusCode, Json<SignedOnOut>), ApiError> {
    let said = SigningOn {
        unit: said.unit,
        camera: said.camera.map(CameraId::from_i64),
        shift: said.until,
    };
    let id = begin_sign_on(&api.app, &ctx, &said).await?;
    Ok((StatusCode::CREATED, Json(SignedOnOut { sign_on: id.to_i64() })))
}

/// Sign off.
#[utoipa::path(
    post, path = "/api/v1/shift/sign-off", tag = "shift",
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn sign_off(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<StatusCode, ApiError> {
    end_sign_on(&api.app, &ctx).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Units on duty, and which of them are signed on: of the shift that runs, or of a coming one.
#[utoipa::path(
    get, path = "/api/v1/shift", tag = "shift", params(ShiftQuery),
    responses((status = 200, body = BoardOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn get_shift(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Query(query): Query<ShiftQuery>,
) -> Result<Json<BoardOut>, ApiError> {
    let from = query.from.as_deref().map(Timestamp::parse).transpose();
    let from = from.map_err(|err| ApiError::invalid("from", err.to_string()))?;
    Ok(Json(BoardOut::of(&shift_board(&api.app, &ctx, from).await?)))
}

/// Put a unit on duty in a shift.
#[utoipa::path(
    post, path = "/api/v1/shift/duties", tag = "shift", request_body = DutyIn,
    responses((status = 201, body = DutyMadeOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn post_duty(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(said): Json<DutyIn>,
) -> Result<(StatusCode, Json<DutyMadeOut>), ApiError> {
    let person = said.person.map(PersonId::from_i64);
    let said = PuttingOnDuty { unit: said.unit, person, shift: said.from };
    let id = put_on_duty(&api.app, &ctx, &said).await?;
    Ok((StatusCode::CREATED, Json(DutyMadeOut { duty: id.to_i64() })))
}

/// Take a unit off duty.
#[utoipa::path(
    post, path = "/api/v1/shift/duties/{duty}/remove", tag = "shift", params(("duty" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn remove_duty(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(duty): Path<i64>,
) -> Result<StatusCode, ApiError> {
    take_off_duty(&api.app, &ctx, DutyId::from_i64(duty)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put the units of a CSV file of at most 256 KiB on duty, all of them or none. Its first row names the columns: `unit`, `day`
/// (2026-11-21), `shift` (14:00) and, where there is one, `sign_in_name`.
#[utoipa::path(
    post, path = "/api/v1/shift/duties/import", tag = "shift",
    request_body(content = Vec<u8>, content_type = "text/csv"),
    responses((status = 200, body = RosterOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 411, body = ErrorBody), (status = 413, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn import_duties(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<RosterOut>, ApiError> {
    // Who may not is told so before a file is taken.
    may_send::<SetDutyRoster>(&api.app, &ctx).await?;
    let file = api.bodies.take(&headers, body, FILE_BYTES_MAX).await?;
    let imported = import_roster(&api.app, &ctx, &file.bytes).await?;
    Ok(Json(RosterOut::of(&imported)?))
}

/// What there is to hand over: what is offered to who asks, what they look after, what nobody does, and who can take it.
#[utoipa::path(
    get, path = "/api/v1/handover", tag = "hits",
    responses((status = 200, body = HandOverOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
)]
pub(crate) async fn get_hand_over(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<Json<HandOverOut>, ApiError> {
    Ok(Json(HandOverOut::of(hand_over_page(&api.app, &ctx).await?)))
}

/// Offer hits to somebody of the next shift, all of these or none. Until they accept, whoever has a hit keeps it.
#[utoipa::path(
    post, path = "/api/v1/handover", tag = "hits", request_body = OfferIn,
    responses((status = 200, body = HandedOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn offer(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(said): Json<OfferIn>,
) -> Result<Json<HandedOut>, ApiError> {
    let hits = ids(&said.hits);
    let n_hits = offer_hits(&api.app, &ctx, &hits, PersonId::from_i64(said.to), &said.note).await?;
    Ok(Json(HandedOut { n_hits }))
}

/// Accept hits that were offered to who asks, all of these or none.
#[utoipa::path(
    post, path = "/api/v1/handover/accept", tag = "hits", request_body = AcceptIn,
    responses((status = 200, body = HandedOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn accept(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(said): Json<AcceptIn>,
) -> Result<Json<HandedOut>, ApiError> {
    let n_hits = accept_hits(&api.app, &ctx, &ids(&said.hits)).await?;
    Ok(Json(HandedOut { n_hits }))
}

fn ids(hits: &[i64]) -> Vec<HitId> {
    hits.iter().copied().map(HitId::from_i64).collect()
}
