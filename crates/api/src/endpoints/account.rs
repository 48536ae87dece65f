//! `/api/v1/account/…`: one's own tokens, sessions and looks.

use app::Ctx;
use app::people::{self, open_exigent_looks};
use app::sign_in::{end_other_session, own_sessions};
use app::tokens::{self, make_token, own_tokens};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use domain::{ExigentId, TokenId};

use crate::body::account::{CaseIn, ExigentLookOut, SessionOut, TokenIn, TokenMadeOut, TokenOut};
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// One's own tokens that work, newest first. No token can ask for them.
#[utoipa::path(
    get, path = "/api/v1/account/tokens", tag = "account",
    responses((status = 200, body = Vec<TokenOut>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
)]
pub(crate) async fn get_tokens(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<Json<Vec<TokenOut>>, ApiError> {
    Ok(Json(own_tokens(&api.app, &ctx).await?.into_iter().map(TokenOut::from).collect()))
}

/// Make a token in one's own name: its secret is in the answer and is never shown again. Asks for fresh proof of who one is,
/// which no token can give: no token makes another.
#[utoipa::path(
    post, path = "/api/v1/account/tokens", tag = "account", request_body = TokenIn,
    responses((status = 201, body = TokenMadeOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn post_token(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(wanted): Json<TokenIn>,
) -> Result<(StatusCode, Json<TokenMadeOut>), ApiError> {
    let made = make_token(&api.app, &ctx, &wanted.into()).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// End one of one's own tokens at once. No token can ask for it.
#[utoipa::path(
    post, path = "/api/v1/account/tokens/{token}/revoke", tag = "account", params(("token" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn revoke_token(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(token): Path<i64>,
) -> Result<StatusCode, ApiError> {
    tokens::revoke_token(&api.app, &ctx, TokenId::from_i64(token)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's own sessions, newest first. No token can ask for them.
#[utoipa::path(
    get, path = "/api/v1/account/sessions", tag = "account",
    responses((status = 200, body = Vec<SessionOut>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
)]
pub(crate) async fn get_sessions(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<Json<Vec<SessionOut>>, ApiError> {
    Ok(Json(own_sessions(&api.app, &ctx).await?.into_iter().map(SessionOut::from).collect()))
}

/// End one of one's own sessions. No token can ask for it.
#[utoipa::path(
    post, path = "/api/v1/account/sessions/{session}/end", tag = "account", params(("session" = String, Path, description = "its word in the list")),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn end_session(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(session): Path<String>,
) -> Result<StatusCode, ApiError> {
    end_other_session(&api.app, &ctx, &session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's own looks whose case number is still to come, those that are due soonest first.
#[utoipa::path(
    get, path = "/api/v1/account/looks", tag = "account",
    responses((status = 200, body = Vec<ExigentLookOut>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
)]
pub(crate) async fn get_exigent_looks(
    Extension(ctx): Extension<Ctx>,
) -> Result<Json<Vec<ExigentLookOut>>, ApiError> {
    Ok(Json(open_exigent_looks(&ctx).into_iter().map(ExigentLookOut::from).collect()))
}

/// Complete a look of one's own with its case number.
#[utoipa::path(
    post, path = "/api/v1/account/looks/{look}/complete", tag = "account", params(("look" = i64, Path)), request_body = CaseIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn complete_exigent_look(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(look): Path<i64>,
    Json(said): Json<CaseIn>,
) -> Result<StatusCode, ApiError> {
    let id = ExigentId::from_i64(look);
    people::complete_exigent_look(&api.app, &ctx, id, &said.case_number).await?;
    Ok(StatusCode::NO_CONTENT)
}
