//! Hits, as the relay brought them here.

use std::collections::HashMap;

use domain::access::{ListHits, ListReads, OpenHit, OpenRead};
use domain::{
    AgencyId, CameraId, ClassFit, Day, EntryRef, Hit, HitId, HotlistId, HotlistVersionId, NewHit,
    Permit, ReadId, ReadRef, Timestamp, VehicleClass,
};
use plate::{Grade, JurisdictionFit};

use super::custom_entries::Hidden;
use super::{entries, shifts, take_ids};
use crate::sql::{Row, Tx, Value, args};
use crate::{Relayed, Store, StoreError};

/// Which hits to list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HitsQuery {
    /// Only those after this one: the ones that follow it most closely, so that nothing is skipped.
    pub after: Option<HitId>,
    /// Only those before this one.
    pub before: Option<HitId>,
    /// At most so many.
    pub limit: u32,
}

const INSERT: &str = "INSERT INTO hits \
    (id, agency, day, read_id, hotlist, version, line, grade, jurisdiction_fit, raised_at, camera, class_fit) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const THERE: &str =
    "SELECT id FROM hits WHERE agency = $1 AND read_id = $2 AND version = $3 AND line = $4";
/// A hit's columns, of `hits h`.
pub(super) const COLUMNS: &str = "h.id, h.agency, h.day, h.read_id, h.hotlist, h.version, h.line, h.grade, h.jurisdiction_fit, h.raised_at, h.class_fit";
const NEWEST: &str = "SELECT id, agency, day, read_id, hotlist, version, line, grade, jurisdiction_fit, raised_at, class_fit \
    FROM hits WHERE agency = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
const FOLLOWING: &str = "SELECT id, agency, day, read_id, hotlist, version, line, grade, jurisdiction_fit, raised_at, class_fit \
    FROM hits WHERE agency = $1 AND id < $2 AND id > $4 ORDER BY id LIMIT $3";
const ONE: &str = "SELECT id, agency, day, read_id, hotlist, version, line, grade, jurisdiction_fit, raised_at, class_fit \
    FROM hits WHERE agency = $1 AND id = $2";
const OF_READ: &str = "SELECT id, agency, day, read_id, hotlist, version, line, grade, jurisdiction_fit, raised_at, class_fit \
    FROM hits WHERE agency = $1 AND read_id = $2 AND day = $3 ORDER BY id";
const LAST: &str = "SELECT max(id) FROM hits WHERE agency = $1";

/// Reads asked about in one statement; fewer are filled up with an id that no read has.
const COUNTED_AT_ONCE: usize = 32;

impl Store {
    /// Hits, newest first.
    pub async fn hits(
        &self,
        permit: &Permit<ListHits>,
        query: HitsQuery,
    ) -> Result<Vec<Hit>, StoreError> {
        let failed = || StoreError::sql("list hits");
        let before = query.before.map_or(i64::MAX, HitId::to_i64);
        let mut values = args![permit.agency(), before, query.limit];
        let mut hits = match query.after {
            None => self.hits_by(NEWEST, values).await.map_err(failed())?,
            Some(after) => {
                values.push(after.into());
                self.hits_by(FOLLOWING, values).await.map_err(failed())?
            }
        };
        if query.after.is_some() {
            hits.reverse();
        }
        Ok(hits)
    }

    /// One hit.
    pub async fn hit(
        &self,
        permit: &Permit<OpenHit>,
        id: HitId,
    ) -> Result<Option<Hit>, StoreError> {
        let hits = self
            .hits_by(ONE, args![permit.agency(), id])
            .await
            .map_err(StoreError::sql("open a hit"))?;
        Ok(hits.into_iter().next())
    }

    /// What a read hit.
    pub async fn hits_of_read(
        &self,
        permit: &Permit<OpenRead>,
        read: ReadRef,
    ) -> Result<Vec<Hit>, StoreError> {
        if read.agency != permit.agency() {
            return Ok(Vec::new());
        }
        let values = args![read.agency, read.id, read.day];
        self.hits_by(OF_READ, values).await.map_err(StoreError::sql("list a read's hits"))
    }

    /// How many hits each of these reads has that are not hidden; those without any are left out.
    pub async fn hit_counts(
        &self,
        permit: &Permit<ListReads>,
        reads: &[ReadId],
        hidden: &Hidden,
    ) -> Result<HashMap<ReadId, u32>, StoreError> {
        let failed = || StoreError::sql("count the hits of reads");
        let places =
            (2..COUNTED_AT_ONCE + 2).map(|n| format!("${n}")).collect::<Vec<_>>().join(",");
        let text = format!(
            "SELECT read_id, count(*) FROM hits WHERE agency = $1 AND read_id IN ({places}) \
             AND ${} NOT LIKE '%,' || version || ':' || line || ',%' GROUP BY read_id",
            COUNTED_AT_ONCE + 2
        );
        let mut counts = HashMap::new();
        for reads in reads.chunks(COUNTED_AT_ONCE) {
            let mut values = args![permit.agency()];
            values.extend(reads.iter().map(|read| Value::from(*read)));
            values.resize(COUNTED_AT_ONCE + 1, Value::from(ReadId::ZERO));
            values.push(hidden.in_words().into());
            for row in self.control().read.rows(text.clone(), values).await.map_err(failed())? {
                let n = row.parsed(1, |n: i64| u32::try_from(n).ok()).map_err(failed())?;
                counts.insert(ReadId::from_i64(row.get(0).map_err(failed())?), n);
            }
        }
        Ok(counts)
    }

