//! Following the log: what was written down becomes what auditors search, and opens reviews.

use std::collections::HashMap;

use domain::oversight::Cause;
use domain::{Day, PersonId, Timestamp};
use jiff::tz::TimeZone;
use ledger::Leaf;
use ledger::leaf::{ClearField, Kind};
use policy::Facts;
use policy::reason::{self, Outcome, Rules};
use policy::settings::Settings;
use store::{IndexEnd, IndexRow, Indexing, LogId, Raised, Refusals, Unindexed};

use super::{beside, by_pseudonym, hour, zone};
use crate::error::BoxError;
use crate::policies::local_day;
use crate::record::Codes;
use crate::{App, AskError};

/// The event that somebody said what they work on.
pub(crate) const WORK_STATED: &str = "state-work";
/// The event that somebody was stopped before every step was done.
pub(crate) const STOP_NOT_VERIFIED: &str = "stop-not-verified";

/// Leaves that are taken at once.
const LEAVES_AT_ONCE: u32 = 500;
/// A reason that scores less says little: it has at most two words of three letters and no number.
const SCORE_MIN: u8 = 25;
/// So many refusals in a day open a review: whoever mistypes a case number is refused once or twice.
const REFUSALS_MIN: u32 = 5;
/// From this hour on it is night, and until that one: when hardly anybody runs a program.
const NIGHT: (i8, i8) = (22, 6);
/// What is done by those who run the program, and by day.
const PRIVILEGED: [&str; 8] = [
    "grant-role",
    "approve-grant",
    "manage-people",
    "manage-policy",
    "approve-policy",
    "manage-ledger",
    "manage-hotlists",
    "export-audit",
];

/// Brings the index of a log up to its end.
pub(crate) async fn catch_up(app: &App, log: LogId) -> Result<(), BoxError> {
    loop {
        let leaves = app.inner().store.unindexed(log, LEAVES_AT_ONCE).await?;
        let (Some(first), Some(last)) = (leaves.first(), leaves.last()) else { return Ok(()) };
        let span = (first.number, last.number + 1);
        let made = Reader::of(app, log).await?.read(&leaves);
        // Where somebody else was quicker, what they left is taken up.
        app.inner().store.index_leaves(log, span, &made).await?;
    }
}

/// The same, for who is about to search.
pub(super) async fn be_current(app: &App, log: LogId) -> Result<(), AskError> {
    catch_up(app, log).await.map_err(|err| AskError::Failed { doing: "follow the ledger", err })
}

/// Brings the index of every log up to its end.
pub(crate) async fn catch_up_all(app: &App) -> Result<(), BoxError> {
    for row in app.inner().store.logs().await? {
        catch_up(app, row.log).await?;
    }
    Ok(())
}

/// Reads leaves.
struct Reader<'a> {
    codes: &'a Codes,
    people: HashMap<String, PersonId>,
    zone: TimeZone,
    rules: Option<(Settings, Rules)>,
}

impl<'a> Reader<'a> {
    async fn of(app: &'a App, log: LogId) -> Result<Self, AskError> {
        let codes = &app.inner().codes;
        let Some(agency) = log.agency() else {
            return Ok(Self { codes, people: HashMap::new(), zone: TimeZone::UTC, rules: None });
        };
        let people = by_pseudonym(app, agency, app.now()).await?;
        let policy = app.policy(agency);
        let settings = policy.map(|policy| policy.bundle.settings().clone());
        Ok(Self {
            codes,
            people: people.into_iter().map(|(word, person)| (word, person.id)).collect(),
            zone: zone(app, agency),
            rules: settings.map(|settings| (settings.clone(), Rules::of(&settings))),
        })
    }

    fn read(&self, leaves: &[Unindexed]) -> Indexing {
        let mut made = Indexing::default();
        for stored in leaves {
            // What cannot be read is no record of ours: verifying the log says so, and where.
            let Ok(leaf) = Leaf::parse(&stored.entry) else { continue };
            match leaf.kind() {
                Kind::Begin | Kind::Event => self.take(stored, &leaf, &mut made),
                Kind::Complete | Kind::Minute => made.ends.extend(end(stored, &leaf)),
                Kind::Reads => {}
            }
        }
        made
    }

