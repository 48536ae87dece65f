//! `plateglass.toml`: typed, unknown keys refused. The one home of the environment.

mod cases;
mod explain;
mod feeds;
mod mail;
mod oidc;
mod switch;
mod telling;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use app::{AppConfig, LedgerConfig, Process, WitnessConfig};
use camino::{Utf8Path, Utf8PathBuf};
use capture::{Delivery, Folder, WhenDone};
use ledger::VerifierKey;
use ledger::key::KeyKind;
use serde::{Deserialize, Serialize};
use store::{Engine, StoreConfig, Synchronous};

pub(crate) use cases::CasesSection;
pub(crate) use explain::explain;
pub(crate) use feeds::FeedSection;
pub(crate) use mail::MailSection;
pub(crate) use oidc::OidcSection;
pub(crate) use switch::SwitchSection;
pub(crate) use telling::TellingSection;

/// The whole file.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Where everything lies that the server keeps.
    pub(crate) data_dir: Utf8PathBuf,
    /// The server's key, 64 hexadecimal digits; by default systemd's credential `server-key`, else `server-key` in the data folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) server_key_file: Option<Utf8PathBuf>,
    /// Where to listen.
    #[serde(default = "default_listen")]
    pub(crate) listen: SocketAddr,
    /// Where Prometheus may ask; nowhere when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// What people type to get here; `http://` and the listening address when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) public_url: Option<String>,
    /// How long after midnight UTC a day is closed and sealed, in minutes.
    #[serde(default = "default_seal_after_min")]
    pub(crate) seal_after_min: u64,
    #[serde(default)]
    pub(crate) store: StoreSection,
    #[serde(default)]
    pub(crate) recognition: RecognitionSection,
    #[serde(default)]
    pub(crate) ledger: LedgerSection,
    /// How mail is sent; none is when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mail: Option<MailSection>,
    /// How hits are told outside.
    #[serde(default)]
    pub(crate) telling: TellingSection,
    #[serde(default)]
    pub(crate) log: LogSection,
    /// Agencies that the server makes when they are not there yet.
    #[serde(default, rename = "agency")]
    pub(crate) agencies: Vec<AgencySection>,
    /// Folders to watch.
    #[serde(default, rename = "folder")]
    pub(crate) folders: Vec<FolderSection>,
}

/// Where rows are kept.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StoreSection {
    /// `sqlite` or `postgres`.
    pub(crate) engine: EngineWord,
    /// For PostgreSQL: a file that holds `postgres://…`, because it holds a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postgres_url_file: Option<Utf8PathBuf>,
    /// Day files open at once.
    pub(crate) open_days_max: usize,
    /// Page cache of each SQLite connection.
    pub(crate) cache_kib: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EngineWord {
    Sqlite,
    Postgres,
}

impl Default for StoreSection {
    fn default() -> Self {
        let base = StoreConfig::sqlite("");
        Self {
            engine: EngineWord::Sqlite,
            postgres_url_file: None,
            open_days_max: base.open_days_max,
            cache_kib: base.cache_kib,
        }
    }
}

/// The recogniser.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RecognitionSection {
    /// Whether frames are taken; reads are taken either way.
    pub(crate) enabled: bool,
    /// A folder with other models than the built-in ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) models_dir: Option<Utf8PathBuf>,
    /// An ONNX Runtime library that computes instead of the built-in runtime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) onnx_runtime: Option<Utf8PathBuf>,
    /// A text read with less than this becomes no read, 0–1.
    pub(crate) confidence_min: f32,
    /// Frames looked at at once.
    pub(crate) threads: usize,
    /// Frames that may wait for their turn.
    pub(crate) frames_waiting_max: usize,
}

impl Default for RecognitionSection {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let confidence_min = app::recognise::CONFIDENCE_MIN;
        Self {
            enabled: true,
            models_dir: None,
            onnx_runtime: None,
            confidence_min,
            threads,
            frames_waiting_max: 64,
        }
    }
}

/// The ledger: what was done, sealed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LedgerSection {
    /// What the logs' names begin with, such as `alpr.city.gov`; cannot be changed once they have begun. A random name when
    /// nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) origin: Option<String>,
    /// How long the clear text that names reads is kept beside the ledger, in days; never longer than an agency's policy keeps
    /// reads. Who, when, why and in which case is kept for ever.
    pub(crate) reads_named_for_days: u64,
    /// Who is asked each minute to cosign.
    #[serde(rename = "witness", skip_serializing_if = "Vec::is_empty")]
    pub(crate) witnesses: Vec<WitnessSection>,
}

