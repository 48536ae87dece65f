//! People and their accounts.

use domain::access::{ListPeople, ListTraining, LockAccount, ManagePeople, ReviewAccounts};
use domain::{AgencyId, Disabled, Login, NewPerson, Permit, Person, PersonId, Timestamp};

use super::{take_ids, tokens};
use crate::sql::{Row, Tx, Value, args};
use crate::{Store, StoreError};

const ADD: &str = "INSERT INTO people \
    (id, agency, login, name, email, is_outside, ends_at, added_at, added_by) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (login) DO NOTHING";
/// Of a row of `people`, in the order in which [`person`] reads them.
const COLUMNS: [&str; N_COLUMNS] = [
    "id",
    "agency",
    "login",
    "name",
    "email",
    "is_outside",
    "ends_at",
    "added_at",
    "added_by",
    "enrolled_at",
    "last_used_at",
    "disabled_at",
    "disabled_why",
    "reviewed_at",
    "enabled_at",
];
/// How many there are.
pub(super) const N_COLUMNS: usize = 15;
const ENROLLED: &str = "UPDATE people SET enrolled_at = $2 WHERE id = $1 AND enrolled_at IS NULL";
const USED: &str = "UPDATE people SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";
const DISABLE: &str = "UPDATE people SET disabled_at = $3, disabled_why = $4 \
    WHERE agency = $1 AND id = $2 AND disabled_at IS NULL";
const ENABLE: &str = "UPDATE people SET disabled_at = NULL, disabled_why = NULL, enabled_at = $3 \
    WHERE agency = $1 AND id = $2 AND disabled_at IS NOT NULL";
const EMAIL: &str = "UPDATE people SET email = $3 WHERE agency = $1 AND id = $2";
const REVIEWED: &str = "UPDATE people SET reviewed_at = $3 WHERE agency = $1 AND id = $2";
const END_SESSIONS: &str = "DELETE FROM sessions WHERE person = $1";

/// The columns of the table that a statement calls `table`.
pub(super) fn columns(table: &str) -> String {
    COLUMNS.map(|column| format!("{table}.{column}")).join(", ")
}

fn select(rest: &str) -> String {
    format!("SELECT {} FROM people {rest}", COLUMNS.join(", "))
}

