//! Reviews: opened by what the log says, closed by a finding, never deleted.

use domain::access::ReviewUse;
use domain::oversight::{Cause, Closed, Finding, Review, ReviewNote};
use domain::{AgencyId, Day, Permit, PersonId, ReviewId, Timestamp};

use super::Raised;
use crate::control::take_ids;
use crate::sql::{Row, Tx, args};
use crate::{Store, StoreError};

const OPEN_ONE: &str = "SELECT id FROM reviews \
    WHERE agency = $1 AND subject = $2 AND cause = $3 AND day = $4 AND closed_at IS NULL";
const ADD: &str = "INSERT INTO reviews (id, agency, subject, cause, day, opened_at) \
    VALUES ($1, $2, $3, $4, $5, $6)";
const ADD_LEAF: &str = "INSERT INTO review_leaves (review, leaf) VALUES ($1, $2) \
    ON CONFLICT (review, leaf) DO NOTHING";
const ADD_NOTE: &str = "INSERT INTO review_notes (id, review, at, by_person, note) \
    VALUES ($1, $2, $3, $4, $5)";
const CLOSE: &str = "UPDATE reviews SET closed_by = $3, closed_at = $4, finding = $5, finding_text = $6 \
    WHERE agency = $1 AND id = $2 AND closed_at IS NULL AND subject <> $3";
const COLUMNS: &str = "r.id, r.agency, r.subject, r.cause, r.day, r.opened_at, r.closed_by, r.closed_at, \
    r.finding, r.finding_text, (SELECT COUNT(*) FROM review_leaves l WHERE l.review = r.id)";
const NOTES: &str =
    "SELECT n.at, n.by_person, n.note FROM review_notes n WHERE n.review = $1 ORDER BY n.id";
const LEAVES: &str = "SELECT leaf FROM review_leaves WHERE review = $1 ORDER BY leaf DESC LIMIT $2";

impl Store {
    /// The agency's reviews that are not about `viewer`, newest first: the open ones, or those that were closed.
    pub async fn reviews(
        &self,
        permit: &Permit<ReviewUse>,
        viewer: Option<PersonId>,
        is_open: bool,
        limit: u32,
    ) -> Result<Vec<Review>, StoreError> {
        let failed = || StoreError::sql("list reviews");
        let closed = if is_open { "IS NULL" } else { "IS NOT NULL" };
        let text = format!(
            "SELECT {COLUMNS} FROM reviews r WHERE r.agency = $1 AND r.subject <> $2 \
             AND r.closed_at {closed} ORDER BY r.id DESC LIMIT $3"
        );
        // Nobody has the number 0.
        let viewer = viewer.map_or(0, PersonId::to_i64);
        let values = args![permit.agency(), viewer, limit];
        let rows = self.control().read.rows(text, values).await.map_err(failed())?;
        rows.iter().map(review).collect::<Result<_, _>>().map_err(failed())
    }

    /// One review; none where it is about `viewer`.
    pub async fn review(
        &self,
        permit: &Permit<ReviewUse>,
        viewer: Option<PersonId>,
        id: ReviewId,
    ) -> Result<Option<Review>, StoreError> {
        let failed = || StoreError::sql("open a review");
        let text = format!(
            "SELECT {COLUMNS} FROM reviews r WHERE r.agency = $1 AND r.subject <> $2 AND r.id = $3"
        );
        let viewer = viewer.map_or(0, PersonId::to_i64);
        let row = self.control().read.row(text, args![permit.agency(), viewer, id]).await;
        row.map_err(failed())?.as_ref().map(review).transpose().map_err(failed())
    }

