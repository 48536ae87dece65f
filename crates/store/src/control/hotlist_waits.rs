//! Versions that are much smaller than the one in force: a person decides whether they are right.

use domain::access::{ListHotlists, ManageHotlists};
use domain::{Actor, HotlistId, HotlistVersionId, Permit, PersonId, Timestamp};

use super::hotlists::put_in_force;
use crate::sql::{Row, Tx, args};
use crate::{Store, StoreError};

/// A version that waits for a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WaitingVersion {
    /// The version.
    pub version: HotlistVersionId,
    /// Of which list.
    pub hotlist: HotlistId,
    /// The file's name.
    pub file_name: String,
    /// Entries of the version that was in force then.
    pub n_before: u64,
    /// Its own.
    pub n_after: u64,
    /// Since when it waits.
    pub since: Timestamp,
}

const ADD: &str = "INSERT INTO hotlist_waits (version, hotlist, n_before, n_after, since) VALUES ($1, $2, $3, $4, $5)";
const OPEN: &str = "SELECT w.version, w.hotlist, v.file_name, w.n_before, w.n_after, w.since FROM hotlist_waits w \
    JOIN hotlist_versions v ON v.id = w.version JOIN hotlists h ON h.id = w.hotlist \
    WHERE h.agency = $1 AND w.decided_at IS NULL ORDER BY w.since";
const DECIDE: &str = "UPDATE hotlist_waits SET decided_at = $4, decided_by = $5, accepted = $6, reason = $7 \
    WHERE version = $3 AND hotlist = $2 AND decided_at IS NULL AND hotlist IN (SELECT id FROM hotlists WHERE agency = $1)";
const SUPERSEDED: &str = "UPDATE hotlist_versions SET state = 'abandoned' WHERE state = 'ready' AND id IN \
    (SELECT version FROM hotlist_waits WHERE hotlist = $1 AND decided_at IS NULL)";
const SUPERSEDE: &str = "UPDATE hotlist_waits SET decided_at = $2, accepted = 0, reason = 'a newer file came' \
    WHERE hotlist = $1 AND decided_at IS NULL";
const REFUSE: &str =
    "UPDATE hotlist_versions SET state = 'abandoned' WHERE id = $1 AND state = 'ready'";

impl Store {
    /// Lets a ready version wait for a person, in place of one that waited before.
    pub async fn let_version_wait(
        &self,
        list: HotlistId,
        version: HotlistVersionId,
        (n_before, n_after): (u64, u64),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("let a hotlist's version wait");
        let n = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        supersede(&mut tx, list, now).await.map_err(failed())?;
        let values = args![version, list, n(n_before), n(n_after), now];
        tx.execute(ADD, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// What waits at the permit's agency, the longest first.
    pub async fn waiting_versions(
        &self,
        permit: &Permit<ListHotlists>,
    ) -> Result<Vec<WaitingVersion>, StoreError> {
        let failed = || StoreError::sql("list the versions that wait");
        let rows = self.control().read.rows(OPEN, args![permit.agency()]).await;
        let rows = rows.map_err(failed())?;
        rows.iter().map(waiting).collect::<Result<_, _>>().map_err(failed())
    }

    /// Decides about a version that waits: it is put in force, or given up. Somebody else may have decided before.
    pub async fn decide_waiting_version(
        &self,
        permit: &Permit<ManageHotlists>,
        (list, version): (HotlistId, HotlistVersionId),
        accept: bool,
        reason: &str,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("decide about a hotlist's version");
        let by = match permit.actor() {
            Actor::Person(_, person) => Some(person),
            _ => None::<PersonId>,
        };
        let now = permit.at();
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let values = args![permit.agency(), list, version, now, by, accept, reason];
        let decided = tx.execute(DECIDE, values).await.map_err(failed())?;
        let done = match (decided, accept) {
            (1, true) => put_in_force(&mut tx, list, version, now).await.map_err(failed())?,
            (1, false) => tx.execute(REFUSE, args![version]).await.map_err(failed())? == 1,
            _ => false,
        };
        if !done {
            return Err(StoreError::Conflict { what: "version that waits" });
        }
        tx.commit().await.map_err(failed())
    }
}

/// Gives up what waits, because a newer file came.
pub(super) async fn supersede(
    tx: &mut Tx,
    list: HotlistId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    tx.execute(SUPERSEDED, args![list]).await?;
    tx.execute(SUPERSEDE, args![list, now]).await.map(drop)
}

fn waiting(row: &Row) -> Result<WaitingVersion, sqlx::Error> {
    Ok(WaitingVersion {
        version: HotlistVersionId::from_i64(row.get(0)?),
        hotlist: HotlistId::from_i64(row.get(1)?),
        file_name: row.get(2)?,
        n_before: row.parsed(3, |n: i64| u64::try_from(n).ok())?,
        n_after: row.parsed(4, |n: i64| u64::try_from(n).ok())?,
        since: Timestamp::from_micros(row.get(5)?),
    })
}
