//! Opening connections of either engine.

use std::str::FromStr as _;
use std::time::Duration;

use camino::Utf8Path;
use domain::SubKey;
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Sqlite};
use tokio::sync::OnceCell;

use super::{Db, at_exit};
use crate::{StoreError, Synchronous};

/// How a SQLite file is opened.
pub(crate) struct Opening<'a> {
    pub(crate) path: &'a Utf8Path,
    pub(crate) key: &'a SubKey,
    pub(crate) cache_kib: i64,
    pub(crate) synchronous: Synchronous,
}

/// What a pool of connections to a SQLite file is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The one connection that writes; makes the file where there is none.
    Write,
    /// The same for a file that must be there already.
    Rewrite,
    /// Up to this many that read.
    Read(u32),
}

/// A commit copies the WAL into its file once it has this many pages (8 MiB): short enough that the commit which does
/// it stays well within the time in which reads are acknowledged, long enough that it is one commit in many.
const WAL_PAGES: &str = "2048";

/// Another connection of ours holds the write lock for milliseconds; one that holds it longer than this is stuck.
const BUSY_MAX: Duration = Duration::from_secs(20);

/// Waiting for a free connection longer than this means that the database is overrun: better to say so.
const ACQUIRE_MAX: Duration = Duration::from_secs(30);

/// Connections to a PostgreSQL server: its backends are processes, and a commit waits on the disk, not on us.
const POSTGRES_CONNECTIONS_MAX: u32 = 12;

/// Waits until the process can open SQLite files. The store does so by itself; whoever opens its files past it has to ask.
///
/// SQLite believes that it is initialised a moment before SQLCipher is; whoever opens a file just then finds no cipher, and is
/// told that the key is a bad one. So the first connection of all is to no file, and everybody waits for it.
pub async fn sqlcipher_is_ready() -> Result<(), sqlx::Error> {
    static READY: OnceCell<()> = OnceCell::const_new();
    let make_ready = || async {
        let options = SqliteConnectOptions::new().in_memory(true).thread_name(thread_name);
        options.connect().await?.close().await?;
        at_exit::let_connections_end_at_exit();
        Ok(())
    };
    READY.get_or_try_init(make_ready).await.copied()
}

/// A file's name says whose and when; a thread is named for what it does.
fn thread_name(id: u64) -> String {
    format!("{}{id}", at_exit::THREAD_NAME)
}

/// Opens (and, to write, makes) an encrypted SQLite file.
pub(crate) async fn open_sqlite(opening: &Opening<'_>, role: Role) -> Result<Db, sqlx::Error> {
    sqlcipher_is_ready().await?;
    let key = opening.key.expose().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let options = SqliteConnectOptions::new()
        .filename(opening.path)
        // SQLCipher: the first pragma. `x'…'` is the raw key, so that nothing is spent on deriving one from a password.
        .pragma("key", format!("\"x'{key}'\""))
        .page_size(4096)
        .pragma("cache_size", format!("-{}", opening.cache_kib))
        .pragma("temp_store", "MEMORY")
        .pragma("wal_autocheckpoint", WAL_PAGES)
        .busy_timeout(BUSY_MAX)
        .synchronous(match opening.synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Off => SqliteSynchronous::Off,
        })
        .thread_name(thread_name)
        .disable_statement_logging();
    let options = match role {
        Role::Write => options.create_if_missing(true).journal_mode(SqliteJournalMode::Wal),
        Role::Rewrite => options,
        Role::Read(_) => options.pragma("query_only", "ON"),
    };
    let n_max = match role {
        Role::Write | Role::Rewrite => 1,
        Role::Read(n) => n,
    };
    let pool = without_lost_transactions(pool_options(n_max));
    Ok(Db::Sqlite(match role {
        // Who makes the file has to wait for it; every other connection is made when it is first needed.
        Role::Write => pool.connect_with(options).await?,
        Role::Rewrite | Role::Read(_) => pool.connect_lazy_with(options),
    }))
}

