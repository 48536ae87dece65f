//! The rows of hotlists: up to ten million a version.

use std::fmt;

use domain::access::{ListHotlists, ManageHotlists, OpenHit};
use domain::{
    AgencyId, Category, EntryRef, HotlistEntry, HotlistId, HotlistVersionId, Permit, Priority,
    RefusedRow, Timestamp, VehicleClass,
};
use plate::Jurisdiction;
use serde::{Deserialize, Serialize};

use crate::sql::{MultiRow, Row, Tx, args, unreadable};
use crate::{Store, StoreError};

/// An entry as the matcher needs it.
#[derive(Clone)]
pub struct EntryInForce {
    /// Whose list.
    pub agency: AgencyId,
    /// The list.
    pub hotlist: HotlistId,
    /// Its version in force.
    pub version: HotlistVersionId,
    /// Why the list's plates are wanted.
    pub category: Category,
    /// The entry's row.
    pub row: u32,
    /// Plate or pattern.
    pub plate: String,
    /// Who issued it, where the list says so.
    pub jurisdiction: Option<Jurisdiction>,
    /// The number of its topic in the list.
    pub topic: Option<u32>,
    /// When it begins to count.
    pub effective_at: Option<Timestamp>,
    /// From when on it counts no more.
    pub expires_at: Option<Timestamp>,
    /// How loudly its hits are told, where the list says so.
    pub priority: Option<Priority>,
}

impl fmt::Debug for EntryInForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntryInForce(list {}, version {}, row {})", self.hotlist, self.version, self.row)
    }
}

impl EntryInForce {
    /// Where the entry is.
    pub const fn at(&self) -> EntryRef {
        EntryRef { hotlist: self.hotlist, version: self.version, row: self.row }
    }
}

