//! What was done with hits, and how far each has come.

use std::collections::HashMap;

use domain::access::{ListHits, OpenHit};
use domain::life::{Deed, Done, Life, Outcome, Stage};
use domain::{Action, AgencyId, Hit, HitId, Permit, PersonId, Timestamp};

use super::hits::{COLUMNS, hit};
use crate::sql::{Row, Tx, Value, args};
use crate::{Store, StoreError};

const DEEDS: &str =
    "SELECT at, by_person, told FROM hit_deeds WHERE agency = $1 AND hit = $2 ORDER BY n";
const ADD: &str = "INSERT INTO hit_deeds (hit, n, agency, at, by_person, deed, told) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hit, n) DO NOTHING";
const COME: &str = "INSERT INTO hit_lives (hit, agency, stage, holder, outcome, n_deeds, escalated, changed_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
    ON CONFLICT (hit) DO UPDATE SET stage = excluded.stage, holder = excluded.holder, outcome = excluded.outcome, \
    n_deeds = excluded.n_deeds, escalated = excluded.escalated, changed_at = excluded.changed_at";
const COUNTS: &str = "SELECT COALESCE(l.stage, 'raised'), COUNT(*) FROM hits h LEFT JOIN hit_lives l ON l.hit = h.id \
    WHERE h.agency = $1 AND h.raised_at >= $2 GROUP BY 1";
const WAITING: &str = "SELECT h.id FROM hits h LEFT JOIN hit_lives l ON l.hit = h.id \
    WHERE h.agency = $1 AND h.raised_at >= $2 AND h.raised_at <= $3 \
    AND (l.hit IS NULL OR (l.stage = 'raised' AND l.escalated = 0)) ORDER BY h.id LIMIT $4";

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

    /// Hits with which something is still to be done, newest first; `before` goes on after a page.
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
             AND (l.stage IS NULL OR l.stage IN ('raised', 'taken', 'sent', 'stopped')) \
             ORDER BY h.id DESC LIMIT $3"
        );
        let before = before.map_or(i64::MAX, HitId::to_i64);
        let rows = self.control().read.rows(text, args![permit.agency(), before, limit]).await;
        rows.map_err(failed())?.iter().map(hit).collect::<Result<_, _>>().map_err(failed())
    }

    /// How many hits that were raised since then stand at each stage; stages without any are left out.
    pub async fn hits_by_stage(
        &self,
        permit: &Permit<ListHits>,
        since: Timestamp,
    ) -> Result<HashMap<Stage, u64>, StoreError> {
        let failed = || StoreError::sql("count hits by how far they have come");
        let rows = self.control().read.rows(COUNTS, args![permit.agency(), since]).await;
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
    ];
    tx.execute(COME, values).await?;
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
