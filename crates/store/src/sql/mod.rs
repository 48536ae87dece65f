//! One statement text, two engines (D1): the two typed pools behind one small layer. `sqlx::Any` cannot carry
//! SQLCipher's key, so this is ours: values in, rows out, nothing clever.

mod at_exit;
mod connect;
mod migrate;
mod multi;
mod value;

use sqlx::{AssertSqlSafe, PgPool, Postgres, Sqlite, SqlitePool, Transaction};

pub use connect::sqlcipher_is_ready;
pub(crate) use connect::{Opening, Role, make_dir, open_postgres, open_sqlite};
pub(crate) use migrate::{Migration, migrate, migrations};
pub(crate) use multi::MultiRow;
pub(crate) use value::{Row, Value, args, unreadable};

/// A statement's text: written out in this crate, or made from such a text and the name of a table.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    Written(&'static str),
    Made(std::sync::Arc<str>),
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self::Written(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Made(text.into())
    }
}

impl From<&Text> for Text {
    fn from(text: &Text) -> Self {
        text.clone()
    }
}

impl sqlx::SqlSafeStr for Text {
    fn into_sql_str(self) -> sqlx::SqlStr {
        match self {
            Self::Written(text) => text.into_sql_str(),
            Self::Made(text) => AssertSqlSafe(text).into_sql_str(),
        }
    }
}

/// A pool of either engine.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A transaction of either engine; rolls back when dropped.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

macro_rules! run {
    (pool $self:ident, $text:expr, $args:expr, $method:ident) => {
        match $self {
            Self::Sqlite(pool) => {
                Made::Sqlite(sqlx::query_with($text, value::sqlite($args)?).$method(pool).await?)
            }
            Self::Postgres(pool) => Made::Postgres(
                sqlx::query_with($text, value::postgres($args)?).$method(pool).await?,
            ),
        }
    };
    (tx $self:ident, $text:expr, $args:expr, $method:ident) => {
        match $self {
            Self::Sqlite(tx) => Made::Sqlite(
                sqlx::query_with($text, value::sqlite($args)?).$method(&mut **tx).await?,
            ),
            Self::Postgres(tx) => Made::Postgres(
                sqlx::query_with($text, value::postgres($args)?).$method(&mut **tx).await?,
            ),
        }
    };
}

/// What either engine made of a statement.
enum Made<S, P> {
    Sqlite(S),
    Postgres(P),
}

type SqliteDone = sqlx::sqlite::SqliteQueryResult;
type PostgresDone = sqlx::postgres::PgQueryResult;

impl Made<SqliteDone, PostgresDone> {
    fn changed(&self) -> u64 {
        match self {
            Self::Sqlite(done) => done.rows_affected(),
            Self::Postgres(done) => done.rows_affected(),
        }
    }
}

impl Made<Vec<sqlx::sqlite::SqliteRow>, Vec<sqlx::postgres::PgRow>> {
    fn rows(self) -> Vec<Row> {
        match self {
            Self::Sqlite(rows) => rows.into_iter().map(Row::Sqlite).collect(),
            Self::Postgres(rows) => rows.into_iter().map(Row::Postgres).collect(),
        }
    }
}

impl Db {
    /// Runs a statement; how many rows it changed.
    pub(crate) async fn execute(
        &self,
        text: impl Into<Text>,
        args: Vec<Value>,
    ) -> Result<u64, sqlx::Error> {
        Ok(run!(pool self, text.into(), args, execute).changed())
    }

    /// Runs a query to its end.
    pub(crate) async fn rows(
        &self,
        text: impl Into<Text>,
        args: Vec<Value>,
    ) -> Result<Vec<Row>, sqlx::Error> {
        Ok(run!(pool self, text.into(), args, fetch_all).rows())
    }

    /// The first row of a query, if there is one.
    pub(crate) async fn row(
        &self,
        text: impl Into<Text>,
        args: Vec<Value>,
    ) -> Result<Option<Row>, sqlx::Error> {
        Ok(self.rows(text, args).await?.into_iter().next())
    }

    /// Begins a transaction that is going to write.
    pub(crate) async fn begin(&self) -> Result<Tx, sqlx::Error> {
        Ok(match self {
            // Taking the write lock at once: one that begins with a read could be refused it later.
            Self::Sqlite(pool) => Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Closes every connection; on SQLite the last one copies the WAL into its file.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}

impl Tx {
    /// Runs a statement; how many rows it changed.
    pub(crate) async fn execute(
        &mut self,
        text: impl Into<Text>,
        args: Vec<Value>,
    ) -> Result<u64, sqlx::Error> {
        Ok(run!(tx self, text.into(), args, execute).changed())
    }

    /// Runs a query to its end.
    pub(crate) async fn rows(
        &mut self,
        text: impl Into<Text>,
        args: Vec<Value>,
    ) -> Result<Vec<Row>, sqlx::Error> {
        Ok(run!(tx self, text.into(), args, fetch_all).rows())
    }

    /// The first row of a query, if there is one.
    pub(crate) async fn row(
        &mut self,
        text: impl Into<Text>,
        args: Vec<Value>,
    ) -> Result<Option<Row>, sqlx::Error> {
        Ok(self.rows(text, args).await?.into_iter().next())
    }

    /// Runs several statements without arguments.
    pub(crate) async fn script(&mut self, text: &str) -> Result<(), sqlx::Error> {
        let script = sqlx::raw_sql(AssertSqlSafe(text));
        match self {
            Self::Sqlite(tx) => script.execute(&mut **tx).await.map(|_| ()),
            Self::Postgres(tx) => script.execute(&mut **tx).await.map(|_| ()),
        }
    }

    /// Commits; on return the commit is on disk.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}
