//! Who completed which course.

use domain::access::{ListTraining, RecordTraining};
use domain::{Completion, CompletionId, Day, Permit, PersonId, Timestamp};

use super::take_ids;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

const ADD: &str = "INSERT INTO completions \
    (id, person, course, day, topics, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const COLUMNS: &str =
    "c.id, c.person, c.course, c.day, c.topics, c.recorded_by, c.recorded_at, c.withdrawn_at";
const WITHDRAW: &str = "UPDATE completions SET withdrawn_by = $3, withdrawn_at = $4 \
    WHERE id = $2 AND withdrawn_at IS NULL AND person IN (SELECT id FROM people WHERE agency = $1)";
/// Between topics, which hold no line breaks.
const BREAK: char = '\n';

impl Store {
    /// Records that somebody of the permit's agency completed a course.
    pub async fn add_completion(
        &self,
        permit: &Permit<RecordTraining>,
        completion: &Completion,
    ) -> Result<CompletionId, StoreError> {
        let added = self.add_completions(permit, std::slice::from_ref(completion)).await?;
        added.first().copied().ok_or(StoreError::Missing { what: "completion" })
    }

    /// Records that people of the permit's agency completed courses: all of it or nothing.
    pub async fn add_completions(
        &self,
        permit: &Permit<RecordTraining>,
        completions: &[Completion],
    ) -> Result<Vec<CompletionId>, StoreError> {
        let failed = || StoreError::sql("record completed courses");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let n_new = i64::try_from(completions.len()).unwrap_or(i64::MAX);
        let first = take_ids(&mut tx, "completion", n_new).await.map_err(failed())?;
        let ids: Vec<i64> = (first..).take(completions.len()).collect();
        for (id, completion) in ids.iter().zip(completions) {
            let there = "SELECT id FROM people WHERE agency = $1 AND id = $2";
            let values = args![permit.agency(), completion.person];
            let there = tx.row(there, values).await.map_err(failed())?;
            there.ok_or(StoreError::Missing { what: "person" })?;
            let values = args![
                *id,
                completion.person,
                completion.course.as_str(),
                completion.day,
                completion.topics.join(&BREAK.to_string()),
                completion.recorded_by,
                completion.recorded_at,
            ];
            tx.execute(ADD, values).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(ids.into_iter().map(CompletionId::from_i64).collect())
    }

    /// Withdraws what was recorded wrongly; false when it had been.
    pub async fn withdraw_completion(
        &self,
        permit: &Permit<RecordTraining>,
        id: CompletionId,
        by: Option<PersonId>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = args![permit.agency(), id, by, now];
        let withdrawn = self.control().write.execute(WITHDRAW, values).await;
        Ok(withdrawn.map_err(StoreError::sql("withdraw a completed course"))? == 1)
    }

    /// Everybody's completions, the withdrawn ones too, oldest first.
    pub async fn completions(
        &self,
        permit: &Permit<ListTraining>,
    ) -> Result<Vec<Completion>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM completions c JOIN people p ON p.id = c.person WHERE p.agency = $1 ORDER BY c.id"
        );
        let rows = self.control().read.rows(text, args![permit.agency()]).await;
        read(rows, "list completed courses")
    }

    /// One person's completions that were not withdrawn.
    pub(crate) async fn completions_of(
        &self,
        person: PersonId,
    ) -> Result<Vec<Completion>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM completions c WHERE c.person = $1 AND c.withdrawn_at IS NULL ORDER BY c.id"
        );
        let rows = self.control().read.rows(text, args![person]).await;
        read(rows, "list somebody's completed courses")
    }
}

fn read(
    rows: Result<Vec<Row>, sqlx::Error>,
    doing: &'static str,
) -> Result<Vec<Completion>, StoreError> {
    let failed = || StoreError::sql(doing);
    rows.map_err(failed())?.iter().map(completion).collect::<Result<_, _>>().map_err(failed())
}

fn completion(row: &Row) -> Result<Completion, sqlx::Error> {
    let topics = row.get::<String>(4)?;
    Ok(Completion {
        id: CompletionId::from_i64(row.get(0)?),
        person: PersonId::from_i64(row.get(1)?),
        course: row.get(2)?,
        day: Day::from_number(row.get(3)?),
        topics: topics.split(BREAK).filter(|one| !one.is_empty()).map(str::to_owned).collect(),
        recorded_by: row.get::<Option<i64>>(5)?.map(PersonId::from_i64),
        recorded_at: Timestamp::from_micros(row.get(6)?),
        withdrawn_at: row.get::<Option<i64>>(7)?.map(Timestamp::from_micros),
    })
}
