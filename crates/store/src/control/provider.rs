//! As whom an agency's own provider knows somebody.

use domain::{AgencyId, Person, PersonId, Timestamp};

use super::people;
use super::sign_in::end_what_opens;
use crate::sql::args;
use crate::{Store, StoreError};

const SUBJECT: &str = "SELECT person FROM provider_subjects WHERE issuer = $1 AND subject = $2";
const LINK: &str = "INSERT INTO provider_subjects (issuer, subject, person, linked_at) \
    VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
const USE_INVITATION: &str = "UPDATE invitations SET used_at = $2 \
    WHERE hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING person";

/// As whom a provider knows somebody.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Which provider.
    pub issuer: &'a str,
    /// Whom it speaks of.
    pub subject: &'a str,
}

impl Store {
    /// Who a provider's subject is.
    pub async fn person_of_subject(&self, of: Subject<'_>) -> Result<Option<PersonId>, StoreError> {
        let failed = || StoreError::sql("look up a provider's subject");
        let row = self.control().read.row(SUBJECT, args![of.issuer, of.subject]).await;
        let row = row.map_err(failed())?;
        row.map(|row| row.get(0).map(PersonId::from_i64)).transpose().map_err(failed())
    }

    /// Those of an agency whose mail address this is, whatever the case of its letters.
    pub async fn people_by_email(
        &self,
        agency: AgencyId,
        email: &str,
    ) -> Result<Vec<Person>, StoreError> {
        let text = "WHERE agency = $1 AND email <> '' AND LOWER(email) = $2 ORDER BY id";
        self.people_where(text, args![agency, email.to_ascii_lowercase()]).await
    }

    /// Links a person with a subject; false when either is linked already.
    pub async fn link_subject(
        &self,
        of: Subject<'_>,
        person: PersonId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("link somebody with a provider's subject");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let values = args![of.issuer, of.subject, person, now];
        let n_linked = tx.execute(LINK, values).await.map_err(failed())?;
        if n_linked == 1 {
            people::enrolled(&mut tx, person, now).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(n_linked == 1)
    }

    /// Uses an invitation up: from then on its person signs in as this subject, and with nothing that they had before. None
    /// when it no longer works, or the subject is somebody else's.
    pub async fn enrol_with_subject(
        &self,
        invitation: &[u8; 32],
        of: Subject<'_>,
        now: Timestamp,
    ) -> Result<Option<PersonId>, StoreError> {
        let failed = || StoreError::sql("enrol somebody with a provider's subject");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let row = tx.row(USE_INVITATION, args![invitation.as_slice(), now]).await;
        let Some(row) = row.map_err(failed())? else { return Ok(None) };
        let person = PersonId::from_i64(row.get(0).map_err(failed())?);
        end_what_opens(&mut tx, person, now).await.map_err(failed())?;
        let values = args![of.issuer, of.subject, person, now];
        if tx.execute(LINK, values).await.map_err(failed())? != 1 {
            // Dropped, the transaction comes to nothing: the invitation still works.
            return Ok(None);
        }
        people::enrolled(&mut tx, person, now).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(Some(person))
    }
}
