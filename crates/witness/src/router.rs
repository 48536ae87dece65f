//! The witness over HTTP: C2SP's two routes and a page for people.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ledger::witness::{REQUEST_BYTES_MAX, Unwilling};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::page::{self, STYLE};
use crate::witness::{NotCosigned, Witness};

/// From the first byte of a request to the last of its answer's head: a request is small, and so is the work.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Requests that are considered or wait for it at once; who comes on top is told to come again. A log asks once a minute.
const AT_ONCE_MAX: usize = 64;

/// The page's one style is named by its hash; nothing else may be loaded, run or sent.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    );
    HeaderValue::from_str(&policy).expect("base64 can stand in a header")
});

/// What every answer carries that does not say otherwise.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// May be kept, and asked about each time before it is shown.
const FRESH: (HeaderName, &str) = (header::CACHE_CONTROL, "no-cache");
const TEXT: (HeaderName, &str) = (header::CONTENT_TYPE, "text/plain; charset=utf-8");

#[derive(Clone)]
struct Shared {
    witness: Witness,
    at_once: Arc<Semaphore>,
}

/// Everything that a witness answers.
pub fn router(witness: Witness) -> Router {
    let shared = Shared { witness, at_once: Arc::new(Semaphore::new(AT_ONCE_MAX)) };
    Router::new()
        .route("/", get(show))
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{log}/checkpoint", get(checkpoint))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, ANSWER_WITHIN))
        .layer(from_fn(dress))
        .with_state(shared)
}

/// `POST /add-checkpoint`
async fn add_checkpoint(
    State(shared): State<Shared>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(err) => return text(err.status(), format!("{}\n", err.body_text())),
    };
    let Ok(_turn) = Arc::clone(&shared.at_once).try_acquire_owned() else {
        let busy = text(StatusCode::SERVICE_UNAVAILABLE, "too many requests wait already\n");
        return ([(header::RETRY_AFTER, "10")], busy).into_response();
    };
    match shared.blocking(move |witness| witness.add_checkpoint(&body)).await {
        Ok(Ok(line)) => text(StatusCode::OK, line),
        Ok(Err(why)) => refusal(&why),
        Err(broken) => broken,
    }
}

/// `GET /<sha256 of the origin>/checkpoint`
async fn checkpoint(State(shared): State<Shared>, Path(log): Path<String>) -> Response {
    match shared.blocking(move |witness| witness.last_of(&log)).await {
        Ok(Some(last)) => ([FRESH], text(StatusCode::OK, last.note.to_string())).into_response(),
        Ok(None) => text(StatusCode::NOT_FOUND, "nothing was cosigned under this name\n"),
        Err(broken) => broken,
    }
}

/// `GET /`
async fn show(State(shared): State<Shared>) -> Response {
    match shared.blocking(page::render).await {
        Ok(Ok(page)) => {
            let kind = (header::CONTENT_TYPE, "text/html; charset=utf-8");
            ([FRESH, kind], page).into_response()
        }
        Ok(Err(err)) => {
            tracing::error!(error = &err as &dyn std::error::Error, "failed to write the page");
            text(StatusCode::INTERNAL_SERVER_ERROR, "the page could not be written\n")
        }
        Err(broken) => broken,
    }
}

impl Shared {
    /// Does what waits for a log's turn or for the disk where waiting holds nobody up.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Witness) -> T + Send + 'static,
    ) -> Result<T, Response> {
        let witness = self.witness.clone();
        tokio::task::spawn_blocking(move || work(&witness)).await.map_err(|err| {
            tracing::error!(error = &err as &dyn std::error::Error, "failed to answer a request");
            text(StatusCode::INTERNAL_SERVER_ERROR, "the witness failed\n")
        })
    }
}

/// What tlog-witness prescribes for each reason; the reasons in words are for whoever debugs a log.
fn refusal(why: &NotCosigned) -> Response {
    let unwilling = match why {
        NotCosigned::Unwilling(unwilling) => unwilling,
        NotCosigned::NotKept(_) => {
            tracing::error!(error = why as &dyn std::error::Error, "nothing was cosigned");
            return text(StatusCode::INTERNAL_SERVER_ERROR, format!("{why}\n"));
        }
    };
    if let Unwilling::OtherOld { size } = unwilling {
        let kind = [(header::CONTENT_TYPE, "text/x.tlog.size")];
        return (StatusCode::CONFLICT, kind, format!("{size}\n")).into_response();
    }
    tracing::debug!(error = why as &dyn std::error::Error, "unwilling");
    let status = StatusCode::from_u16(unwilling.status());
    text(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), in_words(unwilling))
}

fn in_words(err: &dyn std::error::Error) -> String {
    let mut words = err.to_string();
    let mut next = err.source();
    while let Some(err) = next {
        write!(words, ": {err}").expect("a string can be written to");
        next = err.source();
    }
    words.push('\n');
    words
}

fn text(status: StatusCode, body: impl Into<String>) -> Response {
    (status, [TEXT], body.into()).into_response()
}

/// Adds the headers that are missing.
async fn dress(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
