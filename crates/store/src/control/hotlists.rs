//! Hotlists and their versions. A version is imported beside the one in force and takes its place in one statement.

use domain::access::{ListHotlists, ManageHotlists};
use domain::{
    AgencyId, Category, Hotlist, HotlistId, HotlistVersionId, ImportTally, Permit, Timestamp,
};

use super::hotlist_waits::supersede;
use super::take_ids;
use crate::sql::{Row, Tx, args};
use crate::{Store, StoreError};

const ADD: &str = "INSERT INTO hotlists (id, agency, name, source, category, added_at) \
    VALUES ($1, $2, $3, $4, $5, $6)";
const ALL: &str = "SELECT h.id, h.agency, h.name, h.source, h.category, v.id, v.n_entries, v.in_force_at, \
    v.renewed_at, h.layout, h.drop_percent, h.stale_hours, h.revision \
    FROM hotlists h LEFT JOIN hotlist_versions v ON v.hotlist = h.id AND v.state = 'in-force' \
    WHERE h.agency = $1 AND h.id NOT IN (SELECT hotlist FROM own_lists) ORDER BY h.id";
/// The list of the agency's own entries, which nothing is imported into.
pub(super) const OWN: &str = "SELECT h.id, h.agency, h.name, h.source, h.category, v.id, v.n_entries, v.in_force_at, \
    v.renewed_at, h.layout, h.drop_percent, h.stale_hours, h.revision \
    FROM own_lists o JOIN hotlists h ON h.id = o.hotlist JOIN hotlist_versions v ON v.id = o.version \
    WHERE o.agency = $1";
const OWNED: &str = "SELECT id FROM hotlists WHERE agency = $1 AND id = $2 \
    AND id NOT IN (SELECT hotlist FROM own_lists)";
const BEGIN: &str = "INSERT INTO hotlist_versions (id, hotlist, state, file_name, begun_at) \
    VALUES ($1, $2, 'importing', $3, $4)";
const FINISH: &str = "UPDATE hotlist_versions SET state = 'ready', n_taken = $2, n_refused = $3, sha256 = $4, \
    n_expired = $5, n_off = $6, n_entries = $7 \
    WHERE id = $1 AND state = 'importing'";
const RETIRE: &str =
    "UPDATE hotlist_versions SET state = 'old' WHERE hotlist = $1 AND state = 'in-force'";
const PUT_IN_FORCE: &str = "UPDATE hotlist_versions SET state = 'in-force', in_force_at = $3, renewed_at = $3 \
    WHERE hotlist = $1 AND id = $2 AND state = 'ready'";
const ABANDON: &str = "UPDATE hotlist_versions SET state = 'abandoned' WHERE id = $1 AND state IN ('importing', 'ready')";
/// What waits for a person waits across a restart.
const ABANDON_ALL: &str = "UPDATE hotlist_versions SET state = 'abandoned' WHERE state IN ('importing', 'ready') \
    AND id NOT IN (SELECT version FROM hotlist_waits WHERE decided_at IS NULL)";
const REVISE: &str = "UPDATE hotlists SET revision = revision + 1 WHERE id = $1";
const SET_SOURCE: &str = "UPDATE hotlists SET layout = $3, drop_percent = $4, stale_hours = $5 \
    WHERE agency = $1 AND id = $2";
const RENEW: &str = "UPDATE hotlist_versions SET renewed_at = $3 WHERE hotlist = $1 AND id = $2 AND state = 'in-force'";

