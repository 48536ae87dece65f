//! `GET /ledger`: the agency's log for its auditors: its state, its witnesses, its newest leaves, and how to check it from
//! outside. `POST /ledger/checkpoint` signs it now.

use std::time::Duration;

use app::{App, LeafRow, LogState, NamedFor, list_leaves, open_window, sign_checkpoint};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Redirect, Response};
use domain::Timestamp;
use ledger::leaf::{ClearField, Kind};
use serde::Deserialize;

use super::camera_key::{Nothing, server as server_of};
use crate::components::Age;
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// Leaves of one page.
const LEAVES: u64 = 60;

/// A leaf in the list.
#[derive(Debug)]
pub(crate) struct Row {
    number: u64,
    kind: &'static str,
    action: String,
    who: String,
    place: String,
    outcome: String,
    refused: bool,
    n: Option<String>,
    of: Option<u64>,
    day: String,
}

impl Row {
    fn of(row: &LeafRow) -> Self {
        let text = |field| row.leaf.text(field).unwrap_or_default().to_owned();
        let who = [text(ClearField::ActorKind), text(ClearField::Actor)].join(" ");
        Self {
            number: row.number,
            kind: kind_word(row.leaf.kind()),
            action: match row.leaf.kind() {
                Kind::Reads => "submit-reads".to_owned(),
                _ => text(ClearField::Action),
            },
            who: who.trim().to_owned(),
            place: text(ClearField::Where),
            outcome: outcome(&text(ClearField::Decision), &text(ClearField::Outcome)),
            refused: text(ClearField::Decision) == "refuse",
            n: row.leaf.number(ClearField::Number).map(words::number),
            of: row.leaf.number(ClearField::Of),
            day: text(ClearField::Day),
        }
    }
}

fn outcome(decision: &str, outcome: &str) -> String {
    match (decision, outcome) {
        ("refuse", _) => "refused".to_owned(),
        (_, "") if decision == "permit" => "permitted".to_owned(),
        (_, outcome) => outcome.replace('-', " "),
    }
}

/// What kind of record a leaf is, in words.
pub(crate) const fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Begin => "begins",
        Kind::Complete => "ends",
        Kind::Minute => "was sent",
        Kind::Event => "happened",
        Kind::Reads => "reads kept",
    }
}

/// A witness.
#[derive(Debug)]
pub(crate) struct Witness {
    name: String,
    cosigned: String,
    when: Option<Age>,
    trouble: Option<String>,
}

/// A log's state in words.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) origin: String,
    pub(crate) size: String,
    pub(crate) checkpoint: Option<(String, Age)>,
    pub(crate) witnesses: Vec<Witness>,
    /// Leaves that not every witness has cosigned.
    pub(crate) open: String,
    pub(crate) open_for: Option<String>,
    /// For how long the reads that somebody touched are named, and which of two rules says so.
    pub(crate) named_for: String,
    /// The newest checkpoint, as it was signed.
    pub(crate) note: String,
    pub(crate) command: String,
}

impl Standing {
    /// Of a log that is reached at `server`.
    pub(crate) fn of(state: &LogState, server: &str, now: Timestamp) -> Self {
        let witness = |one: &app::WitnessState| Witness {
            name: one.name.clone(),
            cosigned: words::number(one.row.as_ref().map_or(0, |row| row.size)),
            when: one.row.as_ref().and_then(|row| row.cosigned_at).map(|at| Age::of(at, now)),
            trouble: match &one.row {
                None => Some("was not asked yet".to_owned()),
                Some(row) => row.trouble.clone(),
            },
        };
        let open = state.size.saturating_sub(state.cosigned().unwrap_or(0));
        Self {
            origin: state.origin.clone(),
            size: words::number(state.size),
            checkpoint: state.checkpoint.as_ref().map(|checkpoint| {
                (words::number(checkpoint.size), Age::of(checkpoint.signed_at, now))
            }),
            witnesses: state.witnesses.iter().map(witness).collect(),
            open: words::number(open),
            open_for: open_window(state, now).map(|since| format!("{} s", since.as_secs())),
            named_for: named_for(state.named_for),
            note: state.checkpoint.as_ref().map(|one| one.note.clone()).unwrap_or_default(),
            command: command(state, &format!("log {server}/log/{}", state.log.word())),
        }
    }
}

/// For how long reads are named, in words.
fn named_for(rule: NamedFor) -> String {
    let days = |time: Duration| words::count(time.as_secs() / 86_400, "day", "days");
    let holds = days(rule.holds);
    match rule.retention {
        Some(kept) if kept < rule.configured => {
            let configured = days(rule.configured);
            format!(
                "for {holds}, as long as the policy keeps reads; the server is configured for {configured}"
            )
        }
        Some(kept) if rule.configured < kept => {
            format!(
                "for {holds}, as the server is configured; the policy keeps reads for {}",
                days(kept)
            )
        }
        Some(_) => format!("for {holds}, as long as the policy keeps reads"),
        None => format!("for {holds}, as the server is configured"),
    }
}

/// What an outsider types to check.
pub(crate) fn command(state: &LogState, what: &str) -> String {
    let keys = state.keys.iter().map(|key| format!(" \\\n  --key '{key}'"));
    let witnesses = state.witnesses.iter().map(|one| format!(" \\\n  --witness '{}'", one.key));
    format!("plateglass-verify {what}{}", keys.chain(witnesses).collect::<String>())
}

/// The log.
#[derive(Template, Debug)]
#[template(path = "pages/ledger.html")]
pub struct LedgerPage {
    frame: Frame,
    state: Standing,
    leaves: Vec<Row>,
    paged: bool,
    older: Option<u64>,
}

impl LedgerPage {
    /// The page of these leaves.
    pub fn of(frame: Frame, state: &LogState, rows: &[LeafRow], server: &str, paged: bool) -> Self {
        Self {
            state: Standing::of(state, server, frame.now),
            leaves: rows.iter().map(Row::of).collect(),
            older: rows.last().map(|row| row.number).filter(|number| *number > 0),
            paged,
            frame,
        }
    }
}

/// Which leaves.
#[derive(Deserialize)]
pub(crate) struct Ask {
    before: Option<u64>,
}

/// `GET /ledger`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<Response, PageError> {
    let (state, rows) = list_leaves(&app, &staff.ctx, ask.before, LEAVES).await?;
    let server = server_of(&headers);
    let shown = LedgerPage::of(frame, &state, &rows, &server, ask.before.is_some());
    Ok(page(StatusCode::OK, &shown))
}

/// `POST /ledger/checkpoint`
pub(crate) async fn sign(
    State(app): State<App>,
    staff: Staff,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, PageError> {
    sign_checkpoint(&app, &staff.ctx).await?;
    Ok(Redirect::to("/ledger"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_which_rule_ends_the_naming_of_reads() {
        let day = |n: u64| Duration::from_secs(n * 86_400);
        let says = |configured, retention: Option<u64>| {
            let holds = retention.map_or(configured, |kept| kept.min(configured));
            let retention = retention.map(day);
            named_for(NamedFor { holds: day(holds), configured: day(configured), retention })
        };
        let clamped =
            "for 7 days, as long as the policy keeps reads; the server is configured for 30 days";
        assert_eq!(says(30, Some(7)), clamped);
        let shorter = "for 1 day, as the server is configured; the policy keeps reads for 30 days";
        assert_eq!(says(1, Some(30)), shorter);
        assert_eq!(says(30, Some(30)), "for 30 days, as long as the policy keeps reads");
        assert_eq!(says(30, None), "for 30 days, as the server is configured");
    }
}
