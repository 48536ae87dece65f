//! What was done with hits, and how far each has come.

use std::collections::HashMap;

use domain::access::{ListHits, OpenHit};
use domain::life::{Deed, Done, Life, Outcome, Stage};
use domain::{
    Action, AgencyId, EntryRef, Hit, HitId, HotlistId, HotlistVersionId, Permit, PersonId,
    Timestamp,
};

use super::custom_entries::Hidden;
use super::hits::{COLUMNS, hit};
use super::telling::{LIFE, NOT_A_REPEAT};
use crate::sql::{Row, Tx, Value, args};
use crate::{Store, StoreError};

const DEEDS: &str =
    "SELECT at, by_person, told FROM hit_deeds WHERE agency = $1 AND hit = $2 ORDER BY n";
const ADD: &str = "INSERT INTO hit_deeds (hit, n, agency, at, by_person, deed, told) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hit, n) DO NOTHING";
const COME: &str = "INSERT INTO hit_lives (hit, agency, stage, holder, outcome, n_deeds, escalated, changed_at, finding) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
    ON CONFLICT (hit) DO UPDATE SET stage = excluded.stage, holder = excluded.holder, outcome = excluded.outcome, \
    n_deeds = excluded.n_deeds, escalated = excluded.escalated, changed_at = excluded.changed_at, \
    finding = excluded.finding";
const WAITING: &str = "SELECT h.id FROM hits h LEFT JOIN hit_lives l ON l.hit = h.id \
    WHERE h.agency = $1 AND h.raised_at >= $2 AND h.raised_at <= $3 \
    AND (l.hit IS NULL OR (l.stage = 'raised' AND l.escalated = 0)) \
    AND NOT EXISTS (SELECT 1 FROM hit_repeats r WHERE r.hit = h.id) ORDER BY h.id LIMIT $4";
/// Entries of any of a list's versions whose hits nobody has closed, nor the end of their entry once.
const OPEN_ENTRIES: &str = "SELECT DISTINCT h.version, h.line FROM hits h JOIN hotlist_versions v ON v.id = h.version \
    LEFT JOIN hit_lives l ON l.hit = h.id WHERE h.agency = $1 AND v.hotlist = $2 \
    AND (l.stage IS NULL OR l.stage IN ('raised', 'taken', 'sent', 'stopped')) \
    AND NOT EXISTS (SELECT 1 FROM hit_deeds d WHERE d.hit = h.id AND d.deed IN ('entry-ended', 'alert-ended')) \
    ORDER BY h.version, h.line";
const OPEN_OF_ENTRY: &str = "SELECT h.id FROM hits h LEFT JOIN hit_lives l ON l.hit = h.id \
    WHERE h.agency = $1 AND h.version = $2 AND h.line = $3 \
    AND (l.stage IS NULL OR l.stage IN ('raised', 'taken', 'sent', 'stopped')) \
    AND NOT EXISTS (SELECT 1 FROM hit_deeds d WHERE d.hit = h.id AND d.deed IN ('entry-ended', 'alert-ended')) \
    ORDER BY h.id";

const FORGET_OFFER: &str = "DELETE FROM hit_offers WHERE hit = $1";
const OFFER: &str = "INSERT INTO hit_offers (hit, agency, to_person) VALUES ($1, $2, $3)";

/// Hits asked about in one statement; fewer are filled up with an id that no hit has.
const AT_ONCE: usize = 32;

/// How far a hit has come, without its history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LifeRow {
    /// How far.
    pub stage: Stage,
    /// Who looks after it.
    pub holder: Option<PersonId>,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// Whether it waited past the limit.
    pub is_escalated: bool,
    /// When the last deed was done.
    pub changed_at: Timestamp,
}

/// Which open hits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenHits {
    /// Those that somebody looks after.
    HeldBy(PersonId),
    /// Those that were offered to somebody and not accepted yet.
    OfferedTo(PersonId),
    /// Those that nobody looks after.
    Untaken,
}

impl Store {
    /// What was done with a hit.
    pub async fn life(&self, permit: &Permit<OpenHit>, hit: HitId) -> Result<Life, StoreError> {
        let failed = || StoreError::sql("look up what was done with a hit");
        let rows = self.control().read.rows(DEEDS, args![permit.agency(), hit]).await;
        let deeds: Result<Vec<Done>, _> = rows.map_err(failed())?.iter().map(done).collect();
        Ok(Life::of(deeds.map_err(failed())?))
    }

