//! Migrations: plain SQL files, applied once each in the order of their names, never edited afterwards.

use super::{Db, args};
use crate::StoreError;

/// A migration: its file's name and text.
#[derive(Clone, Copy)]
pub(crate) struct Migration {
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

macro_rules! migrations {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$($crate::sql::Migration {
            name: $name,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $folder, "/", $name, ".sql")),
        }),*]
    };
}
pub(crate) use migrations;

const CREATE: &str = "CREATE TABLE IF NOT EXISTS migrations \
    (kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, name))";
const APPLIED: &str = "SELECT name, body FROM migrations WHERE kind = $1 ORDER BY name";
const RECORD: &str = "INSERT INTO migrations (kind, name, body) VALUES ($1, $2, $3)";

/// Applies what of a set has not been applied. The text of each is kept, so that an edited one is noticed.
pub(crate) async fn migrate(
    db: &Db,
    set: &str,
    migrations: &[Migration],
) -> Result<(), StoreError> {
    let failed = || StoreError::sql("apply migrations");
    let mut tx = db.begin().await.map_err(failed())?;
    tx.execute(CREATE, args![]).await.map_err(failed())?;
    let applied = tx.rows(APPLIED, args![set]).await.map_err(failed())?;
    let mut known = std::collections::BTreeMap::new();
    for row in applied {
        let name: String = row.get(0).map_err(failed())?;
        let body: String = row.get(1).map_err(failed())?;
        known.insert(name, body);
    }
    for migration in migrations {
        match known.remove(migration.name) {
            Some(body) if body == migration.text => {}
            Some(_) => {
                return Err(StoreError::ForeignMigration { name: migration.name.to_owned() });
            }
            None => {
                let text = if db.is_sqlite() {
                    migration.text.to_owned()
                } else {
                    translate(migration.text)
                };
                tx.script(&text).await.map_err(failed())?;
                tx.execute(RECORD, args![set, migration.name, migration.text])
                    .await
                    .map_err(failed())?;
            }
        }
    }
    if let Some((name, _)) = known.pop_first() {
        return Err(StoreError::ForeignMigration { name });
    }
    tx.commit().await.map_err(failed())
}

/// Migrations are written in SQLite's words; these three are PostgreSQL's for the same.
fn translate(text: &str) -> String {
    text.replace(" BLOB", " BYTEA")
        .replace(" INTEGER PRIMARY KEY", " BIGINT PRIMARY KEY")
        .replace(" WITHOUT ROWID", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_words_differ_between_the_engines() {
        let sqlite = "CREATE TABLE t (id INTEGER PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID;";
        assert_eq!(
            translate(sqlite),
            "CREATE TABLE t (id BIGINT PRIMARY KEY, key BYTEA NOT NULL);"
        );
    }
}
