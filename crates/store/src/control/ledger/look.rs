//! Reading what was appended.

use domain::{ReadId, Timestamp};
use ledger::disclosure::Disclosure;
use ledger::tile::{TILE_WIDTH, TileKind, TileRef, Tiles};
use ledger::tree::{self, Subtrees};
use ledger::{Hash, bundle};

use super::{LogId, Things};
use crate::control::oversight::forget_plates;
use crate::sql::args;
use crate::{FileRef, Store, StoreError};

const ADD: &str = "INSERT INTO ledger_logs (log, origin, size, begun_at) VALUES ($1, $2, 0, $3)";
const LOGS: &str = "SELECT log, origin, size FROM ledger_logs ORDER BY log";
const ONE: &str = "SELECT log, origin, size FROM ledger_logs WHERE log = $1";
const TILE: &str = "SELECT hashes FROM ledger_tiles WHERE log = $1 AND level = $2 AND tile = $3";
const ENTRIES: &str = "SELECT leaf, entry FROM ledger_entries \
    WHERE log = $1 AND leaf >= $2 AND leaf < $3 ORDER BY leaf";
const CLEAR: &str =
    "SELECT disclosure FROM ledger_clear WHERE log = $1 AND leaf = $2 ORDER BY field";
const THINGS: &str = "SELECT salter, things FROM ledger_things WHERE log = $1 AND leaf = $2";
const COMPLETION: &str = "SELECT leaf FROM ledger_begun WHERE log = $1 AND leaf = $2";
const STRAYS: &str = "SELECT leaf FROM ledger_begun WHERE log = $1 AND begun_at < $2 AND leaf > $3 ORDER BY leaf LIMIT $4";
const BATCH: &str = "SELECT leaf, first_read, last_read FROM ledger_batches \
    WHERE log = $1 AND day = $2 AND late = $3 AND first_read <= $4 ORDER BY first_read DESC LIMIT 1";
const FORGET_CLEAR: &str = "DELETE FROM ledger_clear WHERE goes_at <= $1";
const FORGET_THINGS: &str = "DELETE FROM ledger_things WHERE goes_at <= $1";

/// A log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogRow {
    /// Which one.
    pub log: LogId,
    /// Its name for ever.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
}

/// A leaf as it is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredLeaf {
    /// Its number.
    pub number: u64,
    /// The entry.
    pub entry: Vec<u8>,
    /// The clear text that is still there.
    pub clear: Vec<Disclosure>,
    /// What the act touched, where that is still there.
    pub things: Option<Things>,
    /// Whether it is a beginning without an end.
    pub is_open: bool,
}

/// Proof that somebody may look at a log: made by the use case that recorded the look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LedgerLook {
    /// Which log.
    pub log: LogId,
}

