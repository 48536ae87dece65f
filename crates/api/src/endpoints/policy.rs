//! `/api/v1/policy/changes…`: how the policy is changed, by two people.

use app::Ctx;
use app::policy::{
    self, Outcome, approve_change, list_changes, open_change, open_policy, policy_text,
    withdraw_change,
};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use domain::BundleId;

use crate::body::policy::{
    ApproveIn, ComparedOut, PolicyChangeOut, PolicyChangePageOut, PolicyOut, ProposeIn,
    ProposedOut, contradicts, unsound,
};
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// The policy in force.
#[utoipa::path(
    get, path = "/api/v1/policy", tag = "policy",
    responses((status = 200, body = PolicyOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_policy(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<Json<PolicyOut>, ApiError> {
    Ok(Json(open_policy(&api.app, &ctx).await?.into()))
}

/// Every change of the agency's policy, newest first.
#[utoipa::path(
    get, path = "/api/v1/policy/changes", tag = "policy",
    responses((status = 200, body = Vec<PolicyChangeOut>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)),
)]
pub(crate) async fn get_policy_changes(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
) -> Result<Json<Vec<PolicyChangeOut>>, ApiError> {
    let (rows, names) = list_changes(&api.app, &ctx).await?;
    Ok(Json(rows.iter().map(|row| PolicyChangeOut::of(row, &names)).collect()))
}

/// Propose another policy, or only look what it would change. It decides nothing until somebody else approves it; one that
/// cannot be read, or that contradicts what is configured, is not kept.
#[utoipa::path(
    post, path = "/api/v1/policy/changes", tag = "policy", request_body = ProposeIn,
    responses((status = 201, body = ProposedOut), (status = 200, body = ComparedOut, description = "it was only looked at"), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn propose_policy(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Json(wanted): Json<ProposeIn>,
) -> Result<Response, ApiError> {
    let ask = wanted.ask()?;
    match policy::propose_policy(&api.app, &ctx, &ask).await? {
        Outcome::Proposed(id) => {
            Ok((StatusCode::CREATED, Json(ProposedOut { change: id.to_i64() })).into_response())
        }
        Outcome::Compared(compared) if ask.only_look => {
            Ok(Json(ComparedOut::from(&compared)).into_response())
        }
        Outcome::Compared(compared) => Err(contradicts(&compared)),
        Outcome::Unsound(faults) => Err(unsound(&faults)),
    }
}

/// One change, with what differs.
#[utoipa::path(
    get, path = "/api/v1/policy/changes/{change}", tag = "policy", params(("change" = i64, Path)),
    responses((status = 200, body = PolicyChangePageOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_policy_change(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(change): Path<i64>,
) -> Result<Json<PolicyChangePageOut>, ApiError> {
    Ok(Json(open_change(&api.app, &ctx, BundleId::from_i64(change)).await?.into()))
}

/// A text of a policy that was ever kept: `bundle.toml`, `rules.cedar`, `clauses.toml`, `published.md`.
#[utoipa::path(
    get, path = "/api/v1/policy/changes/{change}/texts/{name}", tag = "policy", params(("change" = i64, Path), ("name" = String, Path)),
    responses((status = 200, body = String, content_type = "text/plain"), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)),
)]
pub(crate) async fn get_policy_text(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path((change, name)): Path<(i64, String)>,
) -> Result<String, ApiError> {
    Ok(policy_text(&api.app, &ctx, BundleId::from_i64(change), &name).await?)
}

/// Approve a policy that somebody else proposed, as it was seen.
#[utoipa::path(
    post, path = "/api/v1/policy/changes/{change}/approve", tag = "policy", params(("change" = i64, Path)), request_body = ApproveIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn approve_policy(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(change): Path<i64>,
    Json(seen): Json<ApproveIn>,
) -> Result<StatusCode, ApiError> {
    let id = BundleId::from_i64(change);
    approve_change(&api.app, &ctx, id, &seen.digest, &seen.follows).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Withdraw a policy before it decides.
#[utoipa::path(
    post, path = "/api/v1/policy/changes/{change}/withdraw", tag = "policy", params(("change" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn withdraw_policy(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(change): Path<i64>,
) -> Result<StatusCode, ApiError> {
    withdraw_change(&api.app, &ctx, BundleId::from_i64(change)).await?;
    Ok(StatusCode::NO_CONTENT)
}
