//! A record of the audit trail in a list.

use app::oversight::AuditLine;
use domain::Timestamp;

use super::Moment;
use crate::words;

/// A record in a list.
#[derive(Debug)]
pub struct AuditRow {
    pub(crate) leaf: u64,
    pub(crate) at: Moment,
    pub(crate) who: String,
    pub(crate) role: String,
    pub(crate) action: String,
    pub(crate) purpose: String,
    pub(crate) case: String,
    pub(crate) reason: String,
    pub(crate) is_refused: bool,
    pub(crate) reasons: String,
    pub(crate) outcome: String,
    pub(crate) n: Option<String>,
}

impl AuditRow {
    /// Of a record that was found.
    pub fn of(line: &AuditLine, now: Timestamp) -> Self {
        let row = &line.row;
        let is_refused = row.decision == "refuse";
        let name = match line.name.as_str() {
            "" if row.actor_kind == "nobody" => "somebody not signed in".to_owned(),
            "" => format!("{} {}", row.actor_kind, row.actor),
            name => name.to_owned(),
        };
        Self {
            leaf: row.leaf,
            at: Moment::of(row.at, now),
            who: name,
            role: row.role.replace(' ', ", "),
            action: row.action.clone(),
            purpose: if row.purpose == "not stated" { String::new() } else { row.purpose.clone() },
            case: line.case.clone(),
            reason: line.reason.clone(),
            is_refused,
            reasons: row.reasons.join(", "),
            outcome: row.outcome.replace('-', " "),
            n: (row.n > 0).then(|| words::count(row.n, "thing", "things")),
        }
    }

    /// All of them.
    pub fn all(lines: &[AuditLine], now: Timestamp) -> Vec<Self> {
        lines.iter().map(|line| Self::of(line, now)).collect()
    }
}
