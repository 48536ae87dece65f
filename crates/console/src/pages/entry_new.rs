//! `/entries/new`: asking for an entry of the agency's own.

use std::collections::HashMap;

use app::custom_entries::{AskingCustomEntry, EntryForm, ask_custom_entry, custom_entry_form};
use app::{App, AskError, Ctx};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::custom::{Demand, demands};
use domain::{Category, PersonId, Position, Priority, Role, Timestamp, VehicleClass};

use super::camera_new::position;
use super::person_new::sentence;
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// What was typed, by the names of the fields: the audience has a field for each role and each person.
pub type Typed = HashMap<String, String>;

/// Roles that are told of hits: those who may see them.
const TOLD: [Role; 4] = [Role::RtccOperator, Role::Officer, Role::Investigator, Role::Supervisor];

/// A line of text.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) hint: String,
    pub(crate) value: String,
    pub(crate) wrong: String,
}

/// A choice.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) name: String,
    pub(crate) word: String,
    pub(crate) label: String,
    pub(crate) is_chosen: bool,
}

/// The lines of the form: name, label, hint.
const LINES: [(&str, &str, &str); 15] = [
    ("plate", "Plate or part of one", "7ABC123. A part: ? is one character, * any number."),
    ("state", "State", "Postal code, such as TX."),
    ("make", "Make", ""),
    ("model", "Model", ""),
    ("colour", "Colour", ""),
    ("year", "Year", ""),
    ("case", "Case number", ""),
    ("reference", "Reference", "Such as an NCIC number."),
    ("offence", "Offence", "Such as robbery."),
    ("person", "Who is missing", "A description, no name."),
    (
        "reason",
        "Reason",
        "In your own words, what makes the agency look for this vehicle. It is shown with each hit and kept in the ledger.",
    ),
    ("caution", "Cautions", "What whoever stops the vehicle has to know first."),
    ("expires", "Ends", ""),
    ("centre", "Around this point", "Latitude, longitude: 30.2747, -97.7404."),
    ("radius", "Within", "Metres, such as 4000."),
];

fn lines(names: &[&str], typed: &Typed) -> Vec<Line> {
    let named = LINES.iter().filter(|(name, ..)| names.contains(name));
    let line = |&(name, label, hint): &(&'static str, &'static str, &str)| Line {
        name,
        label,
        hint: hint.to_owned(),
        value: typed.get(name).cloned().unwrap_or_default(),
        wrong: String::new(),
    };
    named.map(line).collect()
}

/// The form, as empty or as filled as it is.
#[derive(Template, Debug)]
#[template(path = "pages/entry_new.html")]
pub struct EntryNew {
    frame: Frame,
    trouble: String,
    plate: Vec<Line>,
    vehicle: Vec<Line>,
    classes: Vec<Choice>,
    class_wrong: String,
    categories: Vec<Choice>,
    category_wrong: String,
    /// What each category asks for, in a sentence.
    asks: Vec<(&'static str, String)>,
    grounds: Vec<Line>,
    reason: Vec<Line>,
    cautions: Vec<Line>,
    lasts: Vec<Line>,
    area: Vec<Line>,
    roles: Vec<Choice>,
    people: Vec<Choice>,
    names_people: bool,
    audience_wrong: String,
    priorities: Vec<Choice>,
    priority_wrong: String,
    is_covert: bool,
}

impl EntryNew {
    /// The empty form.
    pub fn empty(frame: Frame, form: &EntryForm, zone: &str) -> Self {
        let mut typed = Typed::new();
        for role in TOLD {
            typed.insert(format!("role-{}", role.word()), "yes".to_owned());
        }
        Self::filled(frame, form, zone, &typed)
    }

    fn filled(frame: Frame, form: &EntryForm, zone: &str, typed: &Typed) -> Self {
        let value = |name: &str| typed.get(name).cloned().unwrap_or_default();
        let lines = |names: &[&str]| lines(names, typed);
        let people = people(form, typed);
        let mut shown = Self {
            trouble: String::new(),
            plate: lines(&["plate", "state"]),
            vehicle: lines(&["make", "model", "colour", "year"]),
            classes: classes(&value("class")),
            class_wrong: String::new(),
            categories: categories(form, &value("category")),
            category_wrong: String::new(),
            asks: form.categories.iter().map(asks).collect(),
            grounds: lines(&["case", "reference", "offence", "person"]),
            reason: lines(&["reason"]),
            cautions: lines(&["caution"]),
            lasts: lines(&["expires"]),
            area: lines(&["centre", "radius"]),
            roles: roles(typed),
            names_people: people.iter().any(|one| one.is_chosen),
            people,
            audience_wrong: String::new(),
            priorities: priorities(&value("priority")),
            priority_wrong: String::new(),
            is_covert: value("covert") == "yes",
            frame,
        };
        let rules = &form.rules;
        shown.hint("case", format!("Such as {}.", form.case_example));
        let lasts = format!(
            "Day and time, such as 2026-11-22 18:00 ({zone}). {} days ahead at most; a part of a plate {} hours.",
            rules.days_max, rules.partial_hours_max
        );
        shown.hint("expires", lasts);
        shown
    }

    fn line(&mut self, name: &str) -> Option<&mut Line> {
        let lines = [
            &mut self.plate,
            &mut self.vehicle,
            &mut self.grounds,
            &mut self.reason,
            &mut self.cautions,
            &mut self.lasts,
            &mut self.area,
        ];
        lines.into_iter().flatten().find(|line| line.name == name)
    }

    fn hint(&mut self, name: &str, says: String) {
        if let Some(line) = self.line(name) {
            line.hint = says;
        }
    }

