//! What everything shares, how it starts and how it ends.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use camino::Utf8PathBuf;
use domain::access::ListCameras;
use domain::{AgencyId, CameraKey, PictureKind, ReadRef, ServerKey, Timestamp};
use identity::throttle::Addresses;
use ledger::leaf::{ClearField, Kind};
use store::{LogId, Store, StoreConfig, StoreError};
use tokio_util::sync::CancellationToken;
use vault::{KeyStore, LogKeys, Vault, VaultError};

use crate::agencies::Agencies;
use crate::alerts::{Telling, TellingConfig};
use crate::bus::Bus;
use crate::cameras::CameraTable;
use crate::cases::Cases;
use crate::chance::Chance;
use crate::clock::Clock;
use crate::feeds::Feeds;
use crate::imports::Imports;
use crate::ingest::Lanes;
use crate::mail::MailConfig;
use crate::policies::Policies;
use crate::recognise::{Recognise, RecogniserPool};
use crate::record::{self, Codes, Recorder, Says, WitnessConfig};
use crate::relay::Relay;
use crate::shared::Shared;
use crate::switches::Switches;
use crate::tasks::Tasks;
use crate::use_cases::list_hits::{Asked, Found};
use crate::use_cases::sign_in::{Providers, RelyingParty, Turns};
use crate::{Ctx, housekeeping, matching, relay};

/// Addresses whose failed sign-ins are remembered.
const ADDRESSES_MAX: usize = 100_000;

/// How the server is set up. The binary makes it of `plateglass.toml`, tests write it down.
#[derive(Clone, Debug)]
pub struct AppConfig {
    /// Where keys and pictures lie; the store's place is its own.
    pub data_dir: Utf8PathBuf,
    /// How rows are kept.
    pub store: StoreConfig,
    /// Pictures looked at at once.
    pub recognition_threads: usize,
    /// Pictures that may wait for their turn.
    pub frames_waiting_max: usize,
    /// How long after midnight UTC a day is closed and sealed.
    pub seal_after: Duration,
    /// How the ledger is kept.
    pub ledger: LedgerConfig,
    /// How mail is sent; none is when nothing is said.
    pub mail: Option<MailConfig>,
    /// How hits are told outside.
    pub telling: TellingConfig,
    /// Where people find the server: `https://plates.city.gov`. Passkeys are bound to its name, and providers send people back
    /// to it; without it there are neither.
    pub origin: Option<String>,
    /// What this process is to the data.
    pub process: Process,
}

/// How the ledger is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LedgerConfig {
    /// What the logs' names begin with, such as `alpr.city.gov`: for ever, once the logs have begun. Without one, a random
    /// name is made.
    pub origin: Option<String>,
    /// Who is asked to cosign.
    pub witnesses: Vec<WitnessConfig>,
    /// How long the clear text that names reads is kept beside the ledger; where an agency's policy keeps reads for a shorter time,
    /// that ([`App::reads_named_for`]).
    pub reads_named_for: Duration,
}

impl Default for LedgerConfig {
    fn default() -> Self {
        Self {
            origin: None,
            witnesses: Vec::new(),
            reads_named_for: Duration::from_secs(30 * 86_400),
        }
    }
}

/// What a process is to the data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Process {
    /// The server: takes up what an earlier run left, and looks after things by the clock.
    Server,
    /// A server whose housekeeping is called by hand: in tests, which move the clock.
    ServerByHand,
    /// A command beside a server that may be running: changes settings, takes no reads, leaves unfinished things alone.
    Command,
}

