//! Oversight: who looked at what, what has to be reviewed, what was reported, each week's sign-off, each day's digest.
//!
//! All of it follows the log: `index::catch_up` reads what was written down since the last time and makes of it what
//! auditors search and what opens reviews. No use case can forget to tell an auditor, for none has to.

mod audit;
mod digest;
mod export;
pub(crate) mod index;
mod misuse;
mod reviews;
mod week;

pub use audit::{AuditAsk, AuditLine, AuditPage, search_audit};
pub use digest::{
    Attempt, DayDigest, LockState, Odd, OddSignIn, digest_day, digest_text, security_digest,
};
pub use export::{Exported, ExportedLine, export_audit, export_receipts};
pub use misuse::{
    MisuseBoard, ReportPage, close_report, decide_sharing, investigate, open_report, own_reports,
    report_misuse, reports,
};
pub use reviews::{Inbox, ReviewPage, add_review_note, close_review, inbox, open_review};
pub use week::{WeekPage, WeekState, open_week, review_week};

use std::collections::HashMap;

use domain::access::ListPeople;
use domain::oversight::{Closed, Finding};
use domain::{Action, AgencyId, Day, Person, PersonId, Timestamp};
use jiff::tz::TimeZone;
use ledger::disclosure::Disclosure;
use store::{AuditRow, LedgerLook, LogId};

use super::said::{me, text};
use crate::policies::local_day;
use crate::record::{Leave, server_permit};
use crate::{App, AskError, Ctx};

/// How something is closed by who acts; refused without a finding.
fn closing(ctx: &Ctx, finding: &str, said: &str) -> Result<Closed, AskError> {
    let none = || AskError::Invalid {
        field: "finding",
        why: "is missing: nothing is closed without a finding".to_owned(),
    };
    let finding = Finding::parse(finding).ok_or_else(none)?;
    Ok(Closed { by: me(ctx)?, at: ctx.now, finding, text: text("text", said)? })
}

/// Everybody in the agency, for who looks at something else that names them.
async fn people(app: &App, leave: &Leave) -> Result<Vec<Person>, AskError> {
    let people = app.inner().store.people(&leave.permit::<ListPeople>()?).await;
    people.map_err(AskError::failed("list people"))
}

/// Names by id.
fn names(people: &[Person]) -> HashMap<PersonId, String> {
    people.iter().map(|person| (person.id, person.name.clone())).collect()
}

/// Everybody of an agency by their pseudonym in the log.
async fn by_pseudonym(
    app: &App,
    agency: AgencyId,
    now: Timestamp,
) -> Result<HashMap<String, Person>, AskError> {
    let permit = server_permit::<ListPeople>(agency, now)?;
    let people = app.inner().store.people(&permit).await;
    let people = people.map_err(AskError::failed("list people"))?;
    let keyed = people.into_iter().map(|one| (app.pseudonym_of_person(agency, one.id), one));
    Ok(keyed.collect())
}

impl App {
    /// Somebody's pseudonym in their agency's log.
    fn pseudonym_of_person(&self, agency: AgencyId, person: PersonId) -> String {
        self.pseudonym_of(domain::Actor::Person(agency, person))
    }
}

/// Where the agency's days begin.
fn zone(app: &App, agency: AgencyId) -> TimeZone {
    app.policy(agency).map_or(TimeZone::UTC, |policy| policy.zone.clone())
}

/// What day it is where the agency is.
fn today(app: &App, ctx: &Ctx) -> Day {
    local_day(ctx.now, &zone(app, ctx.agency))
}

/// When a day begins in a time zone.
fn begins(day: Day, zone: &TimeZone) -> Timestamp {
    let date = day.to_string().parse::<jiff::civil::Date>();
    let begun = date.and_then(|date| date.to_zoned(zone.clone()));
    begun.map_or_else(
        |_| day.start(),
        |begun| Timestamp::from_micros(begun.timestamp().as_microsecond()),
    )
}

/// The hour of the day, 0–23, in a time zone.
fn hour(at: Timestamp, zone: &TimeZone) -> i8 {
    let there =
        jiff::Timestamp::from_microsecond(at.micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    there.to_zoned(zone.clone()).hour()
}

/// The clear text of a field among disclosures; empty where it is gone.
fn beside(clear: &[Disclosure], field: &str) -> String {
    let said = clear.iter().filter_map(Disclosure::said);
    let found = said.filter(|(name, _)| name.as_deref() == Some(field)).map(|(_, value)| value);
    found.filter_map(|value| value.as_str().map(str::to_owned)).next().unwrap_or_default()
}

/// Rows with what is still kept beside them.
async fn lines(app: &App, log: LogId, rows: Vec<AuditRow>) -> Result<Vec<AuditLine>, AskError> {
    let leaves: Vec<u64> = rows.iter().map(|row| row.leaf).collect();
    let clear = app.inner().store.clear_beside(LedgerLook { log }, &leaves).await;
    let clear = clear.map_err(AskError::failed("fetch what stands beside the records"))?;
    let none = Vec::new();
    let line = |row: AuditRow| {
        let clear = clear.get(&row.leaf).unwrap_or(&none);
        AuditLine {
            name: beside(clear, "name"),
            case: beside(clear, "case"),
            reason: beside(clear, "reason"),
            objects: beside(clear, "objects"),
            address: beside(clear, "address"),
            row,
        }
    };
    Ok(rows.into_iter().map(line).collect())
}

/// The rows of these leaves, with what is still kept beside them.
async fn lines_of<A: Action>(
    app: &App,
    permit: &domain::Permit<A>,
    leaves: &[u64],
) -> Result<Vec<AuditLine>, AskError> {
    let log = LogId::of_agency(permit.agency());
    let rows = app.inner().store.audit_rows_of(LedgerLook { log }, leaves).await;
    lines(app, log, rows.map_err(AskError::failed("look up records"))?).await
}
