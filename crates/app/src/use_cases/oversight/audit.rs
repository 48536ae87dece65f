//! Searching the record: who looked, at which plate, in which case, with what purpose, and what was decided.

use std::collections::HashMap;

use domain::access::SearchAudit;
use domain::{Day, PersonId};
use plate::PlateText;
use store::{AuditQuery, AuditRow, AuditSum, LogId};

use super::{index, lines, people, today};
use crate::record::About;
use crate::{App, AskError, Ctx};

/// Records of one page.
const LINES: u32 = 50;

/// What an auditor looks for. What is empty does not matter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AuditAsk {
    /// By whom.
    pub person: Option<PersonId>,
    /// In which role, by its word.
    pub role: String,
    /// Which action, by its word.
    pub action: String,
    /// `permit` or `refuse`.
    pub decision: String,
    /// In which session, by its pseudonym.
    pub session: String,
    /// In which case, however its number is typed.
    pub case_number: String,
    /// Of which plate.
    pub plate: String,
    /// On this day, where the agency is, or later.
    pub from: Option<Day>,
    /// On this day or earlier.
    pub to: Option<Day>,
    /// Only records before this leaf: the page after.
    pub before: Option<u64>,
}

/// A record that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditLine {
    /// What stands in the index.
    pub row: AuditRow,
    /// Who, by name.
    pub name: String,
    /// The case number.
    pub case: String,
    /// The reason in their own words.
    pub reason: String,
    /// What it was about, where that is still kept.
    pub objects: String,
    /// From which network address.
    pub address: String,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditPage {
    /// Newest first.
    pub lines: Vec<AuditLine>,
    /// All that fits, in sum.
    pub sum: AuditSum,
    /// Before which leaf the next page begins; none: there is none.
    pub next: Option<u64>,
    /// Everybody, to choose from: by name.
    pub people: Vec<(PersonId, String)>,
    /// The day where the agency is.
    pub today: Day,
}

impl AuditAsk {
    /// What is looked for, in words: it is sealed with the record of the look.
    fn in_words(&self) -> String {
        let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        let said = [
            ("person", self.person.map(|person| person.to_string()).unwrap_or_default()),
            ("role", self.role.clone()),
            ("action", self.action.clone()),
            ("decision", self.decision.clone()),
            ("session", self.session.clone()),
            ("case", self.case_number.clone()),
            ("plate", self.plate.clone()),
            ("from", day(self.from)),
            ("to", day(self.to)),
        ];
        let said = said.iter().filter(|(_, what)| !what.trim().is_empty());
        let said: Vec<String> = said.map(|(of, what)| format!("{of} {}", what.trim())).collect();
        if said.is_empty() { "everything".to_owned() } else { said.join("; ") }
    }

    /// What the act that searches is about.
    pub(super) fn about(&self) -> About {
        // What cannot be a search is not written down at any length.
        About::search(self.in_words().chars().take(500).collect::<String>())
    }

    /// The plate that is looked for.
    pub(super) fn plate(&self) -> Result<Option<PlateText>, AskError> {
        let typed = self.plate.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let wrong = |err| AskError::Invalid { field: "plate", why: format!("is no plate: {err}") };
        PlateText::parse(typed).map(Some).map_err(wrong)
    }

    /// The question to the index.
    pub(super) fn query(&self, app: &App, ctx: &Ctx) -> Result<AuditQuery, AskError> {
        let word = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let codes = &app.inner().codes;
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from > to
        {
            let why = "is before the first day".to_owned();
            return Err(AskError::Invalid { field: "to", why });
        }
        let case = match word(&self.case_number) {
            None => None,
            Some(typed) => Some(codes.of_case(&typed).ok_or_else(|| AskError::Invalid {
                field: "case_number",
                why: "has neither letter nor digit".to_owned(),
            })?),
        };
        Ok(AuditQuery {
            before: self.before,
            actor: self.person.map(|person| app.pseudonym_of_person(ctx.agency, person)),
            role: word(&self.role),
            action: word(&self.action),
            decision: word(&self.decision),
            session: word(&self.session),
            case,
            plate: self.plate()?.map(|plate| codes.of_plate(plate)),
            from: self.from,
            to: self.to,
        })
    }
}

/// Searches the agency's record. What was looked for is on record, sealed, before anything is found.
pub async fn search_audit(app: &App, ctx: &Ctx, ask: &AuditAsk) -> Result<AuditPage, AskError> {
    let mut act = app.begin::<SearchAudit>(ctx, ask.about()).await?;
    let query = ask.query(app, ctx)?;
    act.shows(ask.plate()?);
    let log = LogId::of_agency(ctx.agency);
    index::be_current(app, log).await?;
    let failed = || AskError::failed("search the record");
    let store = &app.inner().store;
    let found = store.search_audit(act.permit(), &query, LINES + 1).await;
    let mut rows = found.map_err(failed())?;
    let sum = store.sum_audit(act.permit(), &query).await.map_err(failed())?;
    let has_more = rows.len() > LINES as usize;
    rows.truncate(LINES as usize);
    let next = rows.last().filter(|_| has_more).map(|row| row.leaf);
    let everybody = people(app, act.leave()).await?;
    let lines = lines(app, log, rows).await?;
    act.done(lines.iter().map(|line| format!("leaf {}", line.row.leaf)).collect::<Vec<_>>());
    Ok(AuditPage {
        lines,
        sum,
        next,
        people: everybody.into_iter().map(|one| (one.id, one.name)).collect(),
        today: today(app, ctx),
    })
}

/// Who is who, for pages that count by pseudonym.
pub(super) async fn names_by_pseudonym(
    app: &App,
    ctx: &Ctx,
) -> Result<HashMap<String, (PersonId, String)>, AskError> {
    let people = super::by_pseudonym(app, ctx.agency, ctx.now).await?;
    Ok(people.into_iter().map(|(word, one)| (word, (one.id, one.name))).collect())
}
