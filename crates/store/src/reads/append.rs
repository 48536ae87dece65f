//! The hot path: a batch becomes rows of one file, at one stroke and safely on disk.

use domain::{NewHit, NewRead, ReadId};

use super::open_files::{OpenFile, Turn};
use super::{relay, row};
use crate::sql::args;
use crate::{Batch, FileKind, FileRef, Store, StoreError};

impl Store {
    /// Commits a batch to its file: all of it or nothing. On return it is on disk and may be acknowledged. After an error
    /// its outcome can be unknown (the disk failed under the commit): ask [`Store::known_events`] before trying again.
    pub async fn append(&self, batch: &Batch) -> Result<(), StoreError> {
        check_filing(batch)?;
        if batch.reads.is_empty() && batch.hits.is_empty() {
            return Ok(());
        }
        let open = self.file_for_writing(batch.file).await?;
        let mut turn = open.turn.lock().await;
        self.admit(&open).await?;
        let Turn { journal_last, counted } = std::mem::take(&mut *turn);
        let journal_last = if batch.hits.is_empty() && batch.leaf.is_none() {
            write_reads(&open, batch).await?;
            journal_last
        } else {
            Some(write_reads_and_journal(&open, batch, journal_last).await?)
        };
        if let Some(written) = journal_last {
            self.note_progress(batch.file, |progress| progress.written = written);
        }
        let added = i64::try_from(batch.reads.len()).unwrap_or(i64::MAX);
        let last = batch.reads.iter().map(|read| read.id.to_i64()).max().unwrap_or(0);
        *turn = Turn {
            journal_last,
            counted: counted.map(|(n, before)| (n + added, before.max(last))),
        };
        Ok(())
    }

    /// A sealed day takes nothing more; a sealed late file opens again.
    async fn admit(&self, open: &OpenFile) -> Result<(), StoreError> {
        match open.file.kind {
            _ if !open.is_sealed() => {}
            FileKind::Main => return Err(StoreError::Sealed { file: open.file }),
            FileKind::Late => {
                self.control().mark_reopened(open.file).await?;
                open.set_sealed(false);
            }
        }
        Ok(())
    }
}

/// What belongs to another day or agency would be lost from sight, and kept under the wrong key.
fn check_filing(batch: &Batch) -> Result<(), StoreError> {
    let file = batch.file;
    let misfiled = |read: ReadId| StoreError::Misfiled { file, read };
    let stray_read = batch.reads.iter().find(|read| read.day() != file.day).map(|read| read.id);
    let belongs = |file: FileRef, hit: &domain::NewHit| hit.read == file.read(hit.read.id);
    let stray_hit = batch.hits.iter().find(|hit| !belongs(file, hit)).map(|hit| hit.read.id);
    stray_read.or(stray_hit).map_or(Ok(()), |read| Err(misfiled(read)))
}

async fn write_reads(open: &OpenFile, batch: &Batch) -> Result<(), StoreError> {
    let failed = || StoreError::sql("append reads");
    let insert = &open.tables.texts.insert_reads;
    // A statement alone is a transaction: three hops to the connection become one.
    if let Some(done) = insert.insert_at_once(&open.tables.write, &batch.reads, row::values).await {
        return done.map(|_| ()).map_err(failed());
    }
    let mut tx = open.tables.write.begin().await.map_err(failed())?;
    insert.insert(&mut tx, &batch.reads, row::values).await.map_err(failed())?;
    tx.commit().await.map_err(failed())
}

/// Writes both; the journal's last row after it.
async fn write_reads_and_journal(
    open: &OpenFile,
    batch: &Batch,
    journal_last: Option<i64>,
) -> Result<i64, StoreError> {
    let failed = || StoreError::sql("append reads and what follows from them");
    let texts = &open.tables.texts;
    let mut tx = open.tables.write.begin().await.map_err(failed())?;
    let mut seq = match journal_last {
        Some(last) => last,
        None => {
            let row = tx.row(&texts.journal_last, args![]).await.map_err(failed())?;
            row.map(|row| row.get::<Option<i64>>(0))
                .transpose()
                .map_err(failed())?
                .flatten()
                .unwrap_or(0)
        }
    };
    texts.insert_reads.insert(&mut tx, &batch.reads, row::values).await.map_err(failed())?;
    // The leaf first: a hit is never relayed before the read that raised it is in the log.
    let leaf = batch.leaf.iter().map(|leaf| (relay::LEAF, relay::body_of_leaf(leaf)));
    let hits = batch.hits.iter().map(|hit| (relay::HIT, relay::body_of(hit, read_of(batch, hit))));
    let rows: Vec<_> = leaf.chain(hits).collect();
    let journal = texts.insert_journal.insert(&mut tx, &rows, |(kind, body), values| {
        seq += 1;
        values.extend(args![seq, *kind, body.as_str()]);
    });
    journal.await.map_err(failed())?;
    tx.commit().await.map_err(failed())?;
    Ok(seq)
}

/// The read that raised a hit: the journal tells its camera, for the hit outlives its read, and what the camera saw.
fn read_of<'a>(batch: &'a Batch, hit: &NewHit) -> Option<&'a NewRead> {
    batch.reads.iter().find(|read| read.id == hit.read.id)
}
