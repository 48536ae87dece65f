//! Reports of misuse: allegation, investigation with the trail attached, finding; and what is decided about sharing.

use domain::access::{DecideSharing, InvestigateMisuse, ReportMisuse};
use domain::oversight::{Cause, Closed, Report, ReportAbout, Sharing, SharingDecision};
use domain::{AgencyId, Day, Permit, PersonId, ReportId, ReviewId, Timestamp};

use super::reviews;
use crate::control::take_ids;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

/// A report that is handed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewReport {
    /// Who reports.
    pub reporter: PersonId,
    /// Whom it is about.
    pub about: ReportAbout,
    /// What they say.
    pub told: String,
    /// The day where the agency is.
    pub day: Day,
    /// When.
    pub at: Timestamp,
}

const ADD: &str = "INSERT INTO misuse_reports \
    (id, agency, reporter, about_person, about_agency, told, filed_at, review) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const COLUMNS: &str = "id, agency, reporter, about_person, about_agency, told, filed_at, review, investigator, \
    investigated_at, closed_by, closed_at, finding, finding_text, sharing, sharing_why, sharing_by, sharing_at";
const INVESTIGATE: &str = "UPDATE misuse_reports SET investigator = $3, investigated_at = $4 \
    WHERE agency = $1 AND id = $2 AND investigator IS NULL";
const ATTACH: &str = "INSERT INTO misuse_trail (report, leaf) VALUES ($1, $2)";
const CLOSE: &str = "UPDATE misuse_reports SET closed_by = $3, closed_at = $4, finding = $5, finding_text = $6 \
    WHERE agency = $1 AND id = $2 AND investigator IS NOT NULL AND closed_at IS NULL RETURNING review";
const DECIDE: &str = "UPDATE misuse_reports SET sharing = $3, sharing_why = $4, sharing_by = $5, sharing_at = $6 \
    WHERE agency = $1 AND id = $2 AND about_agency IS NOT NULL AND sharing IS NULL";
const TRAIL: &str = "SELECT leaf FROM misuse_trail WHERE report = $1 ORDER BY leaf DESC";

