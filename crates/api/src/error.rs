//! Answers that say what went wrong: `{error, what, where, help}`.

use app::tokens::TokenRefused;
use app::{AskError, ImportError, TakeError, chain};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Reason;
use serde::Serialize;
use utoipa::ToSchema;

/// What every failed request is answered with.
#[derive(Serialize, ToSchema, Debug)]
pub(crate) struct ErrorBody {
    /// A stable word for programs.
    #[schema(example = "invalid")]
    error: &'static str,
    /// What went wrong, in a sentence.
    what: String,
    /// Where it went wrong: a field such as `reads[3].plate`, a header, a line of a file.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// What to do about it.
    help: &'static str,
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("the camera's key is missing, unknown or disabled")]
    NoSuchKey,
    #[error("nobody is signed in")]
    NotSignedIn,
    #[error(transparent)]
    Token(#[from] TokenRefused),
    #[error("the request was made by another site's page")]
    FromElsewhere,
    #[error("{place}: {why}")]
    Invalid { place: String, why: String },
    #[error("{why}")]
    TooLarge { why: String },
    #[error("the request does not say how long it is")]
    NoLength,
    #[error("the body did not arrive within {seconds} s")]
    TooSlow { seconds: u64 },
    #[error("the server holds as many bodies as it can")]
    BodiesFull,
    #[error(transparent)]
    Ask(#[from] AskError),
    #[error(transparent)]
    Take(#[from] TakeError),
    #[error(transparent)]
    Import(#[from] ImportError),
}

impl ApiError {
    pub(crate) fn invalid(place: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Invalid { place: place.into(), why: why.into() }
    }

    fn parts(&self) -> (StatusCode, ErrorBody) {
        match self {
            Self::NoSuchKey => of(
                StatusCode::UNAUTHORIZED,
                "unknown-key",
                self,
                Some("header Plateglass-Camera-Key"),
                "Send the key that was shown when the camera was added, or make a new one on the cameras page.",
            ),
            Self::NotSignedIn => of(
                StatusCode::UNAUTHORIZED,
                "not-signed-in",
                self,
                Some("cookie"),
                "Sign in to the console, or send a token as `Authorization: Bearer pgt_…`.",
            ),
            Self::Token(TokenRefused::Ask(err)) => ask(err),
            Self::Token(_) => of(
                StatusCode::UNAUTHORIZED,
                "token-refused",
                self,
                Some("header Authorization"),
                "Send `Authorization: Bearer pgt_…` with a token that works; people make tokens on the page of their account.",
            ),
            Self::FromElsewhere => of(
                StatusCode::FORBIDDEN,
                "from-elsewhere",
                self,
                Some("header Sec-Fetch-Site"),
                "Changes are taken from the console's own pages and from programs, not from other sites.",
            ),
            Self::Invalid { place, why } => {
                let body = ErrorBody {
                    error: "invalid",
                    what: why.clone(),
                    place: Some(place.clone()),
                    help: "Nothing of the request was kept. Correct it and send it again.",
                };
                (StatusCode::UNPROCESSABLE_ENTITY, body)
            }
            Self::TooLarge { .. } => of(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                self,
                Some("body"),
                "Send less at once; the limits stand in the API's document.",
            ),
            Self::NoLength => of(
                StatusCode::LENGTH_REQUIRED,
                "no-length",
                self,
                Some("header Content-Length"),
                "Send Content-Length; bodies in pieces of unknown number are taken for imports only.",
            ),
            Self::TooSlow { .. } => of(
                StatusCode::REQUEST_TIMEOUT,
                "too-slow",
                self,
                Some("body"),
                "Send it again over a faster line.",
            ),
            Self::BodiesFull => again(StatusCode::SERVICE_UNAVAILABLE, self),
            Self::Ask(err) => ask(err),
            Self::Take(err) => take(err),
            Self::Import(err) => import(err),
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::BodiesFull => Some(1),
            Self::Take(
                TakeError::Overloaded { retry_after_s } | TakeError::ShuttingDown { retry_after_s },
            ) => Some(*retry_after_s),
            _ => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, body) = self.parts();
        if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE {
            tracing::error!(error = chain(&self), "a request failed");
        }
        let mut response = (status, Json(body)).into_response();
        if matches!(self, Self::Token(_)) && status == StatusCode::UNAUTHORIZED {
            let how = HeaderValue::from_static("Bearer error=\"invalid_token\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
        }
        if let Some(seconds) = self.retry_after_s() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn of(
    status: StatusCode,
    error: &'static str,
    err: &dyn std::error::Error,
    place: Option<&str>,
    help: &'static str,
) -> (StatusCode, ErrorBody) {
    let place = place.map(str::to_owned);
    (status, ErrorBody { error, what: err.to_string(), place, help })
}

fn again(status: StatusCode, err: &dyn std::error::Error) -> (StatusCode, ErrorBody) {
    of(
        status,
        "try-again",
        err,
        None,
        "Send it again after the seconds in Retry-After; events that were kept are known again.",
    )
}

fn failed(err: &dyn std::error::Error) -> (StatusCode, ErrorBody) {
    let help = "Nothing that was not acknowledged counts as kept: send it again. The server's log says why.";
    of(StatusCode::INTERNAL_SERVER_ERROR, "failed", err, None, help)
}

fn refused(refusal: &domain::Refusal) -> (StatusCode, ErrorBody) {
    let nobody = refusal.reasons.contains(&Reason::NOT_SIGNED_IN);
    let status = if nobody { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN };
    of(status, "refused", refusal, Some(refusal.action), "The reasons say what is missing.")
}

fn ask(err: &AskError) -> (StatusCode, ErrorBody) {
    match err {
        AskError::Refused(refusal) => refused(refusal),
        AskError::NotRecorded { .. } => of(
            StatusCode::SERVICE_UNAVAILABLE,
            "not-recorded",
            err,
            None,
            "Nothing was shown or changed. The server's log says why; try again when it is mended.",
        ),
        AskError::NotFound { what, .. } => of(
            StatusCode::NOT_FOUND,
            "not-found",
            err,
            Some(what),
            "Ask the list for what there is.",
        ),
        AskError::Invalid { field, why } => {
            ApiError::invalid(*field, format!("{field} {why}")).parts()
        }
        AskError::Failed { .. } => failed(err),
    }
}

fn take(err: &TakeError) -> (StatusCode, ErrorBody) {
    match err {
        TakeError::Refused(refusal) => refused(refusal),
        TakeError::Overloaded { .. } | TakeError::ShuttingDown { .. } => {
            again(StatusCode::SERVICE_UNAVAILABLE, err)
        }
        TakeError::Invalid { index, field, why } => {
            ApiError::invalid(format!("reads[{index}].{field}"), format!("{field} {why}")).parts()
        }
        TakeError::Picture(cause) => ApiError::invalid("body", cause.to_string()).parts(),
        TakeError::NoRecogniser => of(
            StatusCode::NOT_IMPLEMENTED,
            "no-recogniser",
            err,
            None,
            "Hand in reads, or start a server that recognises.",
        ),
        TakeError::NoCamera => {
            of(StatusCode::FORBIDDEN, "refused", err, None, "Use a camera's key.")
        }
        TakeError::Failed { .. } => failed(err),
    }
}

fn import(err: &ImportError) -> (StatusCode, ErrorBody) {
    let place = match err {
        ImportError::Refused(refusal) => return refused(refusal),
        ImportError::NotBegun(err) => return ask(err),
        ImportError::Failed { .. } => return failed(err),
        ImportError::NoHotlist(_) => {
            return of(
                StatusCode::NOT_FOUND,
                "not-found",
                err,
                Some("hotlist"),
                "Ask the list for what there is.",
            );
        }
        ImportError::Busy => {
            let help = "Ask for the import's status.";
            return of(StatusCode::CONFLICT, "busy", err, None, help);
        }
        ImportError::Layout { field, .. } => format!("layout.{field}"),
        ImportError::Forbidden(_) => "category".to_owned(),
        ImportError::File { line, .. } | ImportError::NothingTaken { line, .. } => {
            format!("line {line}")
        }
        ImportError::Read { .. } => "body".to_owned(),
    };
    ApiError::invalid(place, chain(err)).parts()
}