    /// How far these hits have come; those with which nothing was done are left out.
    pub async fn lives(
        &self,
        permit: &Permit<ListHits>,
        hits: &[HitId],
    ) -> Result<HashMap<HitId, LifeRow>, StoreError> {
        let failed = || StoreError::sql("look up how far hits have come");
        let places = (2..AT_ONCE + 2).map(|n| format!("${n}")).collect::<Vec<_>>().join(",");
        let text = format!(
            "SELECT hit, stage, holder, outcome, escalated, changed_at FROM hit_lives \
             WHERE agency = $1 AND hit IN ({places})"
        );
        let mut lives = HashMap::new();
        for hits in hits.chunks(AT_ONCE) {
            let mut values = args![permit.agency()];
            values.extend(hits.iter().map(|hit| Value::from(*hit)));
            values.resize(AT_ONCE + 1, Value::from(0_i64));
            for row in self.control().read.rows(text.clone(), values).await.map_err(failed())? {
                let (hit, come) = life_row(&row).map_err(failed())?;
                lives.insert(hit, come);
            }
        }
        Ok(lives)
    }

    /// Hits with which something is still to be done, newest first; `before` goes on after a page. Repeats stand with the first
    /// hit of their vehicle, unless somebody did something with them.
    pub async fn open_hits(
        &self,
        permit: &Permit<ListHits>,
        before: Option<HitId>,
        limit: u32,
    ) -> Result<Vec<Hit>, StoreError> {
        let failed = || StoreError::sql("list open hits");
        let text = format!(
            "SELECT {COLUMNS} FROM hits h LEFT JOIN hit_lives l ON l.hit = h.id \
             WHERE h.agency = $1 AND h.id < $2 \
             AND (l.stage IS NULL OR l.stage IN ('raised', 'taken', 'sent', 'stopped')) AND {NOT_A_REPEAT} \
             ORDER BY h.id DESC LIMIT $3"
        );
        let before = before.map_or(i64::MAX, HitId::to_i64);
        let rows = self.control().read.rows(text, args![permit.agency(), before, limit]).await;
        rows.map_err(failed())?.iter().map(hit).collect::<Result<_, _>>().map_err(failed())
    }

