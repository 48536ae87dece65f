//! `GET /api/v1/openapi.json`

use axum::{Extension, Json};
use utoipa::openapi::OpenApi;

/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "server", responses((status = 200, description = "OpenAPI 3.1")))]
pub(crate) async fn get_openapi(Extension(Json(document)): Extension<Json<OpenApi>>) -> Json<OpenApi> {
    Json(document)
}
