//! People: who they are to an agency, and the roles that they hold.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{AgencyId, CompletionId, ExigentId, GrantId, PersonId};
use crate::time::{Day, Timestamp};

/// A role in an agency. A person may hold several; what each allows stands in the agency's bundle.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs the program: equipment, lists, accounts (`AUS-344.3.1a`, `TWF-401.3`, `BEL-461.2`).
    Administrator,
    /// Watches over sign-ins and use, limits access, locks accounts (`AUS-344.2b`, `AUS-344.3.1a1`).
    ChiefSecurityOfficer,
    /// Monitors all systems in the crime centre and dispatches, broadcasts or notifies patrol (`AUS-344.3.2a`).
    RtccOperator,
    /// A patrol officer.
    Officer,
    /// Follows up in a case (`AUS-344.3.2b3a`).
    Investigator,
    /// Approves what officers and investigators ask for (`TWF-401.4f`).
    Supervisor,
    /// Audits for risk management, outside the chain of command (`AUS-344.6a`).
    Auditor,
    /// Decides whether sharing with another agency goes on (`AUS-344.4b`).
    ProgramLieutenant,
    /// Answers requests for data (`TWF-401.9a`, `BEL-461.5a`).
    RecordsCustodian,
    /// Records who completed which training (`AUS-344.7a`).
    Trainer,
    /// The chief or a designee (`AUS-344.5d`).
    Chief,
    /// The city's auditor or an appointed outside party: sees audit data for a time (`AUS-344.6c`).
    ExternalAuditor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Administrator,
        Self::ChiefSecurityOfficer,
        Self::RtccOperator,
        Self::Officer,
        Self::Investigator,
        Self::Supervisor,
        Self::Auditor,
        Self::ProgramLieutenant,
        Self::RecordsCustodian,
        Self::Trainer,
        Self::Chief,
        Self::ExternalAuditor,
    ];

    /// The word that is stored and stands in bundles and in the ledger.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::ChiefSecurityOfficer => "chief-security-officer",
            Self::RtccOperator => "rtcc-operator",
            Self::Officer => "officer",
            Self::Investigator => "investigator",
            Self::Supervisor => "supervisor",
            Self::Auditor => "auditor",
            Self::ProgramLieutenant => "program-lieutenant",
            Self::RecordsCustodian => "records-custodian",
            Self::Trainer => "trainer",
            Self::Chief => "chief",
            Self::ExternalAuditor => "external-auditor",
        }
    }

    /// What people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::ChiefSecurityOfficer => "Chief security officer",
            Self::RtccOperator => "Crime-centre operator",
            Self::Officer => "Officer",
            Self::Investigator => "Investigator",
            Self::Supervisor => "Supervisor",
            Self::Auditor => "Auditor",
            Self::ProgramLieutenant => "Program lieutenant",
            Self::RecordsCustodian => "Records custodian",
            Self::Trainer => "Trainer",
            Self::Chief => "Chief or designee",
            Self::ExternalAuditor => "External auditor",
        }
    }

    /// The role of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether giving it takes two people: it reaches over others' accounts, over the policy, or over what is audited.
    pub const fn is_privileged(self) -> bool {
        matches!(
            self,
            Self::Administrator
                | Self::ChiefSecurityOfficer
                | Self::Auditor
                | Self::ProgramLieutenant
                | Self::Chief
        )
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The name with which somebody signs in: unique on the server, never given to anybody else afterwards (CJIS IA-4).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct Login(String);

/// A text that is no login.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "a sign-in name is 2 to 64 letters, digits, dots, dashes and underscores, and begins with a letter or digit"
)]
pub struct InvalidLogin;

