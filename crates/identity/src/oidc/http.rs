//! How a provider is asked.

use std::net::IpAddr;
use std::time::Duration;

use openidconnect::url::{Host, Url};
use ureq::Agent;

pub use openidconnect::{HttpRequest, HttpResponse};

/// Longest answer of a provider that is read, in bytes: a discovery document has some thousands, keys and tokens too.
const ANSWER_BYTES_MAX: u64 = 512 * 1024;
/// Longest head of an answer, in bytes.
const HEAD_BYTES_MAX: usize = 32 * 1024;

/// Why a provider gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// No answer came, or too slowly, or too long a one.
    #[error("failed to ask the provider")]
    Unreachable(#[source] Box<ureq::Error>),
    /// It is to be asked without TLS.
    #[error("the provider is to be asked at `{url}`, which is not https")]
    NotHttps {
        /// Where.
        url: String,
    },
    /// For tests: an answer that was not prepared.
    #[error("there is no answer from `{url}`")]
    NoAnswer {
        /// Where.
        url: String,
    },
}

/// Sends a request and waits for the answer. Blocks.
pub trait Http {
    /// Sends it; redirects are not followed.
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError>;
}

/// Asks over the network, with bounds for time and size.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
}

impl Client {
    /// One that waits so long for a whole answer.
    pub fn new(timeout: Duration) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(HEAD_BYTES_MAX)
            .http_status_as_error(false)
            // The environment is an argument (D8): a proxy would be named in the configuration.
            .proxy(None)
            .user_agent("plateglass")
            .max_idle_connections(0)
            .build();
        Self { agent: config.into() }
    }

    fn asked(&self, request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
        let (head, body) = request.into_parts();
        let answer = if body.is_empty() {
            self.agent.run(ureq::http::Request::from_parts(head, ()))?
        } else {
            self.agent.run(ureq::http::Request::from_parts(head, body))?
        };
        let (head, mut body) = answer.into_parts();
        let body = body.with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
        Ok(HttpResponse::from_parts(head, body))
    }
}

impl Http for Client {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.asked(request).map_err(|err| HttpError::Unreachable(err.into()))
    }
}

/// Whether a provider may be at this address: https, or this machine where the provider itself was configured so.
pub(super) fn is_safe(url: &Url, on_this_machine: bool) -> bool {
    url.scheme() == "https" || (on_this_machine && is_this_machine(url))
}

/// `http://localhost`, `http://127.0.0.1` and the like: for tests and for a proxy beside the server.
pub(super) fn is_this_machine(url: &Url) -> bool {
    url.scheme() == "http"
        && match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            None => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_this_machine() {
        for (url, this_machine, safe) in [
            ("https://login.piedmont.example/", false, true),
            ("http://login.piedmont.example/", true, false),
            ("http://localhost:9000/", true, true),
            ("http://localhost:9000/", false, false),
            ("http://127.0.0.1:9000/", true, true),
            ("http://[::1]:9000/", true, true),
            ("http://127.0.0.1.example/", true, false),
            ("ftp://localhost/", true, false),
        ] {
            assert_eq!(is_safe(&Url::parse(url).unwrap(), this_machine), safe, "{url}");
        }
    }
}
