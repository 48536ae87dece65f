//! The facts of stops: counts, and which hits have theirs entered. Nothing joins the two.

use domain::access::{EnterStopFacts, OpenHit, ReadStopFacts};
use domain::figures::Quarter;
use domain::stop_facts::{StopCount, StopFacts, Subject};
use domain::{AgencyId, HitId, Permit, PersonId, Timestamp};

use crate::sql::{Row, args};
use crate::{Store, StoreError};

const ENTERED: &str =
    "INSERT INTO stop_facts_entered (hit, agency) VALUES ($1, $2) ON CONFLICT (hit) DO NOTHING";
const COUNT: &str = "INSERT INTO stop_facts (agency, quarter, subject, first, second, n) VALUES ($1, $2, $3, $4, $5, 1) \
    ON CONFLICT (agency, quarter, subject, first, second) DO UPDATE SET n = stop_facts.n + 1";
const COUNTS: &str = "SELECT subject, first, second, n FROM stop_facts WHERE agency = $1 AND quarter = $2 \
    ORDER BY subject, first, second";
const HAS: &str = "SELECT 1 FROM stop_facts_entered WHERE agency = $1 AND hit = $2";
const STOPS: &str = "SELECT COUNT(*), COUNT(e.hit) FROM hit_deeds d LEFT JOIN stop_facts_entered e ON e.hit = d.hit \
    WHERE d.agency = $1 AND d.deed = 'stopped' AND d.at >= $2 AND d.at < $3";
const WITHOUT: &str = "SELECT d.by_person, COUNT(*) FROM hit_deeds d LEFT JOIN stop_facts_entered e ON e.hit = d.hit \
    WHERE d.agency = $1 AND d.deed = 'stopped' AND d.at >= $2 AND d.at < $3 AND e.hit IS NULL \
    AND d.by_person IS NOT NULL GROUP BY d.by_person ORDER BY d.by_person";
const WITHOUT_OF: &str = "SELECT d.hit FROM hit_deeds d LEFT JOIN stop_facts_entered e ON e.hit = d.hit \
    WHERE d.agency = $1 AND d.deed = 'stopped' AND d.by_person = $2 AND e.hit IS NULL ORDER BY d.hit DESC LIMIT $3";

/// How many stops there were, and of how many the facts are entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StopsEntered {
    /// Stops.
    pub n_stops: u64,
    /// Those with facts.
    pub n_entered: u64,
}

impl Store {
    /// Counts the facts of a hit's stop, and notes that they are entered; false where they were before. All of it or nothing.
    pub async fn add_stop_facts(
        &self,
        permit: &Permit<EnterStopFacts>,
        hit: HitId,
        quarter: Quarter,
        facts: &StopFacts,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("count the facts of a stop");
        let agency = permit.agency();
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        if tx.execute(ENTERED, args![hit, agency]).await.map_err(failed())? == 0 {
            return Ok(false);
        }
        for (subject, first, second) in facts.counts() {
            let values = args![agency, quarter.to_string(), subject.word(), first, second];
            tx.execute(COUNT, values).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }

    /// The counts of a quarter, small ones too: they are for whoever withholds those.
    pub async fn stop_counts(
        &self,
        permit: &Permit<ReadStopFacts>,
        quarter: Quarter,
    ) -> Result<Vec<StopCount>, StoreError> {
        let failed = || StoreError::sql("look up the facts of stops");
        let values = args![permit.agency(), quarter.to_string()];
        let rows = self.control().read.rows(COUNTS, values).await.map_err(failed())?;
        let one = |row: &Row| {
            Ok(StopCount {
                quarter,
                subject: row.parsed(0, |word: String| Subject::parse(&word))?,
                first: row.get(1)?,
                second: row.get(2)?,
                n: row.parsed(3, |n: i64| u64::try_from(n).ok())?,
            })
        };
        rows.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// Whether the facts of a hit's stop are entered.
    pub async fn has_stop_facts(
        &self,
        permit: &Permit<OpenHit>,
        hit: HitId,
    ) -> Result<bool, StoreError> {
        let row = self.control().read.row(HAS, args![permit.agency(), hit]).await;
        Ok(row.map_err(StoreError::sql("look up whether facts are entered"))?.is_some())
    }

    /// How many stops were reported from `from` on and before `to`, and of how many the facts are entered.
    pub async fn stops(
        &self,
        permit: &Permit<ReadStopFacts>,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<StopsEntered, StoreError> {
        let failed = || StoreError::sql("count stops");
        let row = self.control().read.row(STOPS, args![permit.agency(), from, to]).await;
        let Some(row) = row.map_err(failed())? else { return Ok(StopsEntered::default()) };
        let n = |column| row.parsed(column, |n: i64| u64::try_from(n).ok()).map_err(failed());
        Ok(StopsEntered { n_stops: n(0)?, n_entered: n(1)? })
    }

    /// Who reported stops from `from` on and before `to` whose facts are not entered, and how many.
    pub async fn stops_without_facts(
        &self,
        agency: AgencyId,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Vec<(PersonId, u64)>, StoreError> {
        let failed = || StoreError::sql("look for stops without facts");
        let rows = self.control().read.rows(WITHOUT, args![agency, from, to]).await;
        let one = |row: &Row| {
            let n = row.parsed(1, |n: i64| u64::try_from(n).ok())?;
            Ok((PersonId::from_i64(row.get(0)?), n))
        };
        rows.map_err(failed())?.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// The hits of somebody's stops whose facts are not entered, newest first.
    pub async fn hits_without_facts(
        &self,
        permit: &Permit<EnterStopFacts>,
        by: PersonId,
        limit: u32,
    ) -> Result<Vec<HitId>, StoreError> {
        let failed = || StoreError::sql("look for one's stops without facts");
        let rows = self.control().read.rows(WITHOUT_OF, args![permit.agency(), by, limit]).await;
        let one = |row: &Row| row.get(0).map(HitId::from_i64);
        rows.map_err(failed())?.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }
}
