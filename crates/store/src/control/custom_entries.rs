//! Entries of the agency's own, what was done with them, and the list that they are.

use std::collections::{BTreeSet, HashMap};

use domain::access::{
    Action, ApproveCustomEntry, AskCustomEntry, EndCustomEntry, ListCustomEntries, ListHotlists,
    MatchPast, OpenHit,
};
use domain::custom::{CustomDeed, CustomDone, CustomEntry, CustomLife, NewCustomEntry};
use domain::{
    AgencyId, Category, CustomEntryId, Day, EntryRef, Hit, Hotlist, HotlistId, HotlistVersionId,
    Permit, PersonId, ReadId, ReadRef, Timestamp,
};

use super::hits::{COLUMNS, hit};
use super::hotlists::hotlist;
use super::take_ids;
use crate::sql::{Row, Tx, Value, args, unreadable};
use crate::{Store, StoreError};

const ADD: &str = "INSERT INTO custom_entries (id, agency, author, asked_at, told, covert, expires_at, stage) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting')";
const ADD_DEED: &str = "INSERT INTO custom_entry_deeds (entry, n, agency, at, by_person, deed, told) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (entry, n) DO NOTHING";
const SELECT: &str = "SELECT c.id, c.agency, c.author, c.asked_at, c.told, c.version, v.hotlist \
    FROM custom_entries c LEFT JOIN hotlist_versions v ON v.id = c.version WHERE c.agency = $1";
const DEEDS: &str = "SELECT entry, at, by_person, told FROM custom_entry_deeds \
    WHERE agency = $1 AND entry >= $2 AND entry <= $3 ORDER BY entry, n";
const APPROVE: &str = "UPDATE custom_entries SET stage = 'approved', approver = $3, version = $4 \
    WHERE agency = $1 AND id = $2 AND stage = 'waiting' AND author <> $3 AND expires_at > $5";
const REFUSE: &str = "UPDATE custom_entries SET stage = 'refused' \
    WHERE agency = $1 AND id = $2 AND stage = 'waiting' AND author <> $3";
const END: &str = "UPDATE custom_entries SET stage = 'ended' \
    WHERE agency = $1 AND id = $2 AND stage IN ('waiting', 'approved')";
const OWN_LIST: &str = "SELECT hotlist, version FROM own_lists WHERE agency = $1";
const ADD_OWN_LIST: &str = "INSERT INTO own_lists (agency, hotlist, version) VALUES ($1, $2, $3)";
const ADD_LIST: &str = "INSERT INTO hotlists (id, agency, name, source, category, added_at) \
    VALUES ($1, $2, $3, $4, $5, $6)";
/// A version that came from no file: of no rows, with the digest of nothing.
const ADD_VERSION: &str = "INSERT INTO hotlist_versions \
    (id, hotlist, state, sha256, file_name, begun_at, in_force_at, n_taken, n_refused, n_entries, renewed_at) \
    VALUES ($1, $2, 'in-force', $3, '', $4, $4, 0, 0, 0, $4)";
const COVERT: &str = "SELECT id, version, author, approver, told FROM custom_entries \
    WHERE agency = $1 AND covert = 1 AND version IS NOT NULL";
/// What an entry that was ended left open: not those that a stop was reported on, nor those that somebody opened again.
const LEFT_OPEN: &str = "JOIN custom_entries c ON c.version = h.version AND c.id = h.line \
    LEFT JOIN hit_lives l ON l.hit = h.id WHERE h.agency = $1 AND h.raised_at >= $3 AND c.stage = 'ended' \
    AND (l.stage IS NULL OR l.stage IN ('raised', 'taken', 'sent')) \
    AND NOT EXISTS (SELECT 1 FROM hit_deeds d WHERE d.hit = h.id AND d.deed = 'entry-ended') ORDER BY h.id LIMIT $2";
const ADD_PAST: &str = "INSERT INTO custom_entry_past (entry, day, read_id) VALUES ($1, $2, $3) \
    ON CONFLICT (entry, day, read_id) DO NOTHING";
const PAST: &str = "SELECT p.day, p.read_id FROM custom_entry_past p JOIN custom_entries c ON c.id = p.entry \
    WHERE c.agency = $1 AND p.entry = $2 ORDER BY p.day DESC, p.read_id DESC LIMIT $3";

/// What people call the list of the agency's own entries.
const OWN_LIST_NAME: &str = "The agency’s own entries";
/// The SHA-256 of nothing.
const SHA256_OF_NOTHING: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// A covert entry that was approved, as far as it says who sees its hits.
#[derive(Clone, PartialEq, Debug)]
pub struct CovertEntry {
    /// Where the agency's own list holds it: the version and the row.
    pub at: (HotlistVersionId, u32),
    /// Who asked for it.
    pub author: PersonId,
    /// Who approved it.
    pub approver: PersonId,
    /// What was asked for.
    pub about: NewCustomEntry,
}

