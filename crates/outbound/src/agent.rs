//! How this server asks others over HTTP: nobody sends it elsewhere, and nobody keeps it waiting or fills its memory.

use std::time::Duration;

use ureq::Agent;

/// Longest head of an answer, in bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// One that waits so long for a whole answer.
pub(crate) fn agent(timeout: Duration) -> Agent {
    let config = Agent::config_builder()
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
        .build();
    config.into()
}
