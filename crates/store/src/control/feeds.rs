//! Where the fetching of each hotlist stands, and what came of the last times.

use std::collections::HashMap;

use domain::access::{ListHotlists, ManageHotlists};
use domain::{FeedState, Fetch, FetchOutcome, HotlistId, Permit, PersonId, Timestamp};

use super::take_ids;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

/// Fetches that are kept of each list.
const KEPT: i64 = 50;

const STATES: &str = "SELECT f.hotlist, f.source, f.etag, f.last_modified, f.sha256, f.read_by, f.n_failed, f.failing_since, \
    f.worked_at, f.next_at FROM hotlist_feeds f JOIN hotlists h ON h.id = f.hotlist WHERE h.agency = $1";
const OWNED: &str = "SELECT id FROM hotlists WHERE agency = $1 AND id = $2";
const SET: &str = "INSERT INTO hotlist_feeds \
    (hotlist, source, etag, last_modified, sha256, read_by, n_failed, failing_since, worked_at, next_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (hotlist) DO UPDATE SET source = excluded.source, \
    etag = excluded.etag, last_modified = excluded.last_modified, sha256 = excluded.sha256, read_by = excluded.read_by, \
    n_failed = excluded.n_failed, failing_since = excluded.failing_since, worked_at = excluded.worked_at, \
    next_at = excluded.next_at";
const ADD: &str = "INSERT INTO hotlist_fetches (id, hotlist, began_at, ended_at, by_person, outcome, says, sha256) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const FORGET: &str = "DELETE FROM hotlist_fetches WHERE hotlist = $1 AND id <= \
    (SELECT id FROM hotlist_fetches WHERE hotlist = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)";
const LAST: &str = "SELECT f.hotlist, f.began_at, f.ended_at, f.by_person, f.outcome, f.says, f.sha256 \
    FROM hotlist_fetches f JOIN hotlists h ON h.id = f.hotlist \
    WHERE h.agency = $1 AND f.hotlist = $2 ORDER BY f.id DESC LIMIT $3";
const SHA256: &str = "SELECT v.sha256 FROM hotlist_versions v JOIN hotlists h ON h.id = v.hotlist \
    WHERE h.agency = $1 AND h.id = $2 AND v.state = 'in-force'";

impl Store {
    /// How the fetching of the agency's lists stands; nothing of a list that was never fetched.
    pub async fn feed_states(
        &self,
        permit: &Permit<ListHotlists>,
    ) -> Result<HashMap<HotlistId, FeedState>, StoreError> {
        let failed = || StoreError::sql("look up how hotlists are fetched");
        let rows = self.control().read.rows(STATES, args![permit.agency()]).await;
        rows.map_err(failed())?.iter().map(state).collect::<Result<_, _>>().map_err(failed())
    }

    /// Notes a fetch, and how fetching stands after it.
    pub async fn note_fetch(
        &self,
        permit: &Permit<ManageHotlists>,
        fetch: &Fetch,
        state: &FeedState,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("note what came of fetching a hotlist");
        let Fetch { hotlist, began_at, ended_at, by, outcome, says, sha256 } = fetch;
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let owned = tx.row(OWNED, args![permit.agency(), *hotlist]).await.map_err(failed())?;
        owned.ok_or(StoreError::Missing { what: "hotlist" })?;
        let values = args![
            *hotlist,
            state.source.as_str(),
            state.etag.as_deref(),
            state.last_modified.as_deref(),
            state.sha256.as_ref().map(<[u8; 32]>::as_slice),
            state.read_by.as_str(),
            state.n_failed,
            state.failing_since,
            state.worked_at,
            state.next_at,
        ];
        tx.execute(SET, values).await.map_err(failed())?;
        let id = take_ids(&mut tx, "fetch", 1).await.map_err(failed())?;
        let sha256 = sha256.as_ref().map(<[u8; 32]>::as_slice);
        let (outcome, says) = (outcome.word(), says.as_str());
        let values = args![id, *hotlist, *began_at, *ended_at, *by, outcome, says, sha256];
        tx.execute(ADD, values).await.map_err(failed())?;
        tx.execute(FORGET, args![*hotlist, KEPT]).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// The last fetches of a list, newest first.
    pub async fn fetches(
        &self,
        permit: &Permit<ListHotlists>,
        list: HotlistId,
        limit: u32,
    ) -> Result<Vec<Fetch>, StoreError> {
        let failed = || StoreError::sql("list the fetches of a hotlist");
        let values = args![permit.agency(), list, limit];
        let rows = self.control().read.rows(LAST, values).await.map_err(failed())?;
        rows.iter().map(fetch).collect::<Result<_, _>>().map_err(failed())
    }

    /// The SHA-256 of the file that made the version in force; none where there is none.
    pub async fn sha256_in_force(
        &self,
        permit: &Permit<ListHotlists>,
        list: HotlistId,
    ) -> Result<Option<[u8; 32]>, StoreError> {
        let failed = || StoreError::sql("look up what a hotlist was made of");
        let row = self.control().read.row(SHA256, args![permit.agency(), list]).await;
        let row = row.map_err(failed())?;
        row.map(|row| digest(&row, 0)).transpose().map(Option::flatten).map_err(failed())
    }
}

fn digest(row: &Row, index: usize) -> Result<Option<[u8; 32]>, sqlx::Error> {
    let bytes: Option<Vec<u8>> = row.get(index)?;
    Ok(bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()))
}

fn state(row: &Row) -> Result<(HotlistId, FeedState), sqlx::Error> {
    let moment = |index| row.get::<Option<i64>>(index).map(|at| at.map(Timestamp::from_micros));
    let state = FeedState {
        source: row.get(1)?,
        etag: row.get(2)?,
        last_modified: row.get(3)?,
        sha256: digest(row, 4)?,
        read_by: row.get(5)?,
        n_failed: row.parsed(6, |n: i64| u32::try_from(n).ok())?,
        failing_since: moment(7)?,
        worked_at: moment(8)?,
        next_at: moment(9)?,
    };
    Ok((HotlistId::from_i64(row.get(0)?), state))
}

fn fetch(row: &Row) -> Result<Fetch, sqlx::Error> {
    Ok(Fetch {
        hotlist: HotlistId::from_i64(row.get(0)?),
        began_at: Timestamp::from_micros(row.get(1)?),
        ended_at: Timestamp::from_micros(row.get(2)?),
        by: row.get::<Option<i64>>(3)?.map(PersonId::from_i64),
        outcome: row.parsed(4, |word: String| FetchOutcome::parse(&word))?,
        says: row.get(5)?,
        sha256: digest(row, 6)?,
    })
}
