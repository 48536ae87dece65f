//! Oversight: what is reviewed and why, what somebody reports, and what became of it.

use crate::ids::{AgencyId, PersonId, ReportId, ReviewId};
use crate::time::{Day, Timestamp};
use crate::words::words;

words! {
    /// Why a review was opened.
    Cause {
        /// The reason that somebody stated has words which the bundle calls suspicious (`AUS-344.4a3`).
        SuspiciousReason = "suspicious-reason", "A stated reason has suspicious words";
        /// The reason that somebody stated says little.
        WeakReason = "weak-reason", "A stated reason says little";
        /// Somebody stated or tried a prohibited use: attempts count (`AUS-344.4a2`, `AUS-344.4a3`, `AUSP-prohibited`).
        ProhibitedUse = "prohibited-use", "A prohibited use was tried";
        /// Somebody tried to look at what was read at a protected event without leave (`AUS-344.4a4`).
        ProtectedEvent = "protected-event", "A look at a protected event was tried";
        /// Somebody was refused again and again in one day.
        RepeatedRefusals = "repeated-refusals", "Refused again and again";
        /// Somebody used a privilege in the middle of the night.
        OffHours = "off-hours", "A privilege used at night";
        /// Somebody was stopped before every step was done (`AUS-344.3.2b`, `TWF-401.4e`).
        UnverifiedStop = "unverified-stop", "A stop before every step was done";
        /// Somebody reported it (`AUS-344.4a7`).
        MisuseReport = "misuse-report", "Somebody reported misuse";
    }
}

words! {
    /// What came out of a review or an investigation.
    Finding {
        /// Nothing was wrong.
        InPolicy = "in-policy", "In policy";
        /// No ill will: the person has to be taught.
        TrainingNeeded = "training-needed", "Training needed";
        /// The policy was violated.
        Violation = "violation", "Violation";
        /// It is for somebody else to decide: internal affairs, a prosecutor.
        Referred = "referred", "Referred";
    }
}

words! {
    /// Whether sharing with an agency that was reported goes on (`AUS-344.4b`).
    Sharing {
        /// It does.
        GoesOn = "goes-on", "Sharing goes on";
        /// It does not, until somebody decides otherwise.
        Suspended = "suspended", "Sharing is suspended";
    }
}

words! {
    /// How far a report of misuse has come.
    ReportState {
        /// Somebody says so.
        Allegation = "allegation", "Allegation";
        /// Somebody looks into it.
        Investigation = "investigation", "Investigation";
        /// It was decided.
        Finding = "finding", "Finding";
    }
}

/// How something was closed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Closed {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// What came out.
    pub finding: Finding,
    /// In the words of who closed it.
    pub text: String,
}

/// Something that an auditor has to look into. Nothing closes it but a finding, and nothing deletes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Review {
    /// Which.
    pub id: ReviewId,
    /// Whose auditors look into it.
    pub agency: AgencyId,
    /// About whom: they never see it.
    pub subject: PersonId,
    /// Why it was opened.
    pub cause: Cause,
    /// The day, where the agency is, on which it happened.
    pub day: Day,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// How it was closed, once it was.
    pub closed: Option<Closed>,
    /// How many records of the log it rests on.
    pub n_leaves: u64,
}

/// What somebody noted on a review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewNote {
    /// When.
    pub at: Timestamp,
    /// Who; nobody: the server.
    pub by: Option<PersonId>,
    /// What.
    pub text: String,
}

/// Whom a report is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReportAbout {
    /// Somebody of the agency.
    Person(PersonId),
    /// Another agency, by its name.
    Agency(String),
}

/// What the program lieutenant decided about sharing (`AUS-344.4b`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SharingDecision {
    /// What.
    pub sharing: Sharing,
    /// Why.
    pub why: String,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A report of misuse: allegation, investigation, finding (`AUS-344.4a7`, `AUS-344.4b`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// Which.
    pub id: ReportId,
    /// Whose.
    pub agency: AgencyId,
    /// Who reported it.
    pub reporter: PersonId,
    /// Whom it is about.
    pub about: ReportAbout,
    /// What they say.
    pub told: String,
    /// When they said so.
    pub filed_at: Timestamp,
    /// The review that it opened, where it is about somebody of the agency.
    pub review: Option<ReviewId>,
    /// Who investigates it, and since when.
    pub investigation: Option<(PersonId, Timestamp)>,
    /// What came out.
    pub closed: Option<Closed>,
    /// What was decided about sharing, where it is about another agency.
    pub decision: Option<SharingDecision>,
}

impl Report {
    /// How far it has come.
    pub const fn state(&self) -> ReportState {
        match (&self.closed, &self.decision, &self.investigation) {
            (Some(_), _, _) | (_, Some(_), _) => ReportState::Finding,
            (None, None, Some(_)) => ReportState::Investigation,
            (None, None, None) => ReportState::Allegation,
        }
    }

    /// Whether it is about this person.
    pub fn is_about(&self, person: PersonId) -> bool {
        self.about == ReportAbout::Person(person)
    }
}

/// Somebody's sign-off of a week's audit trail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WeekReview {
    /// The Monday with which the week begins.
    pub week: Day,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// What they noted.
    pub note: String,
}

/// The Monday of a day's week.
pub const fn week_of(day: Day) -> Day {
    // 1970-01-01, day 0, was a Thursday: three days after a Monday.
    Day::from_number(day.number() - (day.number() + 3).rem_euclid(7))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_one_things() {
        for cause in Cause::ALL {
            assert_eq!(Cause::parse(cause.word()), Some(*cause));
        }
        for finding in Finding::ALL {
            assert_eq!(Finding::parse(finding.word()), Some(*finding));
        }
        assert_eq!((Finding::parse(""), Sharing::parse("perhaps")), (None, None));
    }

    #[test]
    fn a_week_begins_on_its_monday() {
        let of = |day: &str| week_of(Day::parse(day).unwrap()).to_string();
        assert_eq!(of("2026-11-22"), "2026-11-16");
        assert_eq!(of("2026-11-23"), "2026-11-23");
        assert_eq!(of("2026-11-29"), "2026-11-23");
        assert_eq!(of("1969-12-31"), "1969-12-29");
    }
}
