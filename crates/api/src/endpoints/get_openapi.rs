//! `GET /api/v1/openapi.json`

use std::sync::Arc;

use axum::response::IntoResponse;
use axum::{Extension, Json};
use utoipa::openapi::OpenApi;

/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "server", responses((status = 200, description = "OpenAPI 3.1")))]
pub(crate) async fn get_openapi(Extension(document): Extension<Arc<OpenApi>>) -> impl IntoResponse {
    Json(document.as_ref().clone())
}