impl Default for LedgerSection {
    fn default() -> Self {
        Self { origin: None, reads_named_for_days: 30, witnesses: Vec::new() }
    }
}

/// A witness.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WitnessSection {
    /// What people call it.
    pub(crate) name: String,
    /// Its key, as it prints it: `name+12345678+base64`.
    pub(crate) key: String,
    /// Where it is asked.
    pub(crate) url: String,
}

impl LedgerSection {
    fn app(&self) -> Result<LedgerConfig> {
        if let Some(origin) = &self.origin
            && (origin.is_empty() || origin.contains(|c: char| c.is_whitespace() || c == '+'))
        {
            bail!(
                "ledger.origin: expected a name without spaces and `+`, such as \"alpr.city.gov\""
            );
        }
        if self.reads_named_for_days == 0 {
            bail!("ledger.reads_named_for_days: expected 1 or more");
        }
        let witness = |section: &WitnessSection| {
            let WitnessSection { name, key, url } = section;
            let key = VerifierKey::parse(key)
                .ok()
                .filter(|key| key.kind() == KeyKind::Cosigner)
                .with_context(|| format!("ledger.witness.key of \"{name}\": is not a witness's key, as `plateglass witness init` prints it"))?;
            if !url.starts_with("https://") && !url.starts_with("http://") {
                bail!("ledger.witness.url of \"{name}\": expected http:// or https://");
            }
            Ok(WitnessConfig { name: name.clone(), key, url: url.clone() })
        };
        let witnesses = self.witnesses.iter().map(witness).collect::<Result<Vec<_>>>()?;
        let named_twice = |one: &WitnessConfig| {
            witnesses.iter().filter(|other| other.name == one.name || other.key == one.key).count()
                > 1
        };
        if let Some(twice) = witnesses.iter().find(|one| named_twice(one)) {
            bail!("ledger.witness: \"{}\" or its key stands there twice", twice.name);
        }
        Ok(LedgerConfig {
            origin: self.origin.clone(),
            witnesses,
            reads_named_for: Duration::from_secs(self.reads_named_for_days.saturating_mul(86_400)),
        })
    }
}

/// The log. Plates, names and secrets are in none of its lines.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LogSection {
    /// `text` or `json`.
    pub(crate) format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, or a filter such as `info,app=debug`.
    pub(crate) level: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

impl Default for LogSection {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

/// An agency.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgencySection {
    /// Its name, by which it is known again.
    pub(crate) name: String,
    /// Its Originating Agency Identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ori: Option<String>,
    /// The policy that it begins with: the word of one that comes with the program, or a folder. Once it is in force, only two
    /// people can change it.
    #[serde(default = "default_policy")]
    pub(crate) policy: Utf8PathBuf,
    /// Where its days begin, such as `America/Chicago`.
    #[serde(default = "default_time_zone")]
    pub(crate) time_zone: String,
    /// The provider that its people sign in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) oidc: Option<OidcSection>,
    /// Its case system, that can be asked for case numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cases: Option<CasesSection>,
    /// Its hotlists that are fetched.
    #[serde(default, rename = "hotlist", skip_serializing_if = "Vec::is_empty")]
    pub(crate) hotlists: Vec<FeedSection>,
    /// The state's message switch, that can be asked about the vehicle of a hit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) switch: Option<SwitchSection>,
}

impl AgencySection {
    fn check_hotlists(&self) -> Result<()> {
        for (n, feed) in self.hotlists.iter().enumerate() {
            feed.check(&self.name)?;
            if self.hotlists.iter().take(n).any(|other| other.name == feed.name) {
                bail!(
                    "agency.hotlist.name of \"{}\": \"{}\" stands there twice",
                    self.name,
                    feed.name
                );
            }
        }
        Ok(())
    }
}

fn default_policy() -> Utf8PathBuf {
    Utf8PathBuf::from("example")
}

fn default_time_zone() -> String {
    "Etc/UTC".to_owned()
}

/// A folder to watch.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FolderSection {
    /// Where it is.
    pub(crate) path: Utf8PathBuf,
    /// Whose cameras deliver there.
    pub(crate) agency: String,
    /// The camera that delivers there; when nothing is said, each in a folder of its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) camera: Option<String>,
    /// `delete` or `move` (to `done/`).
    #[serde(default = "default_when_done")]
    pub(crate) when_done: WhenDone,
    /// How often it is looked at, in seconds.
    #[serde(default = "default_every_s")]
    pub(crate) every_s: u64,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8700))
}

