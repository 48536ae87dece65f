//! Looks that could not wait for their case number.

use domain::access::{OwnAccount, UnlockAccount};
use domain::{AgencyId, ExigentId, ExigentLook, Permit, PersonId, Timestamp};

use super::take_ids;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

const ADD: &str = "INSERT INTO exigent_looks \
    (id, agency, person, purpose, stated_at, looked_at, due_at, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
    ON CONFLICT (person, stated_at) DO NOTHING";
const COLUMNS: &str = "id, purpose, stated_at, looked_at, due_at, leaf, completed_at, released_at";
/// Not completed, or too late and not released.
pub(super) const MATTERS: &str =
    "released_at IS NULL AND (completed_at IS NULL OR completed_at >= due_at)";
const COMPLETE: &str = "UPDATE exigent_looks SET completed_at = $4 \
    WHERE agency = $1 AND id = $2 AND person = $3 AND completed_at IS NULL";
const RELEASE: &str = "UPDATE exigent_looks SET released_by = $3, released_at = $4 \
    WHERE agency = $1 AND person = $2 AND released_at IS NULL AND completed_at >= due_at";

impl Store {
    /// Keeps that somebody looked without a case number; nothing where the statement they looked by is kept already. The id of
    /// `look` is not used.
    pub async fn note_exigent_look(
        &self,
        agency: AgencyId,
        person: PersonId,
        look: &ExigentLook,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("note a look without a case number");
        let leaf = i64::try_from(look.leaf).map_err(|_| StoreError::Missing { what: "leaf" })?;
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let id = take_ids(&mut tx, "exigent", 1).await.map_err(failed())?;
        let values = args![
            id,
            agency,
            person,
            look.purpose.as_str(),
            look.stated_at,
            look.looked_at,
            look.due_at,
            leaf,
        ];
        tx.execute(ADD, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// Somebody's looks without a case number that are not completed, or were too late and lock the account; the one that is
    /// due first comes first.
    pub async fn exigent_looks_of(&self, person: PersonId) -> Result<Vec<ExigentLook>, StoreError> {
        let failed = || StoreError::sql("list looks without a case number");
        let text = format!(
            "SELECT {COLUMNS} FROM exigent_looks WHERE person = $1 AND {MATTERS} ORDER BY due_at, id"
        );
        let rows = self.control().read.rows(text, args![person]).await.map_err(failed())?;
        rows.iter().map(look).collect::<Result<_, _>>().map_err(failed())
    }

    /// Notes that the case number of somebody's own look came; false when it had, or there is no such look of theirs.
    pub async fn complete_exigent_look(
        &self,
        permit: &Permit<OwnAccount>,
        id: ExigentId,
        person: PersonId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = args![permit.agency(), id, person, now];
        let done = self.control().write.execute(COMPLETE, values).await;
        Ok(done.map_err(StoreError::sql("complete a look"))? == 1)
    }

    /// Releases the account of somebody who completed their looks too late; how many those were.
    pub async fn release_exigent_looks(
        &self,
        permit: &Permit<UnlockAccount>,
        person: PersonId,
        by: Option<PersonId>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let values = args![permit.agency(), person, by, now];
        let released = self.control().write.execute(RELEASE, values).await;
        released.map_err(StoreError::sql("release an account"))
    }
}

fn look(row: &Row) -> Result<ExigentLook, sqlx::Error> {
    let moment = |index| row.get(index).map(Timestamp::from_micros);
    let perhaps = |index| row.get::<Option<i64>>(index).map(|at| at.map(Timestamp::from_micros));
    Ok(ExigentLook {
        id: ExigentId::from_i64(row.get(0)?),
        purpose: row.get(1)?,
        stated_at: moment(2)?,
        looked_at: moment(3)?,
        due_at: moment(4)?,
        leaf: row.parsed(5, |leaf: i64| u64::try_from(leaf).ok())?,
        completed_at: perhaps(6)?,
        released_at: perhaps(7)?,
    })
}
