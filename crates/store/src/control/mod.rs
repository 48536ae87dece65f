//! The control database: everything but the reads.

pub(crate) mod agencies;
pub(crate) mod amber;
pub(crate) mod bundles;
pub(crate) mod cameras;
pub(crate) mod claim;
pub(crate) mod custom_entries;
pub(crate) mod day_files;
pub(crate) mod entries;
pub(crate) mod exigent;
pub(crate) mod feeds;
pub(crate) mod grants;
pub(crate) mod hits;
pub(crate) mod hotlist_topics;
pub(crate) mod hotlist_waits;
pub(crate) mod hotlists;
pub(crate) mod incidents;
pub(crate) mod ledger;
pub(crate) mod lives;
pub(crate) mod mails;
pub(crate) mod oversight;
pub(crate) mod passkeys;
pub(crate) mod people;
pub(crate) mod precision;
pub(crate) mod protected;
pub(crate) mod provider;
pub(crate) mod sessions;
pub(crate) mod shifts;
pub(crate) mod sign_in;
pub(crate) mod sign_ins;
pub(crate) mod sign_offs;
pub(crate) mod standing;
pub(crate) mod state_asks;
pub(crate) mod stop_facts;
pub(crate) mod telling;
pub(crate) mod tokens;
pub(crate) mod training;
pub(crate) mod troubles;

use crate::StoreError;
use crate::sql::{Db, Migration, Tx, args, migrate, migrations};

const MIGRATIONS: &[Migration] = migrations!("control": "0001_agencies_cameras", "0002_hotlists", "0003_hits_sign_in", "0004_ledger", "0005_people", "0006_ways_in", "0007_oversight", "0008_policy_changes_exigent_looks", "0009_mail", "0010_sign_offs_protected_events_troubles", "0011_hotlist_sources", "0012_hit_lives", "0013_custom_entries", "0014_hotlist_fetching", "0015_telling", "0016_shifts", "0017_stop_facts", "0018_class_fit");

/// The pools: on SQLite one connection that writes and some that read, on PostgreSQL one pool for both.
#[derive(Clone, Debug)]
pub(crate) struct Control {
    pub(crate) write: Db,
    pub(crate) read: Db,
}

impl Control {
    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        migrate(&self.write, "control", MIGRATIONS).await
    }

    pub(crate) async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

const TAKE_IDS: &str = "UPDATE counters SET last = last + $2 WHERE name = $1 RETURNING last";

/// Takes `n` ids in a row; the first of them.
async fn take_ids(tx: &mut Tx, counter: &'static str, n: i64) -> Result<i64, sqlx::Error> {
    let row = tx.row(TAKE_IDS, args![counter, n]).await?.ok_or(sqlx::Error::RowNotFound)?;
    Ok(row.get::<i64>(0)? - n + 1)
}
