//! Sessions, by the digest of their secret.

use domain::{PersonId, Timestamp};

use crate::sql::{Row, args};
use crate::{Store, StoreError};

/// A session as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionRow {
    /// The digest of its secret.
    pub hash: [u8; 32],
    /// Whose it is.
    pub person: PersonId,
    /// When it began.
    pub begun_at: Timestamp,
    /// When it ends, however busy.
    pub expires_at: Timestamp,
    /// When the person last showed who they are.
    pub authenticated_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Timestamp,
    /// From which address it began.
    pub address: String,
    /// With which browser, as that says.
    pub browser: String,
    /// What its person works on, as JSON.
    pub work: Option<String>,
}

const ADD: &str = "INSERT INTO sessions \
    (hash, person, begun_at, expires_at, authenticated_at, used_at, address, browser) \
    VALUES ($1, $2, $3, $4, $7, $3, $5, $6)";
/// In the order in which [`session`] reads them.
const COLUMNS: [&str; 9] = [
    "hash",
    "person",
    "begun_at",
    "expires_at",
    "authenticated_at",
    "used_at",
    "address",
    "browser",
    "work",
];
const USED: &str = "UPDATE sessions SET used_at = $2 WHERE hash = $1 AND used_at < $2";
const AUTHENTICATED: &str =
    "UPDATE sessions SET authenticated_at = $2, used_at = $2 WHERE hash = $1";
const WORK: &str = "UPDATE sessions SET work = $2 WHERE hash = $1";
const END: &str = "DELETE FROM sessions WHERE hash = $1";
const END_ALL: &str = "DELETE FROM sessions WHERE person = $1";
const FORGET: &str = "DELETE FROM sessions WHERE expires_at <= $1";

/// The columns of the table that a statement calls `table`.
pub(super) fn columns(table: &str) -> String {
    COLUMNS.map(|column| format!("{table}.{column}")).join(", ")
}

impl Store {
    /// Begins a session.
    pub async fn add_session(&self, session: &SessionRow) -> Result<(), StoreError> {
        let values = args![
            session.hash.as_slice(),
            session.person,
            session.begun_at,
            session.expires_at,
            session.address.as_str(),
            session.browser.as_str(),
            session.authenticated_at,
        ];
        let added = self.control().write.execute(ADD, values).await;
        added.map(drop).map_err(StoreError::sql("begin a session"))
    }

    /// Somebody's sessions that last, newest first.
    pub async fn sessions_of(
        &self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let failed = || StoreError::sql("list somebody's sessions");
        let text = format!(
            "SELECT {} FROM sessions WHERE person = $1 AND expires_at > $2 ORDER BY begun_at DESC",
            COLUMNS.join(", ")
        );
        let rows = self.control().read.rows(text, args![person, now]).await.map_err(failed())?;
        rows.iter().map(|row| session(row, 0)).collect::<Result<_, _>>().map_err(failed())
    }

    /// Notes that a session is used.
    pub async fn note_session_use(
        &self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let noted = self.control().write.execute(USED, args![hash.as_slice(), now]).await;
        noted.map(drop).map_err(StoreError::sql("note a session's use"))
    }

    /// Notes that a session's person showed again who they are.
    pub async fn note_authentication(
        &self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let noted = self.control().write.execute(AUTHENTICATED, args![hash.as_slice(), now]).await;
        noted.map(drop).map_err(StoreError::sql("note an authentication"))
    }

    /// Notes what a session's person works on from now on.
    pub async fn set_work(&self, hash: &[u8; 32], work: Option<&str>) -> Result<(), StoreError> {
        let set = self.control().write.execute(WORK, args![hash.as_slice(), work]).await;
        set.map(drop).map_err(StoreError::sql("note what somebody works on"))
    }

    /// Ends a session.
    pub async fn end_session(&self, hash: &[u8; 32]) -> Result<(), StoreError> {
        let ended = self.control().write.execute(END, args![hash.as_slice()]).await;
        ended.map(drop).map_err(StoreError::sql("end the session"))
    }

    /// Ends all of somebody's sessions; how many there were.
    pub async fn end_sessions_of(&self, person: PersonId) -> Result<u64, StoreError> {
        let ended = self.control().write.execute(END_ALL, args![person]).await;
        ended.map_err(StoreError::sql("end somebody's sessions"))
    }

    /// Forgets sessions that have expired.
    pub(crate) async fn forget_expired_sessions(&self, now: Timestamp) -> Result<(), StoreError> {
        let forgotten = self.control().write.execute(FORGET, args![now]).await;
        forgotten.map(drop).map_err(StoreError::sql("forget expired sessions"))
    }
}

/// A session, whose columns begin at `first`.
pub(super) fn session(row: &Row, first: usize) -> Result<SessionRow, sqlx::Error> {
    let moment = |index| row.get(first + index).map(Timestamp::from_micros);
    Ok(SessionRow {
        hash: row.parsed(first, |bytes: Vec<u8>| bytes.try_into().ok())?,
        person: PersonId::from_i64(row.get(first + 1)?),
        begun_at: moment(2)?,
        expires_at: moment(3)?,
        authenticated_at: moment(4)?,
        used_at: moment(5)?,
        address: row.get(first + 6)?,
        browser: row.get(first + 7)?,
        work: row.get(first + 8)?,
    })
}