/// Entries whose hits somebody is not shown.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hidden(BTreeSet<(HotlistVersionId, u32)>);

impl Hidden {
    /// These.
    pub fn of(rows: impl IntoIterator<Item = (HotlistVersionId, u32)>) -> Self {
        Self(rows.into_iter().collect())
    }

    /// Whether an entry is among them.
    pub fn holds(&self, at: EntryRef) -> bool {
        self.0.contains(&(at.version, at.row))
    }

    /// As a statement looks for `,version:row,` in it.
    pub(crate) fn in_words(&self) -> String {
        let rows = self.0.iter().map(|(version, row)| format!("{version}:{row},"));
        std::iter::once(",".to_owned()).chain(rows).collect()
    }
}

impl Store {
    /// Writes down that somebody asks for an entry.
    pub async fn add_custom_entry(
        &self,
        permit: &Permit<AskCustomEntry>,
        new: &NewCustomEntry,
        by: PersonId,
        now: Timestamp,
    ) -> Result<CustomEntryId, StoreError> {
        let failed = || StoreError::sql("ask for an entry of the agency's own");
        let agency = permit.agency();
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let id = take_ids(&mut tx, "custom-entry", 1).await.map_err(failed())?;
        let told = json(new).map_err(failed())?;
        let values = args![id, agency, by, now, told, new.covert, new.expires_at];
        tx.execute(ADD, values).await.map_err(failed())?;
        let id = CustomEntryId::from_i64(id);
        let asked = CustomDone { at: now, by, deed: CustomDeed::Asked };
        add_deed(&mut tx, agency, id, 0, &asked).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(id)
    }

    /// The agency's newest entries, newest first.
    pub async fn custom_entries(
        &self,
        permit: &Permit<ListCustomEntries>,
        limit: u32,
    ) -> Result<Vec<CustomEntry>, StoreError> {
        let text = format!("{SELECT} ORDER BY c.id DESC LIMIT $2");
        let found = self.custom_by(permit.agency(), text, args![permit.agency(), limit]).await;
        found.map_err(StoreError::sql("list entries of the agency's own"))
    }

    /// One entry.
    pub async fn custom_entry(
        &self,
        permit: &Permit<ListCustomEntries>,
        id: CustomEntryId,
    ) -> Result<Option<CustomEntry>, StoreError> {
        let text = format!("{SELECT} AND c.id = $2");
        let found = self.custom_by(permit.agency(), text, args![permit.agency(), id]).await;
        let found = found.map_err(StoreError::sql("look up an entry of the agency's own"))?;
        Ok(found.into_iter().next())
    }

    /// The entry of the agency's own that a hit matched, where it matched one.
    pub async fn custom_entry_at(
        &self,
        permit: &Permit<OpenHit>,
        at: EntryRef,
    ) -> Result<Option<CustomEntry>, StoreError> {
        let text = format!("{SELECT} AND c.version = $2 AND c.id = $3");
        let values = args![permit.agency(), at.version, at.row];
        let found = self.custom_by(permit.agency(), text, values).await;
        let found = found.map_err(StoreError::sql("look up what a hit matched"))?;
        Ok(found.into_iter().next())
    }

    /// The entries that raise hits: for the matcher.
    pub async fn custom_entries_in_force(
        &self,
        agency: AgencyId,
        now: Timestamp,
    ) -> Result<Vec<CustomEntry>, StoreError> {
        let text = format!("{SELECT} AND c.stage = 'approved' AND c.expires_at > $2 ORDER BY c.id");
        let found = self.custom_by(agency, text, args![agency, now]).await;
        found.map_err(StoreError::sql("load the entries of the agency's own"))
    }

    /// The covert entries whose hits there can be.
    pub async fn covert_entries(&self, agency: AgencyId) -> Result<Vec<CovertEntry>, StoreError> {
        let failed = || StoreError::sql("look up covert entries");
        let rows = self.control().read.rows(COVERT, args![agency]).await.map_err(failed())?;
        rows.iter().map(covert).collect::<Result<_, _>>().map_err(failed())
    }

    /// Adds a deed that changes nothing but the history; false where somebody else added one in the meantime.
    pub async fn add_custom_deed(
        &self,
        permit: &Permit<MatchPast>,
        entry: &CustomEntry,
        done: &CustomDone,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("write down what was done with an entry");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let n_before = entry.life.deeds().len();
        let added = add_deed(&mut tx, permit.agency(), entry.id, n_before, done).await;
        let is_added = added.map_err(failed())?;
        if is_added {
            tx.commit().await.map_err(failed())?;
        }
        Ok(is_added)
    }

