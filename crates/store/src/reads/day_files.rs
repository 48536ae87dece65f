//! Reads in SQLite: one SQLCipher file for each agency and day under the day's key.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use domain::DayKeys;

use super::storage::{Doing, ReadsStorage, Tables};
use super::texts::Texts;
use crate::sql::{Migration, Opening, Role, args, make_dir, migrate, migrations, open_sqlite};
use crate::{FileKind, FileRef, StoreConfig, StoreError, Synchronous};

const MIGRATIONS: &[Migration] = migrations!("day_file": "0001_reads", "0002_leaves");

/// Connections that read one file: a page and a relay side by side.
const READERS: u32 = 2;

/// Reads every page (SQLCipher's checksum of each is checked by that) and lists up to 100 faults of the trees and rows. Not
/// `integrity_check`: that looks each row up in both indexes, which takes 20 times as long as all the rest of sealing, and
/// the indexes were made of these rows a moment ago.
const FAULTS: &str = "PRAGMA quick_check(100)";

pub(crate) struct DayFiles {
    dir: Utf8PathBuf,
    keys: Arc<dyn DayKeys>,
    cache_kib: i64,
    synchronous: Synchronous,
    texts: Arc<Texts>,
}

impl std::fmt::Debug for DayFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DayFiles({})", self.dir)
    }
}

impl DayFiles {
    pub(crate) fn new(dir: Utf8PathBuf, keys: Arc<dyn DayKeys>, config: &StoreConfig) -> Self {
        let texts = Arc::new(Texts::new(true, "reads", "journal"));
        Self { dir, keys, cache_kib: config.cache_kib, synchronous: config.synchronous, texts }
    }

    async fn open_file(&self, file: FileRef, make: bool) -> Result<Tables, StoreError> {
        let failed = || StoreError::sql("open a file of reads");
        let path = path_of(&self.dir, file);
        // A new day's key is fsynced before its first read: that is a wait for the disk.
        let (keys, dir) = (Arc::clone(&self.keys), path.parent().map(Utf8Path::to_owned));
        let key = tokio::task::spawn_blocking(move || {
            if make {
                dir.as_deref().map(make_dir).transpose()?;
                keys.existing_or_new(file.agency, file.day)
            } else {
                keys.existing(file.agency, file.day)
            }
            .map_err(|source| StoreError::Key { file, source })
        });
        let key = key.await.map_err(StoreError::Task)??.for_use("reads");
        let opening = Opening {
            path: &path,
            key: &key,
            cache_kib: self.cache_kib,
            synchronous: self.synchronous,
        };
        let write = open_sqlite(&opening, if make { Role::Write } else { Role::Rewrite });
        let write = write.await.map_err(failed())?;
        if make {
            migrate(&write, "day_file", MIGRATIONS).await?;
        }
        let read = open_sqlite(&opening, Role::Read(READERS)).await.map_err(failed())?;
        Ok(Tables { write, read, texts: Arc::clone(&self.texts) })
    }
}

impl ReadsStorage for DayFiles {
    fn migrate(&self) -> Doing<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn open(&self, file: FileRef, make: bool) -> Doing<'_, Tables> {
        Box::pin(self.open_file(file, make))
    }

    fn check<'a>(&'a self, tables: &'a Tables) -> Doing<'a, usize> {
        Box::pin(async {
            let failed = || StoreError::sql("check a file of reads");
            let lines = tables.write.rows(FAULTS, args![]).await.map_err(failed())?;
            let said: Vec<String> =
                lines.iter().map(|line| line.get(0)).collect::<Result<_, _>>().map_err(failed())?;
            tables.write.rows("PRAGMA wal_checkpoint(TRUNCATE)", args![]).await.map_err(failed())?;
            Ok(said.iter().filter(|line| *line != "ok").count())
        })
    }

    fn close<'a>(
        &'a self,
        tables: &'a Tables,
    ) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async {
            // The writer last: it copies what is left in the WAL into the file.
            tables.read.close().await;
            tables.write.close().await;
        })
    }
}

/// `<dir>/<agency>/<YYYY-MM-DD>.reads` and, for what came late, `….late`.
fn path_of(dir: &Utf8Path, file: FileRef) -> Utf8PathBuf {
    let kind = match file.kind {
        FileKind::Main => "reads",
        FileKind::Late => "late",
    };
    dir.join(file.agency.to_string()).join(format!("{}.{kind}", file.day))
}