    fn note(&mut self, field: &str, why: &str) {
        let says = sentence(why);
        // What a vehicle looks like is its make or colour.
        let field = if field == Demand::Vehicle.word() { "make" } else { field };
        if let Some(line) = self.line(field) {
            line.wrong = says;
            return;
        }
        match field {
            "category" => self.category_wrong = says,
            "class" => self.class_wrong = says,
            "audience" => self.audience_wrong = says,
            "priority" => self.priority_wrong = says,
            other => self.trouble = format!("{other}: {why}"),
        }
    }

    /// What was typed, where it can be read; else notes what is wrong.
    fn read(
        &mut self,
        typed: &Typed,
        moment: impl Fn(&str) -> Option<Timestamp>,
    ) -> Option<AskingCustomEntry> {
        let value =
            |name: &str| typed.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
        let expires_at = moment(&value("expires"));
        if expires_at.is_none() {
            self.note("expires", "a day and a time, such as 2026-11-22 18:00");
        }
        let area = self.read_area(&value("centre"), &value("radius"));
        Some(AskingCustomEntry {
            plate: value("plate"),
            state: value("state"),
            class: value("class"),
            colour: value("colour"),
            make: value("make"),
            model: value("model"),
            year: value("year"),
            category: value("category"),
            case_number: value("case"),
            reference: value("reference"),
            offence: value("offence"),
            person: value("person"),
            reason: value("reason"),
            caution: value("caution"),
            expires_at: Some(expires_at?),
            priority: value("priority"),
            area: area?,
            roles: chosen(typed, "role-").map(str::to_owned).collect(),
            people: chosen(typed, "person-")
                .filter_map(|id| id.parse().ok().map(PersonId::from_i64))
                .collect(),
            covert: value("covert") == "yes",
        })
    }

    /// The area, or none where no point was given.
    fn read_area(&mut self, centre: &str, radius: &str) -> Option<Option<(Position, u32)>> {
        if centre.is_empty() {
            return Some(None);
        }
        let radius = radius.trim_end_matches('m').trim().parse::<u32>();
        let centre = position(centre);
        if let Err(why) = &centre {
            self.note("centre", why);
        }
        if radius.is_err() {
            self.note("radius", "whole metres, such as 4000");
        }
        Some(Some((centre.ok()?, radius.ok()?)))
    }
}

/// What was ticked among the fields whose names begin so.
fn chosen<'t>(typed: &'t Typed, prefix: &'static str) -> impl Iterator<Item = &'t str> {
    let ticked = typed.iter().filter(|(_, value)| *value == "yes");
    ticked.filter_map(move |(name, _)| name.strip_prefix(prefix))
}

fn option(word: &str, label: &str, value: &str) -> Choice {
    Choice {
        name: String::new(),
        word: word.to_owned(),
        label: label.to_owned(),
        is_chosen: word == value,
    }
}

fn classes(value: &str) -> Vec<Choice> {
    let known = VehicleClass::ALL.into_iter().filter(|class| !class.is_unknown());
    known.map(|class| option(class.word(), class.word(), value)).collect()
}

fn categories(form: &EntryForm, value: &str) -> Vec<Choice> {
    let all = form.categories.iter();
    all.map(|(one, _)| option(one.word(), one.label(), value)).collect()
}

fn priorities(value: &str) -> Vec<Choice> {
    Priority::ALL.into_iter().map(|one| option(one.word(), one.word(), value)).collect()
}

fn asks((category, needs): &(Category, Vec<String>)) -> (&'static str, String) {
    let of_bundle = needs.iter().filter_map(|word| Demand::parse(word));
    let mut all: Vec<Demand> = demands(*category).iter().copied().chain(of_bundle).collect();
    all.sort_unstable();
    all.dedup();
    let all: Vec<String> = all.iter().map(|one| one.label().to_lowercase()).collect();
    (category.label(), all.join(", "))
}

fn ticked(name: String, label: &str, typed: &Typed) -> Choice {
    let is_chosen = typed.get(&name).is_some_and(|value| value == "yes");
    Choice { name, word: String::new(), label: label.to_owned(), is_chosen }
}

fn roles(typed: &Typed) -> Vec<Choice> {
    let name = |role: Role| format!("role-{}", role.word());
    TOLD.map(|role| ticked(name(role), role.label(), typed)).into()
}

fn people(form: &EntryForm, typed: &Typed) -> Vec<Choice> {
    form.people.iter().map(|(id, name)| ticked(format!("person-{id}"), name, typed)).collect()
}

/// The name of the time zone in which times are typed.
fn zone(app: &App, ctx: &Ctx) -> String {
    let policy = app.policy(ctx.agency);
    let name = policy.as_ref().and_then(|policy| policy.zone.iana_name());
    name.unwrap_or("UTC").to_owned()
}

/// `GET /entries/new`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let form = custom_entry_form(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &EntryNew::empty(frame, &form, &zone(&app, &staff.ctx))))
}

/// `POST /entries/new`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let form = custom_entry_form(&app, &staff.ctx).await?;
    let mut shown = EntryNew::filled(frame, &form, &zone(&app, &staff.ctx), &typed);
    let policy = app.policy(staff.ctx.agency);
    let read = shown.read(&typed, |said| policy.as_ref().and_then(|policy| policy.moment(said)));
    let Some(asked) = read else { return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown)) };
    match ask_custom_entry(&app, &staff.ctx, &asked).await {
        Ok(id) => Ok(Redirect::to(&format!("/entries/{id}")).into_response()),
        Err(AskError::Invalid { field, why }) => {
            shown.note(field, &why);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}
