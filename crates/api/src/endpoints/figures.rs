//! `/api/v1/stops` and `/api/v1/precision`: what audits need of stops, and how often alerts were right.

use app::Ctx;
use app::precision::precision;
use app::stop_facts::stop_figures;
use axum::extract::{Query, State};
use axum::{Extension, Json};

use crate::body::figures::{PrecisionOut, StopFiguresOut};
use crate::error::{ApiError, ErrorBody};
use crate::query::{PeriodQuery, QuarterQuery};
use crate::routes::Api;

/// The facts of a quarter's stops in sum, small counts withheld; of the last quarter that is over where none is named.
#[utoipa::path(
    get, path = "/api/v1/stops", tag = "figures", params(QuarterQuery),
    responses((status = 200, body = StopFiguresOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn get_stops(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Query(query): Query<QuarterQuery>,
) -> Result<Json<StopFiguresOut>, ApiError> {
    Ok(Json(stop_figures(&api.app, &ctx, &query.quarter).await?.into()))
}

/// How often alerts were right, by list and by camera; of the last ninety days where none are named. What nobody reviewed is
/// counted apart.
#[utoipa::path(
    get, path = "/api/v1/precision", tag = "figures", params(PeriodQuery),
    responses((status = 200, body = PrecisionOut), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn get_precision(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Query(query): Query<PeriodQuery>,
) -> Result<Json<PrecisionOut>, ApiError> {
    Ok(Json(precision(&api.app, &ctx, query.ask()?).await?.into()))
}
