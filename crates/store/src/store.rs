//! The store as a whole.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{DayKeys, ServerKey};

use crate::control::Control;
use crate::control::entries::EntryInserts;
use crate::control::ledger::LedgerInserts;
use crate::reads::day_files::DayFiles;
use crate::reads::day_partitions::DayPartitions;
use crate::reads::open_files::OpenFiles;
use crate::sql::{Opening, Role, args, make_dir, open_postgres, open_sqlite};
use crate::{Engine, FileRef, StoreConfig, StoreError};

/// Connections that read the control database on SQLite: pages and the hot path's lookups side by side.
const CONTROL_READERS: u32 = 4;

/// All rows of a server. Cheap to clone; all clones are the same store.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    control: Control,
    files: OpenFiles,
    entry_inserts: EntryInserts,
    ledger_inserts: LedgerInserts,
    progress: Mutex<HashMap<FileRef, Progress>>,
    /// One relay at a time: they would wait for each other at the control database anyway.
    relaying: tokio::sync::Mutex<()>,
}

/// How far a file's journal has been written and applied.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Progress {
    pub(crate) written: i64,
    pub(crate) relayed: i64,
}

impl Store {
    /// Opens the store, making and migrating the control database.
    pub async fn open(
        config: StoreConfig,
        server_key: &ServerKey,
        keys: Arc<dyn DayKeys>,
    ) -> Result<Self, StoreError> {
        let failed = || StoreError::sql("open the control database");
        let (control, files) = match &config.engine {
            Engine::Sqlite { dir } => {
                make_dir(dir)?;
                let opening = Opening {
                    path: &dir.join("control.db"),
                    key: &server_key.for_use("control-database"),
                    cache_kib: config.cache_kib,
                    synchronous: config.synchronous,
                };
                let write = open_sqlite(&opening, Role::Write).await.map_err(failed())?;
                let read =
                    open_sqlite(&opening, Role::Read(CONTROL_READERS)).await.map_err(failed())?;
                let days = DayFiles::new(dir.join("days"), keys, &config);
                (Control { write, read }, OpenFiles::new(Box::new(days), config.open_days_max))
            }
            Engine::Postgres { url } => {
                let db = open_postgres(url, config.synchronous).await.map_err(failed())?;
                let days = DayPartitions::new(db.clone());
                (
                    Control { write: db.clone(), read: db },
                    OpenFiles::new(Box::new(days), config.open_days_max),
                )
            }
        };
        control.migrate().await?;
        files.storage().migrate().await?;
        let entry_inserts = EntryInserts::new(control.write.is_sqlite());
        let ledger_inserts = LedgerInserts::new(control.write.is_sqlite());
        Ok(Self {
            inner: Arc::new(Inner {
                control,
                files,
                entry_inserts,
                ledger_inserts,
                progress: Mutex::default(),
                relaying: tokio::sync::Mutex::default(),
            }),
        })
    }

    /// Closes every file and connection. Nothing is lost without it: what was acknowledged is on disk.
    pub async fn close(&self) {
        self.inner.files.close().await;
        self.inner.control.close().await;
    }

    /// Whether the control database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let failed = StoreError::sql("reach the control database");
        self.control()
            .read
            .row("SELECT last FROM counters WHERE name = $1", args!["hit"])
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// Journal rows that have been committed and not yet been brought into the control database.
    pub fn journal_backlog(&self) -> u64 {
        let progress = self.inner.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.values().map(|p| u64::try_from(p.written - p.relayed).unwrap_or(0)).sum()
    }

    pub(crate) fn note_progress(&self, file: FileRef, note: impl FnOnce(&mut Progress)) {
        let mut progress = self.inner.progress.lock().unwrap_or_else(PoisonError::into_inner);
        note(progress.entry(file).or_default());
    }

    /// Whether a file's journal is known to be applied to its end.
    pub(crate) fn is_relayed(&self, file: FileRef) -> bool {
        let progress = self.inner.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.get(&file).is_some_and(|progress| progress.written == progress.relayed)
    }

    pub(crate) fn control(&self) -> &Control {
        &self.inner.control
    }

    pub(crate) fn open_files(&self) -> &OpenFiles {
        &self.inner.files
    }

    pub(crate) fn entry_inserts(&self) -> &EntryInserts {
        &self.inner.entry_inserts
    }

    pub(crate) fn ledger_inserts(&self) -> &LedgerInserts {
        &self.inner.ledger_inserts
    }

    pub(crate) fn relaying(&self) -> &tokio::sync::Mutex<()> {
        &self.inner.relaying
    }
}
