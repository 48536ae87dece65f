//! The index that auditors search. It follows the log: leaves are taken in their order, each once, together with the
//! reviews that they open.

use domain::oversight::Cause;
use domain::{AgencyId, Day, PersonId, Timestamp};
use ledger::disclosure::Disclosure;

use super::reviews::raise;
use crate::control::ledger::LogId;
use crate::sql::{Db, Row, Tx, args};
use crate::{Store, StoreError};

/// A keyed digest of something that is looked for and not told.
pub type Code = [u8; 16];

/// That an act showed a plate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlateMark {
    /// The plate's code.
    pub code: Code,
    /// The leaf with which the act began; none: the one that it is written down with.
    pub begun: Option<u64>,
    /// When it goes.
    pub goes_at: Option<Timestamp>,
}

/// An act or an event as auditors search it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexRow {
    /// Its leaf.
    pub leaf: u64,
    /// When.
    pub at: Timestamp,
    /// The day where the agency is.
    pub day: Day,
    /// Whether it is an act that begins; else an event.
    pub begins: bool,
    /// The action's word.
    pub action: String,
    /// What kind of actor.
    pub actor_kind: String,
    /// The actor's pseudonym; empty: nobody.
    pub actor: String,
    /// The roles in which they acted.
    pub role: String,
    /// The session's pseudonym.
    pub session: String,
    /// The purpose's word.
    pub purpose: String,
    /// `permit`, `refuse`, or empty.
    pub decision: String,
    /// The words of the reasons of a refusal, a space between them.
    pub reasons: String,
    /// The case number's code.
    pub case: Option<Code>,
    /// The network address's code.
    pub address: Option<Code>,
}

/// What became of an act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexEnd {
    /// The leaf with which it began.
    pub begun: u64,
    /// The leaf that says so, and the outcome's word, where it is the end and not a minute of it.
    pub ended: Option<(u64, String)>,
    /// How many more things it touched.
    pub n: u64,
}

/// Something that opens a review, or joins the one that is open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Raised {
    /// About whom.
    pub subject: PersonId,
    /// Why.
    pub cause: Cause,
    /// The day where the agency is.
    pub day: Day,
    /// When.
    pub at: Timestamp,
    /// The leaf.
    pub leaf: u64,
}

/// Somebody who was refused: enough refusals in a day open a review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusals {
    /// Who, by pseudonym.
    pub actor: String,
    /// Who.
    pub subject: PersonId,
    /// The day where the agency is.
    pub day: Day,
    /// When it was last.
    pub at: Timestamp,
    /// How many it takes.
    pub n_min: u32,
}

/// What some leaves in a row come to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Indexing {
    /// Acts and events.
    pub rows: Vec<IndexRow>,
    /// What became of acts, these or earlier ones.
    pub ends: Vec<IndexEnd>,
    /// What opens reviews.
    pub raised: Vec<Raised>,
    /// Who was refused.
    pub refusals: Vec<Refusals>,
}

/// A leaf that is not in the index yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unindexed {
    /// Its number.
    pub number: u64,
    /// The entry.
    pub entry: Vec<u8>,
    /// The clear text that is still there.
    pub clear: Vec<Disclosure>,
}

const NEXT: &str = "SELECT next FROM audit_indexed WHERE log = $1";
const FIRST_TIME: &str =
    "INSERT INTO audit_indexed (log, next) VALUES ($1, 0) ON CONFLICT (log) DO NOTHING";
const MOVE: &str = "UPDATE audit_indexed SET next = $3 WHERE log = $1 AND next = $2";
const ENTRIES: &str = "SELECT leaf, entry FROM ledger_entries \
    WHERE log = $1 AND leaf >= $2 AND leaf < $3 ORDER BY leaf";
const CLEAR: &str = "SELECT leaf, disclosure FROM ledger_clear \
    WHERE log = $1 AND leaf >= $2 AND leaf < $3 ORDER BY leaf, field";
const PUT: &str = "INSERT INTO audit_index (log, leaf, at, day, kind, action, actor_kind, actor, role, session, \
    purpose, decision, reasons, case_code, address_code, outcome, n) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', 0)";
const GOES_ON: &str = "UPDATE audit_index SET n = n + $3 WHERE log = $1 AND leaf = $2";
const ENDS: &str = "UPDATE audit_index SET n = n + $3, ended = $4, outcome = $5 \
    WHERE log = $1 AND leaf = $2";
const N_REFUSED: &str = "SELECT COUNT(*), MAX(leaf) FROM audit_index \
    WHERE log = $1 AND actor = $2 AND day = $3 AND decision = 'refuse'";
const JOIN_REFUSALS: &str = "INSERT INTO review_leaves (review, leaf) \
    SELECT $4, leaf FROM audit_index \
    WHERE log = $1 AND actor = $2 AND day = $3 AND decision = 'refuse' \
    ON CONFLICT (review, leaf) DO NOTHING";
