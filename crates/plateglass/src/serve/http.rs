//! The pages and the API under the layers that every answer passes.

use std::net::SocketAddr;
use std::time::Duration;

use app::App;
use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

/// No answer takes longer to begin: an import of ten million rows over a slow line. Cameras' bodies have their own, shorter limit.
const ANSWER_BEGINS_WITHIN: Duration = Duration::from_secs(30 * 60);

/// What every answer carries that does not say otherwise. Answers of the API are no pages: nothing in them may run.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
];

/// Everything the server answers, with the address that each request came from.
pub(crate) fn service(app: App) -> IntoMakeServiceWithConnectInfo<Router, SocketAddr> {
    router(app).into_make_service_with_connect_info()
}

/// Everything the server answers.
fn router(app: App) -> Router {
    api::router(app.clone())
        .merge(console::router(app))
        .layer(from_fn(count))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, ANSWER_BEGINS_WITHIN))
        .layer(from_fn(dress))
}

/// Counts answers by route (its pattern, never an address) and status.
async fn count(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    let route = path.unwrap_or_else(|| "none".to_owned());
    let status = response.status().as_u16().to_string();
    metrics::counter!("plateglass_http_answers_total", "route" => route, "status" => status)
        .increment(1);
    response
}

/// Adds the headers that are missing.
async fn dress(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