impl Store {
    /// Begins a log.
    pub async fn add_log(
        &self,
        log: LogId,
        origin: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let failed = StoreError::sql("begin a log");
        self.control()
            .write
            .execute(ADD, args![log.to_i64(), origin, now])
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// Every log.
    pub async fn logs(&self) -> Result<Vec<LogRow>, StoreError> {
        let failed = || StoreError::sql("list the logs");
        let rows = self.control().read.rows(LOGS, args![]).await.map_err(failed())?;
        rows.iter().map(log_row).collect::<Result<_, _>>().map_err(failed())
    }

    /// One log.
    pub async fn log(&self, log: LogId) -> Result<Option<LogRow>, StoreError> {
        let failed = || StoreError::sql("look up a log");
        let row = self.control().read.row(ONE, args![log.to_i64()]).await.map_err(failed())?;
        row.map(|row| log_row(&row)).transpose().map_err(failed())
    }

    /// Whether the ledger can be written.
    pub async fn probe_ledger(&self, log: LogId) -> Result<(), StoreError> {
        self.control().probe_ledger(log).await
    }

    /// A tile of hashes; none if the log has not that many leaves.
    pub async fn ledger_tile(
        &self,
        log: LogId,
        tile: TileRef,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let failed = || StoreError::sql("fetch a tile of the ledger");
        let (TileKind::Hashes(level), Ok(number)) = (tile.kind, i64::try_from(tile.index)) else {
            return Ok(None);
        };
        let values = args![log.to_i64(), i64::from(level), number];
        let row = self.control().read.row(TILE, values).await.map_err(failed())?;
        let bytes: Option<Vec<u8>> = row.map(|row| row.get(0)).transpose().map_err(failed())?;
        let n_bytes = usize::from(tile.width) * ledger::hash::HASH_BYTES;
        Ok(bytes.and_then(|bytes| bytes.get(..n_bytes).map(<[u8]>::to_vec)))
    }

    /// Entries `first..end` of a log, in order; fewer where it ends before.
    pub async fn ledger_entries(
        &self,
        look: LedgerLook,
        first: u64,
        end: u64,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let failed = || StoreError::sql("fetch entries of the ledger");
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let values = args![look.log.to_i64(), number(first), number(end)];
        let rows = self.control().read.rows(ENTRIES, values).await.map_err(failed())?;
        let one = |row: &crate::sql::Row| {
            Ok((row.parsed(0, |leaf: i64| u64::try_from(leaf).ok())?, row.get(1)?))
        };
        rows.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// A bundle of entries; none if the log has not that many leaves.
    pub async fn ledger_bundle(
        &self,
        look: LedgerLook,
        tile: TileRef,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let first = tile.index.saturating_mul(u64::from(TILE_WIDTH));
        let end = first.saturating_add(u64::from(tile.width));
        let entries = self.ledger_entries(look, first, end).await?;
        if entries.len() != usize::from(tile.width) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        for (_, entry) in entries {
            bundle::push(&mut bytes, &entry).map_err(|_| StoreError::Corrupt { what: "entry" })?;
        }
        Ok(Some(bytes))
    }

    /// One leaf with what is still kept beside it.
    pub async fn ledger_leaf(
        &self,
        look: LedgerLook,
        number: u64,
    ) -> Result<Option<StoredLeaf>, StoreError> {
        let failed = || StoreError::sql("open a leaf of the ledger");
        let entries = self.ledger_entries(look, number, number.saturating_add(1)).await?;
        let Some((number, entry)) = entries.into_iter().next() else { return Ok(None) };
        let at = || args![look.log.to_i64(), i64::try_from(number).unwrap_or(i64::MAX)];
        let db = &self.control().read;
        let rows = db.rows(CLEAR, at()).await.map_err(failed())?;
        let clear = rows.iter().map(|row| row.parsed(0, |text: String| Disclosure::parse(&text)));
        let clear = clear.collect::<Result<_, _>>().map_err(failed())?;
        let things = db.row(THINGS, at()).await.map_err(failed())?;
        let things = things.map(|row| things_of(&row)).transpose().map_err(failed())?;
        let is_open = db.row(COMPLETION, at()).await.map_err(failed())?.is_some();
        Ok(Some(StoredLeaf { number, entry, clear, things, is_open }))
    }

    /// Beginnings from before `before` that have no end, those after leaf `after` where one is given; at most `limit`.
    pub async fn stray_beginnings(
        &self,
        log: LogId,
        before: Timestamp,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<u64>, StoreError> {
        let failed = || StoreError::sql("look for strays in the ledger");
        let after = after.map_or(-1, |leaf| i64::try_from(leaf).unwrap_or(i64::MAX));
        let values = args![log.to_i64(), before, after, limit];
        let rows = self.control().read.rows(STRAYS, values).await.map_err(failed())?;
        let one = |row: &crate::sql::Row| row.parsed(0, |leaf: i64| u64::try_from(leaf).ok());
        rows.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// The leaf that holds a read: its number, and the first and last read of its batch. None while the batch has not been
    /// relayed.
    pub async fn leaf_of_read(
        &self,
        file: FileRef,
        read: ReadId,
    ) -> Result<Option<(u64, ReadId, ReadId)>, StoreError> {
        let failed = || StoreError::sql("look up a read's leaf");
        let log = LogId::of_agency(file.agency).to_i64();
        let values = args![log, file.day, file.is_late(), read];
        let Some(row) = self.control().read.row(BATCH, values).await.map_err(failed())? else {
            return Ok(None);
        };
        let leaf = row.parsed(0, |leaf: i64| u64::try_from(leaf).ok()).map_err(failed())?;
        let first = ReadId::from_i64(row.get(1).map_err(failed())?);
        let last = ReadId::from_i64(row.get(2).map_err(failed())?);
        Ok((read <= last).then_some((leaf, first, last)))
    }

    /// Forgets the clear text that is due. The tree is not touched; how many texts went.
    pub async fn forget_clear_text(&self, now: Timestamp) -> Result<u64, StoreError> {
        let failed = || StoreError::sql("forget clear text of the ledger");
        let db = &self.control().write;
        let texts = db.execute(FORGET_CLEAR, args![now]).await.map_err(failed())?;
        let things = db.execute(FORGET_THINGS, args![now]).await.map_err(failed())?;
        let plates = forget_plates(db, now).await.map_err(failed())?;
        Ok(texts + things + plates)
    }

    /// The root of a log's first `size` leaves.
    pub async fn ledger_root(&self, log: LogId, size: u64) -> Result<Hash, StoreError> {
        self.by_tiles(log, size, |tiles| tree::root(size, tiles)).await
    }

    /// The path of a leaf in the tree of `size` leaves.
    pub async fn ledger_inclusion(
        &self,
        log: LogId,
        leaf: u64,
        size: u64,
    ) -> Result<Vec<Hash>, StoreError> {
        self.by_tiles(log, size, |tiles| tree::prove_inclusion(leaf, size, tiles)).await
    }

    /// Proof that the tree of `new` leaves grew out of that of `old`.
    pub async fn ledger_consistency(
        &self,
        log: LogId,
        old: u64,
        new: u64,
    ) -> Result<Vec<Hash>, StoreError> {
        self.by_tiles(log, new, |tiles| tree::prove_consistency(old, new, tiles)).await
    }

    /// Computes something from tiles, fetching those that turn out to be wanted.
    async fn by_tiles<T>(
        &self,
        log: LogId,
        size: u64,
        compute: impl Fn(&mut Tiles) -> Result<T, <Tiles as Subtrees>::Error>,
    ) -> Result<T, StoreError> {
        let corrupt = || StoreError::Corrupt { what: "tile of the ledger" };
        let mut tiles = Tiles::new(size);
        loop {
            let wanted = match compute(&mut tiles) {
                Ok(computed) => return Ok(computed),
                Err(wanted) => wanted,
            };
            let bytes = self.ledger_tile(log, wanted).await?.ok_or_else(corrupt)?;
            if !tiles.put(wanted, &bytes) {
                return Err(corrupt());
            }
        }
    }
}

fn log_row(row: &crate::sql::Row) -> Result<LogRow, sqlx::Error> {
    Ok(LogRow {
        log: LogId::from_i64(row.get(0)?),
        origin: row.get(1)?,
        size: row.parsed(2, |size: i64| u64::try_from(size).ok())?,
    })
}

fn things_of(row: &crate::sql::Row) -> Result<Things, sqlx::Error> {
    Ok(Things {
        salter: row.parsed(0, |bytes: Vec<u8>| bytes.try_into().ok())?,
        ids: row.parsed(1, |text: String| serde_json::from_str(&text).ok())?,
        goes_at: None,
    })
}