impl Store {
    /// Takes a report. One about somebody of the agency opens a review.
    pub async fn add_report(
        &self,
        permit: &Permit<ReportMisuse>,
        new: &NewReport,
    ) -> Result<ReportId, StoreError> {
        let failed = || StoreError::sql("take a report of misuse");
        let agency = permit.agency();
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let (person, other, review) = match &new.about {
            ReportAbout::Person(person) => {
                let when = (new.day, new.at);
                let review = reviews::add(&mut tx, agency, *person, Cause::MisuseReport, when);
                (Some(*person), None, Some(review.await.map_err(failed())?))
            }
            ReportAbout::Agency(name) => (None, Some(name.as_str()), None),
        };
        let id = take_ids(&mut tx, "report", 1).await.map_err(failed())?;
        let told = new.told.as_str();
        let values = args![id, agency, new.reporter, person, other, told, new.at, review];
        tx.execute(ADD, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(ReportId::from_i64(id))
    }

    /// What somebody reported, newest first.
    pub async fn reports_by(
        &self,
        permit: &Permit<ReportMisuse>,
        reporter: PersonId,
    ) -> Result<Vec<Report>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM misuse_reports WHERE agency = $1 AND reporter = $2 ORDER BY id DESC"
        );
        let rows = self.control().read.rows(text, args![permit.agency(), reporter]).await;
        read(rows, "list somebody's reports")
    }

    /// The agency's reports that are not about `viewer`, newest first.
    pub async fn reports(
        &self,
        permit: &Permit<InvestigateMisuse>,
        viewer: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<Report>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM misuse_reports \
             WHERE agency = $1 AND COALESCE(about_person, 0) <> $2 ORDER BY id DESC LIMIT $3"
        );
        let viewer = viewer.map_or(-1, PersonId::to_i64);
        let values = args![permit.agency(), viewer, limit];
        let rows = self.control().read.rows(text, values).await;
        read(rows, "list reports of misuse")
    }

    /// One report; none where it is about `viewer`.
    pub async fn report(
        &self,
        permit: &Permit<InvestigateMisuse>,
        viewer: Option<PersonId>,
        id: ReportId,
    ) -> Result<Option<Report>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM misuse_reports \
             WHERE agency = $1 AND COALESCE(about_person, 0) <> $2 AND id = $3"
        );
        let viewer = viewer.map_or(-1, PersonId::to_i64);
        let rows = self.control().read.rows(text, args![permit.agency(), viewer, id]).await;
        Ok(read(rows, "open a report of misuse")?.into_iter().next())
    }

    /// Begins the investigation of a report, with the trail attached; false when it has begun.
    pub async fn investigate(
        &self,
        permit: &Permit<InvestigateMisuse>,
        id: ReportId,
        by: PersonId,
        trail: &[u64],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("begin an investigation");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let values = args![permit.agency(), id, by, now];
        if tx.execute(INVESTIGATE, values).await.map_err(failed())? == 0 {
            return Ok(false);
        }
        for leaf in trail {
            let leaf = i64::try_from(*leaf).unwrap_or(i64::MAX);
            tx.execute(ATTACH, args![id, leaf]).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }

    /// Closes a report that is investigated with a finding, and the review that it opened; false when there is nothing to
    /// close.
    pub async fn close_report(
        &self,
        permit: &Permit<InvestigateMisuse>,
        id: ReportId,
        closed: &Closed,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("close a report of misuse");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let Closed { by, at, finding, text } = closed;
        let values = args![permit.agency(), id, *by, *at, finding.word(), text.as_str()];
        let Some(row) = tx.row(CLOSE, values).await.map_err(failed())? else { return Ok(false) };
        if let Some(review) = row.get::<Option<i64>>(0).map_err(failed())? {
            let review = ReviewId::from_i64(review);
            reviews::close(&mut tx, permit.agency(), review, closed).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }

    /// Decides whether sharing with the agency that a report is about goes on; false when it was decided.
    pub async fn decide_sharing(
        &self,
        permit: &Permit<DecideSharing>,
        id: ReportId,
        decision: &SharingDecision,
    ) -> Result<bool, StoreError> {
        let SharingDecision { sharing, why, by, at } = decision;
        let values = args![permit.agency(), id, sharing.word(), why.as_str(), *by, *at];
        let decided = self.control().write.execute(DECIDE, values).await;
        Ok(decided.map_err(StoreError::sql("decide about sharing"))? == 1)
    }

    /// The trail that was attached to a report, newest first.
    pub async fn trail(
        &self,
        _: &Permit<InvestigateMisuse>,
        id: ReportId,
    ) -> Result<Vec<u64>, StoreError> {
        let rows = self.control().read.rows(TRAIL, args![id]).await;
        reviews::leaves(rows, "list a report's trail")
    }
}

fn read(
    rows: Result<Vec<Row>, sqlx::Error>,
    doing: &'static str,
) -> Result<Vec<Report>, StoreError> {
    let failed = || StoreError::sql(doing);
    rows.map_err(failed())?.iter().map(report).collect::<Result<_, _>>().map_err(failed())
}

fn report(row: &Row) -> Result<Report, sqlx::Error> {
    let person =
        |column| Ok::<_, sqlx::Error>(row.get::<Option<i64>>(column)?.map(PersonId::from_i64));
    let moment =
        |column| Ok::<_, sqlx::Error>(row.get::<Option<i64>>(column)?.map(Timestamp::from_micros));
    let about = match person(3)? {
        Some(person) => ReportAbout::Person(person),
        None => ReportAbout::Agency(row.get(4)?),
    };
    let decision = match (person(16)?, moment(17)?) {
        (Some(by), Some(at)) => Some(SharingDecision {
            sharing: row.parsed(14, |word: String| Sharing::parse(&word))?,
            why: row.get(15)?,
            by,
            at,
        }),
        _ => None,
    };
    Ok(Report {
        id: ReportId::from_i64(row.get(0)?),
        agency: AgencyId::from_i64(row.get(1)?),
        reporter: PersonId::from_i64(row.get(2)?),
        about,
        told: row.get(5)?,
        filed_at: Timestamp::from_micros(row.get(6)?),
        review: row.get::<Option<i64>>(7)?.map(ReviewId::from_i64),
        investigation: person(8)?.zip(moment(9)?),
        closed: reviews::closed(row, 10)?,
        decision,
    })
}
