//! What an agency allows, as data.
//!
//! A [`Bundle`] is five texts: settings, rules, the statutes that no agency can loosen, which clause is enforced by
//! what, and the words on the portal. It is read whole or not at all, and then it decides: [`Bundle::decide`] takes
//! [`Facts`] and says yes or no, by which rules, and what is missing. The same bundle and the same facts give the same
//! decision at any later time: that is how a decision is checked.

mod action;
mod bundle;
mod cedar;
mod change;
mod clauses;
mod decide;
mod facts;
mod lines;
mod matrix;
pub mod offences;
mod published;
pub mod reason;
pub mod settings;
mod shipped;

pub use action::Action;
pub use bundle::{Bundle, BundleFiles, Fault, File};
pub use change::{Change, Configured, Contradiction, contradictions, difference};
pub use clauses::Clause;
pub use decide::{Decision, Reason};
pub use facts::{
    CaseCheck, CaseFact, Facts, Grade, InvalidFacts, Offence, Person, ProtectedFact, ReasonFact,
    Requester, Session, TrainingFact,
};
pub use matrix::{Cell, Matrix};
pub use shipped::{shipped, statutes};
