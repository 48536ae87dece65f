//! Hotlists and their imports.

use app::views::HotlistRow;
use app::{ImportPhase, ImportReport, ImportStatus, NewHotlist};
use domain::{Category, Hotlist};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What one says when making a hotlist.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HotlistIn {
    name: String,
    /// Where its rows come from, in words.
    source: String,
    /// `amber-alert`, `missing-person`, `wanted-person`, `stolen-vehicle`, `stolen-plate`, `investigation`.
    #[schema(value_type = String, example = "stolen-vehicle")]
    category: Category,
}

impl HotlistIn {
    pub(crate) fn about(self) -> NewHotlist {
        NewHotlist { name: self.name, source: self.source, category: self.category }
    }
}

/// A hotlist.
#[derive(Serialize, ToSchema)]
pub(crate) struct HotlistOut {
    hotlist: i64,
    name: String,
    source: String,
    category: &'static str,
    /// Entries in force.
    n_entries: u64,
    #[schema(format = DateTime)]
    imported_at: Option<String>,
}

impl From<Hotlist> for HotlistOut {
    fn from(list: Hotlist) -> Self {
        Self {
            hotlist: list.id.to_i64(),
            name: list.name,
            source: list.source,
            category: list.category.word(),
            n_entries: list.n_entries,
            imported_at: list.imported_at.map(|at| at.to_string()),
        }
    }
}

/// A hotlist in the list.
#[derive(Serialize, ToSchema)]
pub(crate) struct HotlistRowOut {
    #[serde(flatten)]
    hotlist: HotlistOut,
    /// Seconds since the version in force was imported.
    age_s: Option<u64>,
    import: Option<StatusOut>,
}

impl From<HotlistRow> for HotlistRowOut {
    fn from(row: HotlistRow) -> Self {
        Self {
            hotlist: row.hotlist.into(),
            age_s: row.age.map(|age| age.as_secs()),
            import: row.import.map(StatusOut::from),
        }
    }
}

/// How far an import is, or how it ended.
#[derive(Serialize, ToSchema)]
pub(crate) struct StatusOut {
    /// `reading`, `swapping`, `done`, `failed`.
    phase: &'static str,
    /// Why it failed.
    why: Option<String>,
    dry_run: bool,
    n_taken: u64,
    n_refused: u64,
    n_bytes: u64,
    size_bytes: Option<u64>,
    #[schema(format = DateTime)]
    started_at: String,
    #[schema(format = DateTime)]
    ended_at: Option<String>,
}

impl From<ImportStatus> for StatusOut {
    fn from(status: ImportStatus) -> Self {
        let (phase, ended_at, why) = match status.phase {
            ImportPhase::Reading => ("reading", None, None),
            ImportPhase::Swapping => ("swapping", None, None),
            ImportPhase::Done { at } => ("done", Some(at), None),
            ImportPhase::Failed { at, why } => ("failed", Some(at), Some(why)),
        };
        Self {
            phase,
            why,
            dry_run: status.dry_run,
            n_taken: status.n_taken,
            n_refused: status.n_refused,
            n_bytes: status.n_bytes,
            size_bytes: status.size_bytes,
            started_at: status.started_at.to_string(),
            ended_at: ended_at.map(|at| at.to_string()),
        }
    }
}

/// A row that an import refused.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefusedOut {
    /// The line in the file, counted from 1.
    line: u64,
    reason: String,
}

/// What an import did, or would do.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportOut {
    n_taken: u64,
    n_refused: u64,
    /// The first refused rows; `n_refused` counts all.
    refused: Vec<RefusedOut>,
    /// Rows that say the same plate and state as an earlier one; taken all the same.
    n_duplicates: u64,
    n_bytes: u64,
    /// SHA-256 of the file, in hexadecimal.
    sha256: String,
    /// `utf8`, `utf16` or `latin1`.
    encoding: &'static str,
    /// The version that is in force now; absent after a dry run.
    version: Option<i64>,
}

impl From<ImportReport> for ReportOut {
    fn from(report: ImportReport) -> Self {
        let refused = report.tally.refused.into_iter();
        Self {
            n_taken: report.tally.n_taken,
            n_refused: report.tally.n_refused,
            refused: refused.map(|row| RefusedOut { line: row.line, reason: row.reason }).collect(),
            n_duplicates: report.n_duplicates,
            n_bytes: report.n_bytes,
            sha256: report.sha256,
            encoding: report.encoding.word(),
            version: report.version.map(|version| version.to_i64()),
        }
    }
}
