//! How far an import is.

use domain::{HotlistId, Timestamp};
use serde::Serialize;

/// Where an import stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "phase")]
pub enum ImportPhase {
    /// Rows are read and checked.
    Reading,
    /// All rows are read; the new list is put in force.
    Swapping,
    /// The new list is in force (or the dry run is over).
    Done {
        /// When it ended.
        at: Timestamp,
    },
    /// Nothing was imported.
    Failed {
        /// When it ended.
        at: Timestamp,
        /// Why, in words.
        why: String,
    },
}

/// How far an import is, or how it ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ImportStatus {
    /// Into which hotlist.
    pub hotlist: HotlistId,
    /// Whether it only says what would happen.
    pub dry_run: bool,
    /// Where it stands.
    #[serde(flatten)]
    pub phase: ImportPhase,
    /// Rows taken so far.
    pub n_taken: u64,
    /// Rows refused so far.
    pub n_refused: u64,
    /// Bytes read so far.
    pub n_bytes: u64,
    /// The file's size in bytes, where it is known.
    pub size_bytes: Option<u64>,
    /// When it began.
    pub started_at: Timestamp,
}