impl AppConfig {
    /// Everything under one folder, on SQLite, with what suits two cores.
    pub fn in_dir(data_dir: impl Into<Utf8PathBuf>) -> Self {
        let data_dir = data_dir.into();
        Self {
            store: StoreConfig::sqlite(data_dir.join("store")),
            data_dir,
            recognition_threads: 2,
            frames_waiting_max: 64,
            seal_after: Duration::from_secs(10 * 60),
            ledger: LedgerConfig::default(),
            mail: None,
            telling: TellingConfig::default(),
            origin: None,
            process: Process::Server,
        }
    }
}

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The key store or the vault could not be opened.
    #[error("failed to open the vault in `{dir}`")]
    Vault {
        /// Where it is.
        dir: Utf8PathBuf,
        /// Why.
        #[source]
        err: VaultError,
    },
    /// A log has leaves and no key to sign with.
    #[error(
        "{origin} has {size} leaves and its key is missing: restore `keys/logs` from the backup"
    )]
    LogKeyMissing {
        /// Which log.
        origin: String,
        /// How many leaves it has.
        size: u64,
    },
    /// An agency's policy could not be read.
    #[error("failed to put an agency's policy in force")]
    Policy(#[source] Box<crate::AskError>),
    /// The start could not be written down.
    #[error("failed to write the start into the ledger")]
    NotRecorded(#[source] Box<crate::AskError>),
    /// The store could not be opened or read.
    #[error("failed to {doing}")]
    Store {
        /// What we were doing.
        doing: &'static str,
        /// Why it failed.
        #[source]
        err: StoreError,
    },
}

impl StartError {
    pub(crate) fn store(doing: &'static str) -> impl FnOnce(StoreError) -> Self {
        move |err| Self::Store { doing, err }
    }
}

/// What everything shares. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) config: AppConfig,
    /// When this process began to listen.
    pub(crate) started_at: Timestamp,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) bus: Bus,
    pub(crate) keys: Arc<KeyStore>,
    pub(crate) vault: Vault,
    pub(crate) store: Store,
    pub(crate) recogniser: Option<RecogniserPool>,
    pub(crate) cameras: CameraTable,
    pub(crate) agencies: Agencies,
    pub(crate) lanes: Lanes,
    pub(crate) relay: Relay,
    pub(crate) relay_closing: CancellationToken,
    pub(crate) imports: Imports,
    pub(crate) feeds: Feeds,
    pub(crate) policies: Policies,
    pub(crate) cases: Cases,
    pub(crate) switches: Switches,
    /// New hits, and pictures, that every console asks for when it is told of them.
    pub(crate) new_hits: Shared<Asked, Arc<Found>>,
    pub(crate) pictures: Shared<(AgencyId, ReadRef, PictureKind), Bytes>,
    pub(crate) addresses: std::sync::Mutex<Addresses>,
    pub(crate) sign_in_turns: Turns,
    pub(crate) sealer: vault::Sealer,
    /// What telling of hits needs; none for commands.
    pub(crate) telling: Option<Telling>,
    /// One round of mail at a time.
    pub(crate) mailing: tokio::sync::Mutex<()>,
    pub(crate) relying_party: RelyingParty,
    pub(crate) providers: Providers,
    pub(crate) tasks: Tasks,
    pub(crate) recorder: Recorder,
    /// Makes the codes by which auditors search.
    pub(crate) codes: Codes,
    pub(crate) log_keys: LogKeys,
    /// One checkpoint at a time.
    pub(crate) publishing: tokio::sync::Mutex<()>,
    /// That this process is the one server; none for commands.
    _claim: Option<store::Claim>,
}

impl App {
    /// Opens everything, finishes what an earlier run left unfinished, and is ready to take reads.
    pub async fn start(
        config: AppConfig,
        server_key: &ServerKey,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        recogniser: Option<Arc<dyn Recognise>>,
    ) -> Result<Self, StartError> {
        let vault_failed = |err| StartError::Vault { dir: config.data_dir.clone(), err };
        let fill = {
            let chance = Arc::clone(&chance);
            Arc::new(move |bytes: &mut [u8]| chance.fill(bytes))
        };
        let keys = KeyStore::open(&config.data_dir.join("keys"), server_key, fill.clone());
        let keys = Arc::new(keys.map_err(vault_failed)?);
        let log_keys =
            LogKeys::open(&config.data_dir.join("keys").join("logs"), server_key, fill.clone());
        let log_keys = log_keys.map_err(vault_failed)?;
        let vault = Vault::open(&config.data_dir.join("pictures"), fill.clone());
        let vault = vault.map_err(vault_failed)?;
        let claim = match config.process {
            Process::Server => Some(Store::claim(&config.store).await),
            Process::ServerByHand | Process::Command => None,
        };
        let claim = claim.transpose().map_err(StartError::store("be the only server"))?;
        let store = Store::open(config.store.clone(), server_key, Arc::clone(&keys) as _).await;
        let store = store.map_err(StartError::store("open the store"))?;
        let pool = recogniser.map(|recogniser| {
            RecogniserPool::new(recogniser, config.recognition_threads, config.frames_waiting_max)
        });
        let open = || Telling::open(&config, server_key, fill.clone()).map_err(vault_failed);
        let telling = (config.process != Process::Command).then(open).transpose()?;
        let recorder = Recorder::new(store.clone(), server_key.for_use("ledger-pseudonyms"));
        let app = Self(Arc::new(Inner {
            bus: Bus::new(clock.now()),
            started_at: clock.now(),
            relying_party: RelyingParty::of(config.origin.as_deref(), server_key),
            providers: Providers::default(),
            config,
            clock,
            chance,
            keys,
            vault,
            store,
            recogniser: pool,
            cameras: CameraTable::default(),
            agencies: Agencies::default(),
            lanes: Lanes::default(),
            relay: Relay::default(),
            relay_closing: CancellationToken::new(),
            imports: Imports::default(),
            feeds: Feeds::default(),
            policies: Policies::default(),
            cases: Cases::default(),
            switches: Switches::default(),
            new_hits: Shared::default(),
            pictures: Shared::default(),
            addresses: std::sync::Mutex::new(Addresses::new(ADDRESSES_MAX)),
            sign_in_turns: Turns::default(),
            telling,
            mailing: tokio::sync::Mutex::default(),
            sealer: vault::Sealer::new(server_key.for_use("sign-in-secrets"), fill),
            tasks: Tasks::default(),
            recorder,
            codes: Codes::new(server_key.for_use("audit-index")),
            log_keys,
            publishing: tokio::sync::Mutex::default(),
            _claim: claim,
        }));
        app.take_up().await?;
        Ok(app)
    }

