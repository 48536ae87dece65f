//! Sealing: when a day has closed, its file gets its indexes, is checked, and takes nothing more.

use std::sync::Arc;

use domain::ReadId;

use super::open_files::OpenFile;
use crate::sql::args;
use crate::{FileRef, Sealed, Store, StoreError};

impl Store {
    /// Seals a file. Doing it again, or after it was interrupted, ends in the same state.
    pub async fn seal(&self, file: FileRef) -> Result<Sealed, StoreError> {
        let known = self.control().day_file(file).await?;
        let known = known.ok_or(StoreError::Missing { what: "file of reads" })?;
        if let Some((n_reads, last_read)) = known.sealed {
            return Ok(Sealed { n_reads, last_read });
        }
        let open = self.file_for_writing(file).await?;
        // First, so that nothing is left to relay in a file that nobody opens at start.
        self.relay_open(&open).await?;
        let turn = open.turn.lock().await;
        let sealed = self.seal_open(&open).await?;
        open.set_sealed(true);
        drop(turn);
        tracing::info!(%file, reads = sealed.n_reads, "sealed");
        Ok(sealed)
    }

    async fn seal_open(&self, open: &Arc<OpenFile>) -> Result<Sealed, StoreError> {
        let failed = || StoreError::sql("seal a file of reads");
        let (db, texts) = (&open.tables.write, &open.tables.texts);
        for text in [&texts.index_plate, &texts.index_camera, &texts.analyze] {
            db.execute(text, args![]).await.map_err(failed())?;
        }
        let n_faults = self.open_files().storage().check(&open.tables).await?;
        if n_faults > 0 {
            return Err(StoreError::Damaged { file: open.file, n_faults });
        }
        // Hits committed since the first relay: nobody can append any more while we hold the turn.
        self.relay_open(open).await?;
        let row =
            db.row(&texts.count, args![]).await.map_err(failed())?.ok_or(sqlx::Error::RowNotFound);
        let row = row.map_err(failed())?;
        let n_reads = row.parsed(0, |n: i64| u64::try_from(n).ok()).map_err(failed())?;
        let last_read = ReadId::from_i64(row.get::<Option<i64>>(1).map_err(failed())?.unwrap_or(0));
        self.control().mark_sealed(open.file, n_reads, last_read).await?;
        Ok(Sealed { n_reads, last_read })
    }
}
