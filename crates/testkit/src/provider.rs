//! A real OpenID Connect provider: the certified `oidc-provider` of npm, as a process of its own on this machine; and a browser
//! that goes there and comes back.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests: what fails ends them, and that one was skipped is said"
)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// The secret that it shares with the server under test.
pub const SECRET: &str = "a secret that this server and the provider share";
/// What the server under test is called there.
pub const CLIENT_ID: &str = "plateglass";
/// How long it may take to answer.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// The provider's process; ends with this value, and when this process ends, because its input closes.
pub struct OidcProvider {
    process: Child,
    /// Held open: a process that writes to nobody ends.
    _says: BufReader<ChildStdout>,
    /// Its issuer.
    pub issuer: String,
    redirect: String,
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// The folder of the provider with its packages, copied beside what cargo builds.
fn installed(tmp: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../identity/tests/oidc-provider");
    let target = tmp.join("oidc-provider");
    std::fs::create_dir_all(&target).unwrap();
    let lock = "package-lock.json";
    let same = std::fs::read(source.join(lock)).unwrap()
        == std::fs::read(target.join(lock)).unwrap_or_default();
    let complete = target.join("node_modules/.package-lock.json").is_file();
    for file in ["package.json", lock, "serve.mjs"] {
        std::fs::copy(source.join(file), target.join(file)).unwrap();
    }
    if !(same && complete) {
        let installed = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&target)
            .stdout(Stdio::null())
            .status();
        assert!(installed.unwrap().success(), "npm ci installs the provider");
    }
    target
}

impl OidcProvider {
    /// Starts it for a server that people come back to at `redirect`; `tmp` is `CARGO_TARGET_TMPDIR`. None where Node is not here.
    pub fn start(redirect: &str, tmp: &Path) -> Option<Self> {
        if !is_there("node") || !is_there("npm") {
            println!("skipped: Node and npm are not here, and the provider needs them");
            return None;
        }
        let mut process = Command::new("node")
            .args(["serve.mjs", redirect, SECRET])
            .current_dir(installed(tmp))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut issuer = String::new();
        let mut says = BufReader::new(process.stdout.take().unwrap());
        let read = says.read_line(&mut issuer);
        let (issuer, redirect) = (issuer.trim_end().to_owned(), redirect.to_owned());
        let running = Self { process, _says: says, issuer, redirect };
        assert!(read.is_ok_and(|n| n > 0), "the provider says where it is");
        Some(running)
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
