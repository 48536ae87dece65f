//! The ledger's rows: entries, tiles, the clear text beside them, checkpoints, witnesses.
//!
//! A log is appended to in one transaction that first moves its size: two who append wait for each other there, also when
//! they are two processes. Hash tiles are written as C2SP cuts them, so that serving one is fetching a row.

mod append;
mod checkpoints;
mod look;

pub(crate) use append::{LedgerInserts, append};
pub use checkpoints::{PublishedCheckpoint, WitnessRow};
pub use look::{LedgerLook, LogRow, StoredLeaf};

use domain::{AgencyId, Timestamp};
use ledger::disclosure::Disclosure;
use ledger::leaf::SealedField;

use crate::control::oversight::PlateMark;
use crate::{BatchLeaf, FileRef};

/// Which log: the server's, or an agency's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LogId(i64);

impl LogId {
    /// The server's own log: starts, stops, what concerns no agency.
    pub const SERVER: Self = Self(0);

    /// An agency's log.
    pub const fn of_agency(agency: AgencyId) -> Self {
        Self(agency.to_i64())
    }

    /// Whose log it is; none for the server's.
    pub fn agency(self) -> Option<AgencyId> {
        (self != Self::SERVER).then_some(AgencyId::from_i64(self.0))
    }

    pub(crate) const fn to_i64(self) -> i64 {
        self.0
    }

    pub(crate) const fn from_i64(number: i64) -> Self {
        Self(number)
    }

    /// Its word in addresses and in its origin: `server` or `agency-7`.
    pub fn word(self) -> String {
        match self.agency() {
            None => "server".to_owned(),
            Some(agency) => format!("agency-{agency}"),
        }
    }

    /// Reads [`LogId::word`].
    pub fn parse(word: &str) -> Option<Self> {
        if word == "server" {
            return Some(Self::SERVER);
        }
        let number = word.strip_prefix("agency-")?.parse().ok().filter(|number| *number > 0)?;
        (Self(number).word() == word).then_some(Self(number))
    }
}

/// A clear text beside a leaf.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClearText {
    /// What it is of.
    pub field: SealedField,
    /// Salt and text.
    pub disclosure: Disclosure,
    /// When it goes; never, when nothing is said.
    pub goes_at: Option<Timestamp>,
}

/// What an act touched.
#[derive(Clone, PartialEq, Eq)]
pub struct Things {
    /// The key that salts the records of the ids.
    pub salter: [u8; 32],
    /// The ids, in the order of the leaf's tree.
    pub ids: Vec<String>,
    /// When they go; never, when nothing is said.
    pub goes_at: Option<Timestamp>,
}

impl std::fmt::Debug for Things {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Things({} ids)", self.ids.len())
    }
}

/// A leaf to be put at a log's end.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewLeaf {
    /// The entry.
    pub entry: Vec<u8>,
    /// The clear text of what it seals.
    pub clear: Vec<ClearText>,
    /// What the act touched.
    pub things: Option<Things>,
    /// The plates that it showed.
    pub plates: Vec<PlateMark>,
    /// For a beginning: when, so that a stray one is found.
    pub begun_at: Option<Timestamp>,
    /// For the end of an act: the leaf in which it began.
    pub completes: Option<u64>,
    /// For reads: which.
    pub batch: Option<(FileRef, BatchLeaf)>,
}

impl NewLeaf {
    /// The leaf of a batch of reads.
    pub(crate) fn of_batch(file: FileRef, leaf: BatchLeaf) -> Self {
        Self {
            entry: leaf.entry.clone().into_bytes(),
            batch: Some((file, leaf)),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_has_one_word() {
        let log = LogId::of_agency(AgencyId::from_i64(7));
        assert_eq!((log.word(), LogId::parse("agency-7")), ("agency-7".to_owned(), Some(log)));
        for word in ["agency-0", "agency-07", "agency--1", "agency-+7", "Server", ""] {
            assert_eq!(LogId::parse(word), None, "{word}");
        }
    }
}
