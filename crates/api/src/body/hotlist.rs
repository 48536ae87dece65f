//! Hotlists and their imports.

use std::collections::BTreeMap;

use app::views::{HotlistRow, TopicRow};
use app::{HotlistSource, ImportOutcome, ImportPhase, ImportReport, ImportStatus, NewHotlist};
use domain::{Category, Hotlist, Staleness, TopicKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fetching::FetchingOut;

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
    /// When the source last gave the version in force, or said that it still holds.
    #[schema(format = DateTime)]
    renewed_at: Option<String>,
    /// Whether the list has a layout of its own, by which files are read when nothing is said.
    has_layout: bool,
    /// A new version with fewer entries by more than so many per cent waits for a person.
    drop_percent: u32,
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
            renewed_at: list.renewed_at.map(|at| at.to_string()),
            has_layout: list.layout.is_some(),
            drop_percent: list.drop_percent,
        }
    }
}

/// A hotlist in the list.
#[derive(Serialize, ToSchema)]
pub(crate) struct HotlistRowOut {
    #[serde(flatten)]
    hotlist: HotlistOut,
    /// Seconds since the version in force was renewed.
    age_s: Option<u64>,
    /// `fresh`, `stale` (past its own limit: hits say so), `past-law` (it raises no hits).
    staleness: &'static str,
    import: Option<StatusOut>,
    topics: Vec<TopicOut>,
    waiting: Option<WaitingOut>,
    /// Absent where nothing is configured to fetch it.
    fetching: Option<FetchingOut>,
    /// Plates of AMBER alerts that wait for a person; absent where no alert ever came.
    n_plates_waiting: Option<usize>,
}

/// A topic of a hotlist.
#[derive(Serialize, ToSchema)]
pub(crate) struct TopicOut {
    /// Its number in the list.
    topic: u32,
    name: String,
    /// What it is about; absent where the layout does not say.
    kind: Option<&'static str>,
    on: bool,
    /// Why it cannot be switched on, with the clause.
    forbidden: Option<String>,
    /// Its rows in the last file.
    n_rows: u64,
}

/// A new version that waits for a person, because it has much fewer entries.
#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingOut {
    version: i64,
    n_before: u64,
    n_after: u64,
    #[schema(format = DateTime)]
    since: String,
}

/// How a hotlist's files are read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceIn {
    /// The layout as text (docs/hotlists.md); absent: every import says it anew.
    layout: Option<String>,
    /// 20 when nothing is said.
    drop_percent: Option<u32>,
    /// Absent: as the list's category says.
    stale_hours: Option<u32>,
}

/// What a person decided about a version that waits.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionIn {
    /// Whether it is put in force.
    pub(crate) accept: bool,
    /// Why: it stands in the ledger.
    pub(crate) reason: String,
}

/// Whether a topic is on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SwitchIn {
    pub(crate) on: bool,
}

/// By how many per cent a new version may be smaller when nobody says.
const DROP_PERCENT: u32 = 20;

impl SourceIn {
    pub(crate) fn source(self) -> HotlistSource {
        let Self { layout, drop_percent, stale_hours } = self;
        let drop_percent = drop_percent.unwrap_or(DROP_PERCENT);
        HotlistSource { layout, drop_percent, stale_hours }
    }
}

impl From<TopicRow> for TopicOut {
    fn from(TopicRow { topic, may }: TopicRow) -> Self {
        Self {
            topic: topic.number,
            name: topic.name,
            kind: topic.kind.map(TopicKind::word),
            on: topic.on,
            forbidden: may.err(),
            n_rows: topic.n_rows,
        }
    }
}

impl From<HotlistRow> for HotlistRowOut {
    fn from(row: HotlistRow) -> Self {
        Self {
            hotlist: row.hotlist.into(),
            age_s: row.age.map(|age| age.as_secs()),
            staleness: match row.staleness {
                Staleness::Fresh => "fresh",
                Staleness::Stale { .. } => "stale",
                Staleness::PastLaw { .. } => "past-law",
            },
            import: row.import.map(StatusOut::from),
            topics: row.topics.into_iter().map(TopicOut::from).collect(),
            waiting: row.waiting.map(|one| WaitingOut {
                version: one.version.to_i64(),
                n_before: one.n_before,
                n_after: one.n_after,
                since: one.since.to_string(),
            }),
            fetching: row.feed.map(FetchingOut::from),
            n_plates_waiting: row.plates_waiting,
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
    pub(crate) line: u64,
    pub(crate) reason: String,
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
    /// Rows whose time was over already; not kept.
    n_expired: u64,
    /// Rows of topics that are off; not kept.
    n_off: u64,
    /// Rows of an incremental file that take entries off.
    n_removals: u64,
    /// Entries in force before, and of the new version.
    n_before: u64,
    n_after: u64,
    /// Codes that their tables do not know, by field; the rows were taken.
    unknown_codes: BTreeMap<&'static str, u64>,
    n_bytes: u64,
    /// SHA-256 of the file, in hexadecimal.
    sha256: String,
    /// `utf8`, `utf16` or `latin1`.
    encoding: &'static str,
    /// The version that is in force now; absent after a dry run, and while a person has to decide.
    version: Option<i64>,
    /// Whether a person has to decide, or would have to, because there are much fewer entries; the list in force stays meanwhile.
    waits: bool,
}

impl From<ImportReport> for ReportOut {
    fn from(report: ImportReport) -> Self {
        let version = report.version().map(|version| version.to_i64());
        let refused = report.tally.refused.into_iter();
        Self {
            n_taken: report.tally.n_taken,
            n_refused: report.tally.n_refused,
            refused: refused.map(|row| RefusedOut { line: row.line, reason: row.reason }).collect(),
            n_duplicates: report.n_duplicates,
            n_expired: report.tally.n_expired,
            n_off: report.tally.n_off,
            n_removals: report.tally.n_removals,
            n_before: report.n_before,
            n_after: report.n_after,
            unknown_codes: report.unknown_codes.iter().copied().collect(),
            n_bytes: report.n_bytes,
            sha256: report.sha256,
            encoding: report.encoding.word(),
            version,
            waits: matches!(
                report.outcome,
                ImportOutcome::Waits(_) | ImportOutcome::DryRun { would_wait: true }
            ),
        }
    }
}
