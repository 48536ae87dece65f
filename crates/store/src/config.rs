//! What a store is told when it is opened.

use camino::Utf8PathBuf;

/// How to open a store.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// Which engine keeps the rows.
    pub engine: Engine,
    /// How many day files may be open at once; the one used longest ago is closed first. Each open file costs up to
    /// three threads and `cache_kib` thrice. On PostgreSQL it bounds nothing.
    pub open_days_max: usize,
    /// Page cache of each SQLite connection.
    pub cache_kib: i64,
    /// Whether a commit waits for the disk.
    pub synchronous: Synchronous,
}

impl StoreConfig {
    /// SQLite in `dir`, with what suits a server of one agency.
    pub fn sqlite(dir: impl Into<Utf8PathBuf>) -> Self {
        Self::with(Engine::Sqlite { dir: dir.into() })
    }

    /// PostgreSQL at `url`.
    pub fn postgres(url: impl Into<String>) -> Self {
        Self::with(Engine::Postgres { url: url.into() })
    }

    fn with(engine: Engine) -> Self {
        Self { engine, open_days_max: 32, cache_kib: 8 * 1024, synchronous: Synchronous::Full }
    }
}

/// Which engine keeps the rows (D1).
#[derive(Clone)]
pub enum Engine {
    /// Encrypted files under one directory.
    Sqlite {
        /// The directory; made where there is none.
        dir: Utf8PathBuf,
    },
    /// A PostgreSQL database.
    Postgres {
        /// `postgres://…`; holds a password, so it is never shown.
        url: String,
    },
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite { dir } => write!(f, "Sqlite({dir})"),
            Self::Postgres { .. } => f.write_str("Postgres(…)"),
        }
    }
}

/// Whether a commit waits for the disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Synchronous {
    /// It does: an acknowledged read survives a loss of power.
    Full,
    /// It does not. For one test only, which shows that the check of [`Synchronous::Full`] can fail.
    Off,
}