    /// How many reviews of the agency, all told, were closed with each finding.
    pub async fn review_findings(
        &self,
        permit: &Permit<ReviewUse>,
    ) -> Result<Vec<(Finding, u64)>, StoreError> {
        let failed = || StoreError::sql("count findings");
        let text = "SELECT finding, COUNT(*) FROM reviews \
            WHERE agency = $1 AND finding IS NOT NULL GROUP BY finding ORDER BY finding";
        let rows = self.control().read.rows(text, args![permit.agency()]).await;
        let one = |row: &Row| {
            let finding = row.parsed(0, |word: String| Finding::parse(&word))?;
            Ok((finding, row.parsed(1, |n: i64| u64::try_from(n).ok())?))
        };
        rows.map_err(failed())?.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// What was noted on a review, oldest first.
    pub async fn review_notes(&self, id: ReviewId) -> Result<Vec<ReviewNote>, StoreError> {
        let failed = || StoreError::sql("list a review's notes");
        let rows = self.control().read.rows(NOTES, args![id]).await.map_err(failed())?;
        let one = |row: &Row| {
            Ok(ReviewNote {
                at: Timestamp::from_micros(row.get(0)?),
                by: row.get::<Option<i64>>(1)?.map(PersonId::from_i64),
                text: row.get(2)?,
            })
        };
        rows.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// The newest leaves on which a review rests.
    pub async fn review_leaves(&self, id: ReviewId, limit: u32) -> Result<Vec<u64>, StoreError> {
        let rows = self.control().read.rows(LEAVES, args![id, limit]).await;
        leaves(rows, "list a review's leaves")
    }

    /// Notes something on a review.
    pub async fn add_review_note(
        &self,
        _: &Permit<ReviewUse>,
        id: ReviewId,
        by: Option<PersonId>,
        text: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("note something on a review");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        add_note(&mut tx, id, by, text, now).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// Closes a review of the permit's agency with a finding; false when it is closed, or about who closes it.
    pub async fn close_review(
        &self,
        permit: &Permit<ReviewUse>,
        id: ReviewId,
        closed: &Closed,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("close a review");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let is_closed = close(&mut tx, permit.agency(), id, closed).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(is_closed)
    }
}

/// Closes a review and notes it; false when it was closed.
pub(super) async fn close(
    tx: &mut Tx,
    agency: AgencyId,
    id: ReviewId,
    closed: &Closed,
) -> Result<bool, sqlx::Error> {
    let Closed { by, at, finding, text } = closed;
    let values = args![agency, id, *by, *at, finding.word(), text.as_str()];
    if tx.execute(CLOSE, values).await? == 0 {
        return Ok(false);
    }
    let note = format!("Closed as “{}”: {text}", finding.label());
    add_note(tx, id, Some(*by), &note, *at).await?;
    Ok(true)
}

/// Opens a review, or lets a leaf join the one that is open.
pub(super) async fn raise(
    tx: &mut Tx,
    agency: AgencyId,
    raised: &Raised,
) -> Result<ReviewId, sqlx::Error> {
    let Raised { subject, cause, day, at, leaf } = raised;
    let values = args![agency, *subject, cause.word(), *day];
    let id = match tx.row(OPEN_ONE, values).await? {
        Some(row) => ReviewId::from_i64(row.get(0)?),
        None => add(tx, agency, *subject, *cause, (*day, *at)).await?,
    };
    let leaf = i64::try_from(*leaf).unwrap_or(i64::MAX);
    tx.execute(ADD_LEAF, args![id, leaf]).await?;
    Ok(id)
}

/// Opens a review.
pub(super) async fn add(
    tx: &mut Tx,
    agency: AgencyId,
    subject: PersonId,
    cause: Cause,
    (day, at): (Day, Timestamp),
) -> Result<ReviewId, sqlx::Error> {
    let id = ReviewId::from_i64(take_ids(tx, "review", 1).await?);
    tx.execute(ADD, args![id, agency, subject, cause.word(), day, at]).await?;
    add_note(tx, id, None, &format!("Opened: {}", cause.label().to_lowercase()), at).await?;
    Ok(id)
}

async fn add_note(
    tx: &mut Tx,
    review: ReviewId,
    by: Option<PersonId>,
    text: &str,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let id = take_ids(tx, "review-note", 1).await?;
    tx.execute(ADD_NOTE, args![id, review, at, by, text]).await.map(drop)
}

/// Leaves out of the first column.
pub(super) fn leaves(
    rows: Result<Vec<Row>, sqlx::Error>,
    doing: &'static str,
) -> Result<Vec<u64>, StoreError> {
    let failed = || StoreError::sql(doing);
    let one = |row: &Row| row.parsed(0, |leaf: i64| u64::try_from(leaf).ok());
    rows.map_err(failed())?.iter().map(one).collect::<Result<_, _>>().map_err(failed())
}

/// How something was closed, from four columns: by whom, when, the finding, its text.
pub(super) fn closed(row: &Row, at: usize) -> Result<Option<Closed>, sqlx::Error> {
    let Some(by) = row.get::<Option<i64>>(at)? else { return Ok(None) };
    Ok(Some(Closed {
        by: PersonId::from_i64(by),
        at: Timestamp::from_micros(row.get(at + 1)?),
        finding: row.parsed(at + 2, |word: String| Finding::parse(&word))?,
        text: row.get(at + 3)?,
    }))
}

fn review(row: &Row) -> Result<Review, sqlx::Error> {
    Ok(Review {
        id: ReviewId::from_i64(row.get(0)?),
        agency: AgencyId::from_i64(row.get(1)?),
        subject: PersonId::from_i64(row.get(2)?),
        cause: row.parsed(3, |word: String| Cause::parse(&word))?,
        day: Day::from_number(row.get(4)?),
        opened_at: Timestamp::from_micros(row.get(5)?),
        closed: closed(row, 6)?,
        n_leaves: row.parsed(10, |n: i64| u64::try_from(n).ok())?,
    })
}
