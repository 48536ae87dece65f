//! What somebody works on.

use app::people::{PurposeChoice, StateWork, WorkState};
use domain::Timestamp;
use policy::Grade;
use policy::offences::{CATEGORIES, Category};
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
    /// The offence's category, a NIBRS code: one of those in `offences` of the answer. It stands beside the grade.
    #[serde(default)]
    offence_category: String,
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
            offence_category: said.offence_category,
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
    /// Whether the offence's category and grade have to.
    needs_offence: bool,
    /// The categories for which it may be given, by their codes; none: any of the list.
    offence_categories: Vec<String>,
    /// Within how many hours the case number follows where a look cannot wait for it; none: it comes first.
    exigent_hours: Option<u32>,
}

impl From<PurposeChoice> for PurposeOut {
    fn from(one: PurposeChoice) -> Self {
        Self {
            word: one.word,
            label: one.label,
            needs_case: one.needs_case,
            needs_reason: one.needs_reason,
            needs_offence: one.needs_offence,
            offence_categories: one.offence_categories,
            exigent_hours: one.exigent_hours,
        }
    }
}

/// A category of offences.
#[derive(Serialize, ToSchema, Debug)]
pub(crate) struct OffenceOut {
    /// Its NIBRS code.
    code: &'static str,
    /// What people read.
    name: &'static str,
    /// What it is against: `persons`, `property`, `society`; or `group-b`.
    kind: &'static str,
}

impl From<&'static Category> for OffenceOut {
    fn from(one: &'static Category) -> Self {
        Self { code: one.code, name: one.name, kind: one.kind.word() }
    }
}

/// What is stated, and what may be.
#[derive(Serialize, ToSchema, Debug)]
pub(crate) struct WorkOut {
    /// The purpose that is stated.
    purpose: Option<String>,
    /// The case or incident number beside it.
    case_number: Option<String>,
    /// The offence's grade, where one was stated.
    #[schema(value_type = Option<String>)]
    offence: Option<Grade>,
    /// Its category, a NIBRS code.
    offence_category: Option<String>,
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
    /// The categories of offences that may be stated.
    offences: Vec<OffenceOut>,
}

impl From<WorkState> for WorkOut {
    fn from(state: WorkState) -> Self {
        let stated_at = state.work.as_ref().map(|work| work.stated_at);
        let exigent = state.work.as_ref().is_some_and(|work| work.exigent);
        let check = state.work.as_ref().and_then(|work| work.case_check);
        let case_check = check.map(|(check, _)| check.word());
        let offence = state.work.as_ref().and_then(|work| work.offence.clone());
        let (purpose, case_number, reason) = match state.work {
            Some(work) => (Some(work.purpose), work.case_number, work.reason),
            None => (None, None, None),
        };
        let purposes = state.choices.into_iter().map(PurposeOut::from).collect();
        Self {
            purpose,
            case_number,
            offence: offence.as_ref().map(|offence| offence.grade),
            offence_category: offence.map(|offence| offence.category),
            case_check,
            exigent,
            reason,
            stated_at,
            purposes,
            offences: CATEGORIES.iter().map(OffenceOut::from).collect(),
        }
    }
}