    /// Approves an entry, puts it on the agency's own list and writes both down; false where somebody else was quicker, or who
    /// approves is who asked.
    pub async fn approve_custom_entry(
        &self,
        permit: &Permit<ApproveCustomEntry>,
        entry: &CustomEntry,
        done: &CustomDone,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("approve an entry of the agency's own");
        let agency = permit.agency();
        let row = u32::try_from(entry.id.to_i64())
            .map_err(|_| StoreError::Conflict { what: "custom entry" })?;
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let (_, version) = own_list(&mut tx, agency, done.at).await.map_err(failed())?;
        let values = args![agency, entry.id, done.by, version, done.at];
        let approved = tx.execute(APPROVE, values).await.map_err(failed())?;
        let n_before = entry.life.deeds().len();
        let added = add_deed(&mut tx, agency, entry.id, n_before, done).await.map_err(failed())?;
        if approved != 1 || !added {
            return Ok(false);
        }
        self.insert_entry(&mut tx, version, row, &entry.about.entry()).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }

    /// Refuses an entry; false where somebody else was quicker, or who refuses is who asked.
    pub async fn refuse_custom_entry(
        &self,
        permit: &Permit<ApproveCustomEntry>,
        entry: &CustomEntry,
        done: &CustomDone,
    ) -> Result<bool, StoreError> {
        let values = args![permit.agency(), entry.id, done.by];
        self.decided(permit, REFUSE, values, entry, done).await
    }

    /// Ends an entry; false where somebody else was quicker.
    pub async fn end_custom_entry(
        &self,
        permit: &Permit<EndCustomEntry>,
        entry: &CustomEntry,
        done: &CustomDone,
    ) -> Result<bool, StoreError> {
        self.decided(permit, END, args![permit.agency(), entry.id], entry, done).await
    }

    async fn decided<A: Action>(
        &self,
        permit: &Permit<A>,
        text: &'static str,
        values: Vec<Value>,
        entry: &CustomEntry,
        done: &CustomDone,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("decide an entry of the agency's own");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let changed = tx.execute(text, values).await.map_err(failed())?;
        let n_before = entry.life.deeds().len();
        let added = add_deed(&mut tx, permit.agency(), entry.id, n_before, done).await;
        if changed != 1 || !added.map_err(failed())? {
            return Ok(false);
        }
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }

    /// The list that the agency's own entries are; none before the first was approved.
    pub async fn own_list(
        &self,
        permit: &Permit<ListHotlists>,
    ) -> Result<Option<Hotlist>, StoreError> {
        let failed = || StoreError::sql("look up the agency's own list");
        let text = super::hotlists::OWN;
        let row = self.control().read.row(text, args![permit.agency()]).await.map_err(failed())?;
        row.map(|row| hotlist(&row)).transpose().map_err(failed())
    }

