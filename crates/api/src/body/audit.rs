//! The record: who looked at what.

use app::oversight::{AuditAsk, AuditLine, AuditPage, Exported};
use domain::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::query::day_of;

/// What is looked for; what is left out does not matter. It comes as a body, so that no plate and no case number stands in an
/// address.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AuditIn {
    /// By whom.
    person: Option<i64>,
    /// In which role, by its word.
    role: String,
    /// Which action, by its word: `open-read`, `sign-in`.
    #[schema(example = "open-read")]
    action: String,
    /// `permit` or `refuse`.
    decision: String,
    /// In which session, by its pseudonym.
    session: String,
    /// In which case.
    case_number: String,
    /// Who looked at this plate.
    plate: String,
    /// On this day, where the agency is, or later: `2026-11-21`.
    #[schema(format = Date)]
    from: Option<String>,
    /// On this day or earlier.
    #[schema(format = Date)]
    to: Option<String>,
    /// Only records before this leaf: `next` of the page before. Exports pass it over.
    before: Option<u64>,
}

impl AuditIn {
    pub(crate) fn ask(self) -> Result<AuditAsk, ApiError> {
        Ok(AuditAsk {
            from: day_of("from", self.from.as_deref())?,
            to: day_of("to", self.to.as_deref())?,
            person: self.person.map(PersonId::from_i64),
            role: self.role,
            action: self.action,
            decision: self.decision,
            session: self.session,
            case_number: self.case_number,
            plate: self.plate,
            before: self.before,
        })
    }
}

/// A record of the log, with what is still kept beside it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditLineOut {
    leaf: u64,
    #[schema(format = DateTime)]
    at: String,
    /// The day where the agency is.
    #[schema(format = Date)]
    day: String,
    /// Who, by name; empty where it was nobody.
    who: String,
    pseudonym: String,
    /// `person`, `camera`, `server`, `nobody`.
    actor_kind: String,
    role: String,
    session: String,
    action: String,
    purpose: String,
    case_number: String,
    reason: String,
    /// What it was about, while that is kept.
    objects: String,
    address: String,
    /// `permit`, `refuse`, or empty.
    decision: String,
    /// The words of a refusal's reasons.
    refused_because: Vec<String>,
    /// The leaf with which it ended.
    end_leaf: Option<u64>,
    outcome: String,
    /// How many things it touched.
    n_things: u64,
}

impl From<AuditLine> for AuditLineOut {
    fn from(line: AuditLine) -> Self {
        let AuditLine { row, name, case, reason, objects, address } = line;
        Self {
            leaf: row.leaf,
            at: row.at.to_string(),
            day: row.day.to_string(),
            who: name,
            pseudonym: row.actor,
            actor_kind: row.actor_kind,
            role: row.role,
            session: row.session,
            action: row.action,
            purpose: row.purpose,
            case_number: case,
            reason,
            objects,
            address,
            decision: row.decision,
            refused_because: row.reasons,
            end_leaf: row.ended,
            outcome: row.outcome,
            n_things: row.n,
        }
    }
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditOut {
    /// Newest first.
    items: Vec<AuditLineOut>,
    /// How many records fit in all.
    n: u64,
    /// By how many people.
    n_people: u64,
    /// How many of them are refusals.
    n_refused: u64,
    /// What to give as `before` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

impl From<AuditPage> for AuditOut {
    fn from(page: AuditPage) -> Self {
        Self {
            items: page.lines.into_iter().map(AuditLineOut::from).collect(),
            n: page.sum.n,
            n_people: page.sum.n_people,
            n_refused: page.sum.n_refused,
            next: page.next,
        }
    }
}

/// A record that is taken out of the house.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportedLineOut {
    /// The hash of its leaf, which the log's tree holds.
    leaf_hash: String,
    #[serde(flatten)]
    line: AuditLineOut,
}

/// Records, with what shows that they stand in the log.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportOut {
    /// The log's name.
    origin: String,
    /// Its word in addresses: `/api/v1/log/{log}/checkpoint`.
    log: String,
    /// How many leaves the checkpoint covers: every line below.
    checkpoint_size: u64,
    /// The checkpoint, as it was signed.
    checkpoint: String,
    /// Newest first.
    items: Vec<ExportedLineOut>,
}

impl From<Exported> for ExportOut {
    fn from(made: Exported) -> Self {
        let line = |one: app::oversight::ExportedLine| ExportedLineOut {
            leaf_hash: one.hash.to_string(),
            line: one.line.into(),
        };
        Self {
            origin: made.origin,
            log: made.log,
            checkpoint_size: made.checkpoint.size,
            checkpoint: made.checkpoint.note,
            items: made.lines.into_iter().map(line).collect(),
        }
    }
}
