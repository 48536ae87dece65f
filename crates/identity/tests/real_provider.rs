//! Signing in with a real provider: the certified `oidc-provider` of npm, as a process of its own on this machine.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of a test: what fails ends it, and that it was skipped is said"
)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, SystemTime};

use domain::Timestamp;
use identity::oidc::{
    Claims, Client, ClientSecret, OidcRefused, Pending, Provider, RANDOM_BYTES, SecondFactor,
    Settings,
};

const REDIRECT: &str = "https://plates.piedmont.example/sign-in/back";
const SECRET: &str = "a secret that this server and the provider share";
const TIMEOUT: Duration = Duration::from_secs(20);

/// The provider's process; ends with this value, and when this process ends, because its input closes.
struct Running {
    process: Child,
    /// Held open: a process that writes to nobody ends.
    _says: BufReader<ChildStdout>,
    issuer: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// The folder of the provider with its packages, copied beside what cargo builds.
fn installed() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc-provider");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("oidc-provider");
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

fn started() -> Option<Running> {
    if !is_there("node") || !is_there("npm") {
        println!("skipped: Node and npm are not here, and the provider needs them");
        return None;
    }
    let mut process = Command::new("node")
        .args(["serve.mjs", REDIRECT, SECRET])
        .current_dir(installed())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut issuer = String::new();
    let mut says = BufReader::new(process.stdout.take().unwrap());
    let read = says.read_line(&mut issuer);
    let running = Running { process, _says: says, issuer: issuer.trim_end().to_owned() };
    assert!(read.is_ok_and(|n| n > 0), "the provider says where it is");
    Some(running)
}

fn settings(running: &Running) -> Settings {
    Settings {
        issuer: running.issuer.clone(),
        client_id: "plateglass".to_owned(),
        client_secret: Some(ClientSecret::new(SECRET.to_owned())),
        redirect: REDIRECT.to_owned(),
        scopes: vec!["groups".to_owned()],
        groups_claim: "groups".to_owned(),
        second_factor: SecondFactor::default(),
    }
}

/// The provider has a clock of its own, which is the machine's.
#[expect(clippy::disallowed_methods, reason = "the provider's clock is the machine's")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_micros(0).plus(since)
}

fn random(seed: u8) -> [u8; RANDOM_BYTES] {
    std::array::from_fn(|n| u8::try_from(n).unwrap().wrapping_mul(seed))
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

    /// The query with which it comes back; `person` is what it says at each interaction.
    fn comes_back(&mut self, running: &Running, start: &str, person: &str) -> String {
        let mut url = start.to_owned();
        for _ in 0..12 {
            if let Some(query) = url.strip_prefix(REDIRECT) {
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

fn goes(running: &Running, provider: &Provider, person: &str, seed: u8) -> (Pending, String) {
    let fresh = Some(Duration::from_secs(600));
    let (url, pending) = provider.begin(&random(seed), now(), fresh);
    let query = Browser::new().comes_back(running, &url, person);
    (pending, query)
}

fn signs_in(running: &Running, provider: &Provider, person: &str) -> Result<Claims, OidcRefused> {
    let (pending, query) = goes(running, provider, person, 3);
    provider.finish(&pending, &query, now(), &Client::new(TIMEOUT))
}

#[test]
fn people_sign_in_with_a_certified_provider() {
    let Some(running) = started() else { return };
    let http = Client::new(TIMEOUT);
    let provider = Provider::discover(settings(&running), &http).unwrap();
    assert_eq!(provider.issuer(), running.issuer);

    let claims = signs_in(&running, &provider, "login=ana").unwrap();
    assert_eq!(claims.subject, "ana");
    assert_eq!(claims.issuer, running.issuer);
    assert_eq!(claims.name.as_deref(), Some("Ana Martínez"));
    assert!(
        claims.email.is_some_and(|mail| mail.verified && mail.address == "ana@piedmont.example")
    );
    assert_eq!(claims.groups, ["PD-Patrol", "Everyone"]);
    assert_eq!(claims.amr, ["pwd", "mfa"]);
    assert!(now().since(claims.signed_in_at.unwrap()) < Duration::from_secs(60));

    // A password alone is not enough, whatever the provider thinks.
    let refused = signs_in(&running, &provider, "login=bo").unwrap_err();
    assert!(matches!(refused, OidcRefused::NoSecondFactor), "{refused:?}");
    let refused = signs_in(&running, &provider, "deny=1").unwrap_err();
    assert_eq!(refused.to_string(), "the provider refused: access_denied not today");

    a_code_is_good_once_for_its_own_sign_in(&running, &provider, &http);

    let wrong = ClientSecret::new("another".to_owned());
    let other = Settings { client_secret: Some(wrong), ..settings(&running) };
    let other = Provider::discover(other, &http).unwrap();
    let refused = signs_in(&running, &other, "login=ana").unwrap_err();
    assert!(matches!(refused, OidcRefused::Denied { .. }), "{refused:?}");

    // The token is as good as its time, by our clock.
    let (pending, query) = goes(&running, &provider, "login=ana", 11);
    let late = now().plus(Duration::from_secs(24 * 3600));
    let refused = provider.finish(&pending, &query, late, &http).unwrap_err();
    assert!(matches!(refused, OidcRefused::TooLate), "{refused:?}");
}

fn a_code_is_good_once_for_its_own_sign_in(running: &Running, provider: &Provider, http: &Client) {
    let (pending, query) = goes(running, provider, "login=ana", 5);
    let (other, _) = goes(running, provider, "login=ana", 7);
    let refused = provider.finish(&other, &query, now(), http).unwrap_err();
    assert!(matches!(refused, OidcRefused::State), "{refused:?}");
    // Somebody who stole the code, and writes another sign-in's state beside it, lacks the verifier.
    let stolen = query.replace(pending.state(), other.state());
    let refused = provider.finish(&other, &stolen, now(), http).unwrap_err();
    assert!(matches!(refused, OidcRefused::Denied { .. }), "{refused:?}");
    let (pending, query) = goes(running, provider, "login=ana", 9);
    assert!(provider.finish(&pending, &query, now(), http).is_ok());
    let refused = provider.finish(&pending, &query, now(), http).unwrap_err();
    assert!(matches!(refused, OidcRefused::Denied { .. }), "{refused:?}");
}
