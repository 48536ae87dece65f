//! Passkeys, by the ids of their credentials.

use domain::access::ChangeFactors;
use domain::{PasskeyId, Permit, PersonId, Timestamp};

use super::take_ids;
use crate::sql::{Row, Tx, args};
use crate::{Store, StoreError};

/// A passkey to keep.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPasskey {
    /// The credential's id: no two people may have the same.
    pub credential: Vec<u8>,
    /// What checks its signatures.
    pub passkey: String,
    /// What its owner calls it.
    pub label: String,
    /// When it was added.
    pub added_at: Timestamp,
}

/// A passkey as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PasskeyRow {
    /// Which.
    pub id: PasskeyId,
    /// Whose.
    pub person: PersonId,
    /// The credential's id.
    pub credential: Vec<u8>,
    /// What checks its signatures.
    pub passkey: String,
    /// What its owner calls it.
    pub label: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

const ADD: &str = "INSERT INTO passkeys (id, person, credential, passkey, label, added_at) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (credential) DO NOTHING";
const SELECT: &str =
    "SELECT id, person, credential, passkey, label, added_at, last_used_at FROM passkeys";
const USE: &str =
    "UPDATE passkeys SET passkey = $3, last_used_at = $4 WHERE id = $1 AND passkey = $2";
const REMOVE: &str = "DELETE FROM passkeys WHERE person = $2 AND id = $3 \
    AND person IN (SELECT id FROM people WHERE agency = $1)";

/// Adds a passkey; none when somebody has one with the same id.
pub(super) async fn add(
    tx: &mut Tx,
    person: PersonId,
    key: &NewPasskey,
) -> Result<Option<PasskeyId>, sqlx::Error> {
    let id = take_ids(tx, "passkey", 1).await?;
    let values = args![
        id,
        person,
        key.credential.as_slice(),
        key.passkey.as_str(),
        key.label.as_str(),
        key.added_at,
    ];
    let n_added = tx.execute(ADD, values).await?;
    Ok((n_added == 1).then_some(PasskeyId::from_i64(id)))
}

impl Store {
    /// Adds a passkey of somebody's own; none when there is one with the same id.
    pub async fn add_passkey(
        &self,
        permit: &Permit<ChangeFactors>,
        person: PersonId,
        key: &NewPasskey,
    ) -> Result<Option<PasskeyId>, StoreError> {
        let failed = || StoreError::sql("add a passkey");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let there = "SELECT id FROM people WHERE agency = $1 AND id = $2";
        let there = tx.row(there, args![permit.agency(), person]).await.map_err(failed())?;
        there.ok_or(StoreError::Missing { what: "person" })?;
        let id = add(&mut tx, person, key).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(id)
    }

    /// Somebody's passkeys, oldest first.
    pub async fn passkeys_of(&self, person: PersonId) -> Result<Vec<PasskeyRow>, StoreError> {
        let failed = || StoreError::sql("list passkeys");
        let text = format!("{SELECT} WHERE person = $1 ORDER BY id");
        let rows = self.control().read.rows(text, args![person]).await.map_err(failed())?;
        rows.iter().map(passkey).collect::<Result<_, _>>().map_err(failed())
    }

    /// A passkey by its credential's id.
    pub async fn passkey(&self, credential: &[u8]) -> Result<Option<PasskeyRow>, StoreError> {
        let failed = || StoreError::sql("look up a passkey");
        let text = format!("{SELECT} WHERE credential = $1");
        let row = self.control().read.row(text, args![credential]).await.map_err(failed())?;
        row.as_ref().map(passkey).transpose().map_err(failed())
    }

    /// Notes that a passkey was used, with what it counts; false when it is no longer what it was: it was removed or used
    /// meanwhile.
    pub async fn passkey_used(
        &self,
        was: &PasskeyRow,
        passkey: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = args![was.id, was.passkey.as_str(), passkey, now];
        let noted = self.control().write.execute(USE, values).await;
        Ok(noted.map_err(StoreError::sql("note a passkey's use"))? == 1)
    }

    /// Removes one of somebody's own passkeys; false when there is none.
    pub async fn remove_passkey(
        &self,
        permit: &Permit<ChangeFactors>,
        person: PersonId,
        id: PasskeyId,
    ) -> Result<bool, StoreError> {
        let removed =
            self.control().write.execute(REMOVE, args![permit.agency(), person, id]).await;
        Ok(removed.map_err(StoreError::sql("remove a passkey"))? == 1)
    }
}

fn passkey(row: &Row) -> Result<PasskeyRow, sqlx::Error> {
    Ok(PasskeyRow {
        id: PasskeyId::from_i64(row.get(0)?),
        person: PersonId::from_i64(row.get(1)?),
        credential: row.get(2)?,
        passkey: row.get(3)?,
        label: row.get(4)?,
        added_at: Timestamp::from_micros(row.get(5)?),
        last_used_at: row.get::<Option<i64>>(6)?.map(Timestamp::from_micros),
    })
}
