//! Weeks: what happened in them, and who signed them off.

use domain::access::{ReviewWeek, SearchAudit};
use domain::oversight::WeekReview;
use domain::{AgencyId, Day, Permit, PersonId, Timestamp};

use crate::control::ledger::LogId;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

/// Two words, and how often they stood together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tally {
    /// The first.
    pub of: String,
    /// The second.
    pub and: String,
    /// How often.
    pub n: u64,
}

/// What happened in some days.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WeekTally {
    /// Looks that were permitted to people: by pseudonym and purpose, most first.
    pub looks: Vec<Tally>,
    /// Refusals to people: by the words of their reasons and the action, most first.
    pub refusals: Vec<Tally>,
    /// Everything: by action and decision.
    pub all: Vec<Tally>,
}

/// Pairs that are counted one by one; more than anybody reads.
const PAIRS_MAX: u32 = 1_000;

const ADD: &str = "INSERT INTO week_reviews (agency, week, reviewer, at, note) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (agency, week, reviewer) DO NOTHING";
const SINCE: &str = "SELECT week, reviewer, at, note FROM week_reviews \
    WHERE agency = $1 AND week >= $2 ORDER BY week DESC, at";
const FIRST_DAY: &str = "SELECT MIN(day) FROM audit_index WHERE log = $1";

impl Store {
    /// What happened on the days `from` to `to`. `looks` are the words of the actions that are looks.
    pub async fn tally_days(
        &self,
        permit: &Permit<SearchAudit>,
        (from, to): (Day, Day),
        looks: &[&str],
    ) -> Result<WeekTally, StoreError> {
        let looks: Vec<String> = looks.iter().map(|word| format!("'{word}'")).collect();
        let looked = format!(
            "actor_kind = 'person' AND kind = 'begin' AND decision = 'permit' AND action IN ({})",
            looks.join(",")
        );
        let of = permit.agency();
        let refused = "actor_kind = 'person' AND decision = 'refuse'";
        Ok(WeekTally {
            looks: self.tally(of, (from, to), ("actor", "purpose"), &looked).await?,
            refusals: self.tally(of, (from, to), ("reasons", "action"), refused).await?,
            all: self.tally(of, (from, to), ("action", "decision"), "1 = 1").await?,
        })
    }

    async fn tally(
        &self,
        agency: AgencyId,
        (from, to): (Day, Day),
        (one, two): (&str, &str),
        fits: &str,
    ) -> Result<Vec<Tally>, StoreError> {
        let failed = || StoreError::sql("count what happened in some days");
        let text = format!(
            "SELECT {one}, {two}, COUNT(*) FROM audit_index \
             WHERE log = $1 AND day >= $2 AND day <= $3 AND {fits} \
             GROUP BY {one}, {two} ORDER BY 3 DESC, 1, 2 LIMIT {PAIRS_MAX}"
        );
        let values = args![LogId::of_agency(agency).to_i64(), from, to];
        let rows = self.control().read.rows(text, values).await.map_err(failed())?;
        let tally = |row: &Row| {
            let n = row.parsed(2, |n: i64| u64::try_from(n).ok())?;
            Ok(Tally { of: row.get(0)?, and: row.get(1)?, n })
        };
        rows.iter().map(tally).collect::<Result<_, _>>().map_err(failed())
    }

    /// The first day of which anything is on record.
    pub async fn first_day_on_record(
        &self,
        permit: &Permit<SearchAudit>,
    ) -> Result<Option<Day>, StoreError> {
        let failed = || StoreError::sql("look up the first day on record");
        let values = args![LogId::of_agency(permit.agency()).to_i64()];
        let row = self.control().read.row(FIRST_DAY, values).await.map_err(failed())?;
        let day = row.map(|row| row.get::<Option<i64>>(0)).transpose().map_err(failed())?;
        Ok(day.flatten().map(Day::from_number))
    }

    /// Signs a week off; false when this person has.
    pub async fn add_week_review(
        &self,
        permit: &Permit<ReviewWeek>,
        review: &WeekReview,
    ) -> Result<bool, StoreError> {
        let WeekReview { week, by, at, note } = review;
        let values = args![permit.agency(), *week, *by, *at, note.as_str()];
        let added = self.control().write.execute(ADD, values).await;
        Ok(added.map_err(StoreError::sql("sign a week off"))? == 1)
    }

    /// Who signed off which week, from a week on, the newest week first.
    pub async fn week_reviews(
        &self,
        permit: &Permit<SearchAudit>,
        since: Day,
    ) -> Result<Vec<WeekReview>, StoreError> {
        let failed = || StoreError::sql("list who signed off which week");
        let rows = self.control().read.rows(SINCE, args![permit.agency(), since]).await;
        let one = |row: &Row| {
            Ok(WeekReview {
                week: Day::from_number(row.get(0)?),
                by: PersonId::from_i64(row.get(1)?),
                at: Timestamp::from_micros(row.get(2)?),
                note: row.get(3)?,
            })
        };
        rows.map_err(failed())?.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }
}
