//! How hotlists are fetched.

use app::{FeedFormat, FeedView};
use domain::Fetch;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a hotlist is fetched now.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FetchIn {
    /// Only say what would happen.
    #[serde(default)]
    pub(crate) dry_run: bool,
}

/// How a hotlist is fetched.
#[derive(Serialize, ToSchema)]
pub(crate) struct FetchingOut {
    /// Where from, without what one signs in with.
    source: String,
    /// `rows` (by the list's own layout), `cap` (messages of AMBER alerts).
    format: &'static str,
    /// Seconds between two fetches.
    every_s: u64,
    /// Whether it is being fetched.
    runs: bool,
    /// When a fetch last worked.
    #[schema(format = DateTime)]
    worked_at: Option<String>,
    /// When it is done again; absent: within seconds.
    #[schema(format = DateTime)]
    next_at: Option<String>,
    /// Failures since the last fetch that worked, and when the first of them was.
    n_failed: u32,
    #[schema(format = DateTime)]
    failing_since: Option<String>,
    /// The last fetches, newest first.
    fetches: Vec<FetchOut>,
}

/// One fetch.
#[derive(Serialize, ToSchema)]
pub(crate) struct FetchOut {
    #[schema(format = DateTime)]
    began_at: String,
    #[schema(format = DateTime)]
    ended_at: String,
    /// Whether somebody asked for it; otherwise it was its time.
    by_hand: bool,
    /// `imported`, `waits`, `renewed`, `unchanged`, `nothing`, `tried`, `failed`.
    outcome: &'static str,
    /// What came of it, in words, line by line: counts, the first refused rows, or why it failed.
    says: Vec<String>,
    /// SHA-256 of the file, in hexadecimal, where one was taken.
    sha256: Option<String>,
}

impl From<FeedView> for FetchingOut {
    fn from(feed: FeedView) -> Self {
        let state = feed.state;
        Self {
            source: feed.source,
            format: match feed.format {
                FeedFormat::Rows => "rows",
                FeedFormat::Cap => "cap",
            },
            every_s: feed.every.as_secs(),
            runs: feed.runs,
            worked_at: state.worked_at.map(|at| at.to_string()),
            next_at: state.next_at.map(|at| at.to_string()),
            n_failed: state.n_failed,
            failing_since: state.failing_since.map(|at| at.to_string()),
            fetches: feed.fetches.iter().map(FetchOut::from).collect(),
        }
    }
}

impl From<&Fetch> for FetchOut {
    fn from(fetch: &Fetch) -> Self {
        let hex = |bytes: [u8; 32]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            began_at: fetch.began_at.to_string(),
            ended_at: fetch.ended_at.to_string(),
            by_hand: fetch.by.is_some(),
            outcome: fetch.outcome.word(),
            says: fetch.says.lines().map(str::to_owned).collect(),
            sha256: fetch.sha256.map(hex),
        }
    }
}