    /// Takes up where an earlier run ended: unrelayed hits, unfinished imports, keys, lists.
    async fn take_up(&self) -> Result<(), StartError> {
        let inner = self.inner();
        self.know_log(LogId::SERVER).await?;
        let agencies = inner.store.agencies().await;
        for agency in agencies.map_err(StartError::store("list the agencies"))? {
            self.know_log(LogId::of_agency(agency.id)).await?;
        }
        inner.tasks.spawn("relay", relay::run(self.clone()));
        if inner.config.process == Process::Command {
            return Ok(());
        }
        self.note("server-started").await.map_err(|err| StartError::NotRecorded(Box::new(err)))?;
        let relayed = inner.store.relay_everything().await;
        let relayed = relayed.map_err(StartError::store("relay what an earlier run left"))?;
        if relayed.n_hits > 0 {
            tracing::info!(n_hits = relayed.n_hits, "relayed hits that an earlier run left");
        }
        let given_up = inner.store.abandon_unfinished_versions().await;
        given_up.map_err(StartError::store("give up unfinished imports"))?;
        let agencies = inner.store.agencies().await;
        for agency in agencies.map_err(StartError::store("list the agencies"))? {
            self.know_agency(agency.id).await?;
        }
        let keys = inner.store.all_camera_keys().await;
        let waiting = inner.store.missing_sign_offs().await;
        inner.cameras.set_keys(
            keys.map_err(StartError::store("load the cameras' keys"))?,
            waiting.map_err(StartError::store("load what cameras wait for"))?,
        );
        if inner.config.process == Process::Server {
            housekeeping::start(self);
        }
        Ok(())
    }

    /// Begins a log that is not there yet, and holds that it has a key.
    async fn know_log(&self, log: LogId) -> Result<(), StartError> {
        let inner = self.inner();
        let keys_failed = |err| StartError::Vault { dir: inner.config.data_dir.clone(), err };
        let there = inner.store.log(log).await.map_err(StartError::store("look up a log"))?;
        let has_key = !inner.log_keys.of(&log.word()).map_err(keys_failed)?.is_empty();
        match there {
            Some(_) if has_key => return Ok(()),
            Some(row) if row.size > 0 => {
                return Err(StartError::LogKeyMissing { origin: row.origin, size: row.size });
            }
            _ => {}
        }
        let origin = match there {
            Some(row) => row.origin,
            None => format!("{}/{}", self.log_name().await?, log.word()),
        };
        inner.log_keys.make(&log.word(), &origin).map_err(keys_failed)?;
        if inner.store.log(log).await.map_err(StartError::store("look up a log"))?.is_none() {
            let added = inner.store.add_log(log, &origin, self.now()).await;
            added.map_err(StartError::store("begin a log"))?;
        }
        Ok(())
    }

    /// What the logs' names begin with: that of the server's log, which is the first.
    async fn log_name(&self) -> Result<String, StartError> {
        let inner = self.inner();
        let server = inner.store.log(LogId::SERVER).await;
        let server = server.map_err(StartError::store("look up the server's log"))?;
        let begun = server.and_then(|row| row.origin.strip_suffix("/server").map(str::to_owned));
        let random = || {
            let bits = inner.chance.bits_256();
            let hex: String = bits.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
            format!("plateglass-{hex}")
        };
        Ok(begun.or_else(|| inner.config.ledger.origin.clone()).unwrap_or_else(random))
    }