    fn take(&self, stored: &Unindexed, leaf: &Leaf, made: &mut Indexing) {
        let row = self.row(stored, leaf);
        if let Some(subject) = self.people.get(&row.actor).copied() {
            let (day, at) = (row.day, row.at);
            let raised = |cause| Raised { subject, cause, day, at, leaf: row.leaf };
            made.raised.extend(self.causes(stored, &row).into_iter().map(raised));
            if row.decision == "refuse" {
                let actor = row.actor.clone();
                made.refusals.retain(|one| (&one.actor, one.day) != (&actor, day));
                made.refusals.push(Refusals { actor, subject, day, at, n_min: REFUSALS_MIN });
            }
        }
        made.rows.push(row);
    }

    fn row(&self, stored: &Unindexed, leaf: &Leaf) -> IndexRow {
        let text = |field| leaf.text(field).unwrap_or_default().to_owned();
        let clear = |field| Some(beside(&stored.clear, field)).filter(|said| !said.is_empty());
        let at = clear("at").and_then(|at| Timestamp::parse(&at).ok());
        let on = Day::parse(&text(ClearField::Day)).map(Day::start).unwrap_or_default();
        let at = at.unwrap_or(on);
        IndexRow {
            leaf: stored.number,
            at,
            day: local_day(at, &self.zone),
            begins: leaf.kind() == Kind::Begin,
            action: text(ClearField::Action),
            actor_kind: text(ClearField::ActorKind),
            actor: text(ClearField::Actor),
            role: text(ClearField::Role),
            session: text(ClearField::Session),
            purpose: text(ClearField::Purpose),
            decision: text(ClearField::Decision),
            reasons: leaf.words(ClearField::Reasons).join(" "),
            case: clear("case").and_then(|number| self.codes.of_case(&number)),
            address: clear("address").map(|address| self.codes.of_address(&address)),
        }
    }

    /// Why somebody has to look at it.
    fn causes(&self, stored: &Unindexed, row: &IndexRow) -> Vec<Cause> {
        let mut causes = Vec::new();
        if row.action == WORK_STATED {
            causes.extend(self.of_stated(row, &beside(&stored.clear, "reason")));
        } else if row.action == STOP_NOT_VERIFIED {
            causes.push(Cause::UnverifiedStop);
        } else if row.decision == "refuse" {
            let facts = serde_json::from_str::<Facts>(&beside(&stored.clear, "facts")).ok();
            if self.tried_the_prohibited(facts.as_ref(), row) {
                causes.push(Cause::ProhibitedUse);
            }
            if facts.is_some_and(|facts| facts.protected.is_some()) {
                causes.push(Cause::ProtectedEvent);
            }
        }
        let by_night = !(NIGHT.1..NIGHT.0).contains(&hour(row.at, &self.zone));
        if row.begins && by_night && PRIVILEGED.contains(&row.action.as_str()) {
            causes.push(Cause::OffHours);
        }
        causes
    }

    fn of_stated(&self, row: &IndexRow, reason: &str) -> Option<Cause> {
        let (settings, rules) = self.rules.as_ref()?;
        if settings.prohibits(&row.purpose).is_some() {
            return Some(Cause::ProhibitedUse);
        }
        if reason.is_empty() {
            return None;
        }
        let verdict = reason::judge(reason, rules);
        match verdict.outcome {
            Outcome::Refused if verdict.fact().refused => Some(Cause::ProhibitedUse),
            Outcome::Refused => None,
            Outcome::Review => Some(Cause::SuspiciousReason),
            Outcome::Taken => (verdict.score < SCORE_MIN).then_some(Cause::WeakReason),
        }
    }

    fn tried_the_prohibited(&self, facts: Option<&Facts>, row: &IndexRow) -> bool {
        let reason = facts.and_then(|facts| facts.reason.as_ref());
        let by_reason = reason.is_some_and(|reason| reason.refused);
        let settings = self.rules.as_ref().map(|(settings, _)| settings);
        by_reason || settings.is_some_and(|settings| settings.prohibits(&row.purpose).is_some())
    }
}

/// What became of an act.
fn end(stored: &Unindexed, leaf: &Leaf) -> Option<IndexEnd> {
    let outcome = leaf.text(ClearField::Outcome).unwrap_or_default().to_owned();
    let ended = (leaf.kind() == Kind::Complete).then_some((stored.number, outcome));
    let n = leaf.number(ClearField::Number).unwrap_or(0);
    Some(IndexEnd { begun: leaf.number(ClearField::Of)?, ended, n })
}
