//! Roles that people hold.

use domain::access::{ApproveGrant, GrantRole, ListPeople};
use domain::{Grant, GrantId, Permit, PersonId, Role, Timestamp};

use super::take_ids;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

const ADD: &str = "INSERT INTO grants \
    (id, person, role, reason, given_by, given_at, approved_by, approved_at, ends_at, by_provider) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
/// Of the table that a statement calls `g`, in the order in which [`grant`] reads them.
pub(super) const COLUMNS: &str = "g.id, g.person, g.role, g.reason, g.given_by, g.given_at, g.approved_by, g.approved_at, \
    g.ends_at, g.ended_by, g.ended_at, g.by_provider";
/// How many there are.
pub(super) const N_COLUMNS: usize = 12;
const APPROVE: &str = "UPDATE grants SET approved_by = $3, approved_at = $4 WHERE id = $2 AND approved_at IS NULL \
    AND ended_at IS NULL AND (given_by IS NULL OR given_by <> $3) AND person <> $3 \
    AND person IN (SELECT id FROM people WHERE agency = $1)";
const END: &str = "UPDATE grants SET ended_by = $3, ended_at = $4 WHERE id = $2 AND ended_at IS NULL \
    AND person IN (SELECT id FROM people WHERE agency = $1)";

impl Store {
    /// Gives a role. It counts from `approved_at` on, or once somebody else has approved it.
    pub async fn add_grant(
        &self,
        permit: &Permit<GrantRole>,
        grant: &Grant,
    ) -> Result<GrantId, StoreError> {
        let failed = || StoreError::sql("give a role");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let there = "SELECT id FROM people WHERE agency = $1 AND id = $2";
        let there = tx.row(there, args![permit.agency(), grant.person]).await.map_err(failed())?;
        there.ok_or(StoreError::Missing { what: "person" })?;
        let id = take_ids(&mut tx, "grant", 1).await.map_err(failed())?;
        let values = args![
            id,
            grant.person,
            grant.role.word(),
            grant.reason.as_str(),
            grant.given_by,
            grant.given_at,
            grant.approved_by,
            grant.approved_at,
            grant.ends_at,
            grant.by_provider,
        ];
        tx.execute(ADD, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(GrantId::from_i64(id))
    }

    /// Approves a role that somebody else gave to a third; false when there is none that waits for this person.
    pub async fn approve_grant(
        &self,
        permit: &Permit<ApproveGrant>,
        id: GrantId,
        by: PersonId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = args![permit.agency(), id, by, now];
        let approved = self.control().write.execute(APPROVE, values).await;
        Ok(approved.map_err(StoreError::sql("approve a role"))? == 1)
    }

    /// Ends a role at once; false when it had ended.
    pub async fn end_grant(
        &self,
        permit: &Permit<GrantRole>,
        id: GrantId,
        by: Option<PersonId>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = args![permit.agency(), id, by, now];
        let ended = self.control().write.execute(END, values).await;
        Ok(ended.map_err(StoreError::sql("end a role"))? == 1)
    }

    /// Everybody's roles, the ended ones too, oldest first.
    pub async fn grants(&self, permit: &Permit<ListPeople>) -> Result<Vec<Grant>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM grants g JOIN people p ON p.id = g.person WHERE p.agency = $1 ORDER BY g.id"
        );
        let rows = self.control().read.rows(text, args![permit.agency()]).await;
        read(rows, "list roles")
    }
}

fn read(
    rows: Result<Vec<Row>, sqlx::Error>,
    doing: &'static str,
) -> Result<Vec<Grant>, StoreError> {
    let failed = || StoreError::sql(doing);
    rows.map_err(failed())?
        .iter()
        .map(|row| grant(row, 0))
        .collect::<Result<_, _>>()
        .map_err(failed())
}

/// A grant, whose columns begin at `first`.
pub(super) fn grant(row: &Row, first: usize) -> Result<Grant, sqlx::Error> {
    let moment =
        |index| row.get::<Option<i64>>(first + index).map(|at| at.map(Timestamp::from_micros));
    let who = |index| row.get::<Option<i64>>(first + index).map(|id| id.map(PersonId::from_i64));
    Ok(Grant {
        id: GrantId::from_i64(row.get(first)?),
        person: PersonId::from_i64(row.get(first + 1)?),
        role: row.parsed(first + 2, |word: String| Role::parse(&word))?,
        reason: row.get(first + 3)?,
        given_by: who(4)?,
        given_at: Timestamp::from_micros(row.get(first + 5)?),
        approved_by: who(6)?,
        approved_at: moment(7)?,
        ends_at: moment(8)?,
        ended_by: who(9)?,
        ended_at: moment(10)?,
        by_provider: row.get::<i64>(first + 11)? == 1,
    })
}