    /// Writes down, in the server's log, something that the server does.
    async fn note(&self, action: &'static str) -> Result<(), crate::AskError> {
        let ctx = Ctx::nobody(self.now());
        let draft = Says::of(self, &ctx)
            .who(Kind::Event, action)
            .text(ClearField::Program, env!("CARGO_PKG_VERSION"));
        self.record_in(&ctx, LogId::SERVER, draft).await.map(drop)
    }

    /// Holds an agency in memory: its lists, its last read, today's counts.
    pub(crate) async fn know_agency(&self, id: AgencyId) -> Result<(), StartError> {
        let inner = self.inner();
        let last = inner.store.last_read_id(id).await;
        inner.agencies.add(id, last.map_err(StartError::store("look up the last read"))?);
        self.load_policy(id).await.map_err(|err| StartError::Policy(Box::new(err)))?;
        let today = self.now().day();
        if let Ok(permit) = record::server_permit::<ListCameras>(id, self.now()) {
            let counts = inner.store.count_reads_by_camera(&permit, today).await;
            let counts = counts.map_err(StartError::store("count today's reads"))?;
            inner.cameras.set_counts(today, &counts);
        }
        matching::rebuild(self, id).await.map_err(StartError::store("load the hotlists"))?;
        inner.lanes.warm_up(self, id, self.now()).await;
        Ok(())
    }

    /// Adds an agency and is ready to take its reads.
    pub async fn add_agency(&self, name: &str, ori: Option<&str>) -> Result<AgencyId, StartError> {
        let added = self.inner().store.add_agency(name, ori, self.now()).await;
        let id = added.map_err(StartError::store("add the agency"))?;
        self.know_log(LogId::of_agency(id)).await?;
        self.note("agency-added").await.map_err(|err| StartError::NotRecorded(Box::new(err)))?;
        if self.inner().config.process != Process::Command {
            self.know_agency(id).await?;
        }
        Ok(id)
    }

    /// The agencies and their names, in the order in which they were added.
    pub async fn agencies(&self) -> Result<Vec<(AgencyId, String)>, StartError> {
        let all = self.inner().store.agencies().await;
        let all = all.map_err(StartError::store("list the agencies"))?;
        Ok(all.into_iter().map(|agency| (agency.id, agency.name)).collect())
    }

    /// Finishes what waits and closes everything. Nothing that was acknowledged needs this.
    pub async fn shutdown(self) {
        let inner = self.inner();
        inner.tasks.close();
        inner.lanes.close();
        while inner.tasks.n_running() > 1 {
            // The relay is the last to go: lanes that finish their batches still poke it.
            inner.tasks.one_ended().await;
        }
        inner.relay_closing.cancel();
        inner.tasks.ended().await;
        housekeeping::save_last_seen(&self).await;
        self.close_looks(self.now()).await;
        if inner.config.process != Process::Command
            && let Err(err) = self.note("server-stopped").await
        {
            tracing::error!(error = crate::chain(&err), "failed to write down the server's end");
        }
        inner.recorder.close().await;
        inner.store.close().await;
    }

    /// The log of this word has grown, or should be looked at: signs it as it is now, asks the witnesses, publishes.
    pub(crate) async fn publish_due(&self) -> Result<(), crate::error::BoxError> {
        record::checkpoints::publish_due(self, self.now()).await
    }

    /// Where changes are told.
    pub fn bus(&self) -> &Bus {
        &self.inner().bus
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.inner().clock.now()
    }

    /// Begins to shut down: what is told to end by [`App::closing`] ends, and health says no. Requests are still answered.
    pub fn begin_closing(&self) {
        self.inner().tasks.begin_closing();
    }

    /// Runs something beside the requests that may be dropped where it waits when the server shuts down.
    pub fn spawn_until_closing<F>(&self, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.inner().tasks.spawn_until_closing(name, task);
    }

    /// Waits until the server begins to shut down: for streams that would otherwise hold it up.
    pub async fn closing(&self) {
        self.inner().tasks.closing().await;
    }

    /// The circumstances of a camera that sent this key; none for an unknown key and for a disabled camera's, alike.
    pub fn camera_ctx(&self, key: &CameraKey) -> Option<Ctx> {
        let (agency, camera) = self.inner().cameras.find(key)?;
        Some(Ctx::camera(agency, camera, self.now()))
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }
}
