//! The session's cookie, which the console sets.

use app::sign_in::SessionToken;
use axum::http::{HeaderMap, header};

/// Over TLS the browser ties the cookie to this host; without, for loopback, it cannot.
const NAMES: [(&str, bool); 2] = [("__Host-plateglass", true), ("plateglass", false)];

/// The session that a request's cookie names.
pub(crate) fn session(headers: &HeaderMap) -> Option<SessionToken> {
    let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    let over_tls = proto
        .is_some_and(|value| value.split(',').next().is_some_and(|first| first.trim() == "https"));
    let (name, _) = NAMES.into_iter().find(|(_, tls)| *tls == over_tls)?;
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(have, _)| *have == name)
        .and_then(|(_, token)| SessionToken::parse(token))
}

/// Whether a request that changes something may have been made by another site's page in the browser's name.
pub(crate) fn from_elsewhere(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}
