//! The files that are open at the moment: capped, the one used longest ago closed first.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Mutex, OnceCell};

use super::storage::{ReadsStorage, Tables};
use crate::control::day_files::DayFile;
use crate::{FileRef, FileState, Store, StoreError};

/// An open file.
#[derive(Debug)]
pub(crate) struct OpenFile {
    pub(crate) file: FileRef,
    pub(crate) tables: Tables,
    /// Held by whoever writes: one batch, or the sealing.
    pub(crate) turn: Mutex<Turn>,
    /// Whether it has been sealed. Set only by who holds the turn.
    sealed: AtomicBool,
}

/// What the writer knows of a file. Taken out while a commit is under way and put back when it is through: after a commit
/// whose outcome is unknown (it failed, or nobody waited for it) it is asked for anew.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// The journal's last row.
    pub(crate) journal_last: Option<i64>,
    /// How many reads there are, and the last of them, once somebody has counted.
    pub(crate) counted: Option<(i64, i64)>,
}

impl OpenFile {
    fn new(row: DayFile, tables: Tables) -> Self {
        let sealed = AtomicBool::new(row.state == FileState::Sealed);
        Self { file: row.file, tables, turn: Mutex::default(), sealed }
    }

    pub(crate) fn is_sealed(&self) -> bool {
        self.sealed.load(Ordering::Acquire)
    }

    pub(crate) fn set_sealed(&self, sealed: bool) {
        self.sealed.store(sealed, Ordering::Release);
    }
}

type Cell = Arc<OnceCell<Arc<OpenFile>>>;

#[derive(Debug, Default)]
struct Slots {
    /// Each with the number of its last use.
    by_file: HashMap<FileRef, (Cell, u64)>,
    n_uses: u64,
}

/// The open files.
#[derive(Debug)]
pub(crate) struct OpenFiles {
    storage: Box<dyn ReadsStorage>,
    slots: Mutex<Slots>,
    n_max: usize,
}

impl OpenFiles {
    pub(crate) fn new(storage: Box<dyn ReadsStorage>, n_max: usize) -> Self {
        Self { storage, slots: Mutex::default(), n_max: n_max.max(1) }
    }

    pub(crate) fn storage(&self) -> &dyn ReadsStorage {
        self.storage.as_ref()
    }

    /// The file, opened by `open` if it is not open. Two who ask at once open it once.
    async fn get(
        &self,
        file: FileRef,
        open: impl Future<Output = Result<OpenFile, StoreError>>,
    ) -> Result<Arc<OpenFile>, StoreError> {
        let (cell, closing) = self.slots.lock().await.take(file, self.n_max);
        for closing in closing {
            self.storage.close(&closing.tables).await;
        }
        let opened = cell.get_or_try_init(|| async { open.await.map(Arc::new) }).await;
        opened.map(Arc::clone)
    }

    /// Closes all of them, also those in use.
    pub(crate) async fn close(&self) {
        let slots = std::mem::take(&mut *self.slots.lock().await);
        for (cell, _) in slots.by_file.into_values() {
            if let Some(open) = cell.get() {
                self.storage.close(&open.tables).await;
            }
        }
    }

    /// How many are open.
    pub(crate) async fn n_open(&self) -> usize {
        self.slots.lock().await.by_file.len()
    }
}

impl Slots {
    /// The file's cell, and those that have to close to make room for it.
    fn take(&mut self, file: FileRef, n_max: usize) -> (Cell, Vec<Arc<OpenFile>>) {
        self.n_uses += 1;
        let slot = self.by_file.entry(file).or_default();
        slot.1 = self.n_uses;
        let cell = Arc::clone(&slot.0);
        let mut closing = Vec::new();
        while self.by_file.len() > n_max {
            let idle = self.by_file.iter().filter(|(_, (cell, _))| is_idle(cell));
            let Some((oldest, _)) = idle.min_by_key(|(_, (_, last_use))| *last_use) else { break };
            let oldest = *oldest;
            closing.extend(self.by_file.remove(&oldest).and_then(|(cell, _)| cell.get().cloned()));
        }
        (cell, closing)
    }
}

/// Whether nobody is using or opening the file.
fn is_idle(cell: &Cell) -> bool {
    Arc::strong_count(cell) == 1 && cell.get().is_none_or(|open| Arc::strong_count(open) == 1)
}

impl Store {
    /// The file to write to, made where there is none. It is registered once its tables exist and before its first read,
    /// so that what is registered can be opened and what was written is found again.
    pub(crate) async fn file_for_writing(
        &self,
        file: FileRef,
    ) -> Result<Arc<OpenFile>, StoreError> {
        let files = self.open_files();
        files
            .get(file, async {
                let tables = files.storage().open(file, true).await?;
                let row = self.control().register(file).await?;
                Ok(OpenFile::new(row, tables))
            })
            .await
    }

    /// A registered file, to look into.
    pub(crate) async fn file_for_reading(&self, row: DayFile) -> Result<Arc<OpenFile>, StoreError> {
        let files = self.open_files();
        files
            .get(row.file, async {
                // The row may be from before the file was sealed and closed.
                let row = self.control().day_file(row.file).await?.unwrap_or(row);
                Ok(OpenFile::new(row, files.storage().open(row.file, false).await?))
            })
            .await
    }

    /// How many files of reads are open at the moment.
    pub async fn n_open_files(&self) -> usize {
        self.open_files().n_open().await
    }
}