impl Login {
    /// Reads what somebody typed: spaces around it and the case of letters do not matter.
    pub fn parse(text: &str) -> Result<Self, InvalidLogin> {
        let text = text.trim().to_ascii_lowercase();
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
        let begins_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        let is_good = (2..=64).contains(&text.len()) && begins_well && text.chars().all(is_part);
        if is_good { Ok(Self(text)) } else { Err(InvalidLogin) }
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody who is to get an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPerson {
    /// The name with which they sign in.
    pub login: Login,
    /// Their name, as colleagues know it.
    pub name: String,
    /// Where mail reaches them; may be empty.
    pub email: String,
    /// Whether they belong to another organisation (CJIS IA-4).
    pub is_outside: bool,
    /// When a temporary account ends by itself (CJIS AC-2(2): at most 72 hours).
    pub ends_at: Option<Timestamp>,
}

/// Somebody with an account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// In which agency.
    pub agency: AgencyId,
    /// The name with which they sign in.
    pub login: Login,
    /// Their name.
    pub name: String,
    /// Where mail reaches them; may be empty.
    pub email: String,
    /// Whether they belong to another organisation.
    pub is_outside: bool,
    /// When the account ends by itself.
    pub ends_at: Option<Timestamp>,
    /// When it was made.
    pub added_at: Timestamp,
    /// Who invited them; nobody when it was made by a command on the server.
    pub added_by: Option<PersonId>,
    /// When they chose their password and second factor.
    pub enrolled_at: Option<Timestamp>,
    /// When the account was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Since when the account is disabled, and why.
    pub disabled: Option<Disabled>,
    /// When somebody last confirmed that account and rights are still needed (CJIS AC-2j).
    pub reviewed_at: Option<Timestamp>,
    /// When it was last enabled again.
    pub enabled_at: Option<Timestamp>,
}

/// That an account is disabled.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Disabled {
    /// Since when.
    pub at: Timestamp,
    /// Why, in words.
    pub why: String,
}

impl Person {
    /// Their name with the one they sign in with, which tells namesakes apart.
    pub fn named(&self) -> String {
        format!("{} ({})", self.name, self.login)
    }

    /// Whether the account may be used at this moment.
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.disabled.is_none() && self.ends_at.is_none_or(|ends_at| now < ends_at)
    }

    /// Since when nobody has used the account; one that was enabled again begins anew.
    pub fn unused_since(&self) -> Timestamp {
        let used = [self.last_used_at, self.enrolled_at, self.enabled_at];
        used.into_iter().flatten().fold(self.added_at, Timestamp::max)
    }
}

/// That somebody is to hold a role.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Grant {
    /// Which.
    pub id: GrantId,
    /// Who holds it.
    pub person: PersonId,
    /// The role.
    pub role: Role,
    /// Why it was given.
    pub reason: String,
    /// Who gave it; nobody when it was given by a command on the server, or by the agency's provider.
    pub given_by: Option<PersonId>,
    /// Whether the agency's provider gave it, by a group that the person is in: it ends when the group is gone.
    pub by_provider: bool,
    /// When.
    pub given_at: Timestamp,
    /// Who else approved it, where that is asked for.
    pub approved_by: Option<PersonId>,
    /// When it began to count.
    pub approved_at: Option<Timestamp>,
    /// When it ends by itself.
    pub ends_at: Option<Timestamp>,
    /// Who ended it before.
    pub ended_by: Option<PersonId>,
    /// When.
    pub ended_at: Option<Timestamp>,
}

impl Grant {
    /// Whether it counts at this moment.
    pub fn counts_at(&self, now: Timestamp) -> bool {
        self.approved_at.is_some()
            && self.ended_at.is_none()
            && self.ends_at.is_none_or(|ends_at| now < ends_at)
    }

    /// Whether it waits for somebody else's approval.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.approved_at.is_none()
            && self.ended_at.is_none()
            && self.ends_at.is_none_or(|ends_at| now < ends_at)
    }
}

/// That somebody completed a course.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    /// Which.
    pub id: CompletionId,
    /// Who completed it.
    pub person: PersonId,
    /// The course's word in the bundle.
    pub course: String,
    /// On which day, in the agency's time zone.
    pub day: Day,
    /// The topics that were covered.
    pub topics: Vec<String>,
    /// Who recorded it.
    pub recorded_by: Option<PersonId>,
    /// When.
    pub recorded_at: Timestamp,
    /// When it was withdrawn as wrong.
    pub withdrawn_at: Option<Timestamp>,
}

