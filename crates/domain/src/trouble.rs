//! Trouble with equipment or the program: who reports it, who takes it, what was done; and when a camera is in trouble by
//! itself (`AUS-344.3.1b`).

use std::time::Duration;

use crate::ids::{AgencyId, CameraId, PersonId, TroubleId};
use crate::time::Timestamp;
use crate::words::words;

/// Usual reads of an hour below which nothing is concluded: fewer come and go by chance.
pub const USUAL_MIN: u64 = 20;
/// Hours of earlier weeks that have to be known before one of them is called usual.
pub const SAMPLES_MIN: usize = 2;

words! {
    /// Why there is a report.
    TroubleCause {
        /// Somebody says so.
        Reported = "reported", "Reported";
        /// A camera has gone quiet.
        Quiet = "quiet", "Camera gone quiet";
        /// A camera reads far less than it usually does at that hour of the week.
        ReadsLess = "reads-less", "Camera reads less";
    }
}

words! {
    /// How urgent it is, the least first.
    Urgency {
        /// It can wait.
        Low = "low", "It can wait";
        /// Soon.
        Normal = "normal", "Soon";
        /// At once.
        High = "high", "At once";
    }
}

/// A report that is opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewTrouble {
    /// Why.
    pub cause: TroubleCause,
    /// With which camera, if with one.
    pub camera: Option<CameraId>,
    /// What is wrong.
    pub what: String,
    /// How urgent it is.
    pub urgency: Urgency,
    /// Who reports it; nobody: the server.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
}

/// A report of trouble.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trouble {
    /// Which.
    pub id: TroubleId,
    /// Whose.
    pub agency: AgencyId,
    /// What was said when it was opened.
    pub about: NewTrouble,
    /// Who took it, and when.
    pub taken: Option<(PersonId, Timestamp)>,
    /// How it was closed.
    pub closed: Option<TroubleClosed>,
}

/// How a report was closed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TroubleClosed {
    /// By whom; nobody: the server.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub done: String,
}

/// What somebody noted on a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TroubleNote {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
}

impl Trouble {
    /// Whether it is not closed.
    pub const fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// In a word that people read.
    pub const fn state(&self) -> &'static str {
        match (&self.closed, &self.taken) {
            (Some(_), _) => "Closed",
            (None, Some(_)) => "Taken",
            (None, None) => "Open",
        }
    }
}

/// Whether a camera that was last heard of at `last` has gone quiet.
pub fn is_quiet(last: Timestamp, now: Timestamp, after: Duration) -> bool {
    now.since(last) >= after
}

/// What a camera usually reads in an hour: the median of the same hour of earlier weeks; none where too few are known, or too
/// little was read in them.
pub fn usual(samples: &[u64]) -> Option<u64> {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let middle = sorted.get(sorted.len().saturating_sub(1) / 2).copied();
    middle.filter(|usual| samples.len() >= SAMPLES_MIN && *usual >= USUAL_MIN)
}

/// Whether so many reads are fewer than so many in a hundred of what is usual.
pub const fn reads_less(n_reads: u64, usual: u64, percent: u32) -> bool {
    n_reads.saturating_mul(100) < usual.saturating_mul(percent as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_aus_344_3_1b_a_camera_is_quiet_after_its_limit_and_reads_less_below_a_share_of_its_usual()
     {
        let at = |minutes: i64| Timestamp::from_micros(minutes * 60_000_000);
        let limit = Duration::from_secs(60 * 60);
        assert!(!is_quiet(at(0), at(59), limit) && is_quiet(at(0), at(60), limit));
        assert_eq!(usual(&[100, 300, 120]), Some(120));
        assert_eq!(usual(&[100, 300]), Some(100));
        assert_eq!(usual(&[100]), None, "one week is no usual");
        assert_eq!(usual(&[]), None);
        assert_eq!(usual(&[19, 19, 500]), None, "so few come and go by chance");
        assert!(reads_less(24, 100, 25) && !reads_less(25, 100, 25) && reads_less(0, 20, 25));
    }
}
