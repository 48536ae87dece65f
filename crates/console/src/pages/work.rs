//! `/work`: for what purpose, in which case, why. What is stated stands above everything that is looked at, until it is
//! changed.

use std::collections::BTreeMap;

use app::people::{StateWork, WorkState, state_work, work_state};
use app::{App, AskError};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policy::offences::{CATEGORIES, Category, Kind};
use serde::Deserialize;

use super::theme::within;
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// How grave an offence is, for people to choose.
const GRADES: [(&str, &str); 5] = [
    ("", "not stated"),
    ("felony", "felony"),
    ("class-a", "class A misdemeanour"),
    ("class-b", "class B misdemeanour"),
    ("class-c", "class C misdemeanour"),
];

/// A purpose in the list.
#[derive(Clone, Debug)]
struct Choice {
    word: String,
    label: String,
    needs: String,
}

/// Categories of offences of one kind.
#[derive(Debug)]
pub(crate) struct Categories {
    pub(crate) kind: &'static str,
    pub(crate) all: Vec<&'static Category>,
}

pub(crate) fn categories() -> Vec<Categories> {
    let of = |kind: Kind| Categories {
        kind: kind.label(),
        all: CATEGORIES.iter().filter(|one| one.kind == kind).collect(),
    };
    Kind::ALL.into_iter().map(of).collect()
}

/// The form.
#[derive(Template, Debug)]
#[template(path = "pages/work.html")]
pub struct WorkPage {
    frame: Frame,
    back: String,
    choices: Vec<Choice>,
    grades: [(&'static str, &'static str); 5],
    categories: Vec<Categories>,
    case_example: String,
    purpose: Field,
    case_number: Field,
    offence: Field,
    offence_category: Field,
    reason: Field,
    exigent: bool,
    exigent_wrong: String,
    /// Purposes that may be exigent, with the hours; empty where none may.
    may_be_exigent: String,
    case_note: &'static str,
    is_stated: bool,
}

impl WorkPage {
    /// The form as it stands.
    pub fn of(frame: Frame, state: &WorkState, back: &str) -> Self {
        let work = state.work.as_ref();
        let said = |text: Option<&String>| Field::of(text.cloned().unwrap_or_default());
        let offence = work.and_then(|work| work.offence.as_ref());
        let grade = offence.and_then(|offence| serde_json::to_value(offence.grade).ok());
        let grade = grade.as_ref().and_then(|word| word.as_str()).unwrap_or_default();
        let choice = |one: &app::people::PurposeChoice| {
            let mut needs = Vec::new();
            if one.needs_case {
                needs.push("case number");
            }
            if one.needs_reason {
                needs.push("reason");
            }
            if one.needs_offence {
                needs.push("offence");
            }
            Choice { word: one.word.clone(), label: one.label.clone(), needs: needs.join(", ") }
        };
        Self {
            back: within(back).to_owned(),
            choices: state.choices.iter().map(choice).collect(),
            grades: GRADES,
            categories: categories(),
            case_example: state.case_example.clone(),
            purpose: said(work.map(|work| &work.purpose)),
            case_number: said(work.and_then(|work| work.case_number.as_ref())),
            offence: Field::of(grade.to_owned()),
            offence_category: said(offence.map(|offence| &offence.category)),
            reason: said(work.and_then(|work| work.reason.as_ref())),
            exigent: work.is_some_and(|work| work.exigent),
            exigent_wrong: String::new(),
            may_be_exigent: may_be_exigent(state),
            case_note: frame.case_note,
            is_stated: work.is_some(),
            frame,
        }
    }
}

/// The purposes that may be exigent, by the hours within which the number follows.
fn may_be_exigent(state: &WorkState) -> String {
    let mut by_hours: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for one in &state.choices {
        if let Some(hours) = one.exigent_hours {
            by_hours.entry(hours).or_default().push(&one.label);
        }
    }
    let says = by_hours.iter().map(|(hours, labels)| {
        let hours = words::count(u64::from(*hours), "hour", "hours");
        format!("within {hours} for {}", labels.join("; "))
    });
    says.collect::<Vec<_>>().join(". Or ")
}

/// Where to return to.
#[derive(Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    back: String,
}

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    case_number: String,
    #[serde(default)]
    offence: String,
    #[serde(default)]
    offence_category: String,
    #[serde(default)]
    reason: String,
    exigent: Option<String>,
    #[serde(default)]
    back: String,
}

fn no_policy() -> PageError {
    PageError::nothing_here("policy in force")
}

/// `GET /work`
pub(crate) async fn get(
    staff: Staff,
    frame: Frame,
    Query(Back { back }): Query<Back>,
) -> Result<Response, PageError> {
    let state = work_state(&staff.ctx).ok_or_else(no_policy)?;
    Ok(page(StatusCode::OK, &WorkPage::of(frame, &state, &back)))
}

/// `POST /work`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let said = StateWork {
        purpose: typed.purpose,
        case_number: typed.case_number,
        offence: typed.offence,
        offence_category: typed.offence_category,
        reason: typed.reason,
        exigent: typed.exigent.is_some(),
    };
    match state_work(&app, &staff.ctx, &said).await {
        Ok(_) => Ok(Redirect::to(within(&typed.back)).into_response()),
        Err(AskError::Invalid { field, why }) => {
            let state = work_state(&staff.ctx).ok_or_else(no_policy)?;
            let mut form = WorkPage::of(frame, &state, &typed.back);
            form.purpose.value = said.purpose;
            form.case_number.value = said.case_number;
            form.reason.value = said.reason;
            form.offence.value = said.offence;
            form.offence_category.value = said.offence_category;
            form.exigent = said.exigent;
            match field {
                "case_number" => form.case_number.wrong = format!("It {why}."),
                "offence" => form.offence.wrong = format!("It {why}."),
                "offence_category" => form.offence_category.wrong = format!("It {why}."),
                "reason" => form.reason.wrong = format!("It {why}."),
                "exigent" => form.exigent_wrong = format!("It {why}."),
                _ => form.purpose.wrong = format!("It {why}."),
            }
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &form))
        }
        Err(err) => Err(err.into()),
    }
}
