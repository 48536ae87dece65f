//! Sign-in links and sessions, by the digest of their secret.

use domain::{AgencyId, Timestamp};

use crate::sql::args;
use crate::{Store, StoreError};

const ADD_LINK: &str = "INSERT INTO sign_in_links (hash, agency, expires_at) VALUES ($1, $2, $3)";
const USE_LINK: &str = "UPDATE sign_in_links SET used_at = $2 \
    WHERE hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING agency";
const ADD_SESSION: &str =
    "INSERT INTO sessions (hash, agency, begun_at, expires_at) VALUES ($1, $2, $3, $4)";
const SESSION: &str = "SELECT agency FROM sessions WHERE hash = $1 AND expires_at > $2";
const END_SESSION: &str = "DELETE FROM sessions WHERE hash = $1";
const FORGET_LINKS: &str = "DELETE FROM sign_in_links WHERE expires_at <= $1";
const FORGET_SESSIONS: &str = "DELETE FROM sessions WHERE expires_at <= $1";

impl Store {
    /// Keeps a sign-in link by the digest of its secret.
    pub async fn add_link(
        &self,
        hash: &[u8; 32],
        agency: AgencyId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let values = args![hash.as_slice(), agency, expires_at];
        self.control()
            .write
            .execute(ADD_LINK, values)
            .await
            .map_err(StoreError::sql("keep a sign-in link"))?;
        Ok(())
    }

    /// Uses a link up: whose it is, once and before it expires; nobody's otherwise.
    pub async fn use_link(
        &self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<AgencyId>, StoreError> {
        let failed = || StoreError::sql("use a sign-in link");
        let values = args![hash.as_slice(), now];
        let row = self.control().write.row(USE_LINK, values).await.map_err(failed())?;
        row.map(|row| row.get(0).map(AgencyId::from_i64)).transpose().map_err(failed())
    }

    /// Begins a session.
    pub async fn add_session(
        &self,
        hash: &[u8; 32],
        agency: AgencyId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let values = args![hash.as_slice(), agency, now, expires_at];
        self.control()
            .write
            .execute(ADD_SESSION, values)
            .await
            .map_err(StoreError::sql("begin a session"))?;
        Ok(())
    }

    /// Whose session it is, while it lasts.
    pub async fn session(
        &self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<AgencyId>, StoreError> {
        let failed = || StoreError::sql("look up a session");
        let row =
            self.control().read.row(SESSION, args![hash.as_slice(), now]).await.map_err(failed())?;
        row.map(|row| row.get(0).map(AgencyId::from_i64)).transpose().map_err(failed())
    }

    /// Ends a session.
    pub async fn end_session(&self, hash: &[u8; 32]) -> Result<(), StoreError> {
        let values = args![hash.as_slice()];
        self.control()
            .write
            .execute(END_SESSION, values)
            .await
            .map_err(StoreError::sql("end a session"))?;
        Ok(())
    }

    /// Forgets links and sessions that have expired.
    pub async fn forget_expired_sign_ins(&self, now: Timestamp) -> Result<(), StoreError> {
        let failed = || StoreError::sql("forget expired sign-ins");
        self.control().write.execute(FORGET_LINKS, args![now]).await.map_err(failed())?;
        self.control().write.execute(FORGET_SESSIONS, args![now]).await.map_err(failed())?;
        Ok(())
    }
}
