//! What a decision is made from: everything that was known, named, written down, and enough to decide again.

use std::collections::{BTreeMap, BTreeSet};

use domain::people::Role;
use domain::time::Day;
use serde::{Deserialize, Serialize};

/// The facts of one question. Whoever has them and the bundle comes to the same decision: nothing else is asked.
///
/// Fields stand in the order of their names, so that what is written is canonical JSON.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// What is asked for: an action's word.
    pub action: String,
    /// The moment, in microseconds UTC.
    pub at: i64,
    /// The case or incident number, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseFact>,
    /// The day in the agency's time zone, `YYYY-MM-DD`.
    pub day: String,
    /// Whether it is said to bear no delay.
    pub exigent: bool,
    /// How far back a search looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookback_hours: Option<u32>,
    /// The offence that is investigated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offence: Option<Offence>,
    /// Whether a look without a case number was not completed in time, and nobody has released the account since.
    #[serde(default, skip_serializing_if = "is_no")]
    pub overdue: bool,
    /// Who asks.
    pub person: Person,
    /// What it touches of a protected event; none where it touches none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protected: Option<ProtectedFact>,
    /// The purpose: a word of the bundle's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// What became of the reason in the person's own words ([`crate::reason::judge`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonFact>,
    /// The outside agency for which it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<Requester>,
    /// The agency whose things they are.
    pub resource: String,
    /// How the person is signed in.
    pub session: Session,
    /// Courses by their word.
    pub training: BTreeMap<String, TrainingFact>,
}

/// What is not so is not written: facts that were recorded before there was such a thing stay as they were written.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
const fn is_no(fact: &bool) -> bool {
    !*fact
}

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The person's own agency.
    pub agency: String,
    /// Whether the person is not of the agency (`IA-4`).
    pub outside: bool,
    /// The pseudonym in the ledger.
    pub pseudonym: String,
    /// The roles held now.
    pub roles: BTreeSet<Role>,
    /// Whether the account ends by itself (`AC-2(2)`).
    pub temporary: bool,
}

/// How the person is signed in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// What it is shown on: `workstation`, `patrol`, `phone`, a word of the agency's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Whether it is locked (`AC-11`).
    pub locked: bool,
    /// Minutes since the person last proved who they are (`IA-11`).
    pub minutes_since_authentication: u32,
    /// Whether a second factor was used (`IA-2(1)`, `IA-2(2)`).
    pub second_factor: bool,
}

/// One course of one person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingFact {
    /// The last day on which it counts; none: it does not lapse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Whether it was completed and has not been revoked.
    pub valid: bool,
}

/// What is known of a case number; the number itself is sealed in the ledger and no part of the decision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFact {
    /// Whether it is written as the agency writes its numbers.
    pub formatted: bool,
    /// What the agency's case system said of it; none where none is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<CaseCheck>,
}

/// What became of asking the agency's case system for a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseCheck {
    /// It has such a case.
    Verified,
    /// It has none.
    Unknown,
    /// It could not be asked.
    Unreachable,
}

impl CaseCheck {
    /// Its word in the ledger.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Unknown => "unknown",
            Self::Unreachable => "unreachable",
        }
    }
}

/// The offence that is investigated.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offence {
    /// Its category: a NIBRS code ([`crate::offences`]). Records from before there was a list name the purpose here.
    pub category: String,
    /// How grave it is.
    pub grade: Grade,
}

/// How grave an offence is, as Texas and others grade them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// A class C misdemeanour: a fine.
    ClassC,
    /// A class B misdemeanour.
    ClassB,
    /// A class A misdemeanour.
    ClassA,
    /// A felony.
    Felony,
}

impl Grade {
    /// Its rank in rules: 1 is the least, 0 stands for none.
    pub const fn rank(self) -> i64 {
        match self {
            Self::ClassC => 1,
            Self::ClassB => 2,
            Self::ClassA => 3,
            Self::Felony => 4,
        }
    }
}

/// What became of the reason in the person's own words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonFact {
    /// It names a use that is prohibited.
    pub refused: bool,
    /// Somebody will have to look at it.
    pub suspicious: bool,
    /// It says nothing.
    pub vague: bool,
}

/// What is known of a look at something that was read at a protected event (`AUS-344.4a4`).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProtectedFact {
    /// A supervisor, another person, has approved it for this purpose and case, and the time is not over.
    pub approved: bool,
    /// What connects the event with a crime is written down for this purpose and case.
    pub nexus: bool,
    /// It raised a hit: the entry that wants the vehicle is its ground.
    pub wanted: bool,
}

/// The outside agency for which something is done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requester {
    /// Its name or id.
    pub agency: String,
    /// Its kind: `criminal-justice`, `same-state`, `out-of-state`, `federal`, `private`, a word of the app's.
    pub kind: String,
}

/// Facts that cannot be read back.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidFacts {
    /// Not what is written here.
    #[error("the facts cannot be read: {0}")]
    Unreadable(String),
    /// The same facts could be written otherwise.
    #[error("the facts are not written canonically")]
    NotCanonical,
}

impl Facts {
    /// As they are recorded: canonical JSON, one text for one content.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what was recorded.
    pub fn read(text: &str) -> Result<Self, InvalidFacts> {
        let facts: Self =
            serde_json::from_str(text).map_err(|why| InvalidFacts::Unreadable(why.to_string()))?;
        if facts.write() == text { Ok(facts) } else { Err(InvalidFacts::NotCanonical) }
    }

    /// Whether a course counts on the day of the question.
    pub fn is_trained(&self, course: &str) -> bool {
        self.training.get(course).is_some_and(|one| self.counts(one))
    }

    /// The courses that count on the day of the question: up to and with their last day, and nobody has to act for it.
    pub(crate) fn courses(&self) -> impl Iterator<Item = &str> {
        let counting = self.training.iter().filter(|(_, one)| self.counts(one));
        counting.map(|(course, _)| course.as_str())
    }

    fn counts(&self, one: &TrainingFact) -> bool {
        let Ok(today) = Day::parse(&self.day) else { return false };
        one.valid
            && one
                .until
                .as_ref()
                .is_none_or(|until| Day::parse(until).is_ok_and(|day| day >= today))
    }
}
