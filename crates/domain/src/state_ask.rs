//! Questions that the program puts to the state's system for somebody (`AUS-344.3.2b2`). What comes back fills a form and no
//! more: a person reads it, and records what it said.

use crate::ids::{HitId, PersonId, StateAskId};
use crate::life::Answer;
use crate::time::Timestamp;
use crate::words::words;

words! {
    /// Why a question has no answer.
    AskFailure {
        /// Nobody answered at the switch's address, or the line broke.
        Unreachable = "unreachable", "The switch could not be reached";
        /// It answered that it does not take the question.
        Refused = "refused", "The switch refused the question";
        /// What it answered cannot be read, or answers something else.
        Unreadable = "unreadable", "The answer could not be read";
        /// It took the question, and the answer did not come in time.
        Late = "late", "No answer came in time";
    }
}

impl AskFailure {
    /// What to do about it.
    pub const fn help(self) -> &'static str {
        match self {
            Self::Unreachable => {
                "Ask again, or ask at a terminal and record the answer below; tell whoever runs the server if it goes on."
            }
            Self::Refused => {
                "Ask at a terminal and record the answer below; tell whoever runs the server, for the switch does not know this server or you."
            }
            Self::Unreadable => {
                "Nothing was taken from it: ask at a terminal and record the answer below; tell whoever runs the server."
            }
            Self::Late => "Ask again, or ask at a terminal and record the answer below.",
        }
    }
}

/// How a question ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AskEnd {
    /// With an answer.
    Answered(StateAnswer),
    /// Without one.
    Failed(AskFailure),
}

/// What is kept of an answer. Its text is not: whoever asked reads it while it is fresh.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateAnswer {
    /// What it says of the entry.
    pub answer: Answer,
    /// The state's system's reference for it; empty where it gave none.
    pub reference: String,
    /// The SHA-256 of the answer as it came, hexadecimal.
    pub digest: String,
}

/// A question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateAsk {
    /// Which.
    pub id: StateAskId,
    /// About which hit.
    pub hit: HitId,
    /// Of which system: `NCIC`.
    pub system: String,
    /// Our reference, by which the switch knows it again when it is sent twice.
    pub reference: String,
    /// For whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Until when an answer is waited for.
    pub until: Timestamp,
    /// How it ended, and when; none: it has not.
    pub end: Option<(Timestamp, AskEnd)>,
}

impl StateAsk {
    /// Whether an answer may still come. A server that ended meanwhile waits for none.
    pub fn is_waiting(&self, now: Timestamp) -> bool {
        self.end.is_none() && now < self.until
    }

    /// How it stands: none while an answer may still come.
    pub fn ended(&self, now: Timestamp) -> Option<(Timestamp, AskEnd)> {
        let late = || (self.until, AskEnd::Failed(AskFailure::Late));
        self.end.clone().or_else(|| (!self.is_waiting(now)).then(late))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_nobody_waits_for_any_more_is_late() {
        let at = Timestamp::from_micros;
        let asked = StateAsk {
            id: StateAskId::from_i64(1),
            hit: HitId::from_i64(1),
            system: "NCIC".to_owned(),
            reference: "PG01".to_owned(),
            by: PersonId::from_i64(1),
            at: at(0),
            until: at(10),
            end: None,
        };
        assert_eq!(asked.ended(at(9)), None);
        assert_eq!(asked.ended(at(10)), Some((at(10), AskEnd::Failed(AskFailure::Late))));
        let end = (at(5), AskEnd::Failed(AskFailure::Refused));
        let ended = StateAsk { end: Some(end.clone()), ..asked };
        assert!(!ended.is_waiting(at(6)));
        assert_eq!(ended.ended(at(99)), Some(end));
    }
}
