//! How this server asks others over HTTP: nobody sends it elsewhere, and nobody keeps it waiting or fills its memory.

use std::time::Duration;

use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::http::Uri;
use ureq::tls::TlsConfig;
use ureq::typestate::AgentScope;

/// Longest head of an answer, in bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// One that waits so long for a whole answer.
pub(crate) fn agent(timeout: Duration) -> Agent {
    agent_with(timeout, TlsConfig::default())
}

/// The same, over lines that are secured so.
pub(crate) fn agent_with(timeout: Duration, tls: TlsConfig) -> Agent {
    settings(timeout).tls_config(tls).build().into()
}

/// How everybody is asked, to be added to.
pub(crate) fn settings(timeout: Duration) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .timeout_global(Some(timeout))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_response_header_size(HEAD_BYTES_MAX)
        .http_status_as_error(false)
        // The environment is an argument (D8): a proxy would be named in the configuration.
        .proxy(None)
        .user_agent("plateglass")
        // Others are asked now and then: no connection is worth keeping, and one that was closed cannot fail us.
        .max_idle_connections(0)
}

/// Whether what is sent to an address is read by nobody on the way, and no password stands in it: over TLS, or to this machine.
pub(crate) fn is_private(uri: &Uri) -> bool {
    let Some(authority) = uri.authority() else { return false };
    let is_here = ["localhost", "127.0.0.1", "[::1]"].contains(&authority.host());
    let is_secured = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => is_here,
        _ => false,
    };
    is_secured && !authority.as_str().contains('@')
}
