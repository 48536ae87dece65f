//! Tokens with which machines ask in a person's name, by the digest of their secret.

use domain::access::ManageTokens;
use domain::{Permit, PersonId, Timestamp, TokenId};

use super::take_ids;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

/// A token as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenRow {
    /// Which.
    pub id: TokenId,
    /// The digest of its secret.
    pub hash: [u8; 32],
    /// In whose name it asks.
    pub person: PersonId,
    /// What its owner calls it.
    pub name: String,
    /// Its beginning, which opens nothing.
    pub shown: String,
    /// The words of the actions that it is for.
    pub scopes: Vec<String>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was ended before.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// What is worked on with it, as JSON.
    pub work: Option<String>,
}

const ADD: &str = "INSERT INTO tokens (id, hash, person, name, shown, scopes, made_at, expires_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const COLUMNS: &str =
    "id, hash, person, name, shown, scopes, made_at, expires_at, revoked_at, last_used_at, work";
const REVOKE: &str =
    "UPDATE tokens SET revoked_at = $3 WHERE person = $1 AND id = $2 AND revoked_at IS NULL";
pub(super) const REVOKE_ALL: &str =
    "UPDATE tokens SET revoked_at = $2 WHERE person = $1 AND revoked_at IS NULL";
const USED: &str = "UPDATE tokens SET last_used_at = $2 WHERE id = $1";
const WORK: &str = "UPDATE tokens SET work = $2 WHERE id = $1";

impl Store {
    /// Keeps a token that somebody made for themselves.
    pub async fn add_token(
        &self,
        permit: &Permit<ManageTokens>,
        token: &TokenRow,
    ) -> Result<TokenId, StoreError> {
        let failed = || StoreError::sql("keep a token");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let there = "SELECT id FROM people WHERE agency = $1 AND id = $2";
        let there = tx.row(there, args![permit.agency(), token.person]).await.map_err(failed())?;
        there.ok_or(StoreError::Missing { what: "person" })?;
        let id = take_ids(&mut tx, "token", 1).await.map_err(failed())?;
        let values = args![
            id,
            token.hash.as_slice(),
            token.person,
            token.name.as_str(),
            token.shown.as_str(),
            token.scopes.join(" "),
            token.made_at,
            token.expires_at,
        ];
        tx.execute(ADD, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(TokenId::from_i64(id))
    }

    /// A token by the digest of its secret, also one that has ended: whoever asks is told why it is refused.
    pub async fn token(&self, hash: &[u8; 32]) -> Result<Option<TokenRow>, StoreError> {
        let failed = || StoreError::sql("look up a token");
        let text = format!("SELECT {COLUMNS} FROM tokens WHERE hash = $1");
        let row = self.control().read.row(text, args![hash.as_slice()]).await.map_err(failed())?;
        row.as_ref().map(token).transpose().map_err(failed())
    }

    /// Somebody's tokens, newest first, the ended ones too.
    pub async fn tokens_of(&self, person: PersonId) -> Result<Vec<TokenRow>, StoreError> {
        let failed = || StoreError::sql("list somebody's tokens");
        let text = format!("SELECT {COLUMNS} FROM tokens WHERE person = $1 ORDER BY id DESC");
        let rows = self.control().read.rows(text, args![person]).await.map_err(failed())?;
        rows.iter().map(token).collect::<Result<_, _>>().map_err(failed())
    }

    /// Ends one of somebody's tokens; false when it is not theirs or had ended.
    pub async fn revoke_token(
        &self,
        person: PersonId,
        id: TokenId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let revoked = self.control().write.execute(REVOKE, args![person, id, now]).await;
        Ok(revoked.map_err(StoreError::sql("revoke a token"))? == 1)
    }

    /// Notes that a token is used.
    pub async fn note_token_use(&self, id: TokenId, now: Timestamp) -> Result<(), StoreError> {
        let noted = self.control().write.execute(USED, args![id, now]).await;
        noted.map(drop).map_err(StoreError::sql("note a token's use"))
    }

    /// Notes what is worked on with a token from now on.
    pub async fn set_token_work(&self, id: TokenId, work: Option<&str>) -> Result<(), StoreError> {
        let set = self.control().write.execute(WORK, args![id, work]).await;
        set.map(drop).map_err(StoreError::sql("note what a machine works on"))
    }
}

fn token(row: &Row) -> Result<TokenRow, sqlx::Error> {
    let moment = |index| row.get::<Option<i64>>(index).map(|at| at.map(Timestamp::from_micros));
    let scopes: String = row.get(5)?;
    Ok(TokenRow {
        id: TokenId::from_i64(row.get(0)?),
        hash: row.parsed(1, |bytes: Vec<u8>| bytes.try_into().ok())?,
        person: PersonId::from_i64(row.get(2)?),
        name: row.get(3)?,
        shown: row.get(4)?,
        scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        made_at: Timestamp::from_micros(row.get(6)?),
        expires_at: Timestamp::from_micros(row.get(7)?),
        revoked_at: moment(8)?,
        last_used_at: moment(9)?,
        work: row.get(10)?,
    })
}
