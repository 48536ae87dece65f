//! Day files by name: what a batch is committed to.

use std::fmt;

use domain::{AgencyId, Day, NewHit, NewRead, ReadId, ReadRef};

/// Which of a day's two files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FileKind {
    /// Takes reads while the day is open; then it is sealed.
    Main,
    /// Takes what arrives after the day was sealed.
    Late,
}

/// One file of reads: an agency's day, or the late arrivals of that day. On PostgreSQL, a partition.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileRef {
    /// Whose reads.
    pub agency: AgencyId,
    /// Of which UTC day.
    pub day: Day,
    /// The day's main or late file.
    pub kind: FileKind,
}

impl FileRef {
    /// The day's main file.
    pub const fn main(agency: AgencyId, day: Day) -> Self {
        Self { agency, day, kind: FileKind::Main }
    }

    /// The day's late file.
    pub const fn late(agency: AgencyId, day: Day) -> Self {
        Self { agency, day, kind: FileKind::Late }
    }

    /// Where the read with this id is, if it is in this file.
    pub const fn read(&self, id: ReadId) -> ReadRef {
        ReadRef { agency: self.agency, day: self.day, id }
    }

    pub(crate) const fn is_late(&self) -> i64 {
        match self.kind {
            FileKind::Main => 0,
            FileKind::Late => 1,
        }
    }
}

impl fmt::Display for FileRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            FileKind::Main => "reads",
            FileKind::Late => "late reads",
        };
        write!(f, "{kind} of agency {} on {}", self.agency, self.day)
    }
}

/// What is committed to one file in one transaction.
#[derive(Clone, PartialEq, Debug)]
pub struct Batch {
    /// The file.
    pub file: FileRef,
    /// Its reads, each of the file's day.
    pub reads: Vec<NewRead>,
    /// What the reads raised: they become rows of the file's journal in the same transaction.
    pub hits: Vec<NewHit>,
    /// The batch's leaf of the agency's log: it becomes a row of the journal too. None only where nothing is recorded.
    pub leaf: Option<BatchLeaf>,
}

/// The leaf that seals a batch of reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchLeaf {
    /// The log's entry.
    pub entry: String,
    /// The first read that it seals.
    pub first: ReadId,
    /// The last one.
    pub last: ReadId,
}

/// Whether a file still takes reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileState {
    /// It does.
    Open,
    /// Indexed, checked, closed. A late file opens again when another late read arrives.
    Sealed,
}

/// A file as the control database knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileInfo {
    /// Which one.
    pub file: FileRef,
    /// Whether it still takes reads.
    pub state: FileState,
    /// How many reads it holds.
    pub n_reads: u64,
}

/// What sealing found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sealed {
    /// Reads in the file.
    pub n_reads: u64,
    /// The last of them.
    pub last_read: ReadId,
}

/// What a relay brought into the control database.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Relayed {
    /// Hits that were not there yet.
    pub n_hits: u64,
    /// The last of them.
    pub last_hit: Option<domain::HitId>,
    /// Leaves that were put at the end of the agency's log.
    pub n_leaves: u64,
}

impl Relayed {
    pub(crate) fn and(self, later: Self) -> Self {
        Self {
            n_hits: self.n_hits + later.n_hits,
            last_hit: later.last_hit.or(self.last_hit),
            n_leaves: self.n_leaves + later.n_leaves,
        }
    }
}
