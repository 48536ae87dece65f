//! `/api/v1/custom-entries…`: entries of the agency's own.

use app::custom_entries::{
    approve_custom_entry, ask_custom_entry, count_custom_entry, custom_entries, open_custom_entry,
    refuse_custom_entry,
};
use app::{Ctx, custom_entries as own};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use domain::CustomEntryId;

use crate::body::custom_entry::{
    AskedOut, CountedOut, CustomDecisionIn, CustomEndIn, CustomEntriesOut, CustomEntryIn,
    CustomPageOut,
};
use crate::error::{ApiError, ErrorBody};
use crate::query::CustomQuery;
use crate::routes::Api;

/// The agency's own entries, newest first. Covert ones are there for who asked for them, who approved them and whom they name.
#[utoipa::path(
    get, path = "/api/v1/custom-entries", tag = "custom entries", params(CustomQuery),
    responses((status = 200, body = CustomEntriesOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn get_custom_entries(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Query(which): Query<CustomQuery>,
) -> Result<Json<CustomEntriesOut>, ApiError> {
    let state = which.state()?;
    Ok(Json(custom_entries(&api.app, &ctx, state).await?.into()))
}

/// Ask for an entry. It raises no hits before a supervisor, another person, has approved it.
#[utoipa::path(
    post, path = "/api/v1/custom-entries", tag = "custom entries", request_body = CustomEntryIn,
    responses((status = 201, body = AskedOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn post_custom_entry(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(said): Json<CustomEntryIn>,
) -> Result<(StatusCode, Json<AskedOut>), ApiError> {
    let id = ask_custom_entry(&api.app, &ctx, &said.asking()?).await?;
    Ok((StatusCode::CREATED, Json(AskedOut { custom_entry: id.to_i64() })))
}

/// One entry, with its history and what of the past it fitted.
#[utoipa::path(
    get, path = "/api/v1/custom-entries/{entry}", tag = "custom entries", params(("entry" = i64, Path)),
    responses((status = 200, body = CustomPageOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_custom_entry(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(entry): Path<i64>,
) -> Result<Json<CustomPageOut>, ApiError> {
    Ok(Json(open_custom_entry(&api.app, &ctx, CustomEntryId::from_i64(entry)).await?.into()))
}

/// Count how many reads of the last days an entry that waits would have matched. A search, and on record as one.
#[utoipa::path(
    post, path = "/api/v1/custom-entries/{entry}/count", tag = "custom entries", params(("entry" = i64, Path)),
    responses((status = 200, body = CountedOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn count_custom_entry_reads(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(entry): Path<i64>,
) -> Result<Json<CountedOut>, ApiError> {
    let entry = CustomEntryId::from_i64(entry);
    let (n_reads, days) = count_custom_entry(&api.app, &ctx, entry).await?;
    Ok(Json(CountedOut { n_reads, days }))
}

/// Approve or refuse an entry that somebody else asked for. Not by a token: people decide.
#[utoipa::path(
    post, path = "/api/v1/custom-entries/{entry}/decision", tag = "custom entries", params(("entry" = i64, Path)), request_body = CustomDecisionIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn decide_custom_entry(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(entry): Path<i64>,
    Json(said): Json<CustomDecisionIn>,
) -> Result<StatusCode, ApiError> {
    let entry = CustomEntryId::from_i64(entry);
    if said.approve {
        approve_custom_entry(&api.app, &ctx, entry, &said.why).await?;
    } else {
        refuse_custom_entry(&api.app, &ctx, entry, &said.why).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// End an entry, or take back one that waits. It raises no hits from that moment on, and its open hits are closed.
#[utoipa::path(
    post, path = "/api/v1/custom-entries/{entry}/end", tag = "custom entries", params(("entry" = i64, Path)), request_body = CustomEndIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn end_custom_entry(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(entry): Path<i64>,
    Json(said): Json<CustomEndIn>,
) -> Result<StatusCode, ApiError> {
    let entry = CustomEntryId::from_i64(entry);
    own::end_custom_entry(&api.app, &ctx, entry, &said.how, &said.note).await?;
    Ok(StatusCode::NO_CONTENT)
}