    /// The agency's last hit.
    pub async fn last_hit(&self, permit: &Permit<ListHits>) -> Result<Option<HitId>, StoreError> {
        let failed = || StoreError::sql("look up the last hit");
        let row = self.control().read.row(LAST, args![permit.agency()]).await.map_err(failed())?;
        let last = row.map(|row| row.get::<Option<i64>>(0)).transpose().map_err(failed())?;
        Ok(last.flatten().map(HitId::from_i64))
    }

    async fn hits_by(
        &self,
        text: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Hit>, sqlx::Error> {
        self.control().read.rows(text, values).await?.iter().map(hit).collect()
    }
}

/// A hit as a journal tells it.
pub(crate) struct RaisedHit {
    pub(crate) hit: NewHit,
    /// The camera whose read raised it, where the journal says.
    pub(crate) camera: Option<CameraId>,
    /// What the vehicle is for certain, as that camera saw it.
    pub(crate) seen: VehicleClass,
}

/// Inserts those of `hits` that are not there yet, under ids greater than all before. Here it is found out whether the vehicle that
/// was seen is of the entry's class: ten million entries in the matcher's memory need not carry theirs.
pub(crate) async fn insert_new(tx: &mut Tx, hits: &[RaisedHit]) -> Result<Relayed, sqlx::Error> {
    let mut relayed = Relayed::default();
    for RaisedHit { hit, camera, seen } in hits {
        let EntryRef { hotlist, version, row } = hit.entry;
        let there = tx.row(THERE, args![hit.read.agency, hit.read.id, version, row]).await?;
        if there.is_some() {
            continue;
        }
        let wanted = match seen {
            VehicleClass::Unknown => VehicleClass::Unknown,
            _ => entries::class_of(tx, version, row).await?,
        };
        let id = take_ids(tx, "hit", 1).await?;
        let values = args![
            id,
            hit.read.agency,
            hit.read.day,
            hit.read.id,
            hotlist,
            version,
            row,
            grade_word(hit.grade),
            fit_word(hit.jurisdiction_fit),
            hit.raised_at,
            *camera,
            seen.fit(wanted).word(),
        ];
        tx.execute(INSERT, values).await?;
        // With the hit, and by the clock of the hit: who was there when it was raised is not to be told otherwise later.
        let id = HitId::from_i64(id);
        shifts::note_watch(tx, hit.read.agency, id, hit.raised_at).await?;
        relayed = Relayed { n_hits: relayed.n_hits + 1, last_hit: Some(id), n_leaves: 0 };
    }
    Ok(relayed)
}

pub(super) fn hit(row: &Row) -> Result<Hit, sqlx::Error> {
    Ok(Hit {
        id: HitId::from_i64(row.get(0)?),
        hit: NewHit {
            read: ReadRef {
                agency: AgencyId::from_i64(row.get(1)?),
                day: Day::from_number(row.get(2)?),
                id: ReadId::from_i64(row.get(3)?),
            },
            entry: EntryRef {
                hotlist: HotlistId::from_i64(row.get(4)?),
                version: HotlistVersionId::from_i64(row.get(5)?),
                row: row.parsed(6, |line: i64| u32::try_from(line).ok())?,
            },
            grade: row.parsed(7, |word: String| parse_grade(&word))?,
            jurisdiction_fit: row.parsed(8, |word: String| parse_fit(&word))?,
            raised_at: Timestamp::from_micros(row.get(9)?),
        },
        class_fit: row.parsed(10, |word: String| ClassFit::parse(&word))?,
    })
}

pub(crate) const fn grade_word(grade: Grade) -> &'static str {
    match grade {
        Grade::Exact => "exact",
        Grade::LookAlike => "look-alike",
        Grade::Pattern => "pattern",
    }
}

pub(crate) fn parse_grade(word: &str) -> Option<Grade> {
    [Grade::Exact, Grade::LookAlike, Grade::Pattern]
        .into_iter()
        .find(|grade| grade_word(*grade) == word)
}

pub(crate) const fn fit_word(fit: JurisdictionFit) -> &'static str {
    match fit {
        JurisdictionFit::Same => "same",
        JurisdictionFit::Unknown => "unknown",
        JurisdictionFit::Different => "different",
    }
}

pub(crate) fn parse_fit(word: &str) -> Option<JurisdictionFit> {
    use JurisdictionFit::{Different, Same, Unknown};
    [Same, Unknown, Different].into_iter().find(|fit| fit_word(*fit) == word)
}
