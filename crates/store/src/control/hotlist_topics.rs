//! Topics of hotlists, and which of them are on.

use domain::access::{ListHotlists, ManageHotlists};
use domain::{Actor, HotlistId, Permit, PersonId, Timestamp, Topic, TopicKind};

use super::hotlists::revise;
use crate::sql::{Row, Tx, args};
use crate::{Store, StoreError};

/// A topic as a layout knows it, or as a file brought it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicFound {
    /// What files write.
    pub value: String,
    /// What people read.
    pub name: String,
    /// What it is about, where the layout says so.
    pub kind: Option<TopicKind>,
}

const OF_AGENCY: &str = "SELECT t.hotlist, t.number, t.value, t.name, t.kind, t.is_on, t.n_rows, t.switched_at, t.switched_by \
    FROM hotlist_topics t JOIN hotlists h ON h.id = t.hotlist WHERE h.agency = $1 ORDER BY t.hotlist, t.number";
const OWNED: &str = "SELECT id FROM hotlists WHERE agency = $1 AND id = $2";
const THERE: &str = "SELECT number, kind FROM hotlist_topics WHERE hotlist = $1 AND value = $2";
const LAST: &str = "SELECT coalesce(max(number), 0) FROM hotlist_topics WHERE hotlist = $1";
const ADD: &str =
    "INSERT INTO hotlist_topics (hotlist, number, value, name, kind) VALUES ($1, $2, $3, $4, $5)";
const RENAME: &str = "UPDATE hotlist_topics SET name = $3 WHERE hotlist = $1 AND number = $2";
/// What it means has changed: nobody has switched that on.
const RETHINK: &str =
    "UPDATE hotlist_topics SET name = $3, kind = $4, is_on = 0 WHERE hotlist = $1 AND number = $2";
const SWITCH: &str = "UPDATE hotlist_topics SET is_on = $4, switched_at = $5, switched_by = $6 \
    WHERE hotlist = $2 AND number = $3 AND (kind IS NOT NULL OR $4 = 0) \
    AND hotlist IN (SELECT id FROM hotlists WHERE agency = $1)";
const COUNT: &str = "UPDATE hotlist_topics SET n_rows = $3 WHERE hotlist = $1 AND value = $2";

impl Store {
    /// The topics of all lists of the permit's agency, list by list.
    pub async fn topics(&self, permit: &Permit<ListHotlists>) -> Result<Vec<Topic>, StoreError> {
        let failed = || StoreError::sql("list the topics of hotlists");
        let rows = self.control().read.rows(OF_AGENCY, args![permit.agency()]).await;
        let rows = rows.map_err(failed())?;
        rows.iter().map(topic).collect::<Result<_, _>>().map_err(failed())
    }

    /// Adds the topics that are not there yet, all off. One whose kind is another than before is switched off: what somebody
    /// switched on was something else.
    pub async fn know_topics(
        &self,
        permit: &Permit<ManageHotlists>,
        list: HotlistId,
        found: &[TopicFound],
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("add topics of a hotlist");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let owned = tx.row(OWNED, args![permit.agency(), list]).await.map_err(failed())?;
        owned.ok_or(StoreError::Missing { what: "hotlist" })?;
        for one in found {
            know(&mut tx, list, one).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())
    }

    /// Notes how many rows of each topic the last file had.
    pub async fn count_topics(
        &self,
        list: HotlistId,
        counted: &[(String, u64)],
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("count the topics of a hotlist");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        for (value, n_rows) in counted {
            let n_rows = i64::try_from(*n_rows).unwrap_or(i64::MAX);
            tx.execute(COUNT, args![list, value.as_str(), n_rows]).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())
    }

    /// Switches a topic on or off. One whose kind nobody knows cannot be switched on.
    pub async fn switch_topic(
        &self,
        permit: &Permit<ManageHotlists>,
        list: HotlistId,
        number: u32,
        on: bool,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("switch a topic of a hotlist");
        let by = match permit.actor() {
            Actor::Person(_, person) => Some(person),
            _ => None::<PersonId>,
        };
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let values = args![permit.agency(), list, number, on, permit.at(), by];
        if tx.execute(SWITCH, values).await.map_err(failed())? != 1 {
            return Err(StoreError::Missing { what: "topic" });
        }
        revise(&mut tx, list).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }
}

async fn know(tx: &mut Tx, list: HotlistId, found: &TopicFound) -> Result<(), sqlx::Error> {
    let TopicFound { value, name, kind } = found;
    let kind_word = kind.map(TopicKind::word);
    let Some(there) = tx.row(THERE, args![list, value.as_str()]).await? else {
        let last = tx.row(LAST, args![list]).await?.ok_or(sqlx::Error::RowNotFound)?;
        let number = last.get::<i64>(0)? + 1;
        let values = args![list, number, value.as_str(), name.as_str(), kind_word];
        return tx.execute(ADD, values).await.map(drop);
    };
    let number: i64 = there.get(0)?;
    let before: Option<String> = there.get(1)?;
    if before.as_deref() == kind_word {
        return tx.execute(RENAME, args![list, number, name.as_str()]).await.map(drop);
    }
    tx.execute(RETHINK, args![list, number, name.as_str(), kind_word]).await?;
    revise(tx, list).await
}

fn topic(row: &Row) -> Result<Topic, sqlx::Error> {
    let kind: Option<String> = row.get(4)?;
    let switched_at = row.get::<Option<i64>>(7)?.map(Timestamp::from_micros);
    let switched_by = row.get::<Option<i64>>(8)?.map(PersonId::from_i64);
    Ok(Topic {
        hotlist: HotlistId::from_i64(row.get(0)?),
        number: row.parsed(1, |number: i64| u32::try_from(number).ok())?,
        value: row.get(2)?,
        name: row.get(3)?,
        kind: kind.as_deref().and_then(TopicKind::parse),
        on: row.get::<i64>(5)? == 1,
        n_rows: row.parsed(6, |n: i64| u64::try_from(n).ok())?,
        switched: switched_at.map(|at| (at, switched_by)),
    })
}
