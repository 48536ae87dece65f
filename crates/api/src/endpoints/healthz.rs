//! `GET /healthz`

use app::health;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::Api;

/// How the server is.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthOut {
    /// Whether reads can be taken and kept.
    ok: bool,
    /// Whether the store answers.
    store: bool,
    /// Whether frames can be read; reads can be taken without.
    recogniser: bool,
    /// Posts that wait for the disk.
    submissions_waiting: usize,
    /// Hits that are on disk and not yet on the live page.
    journal_backlog: u64,
}

/// Whether the server can do its work. Says nothing of anyone.
#[utoipa::path(
    get, path = "/healthz", tag = "server",
    responses((status = 200, body = HealthOut), (status = 503, body = HealthOut)),
)]
pub(crate) async fn healthz(State(api): State<Api>) -> (StatusCode, Json<HealthOut>) {
    let health = health(&api.app).await;
    let status = if health.ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let out = HealthOut {
        ok: health.ok,
        store: health.store,
        recogniser: health.recogniser,
        submissions_waiting: health.submissions_waiting,
        journal_backlog: health.journal_backlog,
    };
    (status, Json(out))
}