/// That somebody looked without a case number, because it could not wait, and by when the number has to follow.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ExigentLook {
    /// Which.
    pub id: ExigentId,
    /// The purpose's word in the bundle.
    pub purpose: String,
    /// When they said that it could not wait: all looks by that statement are completed together.
    pub stated_at: Timestamp,
    /// When they first looked by it.
    pub looked_at: Timestamp,
    /// When the number has to be there.
    pub due_at: Timestamp,
    /// The first look's leaf in the agency's log.
    pub leaf: u64,
    /// When the number came.
    pub completed_at: Option<Timestamp>,
    /// When somebody released the account that it had locked.
    pub released_at: Option<Timestamp>,
}

impl ExigentLook {
    /// Whether the number is still to come.
    pub fn is_open(&self) -> bool {
        self.completed_at.is_none()
    }

    /// Whether it locks the account at this moment: the number is not there in time, or came too late and nobody has released
    /// the account since.
    pub fn locks_at(&self, now: Timestamp) -> bool {
        let came_by = self.completed_at.unwrap_or(now);
        self.released_at.is_none() && came_by >= self.due_at
    }
}

/// What is known of somebody when they ask for something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Who they are.
    pub person: Person,
    /// Every grant that has not ended.
    pub grants: Vec<Grant>,
    /// Every completion that was not withdrawn.
    pub completions: Vec<Completion>,
    /// Every look without a case number that is not completed, or was too late and locks the account.
    pub exigent: Vec<ExigentLook>,
}

impl Standing {
    /// The roles that they hold at this moment.
    pub fn roles(&self, now: Timestamp) -> BTreeSet<Role> {
        self.grants.iter().filter(|grant| grant.counts_at(now)).map(|grant| grant.role).collect()
    }

    /// Whether a look without a case number was not completed in time, and nobody has released the account since.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.exigent.iter().any(|look| look.locks_at(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_one_word() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.word()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.word());
        }
        assert_eq!(Role::parse("god"), None);
    }

    #[test]
    fn a_login_is_what_somebody_typed_without_case_or_spaces() {
        assert_eq!(Login::parse(" R.Ortiz ").unwrap().as_str(), "r.ortiz");
        for wrong in ["", "x", ".ortiz", "r ortiz", "r/ortiz", "ortíz", &"x".repeat(65)] {
            assert_eq!(Login::parse(wrong), Err(InvalidLogin), "{wrong}");
        }
    }

    fn grant() -> Grant {
        Grant {
            id: GrantId::from_i64(1),
            person: PersonId::from_i64(1),
            role: Role::Auditor,
            reason: "yearly audit".to_owned(),
            given_by: None,
            by_provider: false,
            given_at: Timestamp::from_micros(0),
            approved_by: None,
            approved_at: Some(Timestamp::from_micros(5)),
            ends_at: Some(Timestamp::from_micros(10)),
            ended_by: None,
            ended_at: None,
        }
    }

    #[test]
    fn a_grant_counts_once_it_is_approved_and_until_it_ends() {
        let at = Timestamp::from_micros;
        assert!(grant().counts_at(at(9)) && !grant().counts_at(at(10)));
        let waiting = Grant { approved_at: None, ..grant() };
        assert!(!waiting.counts_at(at(9)) && waiting.waits(at(9)) && !waiting.waits(at(10)));
        let ended = Grant { ended_at: Some(at(7)), ..grant() };
        assert!(!ended.counts_at(at(9)) && !ended.waits(at(9)));
    }

    #[test]
    fn a_look_that_is_not_completed_in_time_locks_until_somebody_releases_it() {
        let at = Timestamp::from_micros;
        let look = ExigentLook {
            id: ExigentId::from_i64(1),
            purpose: "missing-person".to_owned(),
            stated_at: at(0),
            looked_at: at(1),
            due_at: at(10),
            leaf: 3,
            completed_at: None,
            released_at: None,
        };
        assert!(!look.locks_at(at(9)) && look.locks_at(at(10)) && look.locks_at(at(99)));
        let in_time = ExigentLook { completed_at: Some(at(9)), ..look.clone() };
        assert!(!in_time.locks_at(at(99)) && !in_time.is_open());
        let late = ExigentLook { completed_at: Some(at(10)), ..look };
        assert!(late.locks_at(at(99)));
        let released = ExigentLook { released_at: Some(at(50)), ..late };
        assert!(!released.locks_at(at(99)));
    }
}
