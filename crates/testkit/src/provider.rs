//! A real OpenID Connect provider: the certified `oidc-provider` of npm, as a process of its own on this machine; and a browser
//! that goes there and comes back.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests: what fails ends them")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::node::NodeProgram;

/// The secret that it shares with the server under test.
pub const SECRET: &str = "a secret that this server and the provider share";
/// What the server under test is called there.
pub const CLIENT_ID: &str = "plateglass";
/// How long it may take to answer.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// The provider's process; ends with this value.
pub struct OidcProvider {
    _program: NodeProgram,
    /// Its issuer.
    pub issuer: String,
    redirect: String,
}

impl OidcProvider {
    /// Starts it for a server that people come back to at `redirect`; `tmp` is `CARGO_TARGET_TMPDIR`. None where Node is not here.
    pub fn start(redirect: &str, tmp: &Path) -> Option<Self> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../identity/tests/oidc-provider");
        let arguments = [redirect, SECRET];
        let mut program = NodeProgram::start(&source, &tmp.join("oidc-provider"), &arguments)?;
        let issuer = program.line();
        Some(Self { _program: program, issuer, redirect: redirect.to_owned() })
    }

    /// The query with which a new browser comes back that was sent to `start`; `person` is what it says at each interaction.
    pub fn visit(&self, start: &str, person: &str) -> String {
        Browser::new().comes_back(self, start, person)
    }
}

/// A browser with cookies that goes where it is sent, and stops at the address to come back to.
struct Browser {
    agent: ureq::Agent,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new() -> Self {
        let config = ureq::Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections(0)
            .proxy(None)
            .timeout_global(Some(TIMEOUT))
            .build();
        Self { agent: config.into(), cookies: BTreeMap::new() }
    }

    fn comes_back(&mut self, running: &OidcProvider, start: &str, person: &str) -> String {
        let mut url = start.to_owned();
        for _ in 0..12 {
            if let Some(query) = url.strip_prefix(&running.redirect) {
                return query.to_owned();
            }
            if url.starts_with('/') {
                url.insert_str(0, &running.issuer);
            }
            if url.contains("/interaction/") {
                url = format!("{url}?{person}");
            }
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let mut answer =
                self.agent.get(&url).header("cookie", cookies.join("; ")).call().unwrap();
            for cookie in answer.headers().get_all("set-cookie") {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            let Some(to) = answer.headers().get("location") else {
                panic!("{url}: {}", answer.body_mut().read_to_string().unwrap());
            };
            url = to.to_str().unwrap().to_owned();
        }
        panic!("the provider sends the browser in circles: {url}")
    }
}