const FORGET_PLATES: &str = "DELETE FROM audit_plates WHERE goes_at <= $1";

impl Store {
    /// The leaves of a log that are not in the index yet, from the first of them, at most `limit`.
    pub async fn unindexed(&self, log: LogId, limit: u32) -> Result<Vec<Unindexed>, StoreError> {
        let failed = || StoreError::sql("read what is not in the audit's index yet");
        let db = &self.control().read;
        let row = db.row(NEXT, args![log.to_i64()]).await.map_err(failed())?;
        let first: i64 = row.map(|row| row.get(0)).transpose().map_err(failed())?.unwrap_or(0);
        let values = || args![log.to_i64(), first, first.saturating_add(i64::from(limit))];
        let entries = db.rows(ENTRIES, values()).await.map_err(failed())?;
        let mut leaves: Vec<Unindexed> =
            entries.iter().map(unindexed).collect::<Result<_, _>>().map_err(failed())?;
        for row in db.rows(CLEAR, values()).await.map_err(failed())? {
            let number = row.parsed(0, |leaf: i64| u64::try_from(leaf).ok()).map_err(failed())?;
            let place = leaves.partition_point(|leaf| leaf.number < number);
            // Clear text of a leaf that came after the entries were read waits for the next time.
            if let Some(leaf) = leaves.get_mut(place).filter(|leaf| leaf.number == number) {
                let one = row.parsed(1, |text: String| Disclosure::parse(&text));
                leaf.clear.push(one.map_err(failed())?);
            }
        }
        Ok(leaves)
    }

    /// Puts what the leaves `first..end` come to into the index and opens the reviews, all or nothing; false when somebody
    /// else was quicker.
    pub async fn index_leaves(
        &self,
        log: LogId,
        (first, end): (u64, u64),
        made: &Indexing,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("put leaves into the audit's index");
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        tx.execute(FIRST_TIME, args![log.to_i64()]).await.map_err(failed())?;
        let values = args![log.to_i64(), number(first), number(end)];
        if tx.execute(MOVE, values).await.map_err(failed())? == 0 {
            return Ok(false);
        }
        for row in &made.rows {
            put(&mut tx, log, row).await.map_err(failed())?;
        }
        for IndexEnd { begun, ended, n } in &made.ends {
            let (begun, n) = (number(*begun), number(*n));
            match ended {
                Some((leaf, outcome)) => {
                    let values = args![log.to_i64(), begun, n, number(*leaf), outcome.as_str()];
                    tx.execute(ENDS, values).await.map_err(failed())?;
                }
                None => {
                    tx.execute(GOES_ON, args![log.to_i64(), begun, n]).await.map_err(failed())?;
                }
            }
        }
        if let Some(agency) = log.agency() {
            open_reviews(&mut tx, agency, made).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }
}

async fn put(tx: &mut Tx, log: LogId, row: &IndexRow) -> Result<(), sqlx::Error> {
    let values = args![
        log.to_i64(),
        i64::try_from(row.leaf).unwrap_or(i64::MAX),
        row.at,
        row.day,
        if row.begins { "begin" } else { "event" },
        row.action.as_str(),
        row.actor_kind.as_str(),
        row.actor.as_str(),
        row.role.as_str(),
        row.session.as_str(),
        row.purpose.as_str(),
        row.decision.as_str(),
        row.reasons.as_str(),
        row.case.map(Vec::from),
        row.address.map(Vec::from),
    ];
    tx.execute(PUT, values).await.map(drop)
}

async fn open_reviews(tx: &mut Tx, agency: AgencyId, made: &Indexing) -> Result<(), sqlx::Error> {
    for one in &made.raised {
        raise(tx, agency, one).await?;
    }
    let log = LogId::of_agency(agency).to_i64();
    for one in &made.refusals {
        let refused = || args![log, one.actor.as_str(), one.day];
        let Some(row) = tx.row(N_REFUSED, refused()).await? else { continue };
        if row.get::<i64>(0)? < i64::from(one.n_min) {
            continue;
        }
        let (subject, day, at) = (one.subject, one.day, one.at);
        let leaf = row.parsed(1, |leaf: i64| u64::try_from(leaf).ok())?;
        let cause = Cause::RepeatedRefusals;
        let review = raise(tx, agency, &Raised { subject, cause, day, at, leaf }).await?;
        let mut values = refused();
        values.push(review.into());
        tx.execute(JOIN_REFUSALS, values).await?;
    }
    Ok(())
}

/// Forgets which acts showed which plates, where that is due; how many rows went.
pub(crate) async fn forget_plates(db: &Db, now: Timestamp) -> Result<u64, sqlx::Error> {
    db.execute(FORGET_PLATES, args![now]).await
}

fn unindexed(row: &Row) -> Result<Unindexed, sqlx::Error> {
    Ok(Unindexed {
        number: row.parsed(0, |leaf: i64| u64::try_from(leaf).ok())?,
        entry: row.get(1)?,
        clear: Vec::new(),
    })
}