impl Store {
    /// Adds somebody to an agency; nobody when the login was ever given before.
    pub async fn add_person(
        &self,
        permit: &Permit<ManagePeople>,
        new: &NewPerson,
        by: Option<PersonId>,
        now: Timestamp,
    ) -> Result<Option<PersonId>, StoreError> {
        let failed = || StoreError::sql("add a person");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let id = take_ids(&mut tx, "person", 1).await.map_err(failed())?;
        let values = args![
            id,
            permit.agency(),
            new.login.as_str(),
            new.name.as_str(),
            new.email.as_str(),
            new.is_outside,
            new.ends_at,
            now,
            by,
        ];
        let n_added = tx.execute(ADD, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok((n_added == 1).then_some(PersonId::from_i64(id)))
    }

    /// Everybody in the agency, by name.
    pub async fn people(&self, permit: &Permit<ListPeople>) -> Result<Vec<Person>, StoreError> {
        self.people_of(permit.agency()).await
    }

    /// The same, for who looks at their training.
    pub async fn people_in_training(
        &self,
        permit: &Permit<ListTraining>,
    ) -> Result<Vec<Person>, StoreError> {
        self.people_of(permit.agency()).await
    }

    async fn people_of(&self, agency: AgencyId) -> Result<Vec<Person>, StoreError> {
        self.people_where("WHERE agency = $1 ORDER BY name, id", args![agency]).await
    }

    pub(super) async fn people_where(
        &self,
        rest: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Person>, StoreError> {
        let failed = || StoreError::sql("list people");
        let rows = self.control().read.rows(select(rest), values).await.map_err(failed())?;
        rows.iter().map(|row| person(row, 0)).collect::<Result<_, _>>().map_err(failed())
    }

    /// Somebody by their number, whichever their agency: for who is about to find out whether they may do something.
    pub async fn person(&self, id: PersonId) -> Result<Option<Person>, StoreError> {
        let failed = || StoreError::sql("look up a person");
        let row =
            self.control().read.row(select("WHERE id = $1"), args![id]).await.map_err(failed())?;
        row.as_ref().map(|row| person(row, 0)).transpose().map_err(failed())
    }

    /// Somebody by the name with which they sign in.
    pub async fn person_by_login(&self, login: &Login) -> Result<Option<Person>, StoreError> {
        let failed = || StoreError::sql("look up a person");
        let values = args![login.as_str()];
        let row =
            self.control().read.row(select("WHERE login = $1"), values).await.map_err(failed())?;
        row.as_ref().map(|row| person(row, 0)).transpose().map_err(failed())
    }

    /// Whether the agency has anybody.
    pub async fn has_people(&self, agency: AgencyId) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("look for people");
        let text = "SELECT id FROM people WHERE agency = $1 LIMIT 1";
        let row = self.control().read.row(text, args![agency]).await.map_err(failed())?;
        Ok(row.is_some())
    }

    /// Notes that somebody used their account.
    pub async fn note_use(&self, id: PersonId, now: Timestamp) -> Result<(), StoreError> {
        let used = self.control().write.execute(USED, args![id, now]).await;
        used.map(drop).map_err(StoreError::sql("note an account's use"))
    }

    /// Disables an account and ends its sessions and its tokens. Doing it again changes nothing.
    pub async fn disable_person(
        &self,
        permit: &Permit<LockAccount>,
        id: PersonId,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("disable an account");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let values = args![permit.agency(), id, now, why];
        if tx.execute(DISABLE, values).await.map_err(failed())? == 1 {
            tx.execute(END_SESSIONS, args![id]).await.map_err(failed())?;
            tx.execute(tokens::REVOKE_ALL, args![id, now]).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())
    }

    /// Enables an account again.
    pub async fn enable_person(
        &self,
        permit: &Permit<ManagePeople>,
        id: PersonId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let values = args![permit.agency(), id, now];
        let enabled = self.control().write.execute(ENABLE, values).await;
        enabled.map(drop).map_err(StoreError::sql("enable an account"))
    }

    /// Changes where mail reaches somebody.
    pub async fn change_email(
        &self,
        permit: &Permit<ManagePeople>,
        id: PersonId,
        email: &str,
    ) -> Result<(), StoreError> {
        let values = args![permit.agency(), id, email];
        let changed = self.control().write.execute(EMAIL, values).await;
        changed.map(drop).map_err(StoreError::sql("change a mail address"))
    }

    /// Notes that account and rights were confirmed.
    pub async fn person_reviewed(
        &self,
        permit: &Permit<ReviewAccounts>,
        id: PersonId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let values = args![permit.agency(), id, now];
        let noted = self.control().write.execute(REVIEWED, values).await;
        noted.map(drop).map_err(StoreError::sql("note a review"))
    }
}

/// Notes that somebody chose their password and second factor.
pub(crate) async fn enrolled(tx: &mut Tx, id: PersonId, now: Timestamp) -> Result<(), sqlx::Error> {
    tx.execute(ENROLLED, args![id, now]).await.map(drop)
}

/// Somebody, whose columns begin at `first`.
pub(super) fn person(row: &Row, first: usize) -> Result<Person, sqlx::Error> {
    let moment =
        |index| row.get::<Option<i64>>(first + index).map(|at| at.map(Timestamp::from_micros));
    let disabled_at = moment(11)?;
    let why = row.get::<Option<String>>(first + 12)?.unwrap_or_default();
    Ok(Person {
        id: PersonId::from_i64(row.get(first)?),
        agency: AgencyId::from_i64(row.get(first + 1)?),
        login: row.parsed(first + 2, |text: String| Login::parse(&text).ok())?,
        name: row.get(first + 3)?,
        email: row.get(first + 4)?,
        is_outside: row.get::<i64>(first + 5)? == 1,
        ends_at: moment(6)?,
        added_at: Timestamp::from_micros(row.get(first + 7)?),
        added_by: row.get::<Option<i64>>(first + 8)?.map(PersonId::from_i64),
        enrolled_at: moment(9)?,
        last_used_at: moment(10)?,
        disabled: disabled_at.map(|at| Disabled { at, why }),
        reviewed_at: moment(13)?,
        enabled_at: moment(14)?,
    })
}