const fn default_seal_after_min() -> u64 {
    10
}

const fn default_when_done() -> WhenDone {
    WhenDone::Delete
}

const fn default_every_s() -> u64 {
    1
}

impl Config {
    /// Reads the file; an error names the line and what would be right.
    pub(crate) fn read(path: &Utf8Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("failed to read `{path}`"))?;
        Self::parse(&text).with_context(|| format!("`{path}` is not a configuration"))
    }

    /// Reads the file's text.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let config: Self = toml::from_str(text)?;
        config.check()?;
        Ok(config)
    }

    /// What serves an example: everything in one folder.
    pub(crate) fn in_dir(data_dir: &Utf8Path, listen: SocketAddr) -> Self {
        Self {
            data_dir: data_dir.to_owned(),
            server_key_file: None,
            listen,
            metrics_listen: None,
            public_url: None,
            seal_after_min: default_seal_after_min(),
            store: StoreSection::default(),
            recognition: RecognitionSection::default(),
            ledger: LedgerSection::default(),
            mail: None,
            telling: TellingSection::default(),
            log: LogSection::default(),
            agencies: Vec::new(),
            folders: Vec::new(),
        }
    }

    fn check(&self) -> Result<()> {
        if !(0.0..=1.0).contains(&self.recognition.confidence_min) {
            bail!("recognition.confidence_min: expected 0 to 1");
        }
        if self.recognition.threads == 0 {
            bail!(
                "recognition.threads: expected 1 or more; `enabled = false` turns recognition off"
            );
        }
        self.ledger.app()?;
        self.telling.app()?;
        if let Some(mail) = &self.mail {
            mail.check()?;
        }
        if self.store.open_days_max < 2 {
            bail!("store.open_days_max: expected 2 or more: around midnight two days are written");
        }
        if self.store.engine == EngineWord::Postgres && self.store.postgres_url_file.is_none() {
            bail!("store.postgres_url_file: is missing: engine = \"postgres\" needs it");
        }
        if let Some(metrics) = self.metrics_listen.filter(|at| !at.ip().is_loopback()) {
            tracing::warn!(%metrics, "metrics are shown outside this machine");
        }
        for agency in &self.agencies {
            agency.oidc.as_ref().map_or(Ok(()), OidcSection::check)?;
            agency.cases.as_ref().map_or(Ok(()), |cases| cases.check(&agency.name))?;
            agency.check_hotlists()?;
            let ori = agency.ori.as_deref();
            agency.switch.as_ref().map_or(Ok(()), |one| one.check(&agency.name, ori))?;
        }
        for folder in &self.folders {
            if !self.agencies.iter().any(|agency| agency.name == folder.agency) {
                bail!("folder.agency: no [[agency]] is named \"{}\"", folder.agency);
            }
            if folder.every_s == 0 {
                bail!("folder.every_s: expected 1 or more");
            }
        }
        Ok(())
    }

    /// Where the server's key is.
    pub(crate) fn key_file(&self) -> Utf8PathBuf {
        if let Some(path) = &self.server_key_file {
            return path.clone();
        }
        #[expect(clippy::disallowed_methods, reason = "this is the environment's one home")]
        let credentials = std::env::var("CREDENTIALS_DIRECTORY").ok();
        let credential = credentials.map(|dir| Utf8PathBuf::from(dir).join("server-key"));
        credential.filter(|path| path.exists()).unwrap_or_else(|| self.data_dir.join("server-key"))
    }

    /// Where people find a server that listens here: what they type to get to it, without the path. Where nothing is said and it
    /// listens for this machine alone, `localhost`: browsers take it for as safe as TLS, and numbers they do not.
    pub(crate) fn origin(&self, at: SocketAddr) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None if at.ip().is_loopback() => format!("http://localhost:{}", at.port()),
            None => format!("http://{at}"),
        }
    }

    /// What the app is told.
    pub(crate) fn app(&self, process: Process, origin: String) -> Result<AppConfig> {
        let engine = match (self.store.engine, &self.store.postgres_url_file) {
            (EngineWord::Postgres, Some(path)) => {
                let url = std::fs::read_to_string(path)
                    .with_context(|| format!("failed to read `{path}`"))?;
                Engine::Postgres { url: url.trim().to_owned() }
            }
            _ => Engine::Sqlite { dir: self.data_dir.join("store") },
        };
        Ok(AppConfig {
            data_dir: self.data_dir.clone(),
            store: StoreConfig {
                engine,
                open_days_max: self.store.open_days_max,
                cache_kib: self.store.cache_kib,
                synchronous: synchronous(),
            },
            recognition_threads: self.recognition.threads,
            frames_waiting_max: self.recognition.frames_waiting_max,
            seal_after: Duration::from_secs(self.seal_after_min * 60),
            ledger: self.ledger.app()?,
            mail: self.mail.as_ref().map(|mail| mail.app(&origin)).transpose()?,
            telling: self.telling.app()?,
            origin: Some(origin),
            process,
        })
    }

    /// The folders to watch, each with its agency's name.
    pub(crate) fn watched(&self) -> Vec<(String, Folder)> {
        let folder = |section: &FolderSection| Folder {
            path: section.path.clone(),
            delivery: section.camera.clone().map_or(Delivery::FolderByCamera, Delivery::OneCamera),
            when_done: section.when_done,
            every: Duration::from_secs(section.every_s),
        };
        self.folders.iter().map(|section| (section.agency.clone(), folder(section))).collect()
    }
}