/// Connects to PostgreSQL.
pub(crate) async fn open_postgres(url: &str, synchronous: Synchronous) -> Result<Db, sqlx::Error> {
    let commit = match synchronous {
        Synchronous::Full => "on",
        Synchronous::Off => "off",
    };
    let options = PgConnectOptions::from_str(url)?
        .options([("synchronous_commit", commit), ("timezone", "UTC")])
        .application_name("plateglass")
        .disable_statement_logging();
    Ok(Db::Postgres(pool_options(POSTGRES_CONNECTIONS_MAX).connect_with(options).await?))
}

/// Connections live as long as their pool: nothing here is behind a proxy that would cut them, and asking each whether it
/// lives would cost a round trip a statement.
fn pool_options<DB: sqlx::Database>(n_max: u32) -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(n_max)
        .min_connections(0)
        .acquire_timeout(ACQUIRE_MAX)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// When the disk is full or fails, SQLite may end a transaction by itself. sqlx cannot roll it back then, believes for ever
/// that it is open, and refuses every later one: such a connection is closed, and another takes its place.
fn without_lost_transactions(options: PoolOptions<Sqlite>) -> PoolOptions<Sqlite> {
    options.after_release(|connection, _| {
        Box::pin(async move {
            if !connection.is_in_transaction() {
                return Ok(true);
            }
            // A rollback may still be on its way; it is done before a ping is answered.
            connection.ping().await?;
            Ok(!connection.is_in_transaction())
        })
    })
}

/// Makes a directory and all above it that are missing, each safely on disk on return.
pub(crate) fn make_dir(dir: &Utf8Path) -> Result<(), StoreError> {
    let failed = |path: &Utf8Path| {
        let path = path.to_owned();
        move |source| StoreError::Files { path, source }
    };
    if dir.is_dir() {
        return Ok(());
    }
    if let Some(parent) = dir.parent().filter(|parent| !parent.as_str().is_empty()) {
        make_dir(parent)?;
    }
    match std::fs::create_dir(dir) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        done => done.map_err(failed(dir))?,
    }
    let parent = dir.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or("./".into());
    std::fs::File::open(parent).and_then(|parent| parent.sync_all()).map_err(failed(parent))
}

#[cfg(test)]
mod tests {
    use domain::ServerKey;

    use super::*;
    use crate::sql::args;

    #[tokio::test]
    async fn a_transaction_that_sqlite_ended_by_itself_does_not_stop_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("some.db");
        let key = ServerKey::from_bytes([7; 32]).for_use("a test");
        let synchronous = Synchronous::Off;
        let opening = Opening { path: &path, key: &key, cache_kib: 64, synchronous };
        let db = open_sqlite(&opening, Role::Write).await.unwrap();
        db.execute("CREATE TABLE numbers (n BIGINT NOT NULL)", args![]).await.unwrap();
        for n in 0..3_i64 {
            let mut lost = db.begin().await.unwrap();
            lost.execute("INSERT INTO numbers (n) VALUES ($1)", args![-n]).await.unwrap();
            // As SQLite does when it cannot write.
            lost.script("ROLLBACK").await.unwrap();
            drop(lost);
            let mut tx = db.begin().await.unwrap();
            tx.execute("INSERT INTO numbers (n) VALUES ($1)", args![n]).await.unwrap();
            tx.commit().await.unwrap();
        }
        let rows = db.rows("SELECT n FROM numbers ORDER BY n", args![]).await.unwrap();
        let numbers: Vec<i64> = rows.iter().map(|row| row.get(0).unwrap()).collect();
        assert_eq!(numbers, [0, 1, 2]);
    }

    /// Only the first openings of a process can race: where nobody waits, this fails once in about a thousand runs of it alone on a
    /// busy machine.
    #[test]
    fn many_that_open_the_first_files_at_once_all_open_them() {
        const N: usize = 16;
        let start = std::sync::Barrier::new(N);
        let open_one = || {
            let dir = tempfile::tempdir().unwrap();
            let path = Utf8Path::from_path(dir.path()).unwrap().join("some.db");
            let key = ServerKey::from_bytes([7; 32]).for_use("a test");
            let synchronous = Synchronous::Off;
            let opening = Opening { path: &path, key: &key, cache_kib: 64, synchronous };
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            start.wait();
            runtime.block_on(async { open_sqlite(&opening, Role::Write).await.map(drop) })
        };
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..N).map(|_| scope.spawn(open_one)).collect();
            all.into_iter().for_each(|one| one.join().unwrap().unwrap());
        });
    }
}
