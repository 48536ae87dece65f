//! Who is signed in, and proof that a form came from one of our pages.

use std::net::{IpAddr, SocketAddr};

use app::sign_in::{self, SessionToken};
use app::{App, Ctx};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::Extensions;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::cookies;
use crate::error::PageError;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Staff {
    pub(crate) ctx: Ctx,
    pub(crate) token: SessionToken,
    /// What forms of this session carry.
    pub(crate) form_token: String,
}

impl Staff {
    /// Whose session the request's cookie names; none when there is none.
    pub(crate) async fn of(
        app: &App,
        headers: &HeaderMap,
        from: Option<IpAddr>,
    ) -> Result<Option<Self>, PageError> {
        let Some(token) = cookies::session(headers).as_deref().and_then(SessionToken::parse) else {
            return Ok(None);
        };
        let ctx = sign_in::session(app, &token, app.now()).await?;
        Ok(ctx.map(|ctx| Self {
            ctx: ctx.from_address(from),
            form_token: form_token(&token),
            token,
        }))
    }

    /// Whether a form carried this session's token.
    pub(crate) fn wrote(&self, given: &str) -> bool {
        self.form_token.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Staff {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        parts.extensions.get::<Self>().cloned().ok_or(PageError::SignedOut)
    }
}

/// A form's token: nobody without the session's own secret can make it, and it does not give that secret away.
fn form_token(session: &SessionToken) -> String {
    let digest = Sha256::new()
        .chain_update(b"plateglass form token\0")
        .chain_update(session.expose().as_bytes())
        .finalize();
    URL_SAFE_NO_PAD.encode(digest)
}

/// The network address that a request came from, where the server knows it.
pub(crate) fn address(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|from| from.0.ip())
}

/// Whether a request that changes something was sent by one of our own pages, as far as the browser says. What it does
/// not say (an old browser) is left to the form's token.
pub(crate) fn from_our_pages(headers: &HeaderMap) -> bool {
    let text = |value: &HeaderValue| value.to_str().map(str::to_owned).unwrap_or_default();
    if let Some(site) = headers.get("sec-fetch-site") {
        return text(site) == "same-origin";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let origin = text(origin);
    let host = headers.get(header::HOST).map(text).unwrap_or_default();
    origin.split_once("://").is_some_and(|(_, from)| !host.is_empty() && from == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn another_sites_form_is_known() {
        let ours = |pairs| from_our_pages(&headers(pairs));
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        assert!(!ours(&[("sec-fetch-site", "cross-site")]));
        assert!(!ours(&[("sec-fetch-site", "same-site")]));
        assert!(ours(&[("origin", "http://localhost:8080"), ("host", "localhost:8080")]));
        assert!(!ours(&[("origin", "https://evil.example"), ("host", "localhost:8080")]));
        assert!(!ours(&[("origin", "null"), ("host", "localhost:8080")]));
        assert!(ours(&[("host", "localhost:8080")]));
    }

    #[test]
    fn a_form_token_belongs_to_its_session() {
        let one = SessionToken::parse(&"A".repeat(43)).unwrap();
        let two = SessionToken::parse(&format!("{}E", "A".repeat(42))).unwrap();
        assert_ne!(form_token(&one), form_token(&two));
        assert_eq!(form_token(&one), form_token(&one));
        assert!(!form_token(&one).contains(&one.expose()));
    }
}