    /// How many hits that were raised since then and are not hidden stand at each stage; stages without any are left out. A repeat
    /// with which nothing was done stands where the first hit of its vehicle stands.
    pub async fn hits_by_stage(
        &self,
        permit: &Permit<ListHits>,
        since: Timestamp,
        hidden: &Hidden,
    ) -> Result<HashMap<Stage, u64>, StoreError> {
        let failed = || StoreError::sql("count hits by how far they have come");
        let text = format!(
            "SELECT COALESCE(own.stage, first.stage, 'raised'), COUNT(*) FROM hits h {LIFE} \
             WHERE h.agency = $1 AND h.raised_at >= $2 \
             AND $3 NOT LIKE '%,' || h.version || ':' || h.line || ',%' GROUP BY 1"
        );
        let values = args![permit.agency(), since, hidden.in_words()];
        let rows = self.control().read.rows(text, values).await;
        let one = |row: &Row| {
            let stage = row.parsed(0, |word: String| Stage::parse(&word))?;
            Ok((stage, row.parsed(1, |n: i64| u64::try_from(n).ok())?))
        };
        rows.map_err(failed())?.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// Hits raised from `since` to `until`, both with them, that nobody has taken, and of which nobody was told that they wait; the oldest first.
    pub async fn waiting_hits(
        &self,
        agency: AgencyId,
        (since, until): (Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<HitId>, StoreError> {
        let failed = || StoreError::sql("look for hits that wait");
        let rows = self.control().read.rows(WAITING, args![agency, since, until, limit]).await;
        let one = |row: &Row| row.get(0).map(HitId::from_i64);
        rows.map_err(failed())?.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// Open hits of which something particular is so, newest first.
    pub async fn open_hits_that(
        &self,
        permit: &Permit<ListHits>,
        are: OpenHits,
        limit: u32,
    ) -> Result<Vec<Hit>, StoreError> {
        let failed = || StoreError::sql("list open hits of somebody");
        let (join, which, person) = match are {
            OpenHits::HeldBy(person) => ("", "l.holder = $3", Some(person)),
            OpenHits::OfferedTo(person) => {
                ("JOIN hit_offers o ON o.hit = h.id", "o.to_person = $3", Some(person))
            }
            // Of nobody: the third argument is not asked about, and has to be there.
            OpenHits::Untaken => ("", "l.holder IS NULL AND $3 = 0", None),
        };
        let text = format!(
            "SELECT {COLUMNS} FROM hits h LEFT JOIN hit_lives l ON l.hit = h.id {join} \
             WHERE h.agency = $1 AND {which} \
             AND (l.stage IS NULL OR l.stage IN ('raised', 'taken', 'sent', 'stopped')) \
             ORDER BY h.id DESC LIMIT $2"
        );
        let person = person.map_or(0, PersonId::to_i64);
        let rows = self.control().read.rows(text, args![permit.agency(), limit, person]).await;
        rows.map_err(failed())?.iter().map(hit).collect::<Result<_, _>>().map_err(failed())
    }

    /// Entries of a list, of whichever version, with whose hits something is still to be done.
    pub async fn entries_with_open_hits(
        &self,
        permit: &Permit<ListHits>,
        list: HotlistId,
    ) -> Result<Vec<EntryRef>, StoreError> {
        let failed = || StoreError::sql("list the entries with open hits");
        let rows = self.control().read.rows(OPEN_ENTRIES, args![permit.agency(), list]).await;
        let one = |row: &Row| {
            let version = HotlistVersionId::from_i64(row.get(0)?);
            let line = row.parsed(1, |line: i64| u32::try_from(line).ok())?;
            Ok(EntryRef { hotlist: list, version, row: line })
        };
        rows.map_err(failed())?.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// The hits of an entry with which something is still to be done. One that was opened again after its entry's end is
    /// whoever's who opened it.
    pub async fn open_hits_of_entry<A: Action>(
        &self,
        permit: &Permit<A>,
        at: EntryRef,
    ) -> Result<Vec<HitId>, StoreError> {
        let failed = || StoreError::sql("list the open hits of an entry");
        let values = args![permit.agency(), at.version, at.row];
        let rows = self.control().read.rows(OPEN_OF_ENTRY, values).await.map_err(failed())?;
        let one = |row: &Row| row.get(0).map(HitId::from_i64);
        rows.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// Adds a deed to each of several lives, to all of them or to none; false where somebody else added one to any of them in
    /// the meantime.
    pub async fn add_deeds<A: Action>(
        &self,
        permit: &Permit<A>,
        lives: &[(HitId, Life)],
        done: &Done,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("write down what was done with hits");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        for (hit, before) in lives {
            if !add(&mut tx, permit.agency(), *hit, before, done).await.map_err(failed())? {
                return Ok(false);
            }
        }
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }

    /// Adds the deed `done` to the life `before`; false where somebody else added one to it in the meantime.
    pub async fn add_deed<A: Action>(
        &self,
        permit: &Permit<A>,
        hit: HitId,
        before: &Life,
        done: &Done,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("write down what was done with a hit");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let is_added = add(&mut tx, permit.agency(), hit, before, done).await.map_err(failed())?;
        if is_added {
            tx.commit().await.map_err(failed())?;
        }
        Ok(is_added)
    }
}

/// Adds a deed within a transaction.
pub(crate) async fn add(
    tx: &mut Tx,
    agency: AgencyId,
    hit: HitId,
    before: &Life,
    done: &Done,
) -> Result<bool, sqlx::Error> {
    let n = i64::try_from(before.deeds().len()).unwrap_or(i64::MAX).saturating_add(1);
    let told = serde_json::to_string(&done.deed).map_err(|err| sqlx::Error::Encode(err.into()))?;
    let values = args![hit, n, agency, done.at, done.by, done.deed.word(), told];
    if tx.execute(ADD, values).await? == 0 {
        return Ok(false);
    }
    let mut after = before.clone();
    after.add(done.clone());
    let values = args![
        hit,
        agency,
        after.stage().word(),
        after.holder(),
        after.outcome().map(Outcome::word),
        n,
        after.is_escalated(),
        done.at,
        after.finding().word(),
    ];
    tx.execute(COME, values).await?;
    let (was, is) = (before.offer(), after.offer());
    if was != is {
        tx.execute(FORGET_OFFER, args![hit]).await?;
        if let Some((to, _)) = is {
            tx.execute(OFFER, args![hit, agency, to]).await?;
        }
    }
    Ok(true)
}

fn done(row: &Row) -> Result<Done, sqlx::Error> {
    Ok(Done {
        at: Timestamp::from_micros(row.get(0)?),
        by: row.get::<Option<i64>>(1)?.map(PersonId::from_i64),
        deed: row.parsed(2, |told: String| serde_json::from_str::<Deed>(&told).ok())?,
    })
}

fn life_row(row: &Row) -> Result<(HitId, LifeRow), sqlx::Error> {
    let outcome: Option<String> = row.get(3)?;
    let life = LifeRow {
        stage: row.parsed(1, |word: String| Stage::parse(&word))?,
        holder: row.get::<Option<i64>>(2)?.map(PersonId::from_i64),
        outcome: outcome.as_deref().and_then(Outcome::parse),
        is_escalated: row.get::<i64>(4)? == 1,
        changed_at: Timestamp::from_micros(row.get(5)?),
    };
    Ok((HitId::from_i64(row.get(0)?), life))
}
