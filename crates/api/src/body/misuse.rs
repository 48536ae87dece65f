//! Reports of misuse.

use std::collections::HashMap;

use app::oversight::{MisuseBoard, ReportPage};
use domain::PersonId;
use domain::oversight::{Report, ReportAbout};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::audit::AuditLineOut;
use super::review::ClosedOut;
use super::who::WhoOut;
use crate::error::ApiError;

type Names = HashMap<PersonId, String>;

/// What somebody reports: about one person of the agency, or about another agency.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportIn {
    /// About somebody of the agency.
    #[serde(default)]
    person: Option<i64>,
    /// About another agency, by its name.
    #[serde(default)]
    agency: Option<String>,
    /// What happened, in one's own words.
    told: String,
}

impl ReportIn {
    /// Whom it is about, and what is told.
    pub(crate) fn read(self) -> Result<(ReportAbout, String), ApiError> {
        let about = match (self.person, self.agency) {
            (Some(person), None) => ReportAbout::Person(PersonId::from_i64(person)),
            (None, Some(agency)) => ReportAbout::Agency(agency),
            _ => {
                let why = "a report is about one person or about one other agency: name either";
                return Err(ApiError::invalid("person", why));
            }
        };
        Ok((about, self.told))
    }
}

/// A report that was taken.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportedOut {
    pub(crate) report: i64,
}

/// What is decided about sharing with the agency that a report is about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SharingIn {
    /// `goes-on` or `suspended`.
    #[schema(example = "suspended")]
    pub(crate) sharing: String,
    /// Why.
    pub(crate) why: String,
}

/// What was decided about sharing.
#[derive(Serialize, ToSchema)]
pub(crate) struct SharingOut {
    sharing: &'static str,
    why: String,
    by: WhoOut,
    #[schema(format = DateTime)]
    at: String,
}

/// Who investigates, and since when.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvestigationOut {
    by: WhoOut,
    #[schema(format = DateTime)]
    since: String,
}

/// A report.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportOut {
    report: i64,
    reporter: WhoOut,
    /// About whom, where it is somebody of the agency.
    person: Option<WhoOut>,
    /// About which other agency.
    agency: Option<String>,
    told: String,
    #[schema(format = DateTime)]
    filed_at: String,
    /// `allegation`, `investigation` or `finding`.
    state: &'static str,
    /// The review that it opened.
    review: Option<i64>,
    investigation: Option<InvestigationOut>,
    closed: Option<ClosedOut>,
    sharing: Option<SharingOut>,
}

impl ReportOut {
    fn of(report: &Report, names: &Names) -> Self {
        let who = |id: PersonId| WhoOut::of(id, names.get(&id));
        let (person, agency) = match &report.about {
            ReportAbout::Person(id) => (Some(who(*id)), None),
            ReportAbout::Agency(name) => (None, Some(name.clone())),
        };
        let sharing = report.decision.as_ref().map(|decision| SharingOut {
            sharing: decision.sharing.word(),
            why: decision.why.clone(),
            by: who(decision.by),
            at: decision.at.to_string(),
        });
        let investigation = report
            .investigation
            .map(|(by, since)| InvestigationOut { by: who(by), since: since.to_string() });
        Self {
            report: report.id.to_i64(),
            reporter: who(report.reporter),
            person,
            agency,
            told: report.told.clone(),
            filed_at: report.filed_at.to_string(),
            state: report.state().word(),
            review: report.review.map(|review| review.to_i64()),
            investigation,
            closed: report.closed.as_ref().map(|closed| ClosedOut::of(closed, names)),
            sharing,
        }
    }

    pub(crate) fn all(board: &MisuseBoard) -> Vec<Self> {
        board.reports.iter().map(|one| Self::of(one, &board.names)).collect()
    }
}

/// One report with its trail.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportPageOut {
    #[serde(flatten)]
    report: ReportOut,
    /// The records that were attached when its investigation began, newest first.
    trail: Vec<AuditLineOut>,
}

impl From<ReportPage> for ReportPageOut {
    fn from(page: ReportPage) -> Self {
        let ReportPage { report, trail, names } = page;
        Self {
            report: ReportOut::of(&report, &names),
            trail: trail.into_iter().map(AuditLineOut::from).collect(),
        }
    }
}
