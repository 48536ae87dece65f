//! Somebody with the database's password and no scruples: changes the ledger's rows behind the server's back.

use domain::{AgencyId, ServerKey};
use ledger::Hash;
use ledger::tree::root_of;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Row as _, SqlitePool};
use store::LogId;

use crate::server_key;

/// Hashes of one tile, by C2SP tlog-tiles.
const TILE_WIDTH: usize = 256;

/// An open control database on SQLite.
#[derive(Debug)]
pub struct Meddler(SqlitePool);

impl Meddler {
    /// Opens the control database of a store's folder, as `sqlcipher` does once it was told the key.
    pub async fn open(store: &std::path::Path) -> Self {
        Self::open_with(store, &server_key()).await
    }

    /// The same under another server's key.
    pub async fn open_with(store: &std::path::Path, key: &ServerKey) -> Self {
        let key = key.for_use("control-database");
        let key: String = key.expose().iter().map(|byte| format!("{byte:02x}")).collect();
        let options = SqliteConnectOptions::new()
            .filename(store.join("control.db"))
            .pragma("key", format!("\"x'{key}'\""));
        store::sqlcipher_is_ready().await.expect("SQLCipher can be used");
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
        Self(pool.expect("the control database opens with its key"))
    }

    /// Of a house on SQLite.
    #[cfg(feature = "app")]
    pub async fn of(house: &crate::House) -> Self {
        Self::open(&house.dir().join("store")).await
    }

    /// A log's entries, in order.
    pub async fn entries(&self, log: LogId) -> Vec<Vec<u8>> {
        let rows = sqlx::query("SELECT entry FROM ledger_entries WHERE log = $1 ORDER BY leaf")
            .bind(number(log))
            .fetch_all(&self.0)
            .await;
        rows.expect("entries can be read").iter().map(|row| row.get(0)).collect()
    }

    /// Changes one entry, and nothing else.
    pub async fn put_entry(&self, log: LogId, leaf: u64, entry: &[u8]) {
        let sql = "UPDATE ledger_entries SET entry = $3 WHERE log = $1 AND leaf = $2";
        let done = sqlx::query(sql).bind(number(log)).bind(at(leaf)).bind(entry);
        done.execute(&self.0).await.expect("an entry can be changed");
    }

    /// Takes one entry out, and nothing else.
    pub async fn delete_entry(&self, log: LogId, leaf: u64) {
        let sql = "DELETE FROM ledger_entries WHERE log = $1 AND leaf = $2";
        let done = sqlx::query(sql).bind(number(log)).bind(at(leaf)).execute(&self.0).await;
        done.expect("an entry can be deleted");
    }

    /// Changes one hash in the lowest tiles, and nothing above it.
    pub async fn put_hash(&self, log: LogId, leaf: u64, hash: Hash) {
        let tile = at(leaf) / TILE_WIDTH as i64;
        let sql = "SELECT hashes FROM ledger_tiles WHERE log = $1 AND level = 0 AND tile = $2";
        let row = sqlx::query(sql).bind(number(log)).bind(tile).fetch_one(&self.0).await;
        let mut bytes: Vec<u8> = row.expect("a tile can be read").get(0);
        let from = usize::try_from(leaf).expect("a test's leaf") % TILE_WIDTH * 32;
        bytes.splice(from..from + 32, *hash.as_bytes());
        self.put_tile(log, 0, tile, &bytes).await;
    }

    async fn put_tile(&self, log: LogId, level: i64, tile: i64, bytes: &[u8]) {
        let sql = "INSERT INTO ledger_tiles (log, level, tile, hashes) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (log, level, tile) DO UPDATE SET hashes = excluded.hashes";
        let put = sqlx::query(sql).bind(number(log)).bind(level).bind(tile).bind(bytes);
        put.execute(&self.0).await.expect("a tile can be changed");
    }