impl Store {
    /// Adds an empty hotlist to the permit's agency.
    pub async fn add_hotlist(
        &self,
        permit: &Permit<ManageHotlists>,
        name: &str,
        source: &str,
        category: Category,
        now: Timestamp,
    ) -> Result<HotlistId, StoreError> {
        let failed = || StoreError::sql("add a hotlist");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let id = take_ids(&mut tx, "hotlist", 1).await.map_err(failed())?;
        let values = args![id, permit.agency(), name, source, category.word(), now];
        tx.execute(ADD, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(HotlistId::from_i64(id))
    }

    /// The agency's hotlists, in the order in which they were added, without the list of its own entries.
    pub async fn hotlists(
        &self,
        permit: &Permit<ListHotlists>,
    ) -> Result<Vec<Hotlist>, StoreError> {
        let failed = || StoreError::sql("list hotlists");
        let rows = self.control().read.rows(ALL, args![permit.agency()]).await.map_err(failed())?;
        rows.iter().map(hotlist).collect::<Result<_, _>>().map_err(failed())
    }

    /// Begins to import a version from a file of this name.
    pub async fn begin_version(
        &self,
        permit: &Permit<ManageHotlists>,
        list: HotlistId,
        file_name: &str,
        now: Timestamp,
    ) -> Result<HotlistVersionId, StoreError> {
        let failed = || StoreError::sql("begin to import a hotlist");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let owned = tx.row(OWNED, args![permit.agency(), list]).await.map_err(failed())?;
        owned.ok_or(StoreError::Missing { what: "hotlist" })?;
        let id = take_ids(&mut tx, "version", 1).await.map_err(failed())?;
        let values = args![id, list, file_name, now];
        tx.execute(BEGIN, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(HotlistVersionId::from_i64(id))
    }

    /// Ends an import: the version is whole and ready to be put in force. Keeps the tally's refused rows and the whole
    /// file's SHA-256 too. Its entries are the rows that were taken.
    pub async fn finish_version(
        &self,
        version: HotlistVersionId,
        tally: &ImportTally,
        sha256: &[u8; 32],
    ) -> Result<(), StoreError> {
        self.finish_changed_version(version, tally, tally.n_taken, sha256).await
    }

    /// The same for a version that is another one with changes: it has `n_entries`, whatever the file's rows were.
    pub async fn finish_changed_version(
        &self,
        version: HotlistVersionId,
        tally: &ImportTally,
        n_entries: u64,
        sha256: &[u8; 32],
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("finish a hotlist's import");
        self.add_refusals(version, &tally.refused).await?;
        let n = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let values = args![
            version,
            n(tally.n_taken),
            n(tally.n_refused),
            sha256.as_slice(),
            n(tally.n_expired),
            n(tally.n_off),
            n(n_entries),
        ];
        let changed = self.control().write.execute(FINISH, values).await.map_err(failed())?;
        if changed == 1 { Ok(()) } else { Err(StoreError::Conflict { what: "hotlist version" }) }
    }

    /// Puts a finished version in force in place of the one before, at one stroke.
    pub async fn swap_version(
        &self,
        list: HotlistId,
        version: HotlistVersionId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("put a hotlist's version in force");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        supersede(&mut tx, list, now).await.map_err(failed())?;
        if !put_in_force(&mut tx, list, version, now).await.map_err(failed())? {
            return Err(StoreError::Conflict { what: "hotlist version" });
        }
        tx.commit().await.map_err(failed())
    }

    /// Notes that the source says that its version in force still holds; false when another one is in force by now.
    pub async fn renew_version(
        &self,
        list: HotlistId,
        version: HotlistVersionId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let renewed = self.control().write.execute(RENEW, args![list, version, now]).await;
        Ok(renewed.map_err(StoreError::sql("note that a hotlist still holds"))? == 1)
    }

    /// Sets how a list's files are read, by how many per cent a new version may be smaller, and after how many hours it is stale.
    pub async fn set_hotlist_source(
        &self,
        permit: &Permit<ManageHotlists>,
        list: HotlistId,
        layout: Option<&str>,
        drop_percent: u32,
        stale_hours: Option<u32>,
    ) -> Result<(), StoreError> {
        let values = args![permit.agency(), list, layout, drop_percent, stale_hours];
        let set = self.control().write.execute(SET_SOURCE, values).await;
        match set.map_err(StoreError::sql("set how a hotlist is read"))? {
            0 => Err(StoreError::Missing { what: "hotlist" }),
            _ => Ok(()),
        }
    }

    /// Gives up a version that is not in force; its entries go with [`Store::drop_old_versions`].
    pub async fn abandon_version(&self, version: HotlistVersionId) -> Result<(), StoreError> {
        let failed = StoreError::sql("give up a hotlist's import");
        self.control().write.execute(ABANDON, args![version]).await.map_err(failed)?;
        Ok(())
    }

    /// Gives up every import that a stopped server left unfinished; how many. To be called at start.
    pub async fn abandon_unfinished_versions(&self) -> Result<u64, StoreError> {
        let failed = StoreError::sql("give up unfinished imports");
        self.control().write.execute(ABANDON_ALL, args![]).await.map_err(failed)
    }
}

/// Puts a ready version in force in place of the one before; false when it is not ready.
pub(super) async fn put_in_force(
    tx: &mut Tx,
    list: HotlistId,
    version: HotlistVersionId,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    tx.execute(RETIRE, args![list]).await?;
    let changed = tx.execute(PUT_IN_FORCE, args![list, version, now]).await?;
    revise(tx, list).await?;
    Ok(changed == 1)
}

/// Notes that what of a list is matched is another.
pub(super) async fn revise(tx: &mut Tx, list: HotlistId) -> Result<(), sqlx::Error> {
    tx.execute(REVISE, args![list]).await.map(drop)
}

pub(super) fn hotlist(row: &Row) -> Result<Hotlist, sqlx::Error> {
    Ok(Hotlist {
        id: HotlistId::from_i64(row.get(0)?),
        agency: AgencyId::from_i64(row.get(1)?),
        name: row.get(2)?,
        source: row.get(3)?,
        category: row.parsed(4, |word: String| Category::parse(&word))?,
        version: row.get::<Option<i64>>(5)?.map(HotlistVersionId::from_i64),
        n_entries: row.get::<Option<i64>>(6)?.and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
        imported_at: row.get::<Option<i64>>(7)?.map(Timestamp::from_micros),
        renewed_at: row.get::<Option<i64>>(8)?.map(Timestamp::from_micros),
        layout: row.get(9)?,
        drop_percent: row.parsed(10, |n: i64| u32::try_from(n).ok())?,
        stale_hours: row.get::<Option<i64>>(11)?.and_then(|n| u32::try_from(n).ok()),
        revision: row.parsed(12, |n: i64| u64::try_from(n).ok())?,
    })
}