/// Whether commits wait for the disk: always, but in a debug build under the test that shows what the check of it is worth.
#[cfg(not(debug_assertions))]
const fn synchronous() -> Synchronous {
    Synchronous::Full
}

#[cfg(debug_assertions)]
fn synchronous() -> Synchronous {
    #[expect(clippy::disallowed_methods, reason = "this is the environment's one home")]
    let off = std::env::var_os("PLATEGLASS_TEST_SYNCHRONOUS_OFF").is_some();
    if off { Synchronous::Off } else { Synchronous::Full }
}

/// Where a test moves the clock of a debug build.
#[cfg(debug_assertions)]
pub(crate) fn test_clock_socket() -> Option<Utf8PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "this is the environment's one home")]
    std::env::var("PLATEGLASS_TEST_CLOCK").ok().map(Utf8PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Files out of the very lines that a right one is made of, in any order, and any text at all.
        #[test]
        fn any_file_is_taken_and_explained_or_refused_with_a_reason(
            lines in prop::collection::vec(prop::sample::select(LINES), 0..12), text in any::<String>(),
        ) {
            for file in [lines.join("\n"), format!("data_dir = \"/d\"\n{}", lines.join("\n")), text] {
                let said = match Config::parse(&file) {
                    Ok(config) => explain(&config),
                    Err(refused) => refused.to_string(),
                };
                prop_assert!(!said.is_empty());
            }
        }
    }

    const LINES: &[&str] = &[
        "[store]",
        "[retention]",
        "[recognition]",
        "[[agency]]",
        "[[folder]]",
        "[[camera]]",
        "[agency.oidc]",
        "issuer = \"http://login\"",
        "client_id = \"\"",
        "engine = \"postgres\"",
        "engine = 7",
        "path = \"/f\"",
        "agency = \"A\"",
        "code = \"A\"",
        "name = \"\"",
        "listen = \"127.0.0.1:0\"",
        "listen = \"nowhere\"",
        "confidence_min = 1e300",
        "days = -1",
        "=",
        "key_file = \"\"",
        "\u{feff}",
    ];

    fn wrong(text: &str) -> String {
        Config::parse(text).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn a_data_folder_is_enough() {
        let config = Config::parse("data_dir = \"/var/lib/plateglass\"").unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8700");
        assert_eq!(config.key_file(), "/var/lib/plateglass/server-key");
        assert_eq!(config.metrics_listen, None);
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let text = wrong("data_dir = \"/d\"\n[store]\nengin = \"sqlite\"\n");
        assert!(text.contains("line 3") && text.contains("engin"), "{text}");
    }

    #[test]
    fn what_does_not_fit_together_is_refused_by_name() {
        assert!(
            wrong("data_dir = \"/d\"\n[store]\nengine = \"postgres\"")
                .starts_with("store.postgres_url_file")
        );
        assert!(
            wrong("data_dir = \"/d\"\n[[folder]]\npath = \"/f\"\nagency = \"A\"")
                .contains("no [[agency]]")
        );
        assert!(
            wrong("data_dir = \"/d\"\n[recognition]\nconfidence_min = 2.0")
                .starts_with("recognition.confidence_min")
        );
        assert!(
            wrong("data_dir = \"/d\"\n[recognition]\nthreads = 0")
                .starts_with("recognition.threads")
        );
    }

    #[test]
    fn the_example_that_is_shipped_is_a_configuration() {
        Config::parse(include_str!("../../../../deploy/plateglass.toml")).unwrap();
    }
}
