//! A store on each engine, and the few things that a test of one needs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};
use domain::keys::KEY_BYTES;
use domain::{AgencyId, Day, DayKey, DayKeys, KeyError, ServerKey};
use store::{Store, StoreConfig};
use tempfile::TempDir;

use crate::postgres::Postgres;

/// Runs a test on SQLite, then on PostgreSQL; a failure says on which.
pub async fn both_engines<F, Fut>(test: F)
where
    F: Fn(Bench) -> Fut,
    Fut: Future<Output = ()>,
{
    for engine in ["SQLite", "PostgreSQL"] {
        let said = OnPanic(engine);
        let bench =
            if engine == "SQLite" { Bench::sqlite().await } else { Bench::postgres().await };
        test(bench).await;
        std::mem::forget(said);
    }
}

struct OnPanic(&'static str);

impl Drop for OnPanic {
    fn drop(&mut self) {
        #[expect(clippy::print_stderr, reason = "a test that fails says where")]
        {
            eprintln!("on {}", self.0);
        }
    }
}

/// A store of its own for one test.
#[derive(Debug)]
pub struct Bench {
    /// The store.
    pub store: Store,
    /// The day keys it uses.
    pub keys: Arc<MemoryKeys>,
    /// How it was opened.
    pub config: StoreConfig,
    dir: TempDir,
}

impl Bench {
    /// On SQLite, in a temporary directory.
    pub async fn sqlite() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory can be made");
        let path = Utf8PathBuf::from_path_buf(dir.path().join("store")).expect("its name is UTF-8");
        Self::open(StoreConfig::sqlite(path), dir).await
    }

    /// On PostgreSQL, in a new database.
    pub async fn postgres() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory can be made");
        Self::open(StoreConfig::postgres(Postgres::start().database()), dir).await
    }

    async fn open(config: StoreConfig, dir: TempDir) -> Self {
        let keys = Arc::new(MemoryKeys::default());
        let store = open(&config, Arc::clone(&keys)).await;
        Self { store, keys, config, dir }
    }

    /// A directory that is removed with the bench; on SQLite the store is in its `store`.
    pub fn dir(&self) -> &Utf8Path {
        Utf8Path::from_path(self.dir.path()).expect("its name is UTF-8")
    }

    /// Another store over the same rows, as after a crash: the one before was not closed.
    pub async fn after_a_crash(&self) -> Store {
        open(&self.config, Arc::clone(&self.keys)).await
    }
}

/// Does nothing. But a value with it is moved whole into a test's `async move`, which would otherwise take the store out
/// and leave the directory behind, to be removed under it.
impl Drop for Bench {
    fn drop(&mut self) {}
}

async fn open(config: &StoreConfig, keys: Arc<MemoryKeys>) -> Store {
    let opened = Store::open(config.clone(), &server_key(), keys).await;
    opened.expect("a new store opens")
}

/// The server key of tests.
pub fn server_key() -> ServerKey {
    ServerKey::from_bytes([0x5e; KEY_BYTES])
}

/// Day keys that last as long as the test, each different.
#[derive(Debug, Default)]
pub struct MemoryKeys {
    keys: Mutex<HashMap<(AgencyId, Day), DayKey>>,
}

impl MemoryKeys {
    /// Destroys a day's key.
    pub fn destroy(&self, agency: AgencyId, day: Day) {
        self.keys.lock().expect("no test panics with it").remove(&(agency, day));
    }
}

impl DayKeys for MemoryKeys {
    fn existing(&self, agency: AgencyId, day: Day) -> Result<DayKey, KeyError> {
        let keys = self.keys.lock().expect("no test panics with it");
        keys.get(&(agency, day)).cloned().ok_or(KeyError::Missing { agency, day })
    }

    fn existing_or_new(&self, agency: AgencyId, day: Day) -> Result<DayKey, KeyError> {
        let mut keys = self.keys.lock().expect("no test panics with it");
        let number = u8::try_from(keys.len() % 251).unwrap_or(0) + 1;
        Ok(keys
            .entry((agency, day))
            .or_insert_with(|| DayKey::from_bytes([number; KEY_BYTES]))
            .clone())
    }
}
