//! Appending.

use ledger::Hash;
use ledger::hash::HASH_BYTES;
use ledger::tile::{TILE_BYTES, TILE_WIDTH};
use ledger::tree::root_of;

use super::{LogId, NewLeaf};
use crate::control::Control;
use crate::sql::{MultiRow, Tx, args};
use crate::{Store, StoreError};

const MOVE: &str = "UPDATE ledger_logs SET size = size + $2 WHERE log = $1 RETURNING size";
const TILE: &str = "SELECT hashes FROM ledger_tiles WHERE log = $1 AND level = $2 AND tile = $3";
const PUT_TILE: &str = "INSERT INTO ledger_tiles (log, level, tile, hashes) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (log, level, tile) DO UPDATE SET hashes = excluded.hashes";
const PUT_THINGS: &str =
    "INSERT INTO ledger_things (log, leaf, salter, things, goes_at) VALUES ($1, $2, $3, $4, $5)";
const PUT_BEGUN: &str = "INSERT INTO ledger_begun (log, leaf, begun_at) VALUES ($1, $2, $3)";
const END_BEGUN: &str = "DELETE FROM ledger_begun WHERE log = $1 AND leaf = $2";

/// The inserts of many rows.
#[derive(Debug)]
pub(crate) struct LedgerInserts {
    entries: MultiRow,
    clear: MultiRow,
    batches: MultiRow,
    plates: MultiRow,
}

impl LedgerInserts {
    pub(crate) fn new(is_sqlite: bool) -> Self {
        let of = |table: &str, columns: &str, n: usize| {
            MultiRow::new(is_sqlite, &format!("INSERT INTO {table} ({columns}) VALUES"), n, "")
        };
        Self {
            entries: of("ledger_entries", "log, leaf, entry", 3),
            clear: of("ledger_clear", "log, leaf, field, disclosure, goes_at", 5),
            batches: of("ledger_batches", "log, day, late, first_read, last_read, leaf", 6),
            plates: of("audit_plates", "log, code, leaf, said_in, goes_at", 5),
        }
    }
}

impl Store {
    /// Puts leaves at the end of a log, all of them or none; the number of the first. On return they are on disk.
    pub async fn append_leaves(&self, log: LogId, leaves: &[NewLeaf]) -> Result<u64, StoreError> {
        let failed = || StoreError::sql("append to the ledger");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let first = append(&mut tx, self.ledger_inserts(), log, leaves).await?;
        tx.commit().await.map_err(failed())?;
        Ok(first)
    }
}

/// Puts leaves at the end of a log within a transaction; the number of the first.
pub(crate) async fn append(
    tx: &mut Tx,
    inserts: &LedgerInserts,
    log: LogId,
    leaves: &[NewLeaf],
) -> Result<u64, StoreError> {
    let failed = || StoreError::sql("append to the ledger");
    let n = i64::try_from(leaves.len()).unwrap_or(i64::MAX);
    if n == 0 {
        return Ok(0);
    }
    let moved = tx.row(MOVE, args![log.to_i64(), n]).await.map_err(failed())?;
    let size: i64 = moved.ok_or(StoreError::Missing { what: "log" })?.get(0).map_err(failed())?;
    let first = size - n;
    write_rows(tx, inserts, log, first, leaves).await.map_err(failed())?;
    let hashes = leaves.iter().map(|leaf| Hash::of_leaf(&leaf.entry)).collect();
    write_tiles(tx, log, first, hashes).await?;
    u64::try_from(first).map_err(|_| StoreError::Corrupt { what: "size of a log" })
}