    /// Puts another history in a log's place, with tiles and size that fit it.
    pub async fn rewrite(&self, log: LogId, entries: &[Vec<u8>]) {
        for sql in
            ["DELETE FROM ledger_entries WHERE log = $1", "DELETE FROM ledger_tiles WHERE log = $1"]
        {
            sqlx::query(sql).bind(number(log)).execute(&self.0).await.expect("rows go");
        }
        for (leaf, entry) in (0_u64..).zip(entries) {
            let sql = "INSERT INTO ledger_entries (log, leaf, entry) VALUES ($1, $2, $3)";
            let put = sqlx::query(sql).bind(number(log)).bind(at(leaf)).bind(entry.as_slice());
            put.execute(&self.0).await.expect("an entry can be put in");
        }
        let mut row: Vec<Hash> = entries.iter().map(|entry| Hash::of_leaf(entry)).collect();
        for level in 0_i64.. {
            if row.is_empty() {
                break;
            }
            for (tile, hashes) in (0_i64..).zip(row.chunks(TILE_WIDTH)) {
                let bytes: Vec<u8> = hashes.iter().flat_map(|hash| *hash.as_bytes()).collect();
                self.put_tile(log, level, tile, &bytes).await;
            }
            row = row.chunks_exact(TILE_WIDTH).map(root_of).collect();
        }
        // What would be in the way of the leaves to come.
        for sql in [
            "DELETE FROM ledger_clear WHERE log = $1 AND leaf >= $2",
            "DELETE FROM ledger_things WHERE log = $1 AND leaf >= $2",
            "DELETE FROM ledger_begun WHERE log = $1 AND leaf >= $2",
        ] {
            let cut = sqlx::query(sql).bind(number(log)).bind(at(entries.len() as u64));
            cut.execute(&self.0).await.expect("rows go");
        }
        let sql = "UPDATE ledger_logs SET size = $2 WHERE log = $1";
        let sized = sqlx::query(sql).bind(number(log)).bind(at(entries.len() as u64));
        sized.execute(&self.0).await.expect("the size can be changed");
    }

    /// The newest checkpoint's size and note.
    pub async fn checkpoint(&self, log: LogId) -> (u64, String) {
        let sql =
            "SELECT size, note FROM ledger_checkpoints WHERE log = $1 ORDER BY size DESC LIMIT 1";
        let row = sqlx::query(sql).bind(number(log)).fetch_one(&self.0).await;
        let row = row.expect("there is a checkpoint");
        (u64::try_from(row.get::<i64, _>(0)).expect("a size"), row.get(1))
    }

    /// Puts a checkpoint in the place of all that were published.
    pub async fn replace_checkpoints(&self, log: LogId, size: u64, note: &str) {
        let sql = "DELETE FROM ledger_checkpoints WHERE log = $1";
        sqlx::query(sql).bind(number(log)).execute(&self.0).await.expect("checkpoints go");
        let sql =
            "INSERT INTO ledger_checkpoints (log, size, signed_at, note) VALUES ($1, $2, 0, $3)";
        let put = sqlx::query(sql).bind(number(log)).bind(at(size)).bind(note);
        put.execute(&self.0).await.expect("a checkpoint can be put in");
    }

    /// The clear text of a leaf's field, in its written form.
    pub async fn clear(&self, log: LogId, leaf: u64, field: &str) -> String {
        let sql = "SELECT disclosure FROM ledger_clear WHERE log = $1 AND leaf = $2 AND field = $3";
        let row = sqlx::query(sql).bind(number(log)).bind(at(leaf)).bind(field);
        row.fetch_one(&self.0).await.expect("there is clear text").get(0)
    }

    /// Changes the clear text of a leaf's field.
    pub async fn put_clear(&self, log: LogId, leaf: u64, field: &str, disclosure: &str) {
        let sql =
            "UPDATE ledger_clear SET disclosure = $4 WHERE log = $1 AND leaf = $2 AND field = $3";
        let put = sqlx::query(sql).bind(number(log)).bind(at(leaf)).bind(field).bind(disclosure);
        put.execute(&self.0).await.expect("clear text can be changed");
    }

    /// Deletes the clear text of a leaf and all after it.
    pub async fn forget_clear(&self, log: LogId, first: u64) {
        let sql = "DELETE FROM ledger_clear WHERE log = $1 AND leaf >= $2";
        let gone = sqlx::query(sql).bind(number(log)).bind(at(first)).execute(&self.0).await;
        gone.expect("clear text can be deleted");
    }

    /// Lets go of the database.
    pub async fn close(self) {
        self.0.close().await;
    }
}

fn number(log: LogId) -> i64 {
    log.agency().map_or(0, AgencyId::to_i64)
}

fn at(number: u64) -> i64 {
    i64::try_from(number).expect("a test's log is short")
}
