//! `/api/v1/reviews…`: what auditors have to look into.

use app::Ctx;
use app::oversight::{self, add_review_note, inbox, open_review};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use domain::ReviewId;

use crate::body::review::{FindingIn, InboxOut, NoteIn, ReviewPageOut};
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// What waits for the agency's auditors, and what they closed. Nobody sees a review about themselves.
#[utoipa::path(
    get, path = "/api/v1/reviews", tag = "reviews",
    responses((status = 200, body = InboxOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
)]
pub(crate) async fn get_reviews(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<Json<InboxOut>, ApiError> {
    Ok(Json(inbox(&api.app, &ctx).await?.into()))
}

/// One review, with the records on which it rests.
#[utoipa::path(
    get, path = "/api/v1/reviews/{review}", tag = "reviews", params(("review" = i64, Path)),
    responses((status = 200, body = ReviewPageOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_review(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(review): Path<i64>,
) -> Result<Json<ReviewPageOut>, ApiError> {
    Ok(Json(open_review(&api.app, &ctx, ReviewId::from_i64(review)).await?.into()))
}

/// Note something on an open review.
#[utoipa::path(
    post, path = "/api/v1/reviews/{review}/notes", tag = "reviews", params(("review" = i64, Path)), request_body = NoteIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn note_on_review(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(review): Path<i64>,
    Json(said): Json<NoteIn>,
) -> Result<StatusCode, ApiError> {
    add_review_note(&api.app, &ctx, ReviewId::from_i64(review), &said.note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Close a review with a finding. One that a report of misuse opened is closed by that report's finding.
#[utoipa::path(
    post, path = "/api/v1/reviews/{review}/close", tag = "reviews", params(("review" = i64, Path)), request_body = FindingIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn close_review(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(review): Path<i64>,
    Json(said): Json<FindingIn>,
) -> Result<StatusCode, ApiError> {
    let id = ReviewId::from_i64(review);
    oversight::close_review(&api.app, &ctx, id, &said.finding, &said.text).await?;
    Ok(StatusCode::NO_CONTENT)
}
