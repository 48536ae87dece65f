//! `/hits/{id}/facts`: the facts of a stop that audits need, entered by who made it; `/facts`: one's own stops without them.

use app::stop_facts::{StopFactsAsk, enter_stop_facts, own_stops_without_facts, stop_facts_form};
use app::{App, AskError};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::HitId;
use domain::stop_facts::Investigation;
use policy::settings::StopFactsRule;
use serde::Deserialize;

use super::work::{Categories, categories};
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// A list to choose from: its name in the form, its label, its entries, and what is chosen.
#[derive(Debug)]
struct Choice {
    name: &'static str,
    label: &'static str,
    none: &'static str,
    all: Vec<String>,
    field: Field,
}

/// The form.
#[derive(Template, Debug)]
#[template(path = "pages/stop_facts.html")]
pub struct StopFactsPage {
    frame: Frame,
    id: i64,
    clause: String,
    /// The driver and the victim: what each is called, and what is asked of them.
    people: [(&'static str, [Choice; 2]); 2],
    categories: Vec<Categories>,
    offence: Field,
    investigations: Vec<(&'static str, &'static str)>,
    investigation: Field,
    read_again: Field,
}

/// What was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Typed {
    driver_race: String,
    driver_gender: String,
    victim_race: String,
    victim_gender: String,
    offence: String,
    investigation: String,
    read_again: String,
}

impl StopFactsPage {
    /// The form for a hit's stop.
    pub fn of(frame: Frame, id: HitId, rule: &StopFactsRule) -> Self {
        Self::typed(frame, id, rule, &Typed::default())
    }

    fn typed(frame: Frame, id: HitId, rule: &StopFactsRule, typed: &Typed) -> Self {
        let choice = |name, label, none, all: &[String], value: &str| Choice {
            name,
            label,
            none,
            all: all.to_vec(),
            field: Field::of(value),
        };
        let (races, genders) = (rule.races.as_slice(), rule.genders.as_slice());
        let driver = [
            choice("driver_race", "Race of the driver", "Choose…", races, &typed.driver_race),
            choice(
                "driver_gender",
                "Gender of the driver",
                "Choose…",
                genders,
                &typed.driver_gender,
            ),
        ];
        let victim = [
            choice("victim_race", "Race of the victim", "no victim", races, &typed.victim_race),
            choice(
                "victim_gender",
                "Gender of the victim",
                "no victim",
                genders,
                &typed.victim_gender,
            ),
        ];
        Self {
            id: id.to_i64(),
            clause: rule.clause.clone(),
            people: [("The driver", driver), ("The victim", victim)],
            categories: categories(),
            offence: Field::of(typed.offence.as_str()),
            investigations: Investigation::ALL
                .iter()
                .map(|one| (one.word(), one.label()))
                .collect(),
            investigation: Field::of(typed.investigation.as_str()),
            read_again: Field::of(typed.read_again.as_str()),
            frame,
        }
    }

    /// Says what is wrong with a field; false where there is no such field.
    fn refuse(&mut self, field: &str, why: &str) -> bool {
        let wrong = format!("It {why}.");
        let people = self.people.iter_mut().flat_map(|(_, all)| all);
        let mut people = people.filter(|one| one.name == field);
        match (people.next(), field) {
            (Some(one), _) => one.field.wrong = wrong,
            (None, "offence") => self.offence.wrong = wrong,
            (None, "investigation") => self.investigation.wrong = wrong,
            _ => return false,
        }
        true
    }
}

/// `GET /hits/{id}/facts`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let id = HitId::from_i64(id);
    let rule = stop_facts_form(&app, &staff.ctx, id).await?;
    Ok(page(StatusCode::OK, &StopFactsPage::of(frame, id, &rule)))
}

/// `POST /hits/{id}/facts`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let id = HitId::from_i64(id);
    if typed.read_again != "yes" {
        let rule = stop_facts_form(&app, &staff.ctx, id).await?;
        let mut shown = StopFactsPage::typed(frame, id, &rule, &typed);
        shown.read_again.wrong =
            "It is not ticked: what is counted can be changed by nobody, so read it once more."
                .to_owned();
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    }
    let ask = StopFactsAsk {
        driver_race: typed.driver_race.clone(),
        driver_gender: typed.driver_gender.clone(),
        victim_race: typed.victim_race.clone(),
        victim_gender: typed.victim_gender.clone(),
        offence: typed.offence.clone(),
        investigation: typed.investigation.clone(),
    };
    match enter_stop_facts(&app, &staff.ctx, id, &ask).await {
        Ok(()) => Ok(Redirect::to(&format!("/hits/{id}")).into_response()),
        Err(AskError::Invalid { field, why }) if field != "hit" => {
            let rule = stop_facts_form(&app, &staff.ctx, id).await?;
            let mut shown = StopFactsPage::typed(frame, id, &rule, &typed);
            if shown.refuse(field, &why) {
                Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
            } else {
                Err(AskError::Invalid { field, why }.into())
            }
        }
        Err(err) => Err(err.into()),
    }
}

/// One's own stops whose facts are missing.
#[derive(Template, Debug)]
#[template(path = "pages/stop_facts_own.html")]
pub struct OwnStopsPage {
    frame: Frame,
    hits: Vec<i64>,
}

impl OwnStopsPage {
    /// The page of these.
    pub fn of(frame: Frame, hits: &[HitId]) -> Self {
        Self { frame, hits: hits.iter().map(|hit| hit.to_i64()).collect() }
    }
}

/// `GET /facts`
pub(crate) async fn own(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let hits = own_stops_without_facts(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &OwnStopsPage::of(frame, &hits)))
}
