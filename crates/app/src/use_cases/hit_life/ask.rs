//! What somebody wants to do with a hit, as it was typed, and what it means.

use domain::PersonId;
use domain::life::{Answer, Deed, Outcome, Part, Rejection, Sending};
use plate::{CodeSystem, Jurisdiction, PlateText};

use crate::AskError;
use crate::use_cases::said::wrong;

/// Longest text that somebody writes about a hit, in characters.
const TEXT_MAX: usize = 1_000;
/// Longest reference or case number.
const REFERENCE_MAX: usize = 60;

/// What somebody wants to do with a hit, in the words of a form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HitAsk {
    /// Take it.
    Take,
    /// Give it back to everybody.
    Release {
        /// Why.
        why: String,
    },
    /// Hand it to somebody else.
    HandOver {
        /// To whom.
        to: PersonId,
    },
    /// Tell patrol.
    Send {
        /// A word of [`Sending`].
        how: String,
        /// To whom, with what.
        note: String,
    },
    /// Reject it.
    Reject {
        /// A word of [`Rejection`].
        why: String,
        /// In one's own words.
        note: String,
    },
    /// Say what the comparison of the picture with the entry shows.
    Compare {
        /// A word of [`Part`].
        part: String,
        /// Whether they agree: `yes` or `no`.
        agrees: String,
        /// What was seen.
        note: String,
    },
    /// Say what the state's system answered.
    Confirm {
        /// A system of the bundle.
        system: String,
        /// A word of [`Answer`].
        answer: String,
        /// Its reference.
        reference: String,
    },
    /// Say why the state's system was not asked.
    NotPracticable {
        /// Why.
        why: String,
    },
    /// Agree, as the second officer.
    Second {
        /// What was seen.
        note: String,
    },
    /// Say why it could not wait for a second officer.
    CouldNotWait {
        /// Why.
        why: String,
    },
    /// Say what the risk is.
    Weigh {
        /// What came of it.
        note: String,
    },
    /// Report that somebody was stopped.
    Stop,
    /// Say what became of it.
    End {
        /// A word of [`Outcome`].
        outcome: String,
        /// The case number, where there is one.
        case: String,
        /// The offence.
        offence: String,
        /// Anything else.
        note: String,
    },
    /// Say what the picture shows.
    Correct {
        /// The characters.
        plate: String,
        /// The state's code, or nothing.
        state: String,
    },
    /// Open it again.
    Reopen {
        /// Why.
        why: String,
    },
}

impl HitAsk {
    /// The deed. `systems` are those that the bundle names; `missing` is what a stop would leave undone.
    pub(super) fn deed(
        self,
        systems: &[String],
        missing: impl FnOnce() -> Vec<domain::life::Step>,
    ) -> Result<Deed, AskError> {
        Ok(match self {
            Self::Take => Deed::Taken,
            Self::Release { why } => Deed::Released { why: said("why", &why)? },
            Self::HandOver { to } => Deed::HandedOver { to },
            Self::Send { how, note } => {
                Deed::Sent { how: word("how", Sending::parse(&how))?, note: said("note", &note)? }
            }
            Self::Reject { why, note } => Deed::Rejected {
                why: word("why", Rejection::parse(&why))?,
                note: perhaps("note", &note)?,
            },
            Self::Compare { part, agrees, note } => compared(&part, &agrees, &note)?,
            Self::Confirm { system, answer, reference } => Deed::Asked {
                system: word("system", systems.iter().find(|one| **one == system).cloned())?,
                answer: word("answer", Answer::parse(&answer))?,
                reference: short("reference", &reference)?,
            },
            Self::NotPracticable { why } => Deed::NotPracticable { why: said("why", &why)? },
            Self::Second { note } => Deed::Seconded { note: perhaps("note", &note)? },
            Self::CouldNotWait { why } => Deed::CouldNotWait { why: said("why", &why)? },
            Self::Weigh { note } => Deed::Weighed { note: said("risk", &note)? },
            Self::Stop => Deed::Stopped { missing: missing() },
            Self::End { outcome, case, offence, note } => Deed::Ended {
                outcome: word("outcome", Outcome::parse(&outcome))?,
                case: short("case", &case)?,
                offence: perhaps("offence", &offence)?,
                note: perhaps("note", &note)?,
            },
            Self::Correct { plate, state } => corrected(&plate, &state)?,
            Self::Reopen { why } => Deed::Reopened { why: said("why", &why)? },
        })
    }
}

