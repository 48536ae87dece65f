//! Reads in PostgreSQL: one partition for each agency and day. Its rows are not encrypted by us; see D2 for what that means.

use std::sync::Arc;

use super::storage::{Doing, ReadsStorage, Tables};
use super::texts::Texts;
use crate::sql::{Db, Migration, args, migrate, migrations};
use crate::{FileKind, FileRef, StoreError};

const MIGRATIONS: &[Migration] = migrations!("day_partitions": "0001_reads", "0002_leaves");

const IS_THERE: &str = "SELECT count(*) FROM pg_class WHERE oid = to_regclass($1)";

#[derive(Debug)]
pub(crate) struct DayPartitions {
    db: Db,
    /// Two partitions made at once wait for each other's lock on the table they become part of.
    making: tokio::sync::Mutex<()>,
}

impl DayPartitions {
    pub(crate) fn new(db: Db) -> Self {
        Self { db, making: tokio::sync::Mutex::default() }
    }

    async fn open_file(&self, file: FileRef, make: bool) -> Result<Tables, StoreError> {
        let (reads, journal) = names_of(file);
        if make && !self.is_there(&journal).await? {
            let _turn = self.making.lock().await;
            self.make("reads", &reads, "id", file).await?;
            self.make("journal", &journal, "seq", file).await?;
        }
        let texts = Arc::new(Texts::new(false, &reads, &journal));
        Ok(Tables { write: self.db.clone(), read: self.db.clone(), texts })
    }

    /// Whether the partition that is made last is there. Even to find out by `IF NOT EXISTS` locks the whole table.
    async fn is_there(&self, name: &str) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("look for a partition of reads");
        let row = self.db.row(IS_THERE, args![name]).await.map_err(failed())?;
        Ok(row.map(|row| row.get::<i64>(0)).transpose().map_err(failed())?.is_some_and(|n| n > 0))
    }

    /// Makes a partition. The columns that name the file get its values as defaults, so that a row put into the partition
    /// need not name them.
    async fn make(
        &self,
        parent: &str,
        name: &str,
        key: &str,
        file: FileRef,
    ) -> Result<(), StoreError> {
        let (agency, day, late) = (file.agency.to_i64(), file.day.number(), file.is_late());
        let text = format!(
            "CREATE TABLE IF NOT EXISTS {name} PARTITION OF {parent} \
             (agency DEFAULT {agency}, day DEFAULT {day}, late DEFAULT {late}, PRIMARY KEY ({key})) \
             FOR VALUES FROM ({agency}, {day}, {late}) TO ({agency}, {day}, {})",
            late + 1
        );
        self.db
            .execute(text, args![])
            .await
            .map_err(StoreError::sql("make a partition of reads"))?;
        Ok(())
    }
}

impl ReadsStorage for DayPartitions {
    fn migrate(&self) -> Doing<'_, ()> {
        Box::pin(migrate(&self.db, "reads", MIGRATIONS))
    }

    fn open(&self, file: FileRef, make: bool) -> Doing<'_, Tables> {
        Box::pin(self.open_file(file, make))
    }

    fn check<'a>(&'a self, _: &'a Tables) -> Doing<'a, usize> {
        // PostgreSQL checks its pages itself (data checksums) and has its own log.
        Box::pin(async { Ok(0) })
    }

    fn close<'a>(
        &'a self,
        _: &'a Tables,
    ) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async {})
    }
}

fn names_of(file: FileRef) -> (String, String) {
    let kind = match file.kind {
        FileKind::Main => "main",
        FileKind::Late => "late",
    };
    // A day before year 0 or after 9999 would have signs in it that a name must not.
    let day: String = file.day.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    let suffix = format!("a{}_{day}_{kind}", file.agency.to_i64().unsigned_abs());
    (format!("reads_{suffix}"), format!("journal_{suffix}"))
}