/// What of an entry is looked at only with a hit.
#[derive(Serialize, Deserialize, Default, PartialEq)]
struct Detail {
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    make: Option<String>,
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    colour: Option<String>,
    #[serde(rename = "y", default, skip_serializing_if = "Option::is_none")]
    year: Option<u16>,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    case_number: Option<String>,
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    caution: Option<String>,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    plate_type: Option<String>,
    #[serde(rename = "v", default, skip_serializing_if = "VehicleClass::is_unknown")]
    class: VehicleClass,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

const IMPORTING: &str = "SELECT id FROM hotlist_versions WHERE id = $1 AND state = 'importing'";
const INSERT: &str = "INSERT INTO entries \
    (version, line, plate, jurisdiction, detail, topic, effective_at, expires_at, priority) VALUES";
const INSERT_REFUSED: &str = "INSERT INTO refused_rows (version, line, reason) VALUES";
const ONE: &str = "SELECT e.plate, e.jurisdiction, e.detail, e.topic, e.effective_at, e.expires_at, e.priority FROM entries e \
    JOIN hotlist_versions v ON v.id = e.version JOIN hotlists h ON h.id = v.hotlist \
    WHERE h.agency = $1 AND h.id = $2 AND e.version = $3 AND e.line = $4";
const DETAIL: &str = "SELECT detail FROM entries WHERE version = $1 AND line = $2";
const OF_VERSION: &str = "SELECT e.plate, e.jurisdiction, e.detail, e.topic, e.effective_at, e.expires_at, e.priority, e.line \
    FROM entries e JOIN hotlist_versions v ON v.id = e.version JOIN hotlists h ON h.id = v.hotlist \
    WHERE h.agency = $1 AND e.version = $2 AND e.line > $3 ORDER BY e.line LIMIT $4";
const REFUSED: &str = "SELECT r.line, r.reason FROM refused_rows r \
    JOIN hotlist_versions v ON v.id = r.version JOIN hotlists h ON h.id = v.hotlist \
    WHERE h.agency = $1 AND r.version = $2 ORDER BY r.line LIMIT $3";
const IN_FORCE: &str = "SELECT h.agency, h.id, v.id, h.category FROM hotlists h \
    JOIN hotlist_versions v ON v.hotlist = h.id AND v.state = 'in-force' \
    WHERE h.id NOT IN (SELECT hotlist FROM own_lists) ORDER BY h.id";
/// A page as one row: fetching a row costs more than everything else about it. Fields end with the character that is made
/// for that, which no plate holds.
/// Entries of topics that are off are left out.
const PAGE: &str = "SELECT max(line), count(*), \
    string_agg(line || '\u{1f}' || plate || '\u{1f}' || coalesce(jurisdiction, 0) || '\u{1f}' || coalesce(topic, 0) \
    || '\u{1f}' || coalesce(CAST(effective_at AS TEXT), '') || '\u{1f}' || coalesce(CAST(expires_at AS TEXT), '') || '\u{1f}' || coalesce(priority, ''), '\u{1e}') \
    FROM (SELECT line, plate, jurisdiction, topic, effective_at, expires_at, priority FROM entries \
    WHERE version = $1 AND line > $2 AND (topic IS NULL OR topic IN \
    (SELECT number FROM hotlist_topics WHERE hotlist = $4 AND is_on = 1)) ORDER BY line LIMIT $3) AS page";
const OLD: &str = "SELECT id FROM hotlist_versions WHERE state IN ('old', 'abandoned') ORDER BY id";
const LAST: &str = "SELECT max(line) FROM entries WHERE version = $1";
const DROP: &str = "DELETE FROM entries WHERE version = $1 AND line >= $2 AND line < $3 AND NOT EXISTS \
    (SELECT 1 FROM hits WHERE hits.version = entries.version AND hits.line = entries.line)";
const LAST_IN_FORCE: &str = "SELECT v.id, (SELECT max(e.line) FROM entries e WHERE e.version = v.id) FROM hotlist_versions v \
    JOIN hotlist_topics t ON t.hotlist = v.hotlist WHERE v.hotlist = $1 AND t.number = $2 AND t.is_on = 0 AND v.state = 'in-force'";
const DROP_TOPIC: &str = "DELETE FROM entries WHERE version = $1 AND line >= $2 AND line < $3 AND topic = $4 AND NOT EXISTS \
    (SELECT 1 FROM hits WHERE hits.version = entries.version AND hits.line = entries.line)";
const FEWER: &str =
    "UPDATE hotlist_versions SET n_entries = n_entries - $2 WHERE id = $1 AND n_entries >= $2";
const DROPPED: &str = "UPDATE hotlist_versions SET state = 'dropped' WHERE id = $1";

/// Rows deleted in one transaction: some ten milliseconds, in which nobody else can write.
const DROP_ROWS: i64 = 10_000;

/// Entries handed to the matcher's builder at once.
const PAGE_ROWS: i64 = 20_000;

impl Store {
    /// Adds entries to a version being imported, in one transaction; `first_row` is the row of the first of them. A few
    /// thousand at once are fast and leave others their turn to write.
    pub async fn add_entries(
        &self,
        version: HotlistVersionId,
        first_row: u32,
        entries: &[HotlistEntry],
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("import entries of a hotlist");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let importing = tx.row(IMPORTING, args![version]).await.map_err(failed())?;
        importing.ok_or(StoreError::Conflict { what: "hotlist version" })?;
        self.insert_entries(&mut tx, version, first_row, entries).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// Adds one entry to a version that is in force: to the list of the agency's own alone.
    pub(super) async fn insert_entry(
        &self,
        tx: &mut Tx,
        version: HotlistVersionId,
        row: u32,
        entry: &HotlistEntry,
    ) -> Result<(), sqlx::Error> {
        self.insert_entries(tx, version, row, std::slice::from_ref(entry)).await
    }

    async fn insert_entries(
        &self,
        tx: &mut Tx,
        version: HotlistVersionId,
        first_row: u32,
        entries: &[HotlistEntry],
    ) -> Result<(), sqlx::Error> {
        let mut row = i64::from(first_row);
        let insert = self.entry_inserts().entries.insert(tx, entries, |entry, values| {
            let jurisdiction = entry.jurisdiction.map(Jurisdiction::id);
            values.extend(args![
                version,
                row,
                entry.plate.as_str(),
                jurisdiction,
                detail_of(entry),
                entry.topic,
                entry.effective_at,
                entry.expires_at,
                entry.priority.map(Priority::word),
            ]);
            row += 1;
        });
        insert.await.map(drop)
    }

    /// Keeps rows that an import refused.
    pub async fn add_refusals(
        &self,
        version: HotlistVersionId,
        refused: &[RefusedRow],
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("keep refused rows of a hotlist");
        if refused.is_empty() {
            return Ok(());
        }
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let insert = self.entry_inserts().refused.insert(&mut tx, refused, |refusal, values| {
            let line = i64::try_from(refusal.line).unwrap_or(i64::MAX);
            values.extend(args![version, line, refusal.reason.as_str()]);
        });
        insert.await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// The entry that a hit matched; none once its version was dropped without the hit having been kept.
    pub async fn entry(
        &self,
        permit: &Permit<OpenHit>,
        at: EntryRef,
    ) -> Result<Option<HotlistEntry>, StoreError> {
        let failed = || StoreError::sql("look up an entry of a hotlist");
        let values = args![permit.agency(), at.hotlist, at.version, at.row];
        let row = self.control().read.row(ONE, values).await.map_err(failed())?;
        row.map(|row| entry(&row)).transpose().map_err(failed())
    }

    /// Entries of a version with their rows, in their order, from the row after `after`: what changes are made to.
    pub async fn entries_of_version(
        &self,
        permit: &Permit<ManageHotlists>,
        version: HotlistVersionId,
        after: Option<u32>,
        limit: u32,
    ) -> Result<Vec<(u32, HotlistEntry)>, StoreError> {
        let failed = || StoreError::sql("read a version of a hotlist");
        let after = after.map_or(-1, i64::from);
        let values = args![permit.agency(), version, after, limit];
        let rows = self.control().read.rows(OF_VERSION, values).await.map_err(failed())?;
        let numbered = |row: &Row| {
            let line = row.parsed(7, |line: i64| u32::try_from(line).ok())?;
            Ok((line, entry(row)?))
        };
        rows.iter().map(numbered).collect::<Result<_, _>>().map_err(failed())
    }

    /// The first `limit` rows that the import of a version refused.
    pub async fn refusals(
        &self,
        permit: &Permit<ListHotlists>,
        version: HotlistVersionId,
        limit: u32,
    ) -> Result<Vec<RefusedRow>, StoreError> {
        let failed = || StoreError::sql("list refused rows of a hotlist");
        let values = args![permit.agency(), version, limit];
        let rows = self.control().read.rows(REFUSED, values).await.map_err(failed())?;
        let refused = |row: &Row| {
            let line = row.parsed(0, |line: i64| u64::try_from(line).ok())?;
            Ok(RefusedRow { line, reason: row.get(1)? })
        };
        rows.iter().map(refused).collect::<Result<_, _>>().map_err(failed())
    }

    /// Gives every entry in force, of all agencies or one, to `take`, in portions: for building the matcher. A list that
    /// is swapped meanwhile comes wholly in its former or wholly in its latter version.
    pub async fn entries_in_force(
        &self,
        agency: Option<AgencyId>,
        mut take: impl FnMut(Vec<EntryInForce>) + Send,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("load the entries in force");
        let lists = self.control().read.rows(IN_FORCE, args![]).await.map_err(failed())?;
        for list in &lists {
            let list = in_force(list).map_err(failed())?;
            if agency.is_some_and(|only| only != list.agency) {
                continue;
            }
            let mut after = -1_i64;
            loop {
                let values = args![list.version, after, PAGE_ROWS, list.hotlist];
                let row = self.control().read.row(PAGE, values).await.map_err(failed())?;
                let last = row
                    .as_ref()
                    .map(|row| row.get::<Option<i64>>(0))
                    .transpose()
                    .map_err(failed())?;
                let (Some(row), Some(Some(last))) = (row, last) else { break };
                take(page_of(&list, &row).map_err(failed())?);
                after = last;
            }
        }
        Ok(())
    }

    /// Deletes the entries of versions no longer in force, in transactions of bounded size; those that hits point at stay.
    /// To be called once nothing matches against those versions any more. How many entries were deleted.
    pub async fn drop_old_versions(&self) -> Result<u64, StoreError> {
        let failed = || StoreError::sql("drop old versions of hotlists");
        let db = &self.control().write;
        let mut n = 0;
        for version in db.rows(OLD, args![]).await.map_err(failed())? {
            let version: i64 = version.get(0).map_err(failed())?;
            let last = db.row(LAST, args![version]).await.map_err(failed())?;
            let last =
                last.map(|row| row.get::<Option<i64>>(0)).transpose().map_err(failed())?.flatten();
            let mut from = 0;
            while last.is_some_and(|last| from <= last) {
                n += db
                    .execute(DROP, args![version, from, from + DROP_ROWS])
                    .await
                    .map_err(failed())?;
                from += DROP_ROWS;
            }
            db.execute(DROPPED, args![version]).await.map_err(failed())?;
        }
        Ok(n)
    }

    /// Deletes what the version in force holds of a topic that is off, as [`Store::drop_old_versions`] does. Entries that hits
    /// point at stay, and match nothing. How many were deleted.
    pub async fn drop_topic_entries(&self, list: HotlistId, topic: u32) -> Result<u64, StoreError> {
        let failed = || StoreError::sql("drop the entries of a topic");
        let db = &self.control().write;
        let Some(row) = db.row(LAST_IN_FORCE, args![list, topic]).await.map_err(failed())? else {
            return Ok(0);
        };
        let version: i64 = row.get(0).map_err(failed())?;
        let last = row.get::<Option<i64>>(1).map_err(failed())?;
        let (mut n, mut from) = (0, 0);
        while last.is_some_and(|last| from <= last) {
            let mut tx = db.begin().await.map_err(failed())?;
            let values = args![version, from, from + DROP_ROWS, topic];
            let dropped = tx.execute(DROP_TOPIC, values).await.map_err(failed())?;
            let fewer = i64::try_from(dropped).unwrap_or(i64::MAX);
            tx.execute(FEWER, args![version, fewer]).await.map_err(failed())?;
            tx.commit().await.map_err(failed())?;
            n += dropped;
            from += DROP_ROWS;
        }
        Ok(n)
    }
}

/// The two inserts of an import, each for any number of rows.
#[derive(Debug)]
pub(crate) struct EntryInserts {
    entries: MultiRow,
    refused: MultiRow,
}

impl EntryInserts {
    pub(crate) fn new(is_sqlite: bool) -> Self {
        Self {
            entries: MultiRow::new(is_sqlite, INSERT, 9, ""),
            refused: MultiRow::new(
                is_sqlite,
                INSERT_REFUSED,
                3,
                " ON CONFLICT (version, line) DO NOTHING",
            ),
        }
    }
}

fn detail_of(entry: &HotlistEntry) -> Option<String> {
    let detail = Detail {
        make: entry.make.clone(),
        model: entry.model.clone(),
        colour: entry.colour.clone(),
        year: entry.year,
        reference: entry.reference.clone(),
        note: entry.note.clone(),
        case_number: entry.case_number.clone(),
        caution: entry.caution.clone(),
        plate_type: entry.plate_type.clone(),
        class: entry.class,
        body: entry.body.clone(),
    };
    (detail != Detail::default())
        .then(|| serde_json::to_string(&detail).expect("texts and a number are always JSON"))
}

/// What an entry says that its vehicle is; nothing where it is no longer kept or cannot be read: its hits are raised all the same.
pub(super) async fn class_of(
    tx: &mut Tx,
    version: HotlistVersionId,
    row: u32,
) -> Result<VehicleClass, sqlx::Error> {
    let found = tx.row(DETAIL, args![version, row]).await?;
    Ok(found.and_then(|row| detail(&row, 0).ok()).unwrap_or_default().class)
}

fn jurisdiction(row: &Row, index: usize) -> Result<Option<Jurisdiction>, sqlx::Error> {
    let id = row.get::<Option<i64>>(index)?;
    let known = |id: i64| u16::try_from(id).ok().and_then(|id| Jurisdiction::from_id(id).ok());
    id.map(|id| known(id).ok_or_else(|| unreadable(index))).transpose()
}

fn topic(row: &Row, index: usize) -> Result<Option<u32>, sqlx::Error> {
    let number = row.get::<Option<i64>>(index)?;
    number.map(|number| u32::try_from(number).map_err(|_| unreadable(index))).transpose()
}

fn detail(row: &Row, index: usize) -> Result<Detail, sqlx::Error> {
    let detail = row.get::<Option<String>>(index)?;
    let detail = detail.map(|text| serde_json::from_str(&text).map_err(|_| unreadable(index)));
    Ok(detail.transpose()?.unwrap_or_default())
}

fn entry(row: &Row) -> Result<HotlistEntry, sqlx::Error> {
    let detail = detail(row, 2)?;
    Ok(HotlistEntry {
        plate: row.get(0)?,
        jurisdiction: jurisdiction(row, 1)?,
        make: detail.make,
        model: detail.model,
        colour: detail.colour,
        year: detail.year,
        reference: detail.reference,
        case_number: detail.case_number,
        note: detail.note,
        caution: detail.caution,
        plate_type: detail.plate_type,
        class: detail.class,
        body: detail.body,
        topic: topic(row, 3)?,
        priority: row.get::<Option<String>>(6)?.as_deref().and_then(Priority::parse),
        effective_at: row.get::<Option<i64>>(4)?.map(Timestamp::from_micros),
        expires_at: row.get::<Option<i64>>(5)?.map(Timestamp::from_micros),
    })
}

fn in_force(row: &Row) -> Result<EntryInForce, sqlx::Error> {
    Ok(EntryInForce {
        agency: AgencyId::from_i64(row.get(0)?),
        hotlist: HotlistId::from_i64(row.get(1)?),
        version: HotlistVersionId::from_i64(row.get(2)?),
        category: row.parsed(3, |word: String| Category::parse(&word))?,
        row: 0,
        plate: String::new(),
        jurisdiction: None,
        topic: None,
        effective_at: None,
        expires_at: None,
        priority: None,
    })
}

/// A moment of a page's field: none where it is empty.
fn moment(field: &str) -> Option<Option<Timestamp>> {
    if field.is_empty() {
        Some(None)
    } else {
        field.parse().ok().map(Timestamp::from_micros).map(Some)
    }
}

/// The entries of a page.
fn page_of(list: &EntryInForce, row: &Row) -> Result<Vec<EntryInForce>, sqlx::Error> {
    let n: i64 = row.get(1)?;
    let page: String = row.get(2)?;
    let entry = |text: &str| {
        let mut fields = text.split('\u{1f}');
        let (line, plate, jurisdiction) = (fields.next()?, fields.next()?, fields.next()?);
        let jurisdiction = match jurisdiction.parse().ok()? {
            0 => None,
            id => Some(Jurisdiction::from_id(id).ok()?),
        };
        let topic = match fields.next()?.parse().ok()? {
            0 => None,
            number => Some(number),
        };
        let (effective_at, expires_at) = (moment(fields.next()?)?, moment(fields.next()?)?);
        let priority = Priority::parse(fields.next()?);
        let plate = plate.to_owned();
        fields.next().is_none().then_some(EntryInForce {
            row: line.parse().ok()?,
            plate,
            jurisdiction,
            topic,
            effective_at,
            expires_at,
            priority,
            ..list.clone()
        })
    };
    let entries = page.split('\u{1e}').map(|text| entry(text).ok_or_else(|| unreadable(2)));
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    if i64::try_from(entries.len()) == Ok(n) { Ok(entries) } else { Err(unreadable(2)) }
}