    /// Hits raised since then that came in while their entry was being ended.
    pub async fn hits_of_ended_entries(
        &self,
        agency: AgencyId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Hit>, StoreError> {
        let failed = || StoreError::sql("look for hits of ended entries");
        let text = format!("SELECT {COLUMNS} FROM hits h {LEFT_OPEN}");
        let values = args![agency, limit, since];
        let rows = self.control().read.rows(text, values).await.map_err(failed())?;
        rows.iter().map(hit).collect::<Result<_, _>>().map_err(failed())
    }

    /// Keeps which reads an entry fitted.
    pub async fn keep_past(
        &self,
        permit: &Permit<MatchPast>,
        entry: CustomEntryId,
        reads: &[ReadRef],
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("keep which reads an entry fitted");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        for read in reads.iter().filter(|read| read.agency == permit.agency()) {
            tx.execute(ADD_PAST, args![entry, read.day, read.id]).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())
    }

    /// The reads that an entry fitted, newest first.
    pub async fn past_of(
        &self,
        permit: &Permit<ListCustomEntries>,
        entry: CustomEntryId,
        limit: u32,
    ) -> Result<Vec<ReadRef>, StoreError> {
        let failed = || StoreError::sql("look up which reads an entry fitted");
        let agency = permit.agency();
        let rows = self.control().read.rows(PAST, args![agency, entry, limit]).await;
        let one = |row: &Row| {
            let day = Day::from_number(row.get(0)?);
            Ok(ReadRef { agency, day, id: ReadId::from_i64(row.get(1)?) })
        };
        rows.map_err(failed())?.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    async fn custom_by(
        &self,
        agency: AgencyId,
        text: String,
        values: Vec<Value>,
    ) -> Result<Vec<CustomEntry>, sqlx::Error> {
        let db = &self.control().read;
        let rows = db.rows(text, values).await?;
        let mut found: Vec<CustomEntry> = rows.iter().map(custom).collect::<Result<_, _>>()?;
        let ids = found.iter().map(|entry| entry.id);
        let (Some(first), Some(last)) = (ids.clone().min(), ids.max()) else { return Ok(found) };
        let mut deeds: HashMap<CustomEntryId, Vec<CustomDone>> = HashMap::new();
        for row in db.rows(DEEDS, args![agency, first, last]).await? {
            deeds.entry(CustomEntryId::from_i64(row.get(0)?)).or_default().push(done(&row)?);
        }
        for entry in &mut found {
            entry.life = CustomLife::of(deeds.remove(&entry.id).unwrap_or_default());
        }
        Ok(found)
    }
}

/// The agency's own list and its version; made where there is none.
async fn own_list(
    tx: &mut Tx,
    agency: AgencyId,
    now: Timestamp,
) -> Result<(HotlistId, HotlistVersionId), sqlx::Error> {
    if let Some(known) = known_list(tx, agency).await? {
        return Ok(known);
    }
    // Taking an id waits for whoever makes the list in this moment.
    let list = take_ids(tx, "hotlist", 1).await?;
    if let Some(known) = known_list(tx, agency).await? {
        return Ok(known);
    }
    let version = take_ids(tx, "version", 1).await?;
    let category = Category::Investigation.word();
    let values = args![list, agency, OWN_LIST_NAME, "asked for and approved here", category, now];
    tx.execute(ADD_LIST, values).await?;
    tx.execute(ADD_VERSION, args![version, list, SHA256_OF_NOTHING.as_slice(), now]).await?;
    tx.execute(ADD_OWN_LIST, args![agency, list, version]).await?;
    Ok((HotlistId::from_i64(list), HotlistVersionId::from_i64(version)))
}

async fn known_list(
    tx: &mut Tx,
    agency: AgencyId,
) -> Result<Option<(HotlistId, HotlistVersionId)>, sqlx::Error> {
    let row = tx.row(OWN_LIST, args![agency]).await?;
    let known =
        |row: Row| Ok((HotlistId::from_i64(row.get(0)?), HotlistVersionId::from_i64(row.get(1)?)));
    row.map(known).transpose()
}

async fn add_deed(
    tx: &mut Tx,
    agency: AgencyId,
    entry: CustomEntryId,
    n_before: usize,
    done: &CustomDone,
) -> Result<bool, sqlx::Error> {
    let n = i64::try_from(n_before).unwrap_or(i64::MAX).saturating_add(1);
    let told = json(&done.deed)?;
    let values = args![entry, n, agency, done.at, done.by, done.deed.word(), told];
    Ok(tx.execute(ADD_DEED, values).await? == 1)
}

fn json(value: &impl serde::Serialize) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|err| sqlx::Error::Encode(err.into()))
}

fn custom(row: &Row) -> Result<CustomEntry, sqlx::Error> {
    let id: i64 = row.get(0)?;
    let version = row.get::<Option<i64>>(5)?.map(HotlistVersionId::from_i64);
    let hotlist = row.get::<Option<i64>>(6)?.map(HotlistId::from_i64);
    let line = u32::try_from(id).map_err(|_| unreadable(0))?;
    let at = hotlist.zip(version);
    Ok(CustomEntry {
        id: CustomEntryId::from_i64(id),
        agency: AgencyId::from_i64(row.get(1)?),
        author: PersonId::from_i64(row.get(2)?),
        asked_at: Timestamp::from_micros(row.get(3)?),
        about: row.parsed(4, |told: String| serde_json::from_str(&told).ok())?,
        life: CustomLife::default(),
        at: at.map(|(hotlist, version)| EntryRef { hotlist, version, row: line }),
    })
}

fn done(row: &Row) -> Result<CustomDone, sqlx::Error> {
    Ok(CustomDone {
        at: Timestamp::from_micros(row.get(1)?),
        by: PersonId::from_i64(row.get(2)?),
        deed: row.parsed(3, |told: String| serde_json::from_str(&told).ok())?,
    })
}

fn covert(row: &Row) -> Result<CovertEntry, sqlx::Error> {
    let line = row.parsed(0, |id: i64| u32::try_from(id).ok())?;
    Ok(CovertEntry {
        at: (HotlistVersionId::from_i64(row.get(1)?), line),
        author: PersonId::from_i64(row.get(2)?),
        approver: PersonId::from_i64(row.get(3)?),
        about: row.parsed(4, |told: String| serde_json::from_str(&told).ok())?,
    })
}
