//! Fetching of hotlists: what came of it, and when it is done again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{HotlistId, PersonId};
use crate::time::Timestamp;

/// How soon a failed fetch is tried again; each further failure doubles it.
const FIRST_AGAIN: Duration = Duration::from_secs(60);
/// Failures in a row after which whoever looks after lists is told: one or two are a server that restarts.
pub const FAILURES_TOLD: u32 = 3;

/// What came of a fetch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FetchOutcome {
    /// A new version is in force.
    Imported,
    /// A new version waits for a person, because it is much smaller.
    Waits,
    /// The source gave what it gave before: the list's age is counted anew.
    Renewed,
    /// The source gave what it gave before, and that is not what is in force: it waits for a person, or was refused by one.
    Unchanged,
    /// There was nothing to take.
    Nothing,
    /// It was tried without anything being changed.
    Tried,
    /// It failed; the list in force stays.
    Failed,
}

impl FetchOutcome {
    /// All of them, with the words that are stored.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Imported, "imported"),
        (Self::Waits, "waits"),
        (Self::Renewed, "renewed"),
        (Self::Unchanged, "unchanged"),
        (Self::Nothing, "nothing"),
        (Self::Tried, "tried"),
        (Self::Failed, "failed"),
    ];

    /// The word that is stored.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(one, _)| *one == self).map_or("", |(_, word)| word)
    }

    /// Reads [`FetchOutcome::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, own)| *own == word).map(|(one, _)| *one)
    }
}

/// One fetch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fetch {
    /// Of which list.
    pub hotlist: HotlistId,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Who asked for it; none where it was its time.
    pub by: Option<PersonId>,
    /// What came of it.
    pub outcome: FetchOutcome,
    /// What came of it, in words: counts, the first refused rows, or why it failed. No plate.
    pub says: String,
    /// The file's SHA-256, where one was taken.
    pub sha256: Option<[u8; 32]>,
}

/// How a list's fetching stands.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct FeedState {
    /// Where from, as the configuration said it then: what was remembered of another place is worth nothing here.
    pub source: String,
    /// What the source calls the state that it gave last (HTTP `ETag`).
    pub etag: Option<String>,
    /// When the source last changed, in its own words (HTTP `Last-Modified`).
    pub last_modified: Option<String>,
    /// The SHA-256 of the file that was last taken whole.
    pub sha256: Option<[u8; 32]>,
    /// What that file was read by: another layout or other topics make something else of the same file.
    pub read_by: String,
    /// Failures since the last fetch that worked.
    pub n_failed: u32,
    /// When the first of those was.
    pub failing_since: Option<Timestamp>,
    /// When a fetch last worked.
    pub worked_at: Option<Timestamp>,
    /// When it is done again.
    pub next_at: Option<Timestamp>,
}

/// How long after a fetch the next one is: its own time, and sooner after failures, but never more often than that at last.
pub fn next_fetch_in(every: Duration, n_failed: u32) -> Duration {
    if n_failed == 0 {
        return every;
    }
    let doubled = FIRST_AGAIN.saturating_mul(1 << (n_failed - 1).min(16));
    doubled.min(every)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_tried_again_soon_and_then_less_often() {
        let hour = Duration::from_secs(3600);
        let minutes = |n_failed| next_fetch_in(hour, n_failed).as_secs() / 60;
        let all: Vec<u64> = (0..9).map(minutes).collect();
        assert_eq!(all, [60, 1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(minutes(u32::MAX), 60);
        assert_eq!(next_fetch_in(Duration::from_secs(30), 1), Duration::from_secs(30));
    }

    #[test]
    fn outcomes_read_as_they_are_written() {
        for (outcome, word) in FetchOutcome::ALL {
            assert_eq!((FetchOutcome::parse(word), outcome.word()), (Some(outcome), word));
        }
    }
}
