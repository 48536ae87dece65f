//! `/api/v1/alerts…`: how the agency's hits are told outside the console, and the log of what was told. None of it is for tokens:
//! a program that could say where alerts go could send them to itself.

use app::Ctx;
use app::telling::{self, alerts_board, end_agencys_rule, keep_agencys_rule, test_webhook as test};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use domain::{QuietRuleId, TellingId, WebhookId};

use crate::body::telling::{
    AlertsSetOut, QuietRuleIn, QuietRuleMadeOut, WebhookIn, WebhookMadeOut,
};
use crate::error::{ApiError, ErrorBody};
use crate::query::ToldQuery;
use crate::routes::Api;

/// The agency's webhooks and quiet rules, and what was told, newest first.
#[utoipa::path(
    get, path = "/api/v1/alerts", tag = "alerts", params(ToldQuery),
    responses((status = 200, body = AlertsSetOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
)]
pub(crate) async fn get_telling(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Query(ask): Query<ToldQuery>,
) -> Result<Json<AlertsSetOut>, ApiError> {
    Ok(Json(alerts_board(&api.app, &ctx, ask.before()).await?.into()))
}

/// Add a program that is told by signed messages. Its secret is answered once.
#[utoipa::path(
    post, path = "/api/v1/alerts/webhooks", tag = "alerts", request_body = WebhookIn,
    responses((status = 201, body = WebhookMadeOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn post_webhook(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(said): Json<WebhookIn>,
) -> Result<(StatusCode, Json<WebhookMadeOut>), ApiError> {
    let added = telling::add_webhook(&api.app, &ctx, &said.into()).await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}

/// Remove a program: it is told of nothing more.
#[utoipa::path(
    post, path = "/api/v1/alerts/webhooks/{webhook}/remove", tag = "alerts", params(("webhook" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn remove_webhook(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(webhook): Path<i64>,
) -> Result<StatusCode, ApiError> {
    telling::end_webhook(&api.app, &ctx, WebhookId::from_i64(webhook)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send a program a test.
#[utoipa::path(
    post, path = "/api/v1/alerts/webhooks/{webhook}/test", tag = "alerts", params(("webhook" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn test_webhook(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(webhook): Path<i64>,
) -> Result<StatusCode, ApiError> {
    test(&api.app, &ctx, WebhookId::from_i64(webhook)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Have something told again that came to its end.
#[utoipa::path(
    post, path = "/api/v1/alerts/told/{telling}/again", tag = "alerts", params(("telling" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn tell_again(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(id): Path<i64>,
) -> Result<StatusCode, ApiError> {
    telling::tell_again(&api.app, &ctx, TellingId::from_i64(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Add a quiet rule for everybody of the agency and for its programs.
#[utoipa::path(
    post, path = "/api/v1/alerts/quiet-rules", tag = "alerts", request_body = QuietRuleIn,
    responses((status = 201, body = QuietRuleMadeOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn post_quiet_rule(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(said): Json<QuietRuleIn>,
) -> Result<(StatusCode, Json<QuietRuleMadeOut>), ApiError> {
    let id = keep_agencys_rule(&api.app, &ctx, &said.into()).await?;
    Ok((StatusCode::CREATED, Json(QuietRuleMadeOut { rule: id.to_i64() })))
}

/// End a quiet rule of the agency.
#[utoipa::path(
    post, path = "/api/v1/alerts/quiet-rules/{rule}/end", tag = "alerts", params(("rule" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn end_quiet_rule(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(rule): Path<i64>,
) -> Result<StatusCode, ApiError> {
    end_agencys_rule(&api.app, &ctx, QuietRuleId::from_i64(rule)).await?;
    Ok(StatusCode::NO_CONTENT)
}
