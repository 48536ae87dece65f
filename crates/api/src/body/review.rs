//! Reviews: what auditors have to look into.

use std::collections::HashMap;

use app::oversight::{Inbox, ReviewPage};
use domain::PersonId;
use domain::oversight::{Closed, Review, ReviewNote};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::audit::AuditLineOut;
use super::who::WhoOut;

type Names = HashMap<PersonId, String>;

/// A note on a review.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoteIn {
    /// In one's own words.
    pub(crate) note: String,
}

/// How something is closed. Nothing is without a finding.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindingIn {
    /// `in-policy`, `training-needed`, `violation` or `referred`.
    #[schema(example = "in-policy")]
    pub(crate) finding: String,
    /// In one's own words.
    pub(crate) text: String,
}

/// How something was closed.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClosedOut {
    by: WhoOut,
    #[schema(format = DateTime)]
    at: String,
    finding: &'static str,
    text: String,
}

impl ClosedOut {
    pub(crate) fn of(closed: &Closed, names: &Names) -> Self {
        Self {
            by: WhoOut::of(closed.by, names.get(&closed.by)),
            at: closed.at.to_string(),
            finding: closed.finding.word(),
            text: closed.text.clone(),
        }
    }
}

/// A review.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewOut {
    review: i64,
    /// About whom.
    subject: WhoOut,
    /// Why it was opened: `suspicious-reason`, `weak-reason`, `prohibited-use`, `repeated-refusals`, `off-hours`,
    /// `misuse-report`.
    cause: &'static str,
    /// The day, where the agency is, on which it happened.
    #[schema(format = Date)]
    day: String,
    #[schema(format = DateTime)]
    opened_at: String,
    /// How it was closed; null while it waits.
    closed: Option<ClosedOut>,
    /// How many records it rests on.
    n_records: u64,
}

impl ReviewOut {
    fn of(review: &Review, names: &Names) -> Self {
        Self {
            review: review.id.to_i64(),
            subject: WhoOut::of(review.subject, names.get(&review.subject)),
            cause: review.cause.word(),
            day: review.day.to_string(),
            opened_at: review.opened_at.to_string(),
            closed: review.closed.as_ref().map(|closed| ClosedOut::of(closed, names)),
            n_records: review.n_leaves,
        }
    }
}

/// How often a finding was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct FindingsOut {
    finding: &'static str,
    n: u64,
}

/// What waits, and what was closed last.
#[derive(Serialize, ToSchema)]
pub(crate) struct InboxOut {
    /// Newest first.
    open: Vec<ReviewOut>,
    /// Newest first.
    closed: Vec<ReviewOut>,
    findings: Vec<FindingsOut>,
}

impl From<Inbox> for InboxOut {
    fn from(inbox: Inbox) -> Self {
        let all = |reviews: &[Review]| {
            reviews.iter().map(|one| ReviewOut::of(one, &inbox.names)).collect::<Vec<_>>()
        };
        let findings = inbox.findings.iter();
        Self {
            open: all(&inbox.open),
            closed: all(&inbox.closed),
            findings: findings.map(|(one, n)| FindingsOut { finding: one.word(), n: *n }).collect(),
        }
    }
}

/// A note on a review.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoteOut {
    #[schema(format = DateTime)]
    at: String,
    /// Null: the server.
    by: Option<WhoOut>,
    text: String,
}

/// One review, with what it rests on.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewPageOut {
    #[serde(flatten)]
    review: ReviewOut,
    /// The newest records, newest first.
    records: Vec<AuditLineOut>,
    /// Oldest first.
    notes: Vec<NoteOut>,
}

impl From<ReviewPage> for ReviewPageOut {
    fn from(page: ReviewPage) -> Self {
        let ReviewPage { review, lines, notes, names } = page;
        let note = |one: ReviewNote| NoteOut {
            at: one.at.to_string(),
            by: one.by.map(|by| WhoOut::of(by, names.get(&by))),
            text: one.text,
        };
        Self {
            review: ReviewOut::of(&review, &names),
            records: lines.into_iter().map(AuditLineOut::from).collect(),
            notes: notes.into_iter().map(note).collect(),
        }
    }
}