fn compared(part: &str, agrees: &str, note: &str) -> Result<Deed, AskError> {
    let agrees = match agrees {
        "yes" => true,
        "no" => false,
        _ => return Err(wrong("agrees", "is missing: say whether they agree")),
    };
    let part = word("part", Part::parse(part))?;
    Ok(Deed::Compared { part, agrees, note: perhaps("note", note)? })
}

fn corrected(plate: &str, state: &str) -> Result<Deed, AskError> {
    let plate = PlateText::parse(plate);
    // What was typed is not repeated: it is a plate.
    let plate = plate.map_err(|err| wrong("plate", format!("cannot be taken: {err}")))?;
    let jurisdiction = match state.trim() {
        "" => None,
        code => Some(
            Jurisdiction::parse(code, CodeSystem::Postal)
                .map_err(|err| wrong("state", format!("cannot be taken: {err}")))?,
        ),
    };
    Ok(Deed::Corrected { plate, jurisdiction })
}

fn word<T>(field: &'static str, found: Option<T>) -> Result<T, AskError> {
    found.ok_or_else(|| wrong(field, "is missing: choose one of the list"))
}

/// A text that has to say something.
fn said(field: &'static str, text: &str) -> Result<String, AskError> {
    let text = perhaps(field, text)?;
    if text.is_empty() {
        return Err(wrong(field, "is empty: say it in your own words"));
    }
    Ok(text)
}

/// A text that may be left out.
fn perhaps(field: &'static str, text: &str) -> Result<String, AskError> {
    no_longer(field, text, TEXT_MAX)
}

fn short(field: &'static str, text: &str) -> Result<String, AskError> {
    no_longer(field, text, REFERENCE_MAX)
}

fn no_longer(field: &'static str, text: &str, max: usize) -> Result<String, AskError> {
    let text = text.trim();
    if text.chars().count() > max {
        return Err(wrong(field, format!("is longer than {max} characters")));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(ask: HitAsk) -> (&'static str, String) {
        match ask.deed(&["NCIC".to_owned()], Vec::new) {
            Err(AskError::Invalid { field, why }) => (field, why),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_missing_is_named_by_its_field() {
        let nothing = String::new;
        let compare = |agrees: &str| HitAsk::Compare {
            part: "plate".to_owned(),
            agrees: agrees.to_owned(),
            note: nothing(),
        };
        assert_eq!(why(compare("")).0, "agrees");
        assert!(compare("no").deed(&[], Vec::new).is_ok());
        assert_eq!(why(HitAsk::Release { why: "  ".to_owned() }).0, "why");
        assert_eq!(why(HitAsk::Weigh { note: "x".repeat(TEXT_MAX + 1) }).0, "risk");
        let asked = HitAsk::Confirm {
            system: "MULES".to_owned(),
            answer: "in-force".to_owned(),
            reference: nothing(),
        };
        assert_eq!(why(asked).0, "system", "only what the bundle names is asked");
    }

    #[test]
    fn a_correction_that_is_no_plate_is_refused_without_repeating_it() {
        let correct = |plate: &str, state: &str| HitAsk::Correct {
            plate: plate.to_owned(),
            state: state.to_owned(),
        };
        let (field, says) = why(correct("THIS IS NO PLATE", ""));
        assert_eq!(field, "plate");
        assert!(!says.contains("THIS"), "{says}");
        assert_eq!(why(correct("7ABC123", "XX")).0, "state");
        assert!(correct("7abc 123", "tx").deed(&[], Vec::new).is_ok());
    }
}