async fn write_rows(
    tx: &mut Tx,
    inserts: &LedgerInserts,
    log: LogId,
    first: i64,
    leaves: &[NewLeaf],
) -> Result<(), sqlx::Error> {
    let log = log.to_i64();
    let numbered: Vec<(i64, &NewLeaf)> = (first..).zip(leaves).collect();
    let entries = inserts.entries.insert(tx, &numbered, |(number, leaf), values| {
        values.extend(args![log, *number, leaf.entry.as_slice()]);
    });
    entries.await?;
    let clear: Vec<_> = numbered
        .iter()
        .flat_map(|(number, leaf)| leaf.clear.iter().map(|clear| (*number, clear)))
        .collect();
    let clear = inserts.clear.insert(tx, &clear, |(number, clear), values| {
        let disclosure = clear.disclosure.encoded();
        values.extend(args![log, *number, clear.field.word(), disclosure, clear.goes_at]);
    });
    clear.await?;
    let batches: Vec<_> = numbered
        .iter()
        .filter_map(|(number, leaf)| leaf.batch.as_ref().map(|batch| (*number, batch)))
        .collect();
    let batches = inserts.batches.insert(tx, &batches, |(number, (file, leaf)), values| {
        values.extend(args![log, file.day, file.is_late(), leaf.first, leaf.last, *number]);
    });
    batches.await?;
    let plates: Vec<_> = numbered
        .iter()
        .flat_map(|(number, leaf)| leaf.plates.iter().map(|plate| (*number, plate)))
        .collect();
    let plates = inserts.plates.insert(tx, &plates, |(number, plate), values| {
        let begun = plate.begun.map_or(*number, |leaf| i64::try_from(leaf).unwrap_or(i64::MAX));
        values.extend(args![log, plate.code.as_slice(), begun, *number, plate.goes_at]);
    });
    plates.await?;
    for (number, leaf) in numbered {
        if let Some(things) = &leaf.things {
            let ids = serde_json::to_string(&things.ids).expect("texts are always JSON");
            let values = args![log, number, things.salter.as_slice(), ids, things.goes_at];
            tx.execute(PUT_THINGS, values).await?;
        }
        if let Some(at) = leaf.begun_at {
            tx.execute(PUT_BEGUN, args![log, number, at]).await?;
        }
        if let Some(begun) = leaf.completes {
            let begun = i64::try_from(begun).unwrap_or(i64::MAX);
            tx.execute(END_BEGUN, args![log, begun]).await?;
        }
    }
    Ok(())
}

/// Puts hashes at the end of the lowest level; each tile that becomes whole puts its root at the end of the next one.
async fn write_tiles(
    tx: &mut Tx,
    log: LogId,
    first: i64,
    mut hashes: Vec<Hash>,
) -> Result<(), StoreError> {
    let failed = || StoreError::sql("append to the ledger's tiles");
    let width = i64::from(TILE_WIDTH);
    let mut first = first;
    for level in 0_i64.. {
        let mut above = Vec::new();
        let mut tile = first / width;
        let mut bytes = Vec::with_capacity(TILE_BYTES);
        if first % width > 0 {
            let row = tx.row(TILE, args![log.to_i64(), level, tile]).await.map_err(failed())?;
            bytes = row.map(|row| row.get(0)).transpose().map_err(failed())?.unwrap_or_default();
        }
        let held = i64::try_from(bytes.len() / HASH_BYTES).unwrap_or(i64::MAX);
        if held != first % width {
            return Err(StoreError::Corrupt { what: "tile of the ledger" });
        }
        for hash in &hashes {
            bytes.extend_from_slice(hash.as_bytes());
            if bytes.len() == TILE_BYTES {
                above.push(root_of(&Hash::all_of(&bytes).unwrap_or_default()));
                let whole = std::mem::take(&mut bytes);
                let values = args![log.to_i64(), level, tile, whole];
                tx.execute(PUT_TILE, values).await.map_err(failed())?;
                tile += 1;
            }
        }
        if !bytes.is_empty() {
            let values = args![log.to_i64(), level, tile, bytes];
            tx.execute(PUT_TILE, values).await.map_err(failed())?;
        }
        if above.is_empty() {
            return Ok(());
        }
        first /= width;
        hashes = above;
    }
    Ok(())
}

impl Control {
    /// Whether anything can be written at all: moves a log's size by nothing, which takes the lock and the disk.
    pub(crate) async fn probe_ledger(&self, log: LogId) -> Result<(), StoreError> {
        let failed = StoreError::sql("write to the ledger");
        self.write.row(MOVE, args![log.to_i64(), 0_i64]).await.map_err(failed)?;
        Ok(())
    }
}
