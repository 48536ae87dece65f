//! How a hotlist is fetched.

use app::{FeedFormat, FeedView};
use domain::{Fetch, FetchOutcome, Timestamp};

use crate::components::Moment;
use crate::words;

/// How a list is fetched, as its page shows it.
#[derive(Debug)]
pub(crate) struct FeedCard {
    pub(crate) source: String,
    pub(crate) format: &'static str,
    pub(crate) every: String,
    pub(crate) worked: Option<Moment>,
    pub(crate) next: Option<Moment>,
    pub(crate) runs: bool,
    /// How often in a row it failed, in words; none where it works.
    pub(crate) failing: Option<(String, Moment)>,
    pub(crate) rows: Vec<FetchRow>,
}

/// What came of one fetch.
#[derive(Debug)]
pub(crate) struct FetchRow {
    pub(crate) at: Moment,
    pub(crate) by: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) failed: bool,
    /// In words, line by line.
    pub(crate) says: Vec<String>,
    /// The beginning of the file's SHA-256.
    pub(crate) digest: Option<String>,
}

impl FeedCard {
    pub(crate) fn of(feed: &FeedView, now: Timestamp) -> Self {
        let state = &feed.state;
        let failing = state.failing_since.map(|since| {
            let times = words::count(u64::from(state.n_failed), "time", "times");
            (times, Moment::of(since, now))
        });
        Self {
            source: feed.source.clone(),
            format: match feed.format {
                FeedFormat::Rows => "rows, by this list’s layout",
                FeedFormat::Cap => "messages of AMBER alerts (CAP 1.2)",
            },
            every: every(feed.every.as_secs()),
            worked: state.worked_at.map(|at| Moment::of(at, now)),
            next: state.next_at.map(|at| Moment::of(at, now)),
            runs: feed.runs,
            failing,
            rows: feed.fetches.iter().map(|fetch| FetchRow::of(fetch, now)).collect(),
        }
    }
}

impl FetchRow {
    fn of(fetch: &Fetch, now: Timestamp) -> Self {
        let digest = fetch.sha256.map(|bytes| {
            bytes.iter().take(6).map(|byte| format!("{byte:02x}")).collect::<String>()
        });
        Self {
            at: Moment::of(fetch.ended_at, now),
            by: if fetch.by.is_some() { "by hand" } else { "in its time" },
            outcome: outcome(fetch.outcome),
            failed: fetch.outcome == FetchOutcome::Failed,
            says: fetch.says.lines().map(str::to_owned).collect(),
            digest,
        }
    }
}

const fn outcome(outcome: FetchOutcome) -> &'static str {
    match outcome {
        FetchOutcome::Imported => "taken in",
        FetchOutcome::Waits => "waits for a person",
        FetchOutcome::Renewed => "still holds",
        FetchOutcome::Unchanged => "nothing new",
        FetchOutcome::Nothing => "nothing there",
        FetchOutcome::Tried => "tried",
        FetchOutcome::Failed => "failed",
    }
}

fn every(seconds: u64) -> String {
    match seconds {
        ..60 => format!("every {}", words::count(seconds, "second", "seconds")),
        60..7200 => format!("every {}", words::count(seconds / 60, "minute", "minutes")),
        _ => format!("every {}", words::count(seconds / 3600, "hour", "hours")),
    }
}
