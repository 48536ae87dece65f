//! What everything shares, how it starts and how it ends.

use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;
use domain::access::ListCameras;
use domain::{AgencyId, CameraKey, ServerKey, Timestamp};
use store::{Store, StoreConfig, StoreError};
use tokio_util::sync::CancellationToken;
use vault::{KeyStore, Vault, VaultError};

use crate::agencies::Agencies;
use crate::bus::Bus;
use crate::cameras::CameraTable;
use crate::chance::Chance;
use crate::clock::Clock;
use crate::imports::Imports;
use crate::ingest::Lanes;
use crate::recognise::{Recognise, RecogniserPool};
use crate::relay::Relay;
use crate::sessions::SessionUse;
use crate::tasks::Tasks;
use crate::{Ctx, housekeeping, matching, relay};

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
    /// What this process is to the data.
    pub role: Role,
}

/// What a process is to the data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
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
            role: Role::Server,
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
    pub(crate) sessions: SessionUse,
    pub(crate) tasks: Tasks,
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
        let vault = Vault::open(&config.data_dir.join("pictures"), fill).map_err(vault_failed)?;
        let store = Store::open(config.store.clone(), server_key, Arc::clone(&keys) as _).await;
        let store = store.map_err(StartError::store("open the store"))?;
        let pool = recogniser.map(|recogniser| {
            RecogniserPool::new(recogniser, config.recognition_threads, config.frames_waiting_max)
        });
        let app = Self(Arc::new(Inner {
            bus: Bus::new(clock.now()),
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
            sessions: SessionUse::default(),
            tasks: Tasks::default(),
        }));
        app.take_up().await?;
        Ok(app)
    }

    /// Takes up where an earlier run ended: unrelayed hits, unfinished imports, keys, lists.
    async fn take_up(&self) -> Result<(), StartError> {
        let inner = self.inner();
        inner.tasks.spawn("relay", relay::run(self.clone()));
        if inner.config.role == Role::Command {
            return Ok(());
        }
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
        inner.cameras.set_keys(keys.map_err(StartError::store("load the cameras' keys"))?);
        if inner.config.role == Role::Server {
            housekeeping::start(self);
        }
        Ok(())
    }

    /// Holds an agency in memory: its lists, its last read, today's counts.
    pub(crate) async fn know_agency(&self, id: AgencyId) -> Result<(), StartError> {
        let inner = self.inner();
        let last = inner.store.last_read_id(id).await;
        inner.agencies.add(id, last.map_err(StartError::store("look up the last read"))?);
        let today = self.now().day();
        if let Ok(permit) = Ctx::server(id, self.now()).permit::<ListCameras>() {
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
        if self.inner().config.role != Role::Command {
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
        inner.store.close().await;
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
