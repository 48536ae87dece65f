//! One server to a store: a second one started by mistake is refused.
//!
//! On SQLite the claim is a lock on a file beside the database, on PostgreSQL an advisory lock held by a connection of its
//! own. Both go when the process goes, however it ends; commands beside a server need no claim.

use std::fs::File;

use sqlx::{Connection as _, PgConnection};

use crate::{Engine, Store, StoreConfig, StoreError};

/// The lock file's name.
const LOCK: &str = "server.lock";
/// The advisory lock's number: any that nobody else uses on this database.
const LOCK_NUMBER: i64 = 8_700_001;

/// That this process is the one server. Ends when it is dropped.
#[derive(Debug)]
pub struct Claim {
    _held: Held,
}

#[derive(Debug)]
enum Held {
    File(#[expect(dead_code, reason = "the lock lasts as long as the file is open")] File),
    Connection(
        #[expect(dead_code, reason = "the lock lasts as long as the connection")] PgConnection,
    ),
}

impl Store {
    /// Claims the store for this server; refused while another has it.
    pub async fn claim(config: &StoreConfig) -> Result<Claim, StoreError> {
        let held = match &config.engine {
            Engine::Sqlite { dir } => {
                crate::sql::make_dir(dir)?;
                let path = dir.join(LOCK);
                let file = File::options().create(true).truncate(false).write(true).open(&path);
                let file = file.map_err(|source| StoreError::Files { path, source })?;
                file.try_lock().map_err(|_| StoreError::Claimed)?;
                Held::File(file)
            }
            Engine::Postgres { url } => {
                let failed = || StoreError::sql("claim the database");
                let mut connection = PgConnection::connect(url).await.map_err(failed())?;
                let taken: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
                    .bind(LOCK_NUMBER)
                    .fetch_one(&mut connection)
                    .await
                    .map_err(failed())?;
                if !taken {
                    return Err(StoreError::Claimed);
                }
                Held::Connection(connection)
            }
        };
        Ok(Claim { _held: held })
    }
}
