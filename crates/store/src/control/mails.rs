//! Mail that waits to be sent: written down before it is sent, so that a server that ends sends it later, and nothing twice.

use domain::access::ListPeople;
use domain::{AgencyId, Permit, PersonId, Timestamp};

use super::take_ids;
use crate::sql::{Row, Tx, args};
use crate::{Store, StoreError};

const QUEUE: &str = "INSERT INTO mails \
    (id, agency, person, once, subject, body, made_at, next_try_at, n_tries, trouble) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0, '') ON CONFLICT (agency, once) DO NOTHING";
const THERE: &str = "SELECT id FROM mails WHERE agency = $1 AND once = $2";
const DUE: &str = "SELECT m.id, m.agency, m.person, p.email, m.subject, m.body, m.made_at, m.n_tries \
    FROM mails m JOIN people p ON p.id = m.person \
    WHERE m.next_try_at IS NOT NULL AND m.next_try_at <= $1 ORDER BY m.next_try_at, m.id LIMIT $2";
const SENT: &str = "UPDATE mails SET sent_at = $2, next_try_at = NULL, n_tries = n_tries + 1, trouble = '' WHERE id = $1";
const NOT_SENT: &str =
    "UPDATE mails SET next_try_at = $2, n_tries = n_tries + 1, trouble = $3 WHERE id = $1";
const TROUBLE: &str = "SELECT person, subject, made_at, next_try_at, trouble FROM mails \
    WHERE agency = $1 AND sent_at IS NULL AND trouble <> '' AND made_at >= $2 ORDER BY id DESC LIMIT $3";

/// A mail to write down.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewMail {
    /// Whose.
    pub agency: AgencyId,
    /// To whom: their address is looked up when it is sent.
    pub person: PersonId,
    /// What it is about, in a word that no other mail of the agency has: nobody is told twice.
    pub once: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// A mail whose time has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DueMail {
    /// Which.
    pub id: i64,
    /// Whose.
    pub agency: AgencyId,
    /// To whom.
    pub person: PersonId,
    /// Their address now; may be empty.
    pub email: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// When it was written down.
    pub made_at: Timestamp,
    /// How often it was tried.
    pub n_tries: u32,
}

/// A mail that was not sent, the last time it was tried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailTrouble {
    /// To whom.
    pub person: PersonId,
    /// Its subject.
    pub subject: String,
    /// When it was written down.
    pub made_at: Timestamp,
    /// When it is tried again; none: it was given up.
    pub next_try_at: Option<Timestamp>,
    /// Why it was not sent.
    pub trouble: String,
}

impl Store {
    /// Whether a mail of this word was written down.
    pub async fn has_mail(&self, agency: AgencyId, once: &str) -> Result<bool, StoreError> {
        let there = self.control().read.row(THERE, args![agency, once]).await;
        Ok(there.map_err(StoreError::sql("look for a mail"))?.is_some())
    }

    /// Writes a mail down, to be sent at once; false when this was said before.
    pub async fn queue_mail(&self, new: &NewMail, now: Timestamp) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("write down a mail");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let added = queue(&mut tx, new, now).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(added.is_some())
    }

    /// Mails whose time has come, the one that waits longest first.
    pub async fn due_mails(&self, now: Timestamp, limit: i64) -> Result<Vec<DueMail>, StoreError> {
        let failed = || StoreError::sql("look for mail to send");
        let rows = self.control().read.rows(DUE, args![now, limit]).await.map_err(failed())?;
        rows.iter().map(due).collect::<Result<_, _>>().map_err(failed())
    }

    /// Notes that a mail was taken.
    pub async fn mail_sent(&self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        let noted = self.control().write.execute(SENT, args![id, now]).await;
        noted.map(drop).map_err(StoreError::sql("note a mail that was sent"))
    }

    /// Notes that a mail was not taken, why, and when it is tried again; never again when nothing is said.
    pub async fn mail_not_sent(
        &self,
        id: i64,
        why: &str,
        next_try_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let noted = self.control().write.execute(NOT_SENT, args![id, next_try_at, why]).await;
        noted.map(drop).map_err(StoreError::sql("note a mail that was not sent"))
    }

    /// An agency's mails since a moment that were tried and not sent, newest first.
    pub async fn mail_troubles(
        &self,
        permit: &Permit<ListPeople>,
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<MailTrouble>, StoreError> {
        let failed = || StoreError::sql("look for mail that was not sent");
        let values = args![permit.agency(), since, limit];
        let rows = self.control().read.rows(TROUBLE, values).await.map_err(failed())?;
        rows.iter().map(trouble).collect::<Result<_, _>>().map_err(failed())
    }
}

/// Writes a mail down within a transaction; its id, and none when this was said before.
pub(super) async fn queue(
    tx: &mut Tx,
    new: &NewMail,
    now: Timestamp,
) -> Result<Option<i64>, sqlx::Error> {
    let id = take_ids(tx, "mail", 1).await?;
    let values = args![
        id,
        new.agency,
        new.person,
        new.once.as_str(),
        new.subject.as_str(),
        new.body.as_str(),
        now,
    ];
    Ok((tx.execute(QUEUE, values).await? == 1).then_some(id))
}

fn due(row: &Row) -> Result<DueMail, sqlx::Error> {
    Ok(DueMail {
        id: row.get(0)?,
        agency: AgencyId::from_i64(row.get(1)?),
        person: PersonId::from_i64(row.get(2)?),
        email: row.get(3)?,
        subject: row.get(4)?,
        body: row.get(5)?,
        made_at: Timestamp::from_micros(row.get(6)?),
        n_tries: row.parsed(7, |n: i64| u32::try_from(n).ok())?,
    })
}

fn trouble(row: &Row) -> Result<MailTrouble, sqlx::Error> {
    Ok(MailTrouble {
        person: PersonId::from_i64(row.get(0)?),
        subject: row.get(1)?,
        made_at: Timestamp::from_micros(row.get(2)?),
        next_try_at: row.get::<Option<i64>>(3)?.map(Timestamp::from_micros),
        trouble: row.get(4)?,
    })
}
