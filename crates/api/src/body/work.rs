//! What somebody works on.

use app::people::{PurposeChoice, StateWork, WorkState};
use domain::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody says that they work on.
#[derive(Deserialize, ToSchema, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkIn {
    /// The purpose's word; empty: nothing any more.
    purpose: String,
    /// The case or incident number.
    #[serde(default)]
    case_number: String,
    /// The offence's grade: `felony`, `class-a`, `class-b`, `class-c`.
    #[serde(default)]
    offence: String,
    /// Why, in one's own words.
    #[serde(default)]
    reason: String,
    /// Whether it cannot wait for a case number, which then follows within the purpose's hours.
    #[serde(default)]
    exigent: bool,
}

impl From<WorkIn> for StateWork {
    fn from(said: WorkIn) -> Self {
        Self {
            purpose: said.purpose,
            case_number: said.case_number,
            offence: said.offence,
            reason: said.reason,
            exigent: said.exigent,
        }
    }
}

/// A purpose that may be stated.
#[derive(Serialize, ToSchema, Debug)]
pub(crate) struct PurposeOut {
    /// Its word.
    word: String,
    /// What people read.
    label: String,
    /// Whether a case number has to stand beside it.
    needs_case: bool,
    /// Whether a reason has to.
    needs_reason: bool,
    /// Whether the offence's grade has to.
    needs_offence: bool,
    /// Within how many hours the case number follows where a look cannot wait for it; none: it comes first.
    exigent_hours: Option<u32>,
}

impl From<PurposeChoice> for PurposeOut {
    fn from(one: PurposeChoice) -> Self {
        let PurposeChoice { word, label, needs_case, needs_reason, needs_offence, exigent_hours } =
            one;
        Self { word, label, needs_case, needs_reason, needs_offence, exigent_hours }
    }
}

/// What is stated, and what may be.
#[derive(Serialize, ToSchema, Debug)]
pub(crate) struct WorkOut {
    /// The purpose that is stated.
    purpose: Option<String>,
    /// The case or incident number beside it.
    case_number: Option<String>,
    /// What the agency's case system said of it: `verified`, `unknown`, `unreachable`; none where it was not asked.
    case_check: Option<&'static str>,
    /// Whether it was said that it cannot wait for a case number, and none has come.
    exigent: bool,
    /// The reason as it is kept, with what has no place there masked.
    reason: Option<String>,
    /// When it was stated.
    #[schema(value_type = Option<String>, format = DateTime)]
    stated_at: Option<Timestamp>,
    /// The agency's purposes.
    purposes: Vec<PurposeOut>,
}

impl From<WorkState> for WorkOut {
    fn from(state: WorkState) -> Self {
        let stated_at = state.work.as_ref().map(|work| work.stated_at);
        let exigent = state.work.as_ref().is_some_and(|work| work.exigent);
        let check = state.work.as_ref().and_then(|work| work.case_check);
        let case_check = check.map(|(check, _)| check.word());
        let (purpose, case_number, reason) = match state.work {
            Some(work) => (Some(work.purpose), work.case_number, work.reason),
            None => (None, None, None),
        };
        let purposes = state.choices.into_iter().map(PurposeOut::from).collect();
        Self { purpose, case_number, case_check, exigent, reason, stated_at, purposes }
    }
}
