//! `/hotlists/{id}/alerts`: messages of AMBER alerts, and one of them with the plates that a person confirms.

use std::collections::HashMap;

use app::{
    AlertBoard, AlertRow, App, AskError, ConfirmingPlate, add_amber_plate, amber_alert,
    amber_alerts, confirm_amber_plate, may_send, refuse_amber_plate,
};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::access::ConfirmAmberPlates;
use domain::{
    AmberId, AmberPlate, AmberStanding, HotlistId, PersonId, PlateDecision, PlateOrigin, Said,
    Timestamp, VehicleClass, VehicleSaid,
};
use plate::Jurisdiction;
use policy::Action;
use serde::Deserialize;

use super::person_new::sentence;
use crate::components::Moment;
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// A message in the list.
#[derive(Debug)]
pub(crate) struct Line {
    id: i64,
    headline: String,
    area: String,
    sent: Moment,
    state: String,
    counts: bool,
    waiting: Option<String>,
    matched: String,
}

/// The messages of a list.
#[derive(Template, Debug)]
#[template(path = "pages/amber_alerts.html")]
pub struct AlertsPage {
    frame: Frame,
    list: i64,
    name: String,
    lines: Vec<Line>,
}

/// A piece of text; a plate's number where it is one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    text: String,
    plate: Option<u32>,
}

/// A part of what a message says.
#[derive(Debug)]
pub(crate) struct Part {
    name: String,
    language: String,
    pieces: Vec<Piece>,
}

/// A plate, and what is done about it.
#[derive(Debug)]
pub(crate) struct PlateCard {
    n: u32,
    plate: String,
    state: String,
    state_code: &'static str,
    vehicle: String,
    origin: &'static str,
    /// What was decided: the word, how, by whom and when.
    decided: Option<(bool, String, String, Moment)>,
    plate_wrong: String,
    state_wrong: String,
    reason: Field,
}

/// One message.
#[derive(Template, Debug)]
#[template(path = "pages/amber_alert.html")]
pub struct OneAlert {
    frame: Frame,
    list: i64,
    list_name: String,
    id: i64,
    headline: String,
    state: String,
    counts: bool,
    sender: String,
    number: String,
    sent: Moment,
    ends: Moment,
    ends_said: bool,
    area: String,
    parts: Vec<Part>,
    plates: Vec<PlateCard>,
    states: Vec<(&'static str, &'static str)>,
    may: bool,
    typed: Field,
    typed_state: String,
    trouble: String,
}

fn standing(row: &AlertRow) -> String {
    match row.standing {
        AmberStanding::InForce => "in force".to_owned(),
        AmberStanding::NotMeant => {
            format!("{}: never matched", row.message.message.status.word().to_lowercase())
        }
        AmberStanding::Ends => "ends another".to_owned(),
        AmberStanding::Replaced(by) => format!("replaced by alert {by}"),
        AmberStanding::Cancelled(by) => format!("cancelled by alert {by}"),
        AmberStanding::Expired => "over".to_owned(),
    }
}

fn headline(row: &AlertRow) -> String {
    let message = &row.message.message;
    let said = message.said.iter().find(|said| said.part == "headline");
    let event = if message.event.is_empty() { "AMBER alert" } else { &message.event };
    said.map_or_else(|| event.to_owned(), |said| said.text.clone())
}

impl AlertsPage {
    /// The page of these messages.
    pub fn of(frame: Frame, board: &AlertBoard) -> Self {
        let line = |row: &AlertRow| {
            let n_waiting = u64::try_from(row.n_waiting()).unwrap_or(u64::MAX);
            let n_matched = u64::try_from(row.n_matched()).unwrap_or(u64::MAX);
            Line {
                id: row.message.id.to_i64(),
                headline: headline(row),
                area: row.message.message.area.clone(),
                sent: Moment::of(row.message.message.name.sent_at, frame.now),
                state: standing(row),
                counts: row.standing == AmberStanding::InForce,
                waiting: (n_waiting > 0)
                    .then(|| words::count(n_waiting, "plate to confirm", "plates to confirm")),
                matched: words::count(n_matched, "plate matched", "plates matched"),
            }
        };
        let lines = board.alerts.iter().map(line).collect();
        let (list, name) = (board.hotlist.id.to_i64(), board.hotlist.name.clone());
        Self { frame, list, name, lines }
    }
}

impl OneAlert {
    /// The page of the first message of `board`.
    pub fn of(frame: Frame, board: &AlertBoard) -> Option<Self> {
        let row = board.alerts.first()?;
        let message = &row.message.message;
        let now = frame.now;
        let card = |plate: &AmberPlate| PlateCard::of(plate, &board.names, now);
        let states = Jurisdiction::all().filter(|state| !state.is_country());
        let mut states: Vec<_> = states.map(|state| (state.code(), state.name())).collect();
        // Alerts are of the states; provinces and Mexico come after them.
        states.sort_by_key(|(code, name)| (!code.starts_with("US-"), *name));
        Some(Self {
            list: board.hotlist.id.to_i64(),
            list_name: board.hotlist.name.clone(),
            id: row.message.id.to_i64(),
            headline: headline(row),
            state: standing(row),
            counts: row.standing == AmberStanding::InForce,
            sender: message.name.sender.clone(),
            number: message.name.identifier.clone(),
            sent: Moment::of(message.name.sent_at, now),
            ends: Moment::of(message.ends_at(), now),
            ends_said: message.expires_at.is_some(),
            area: message.area.clone(),
            parts: parts(&message.said, &row.message.plates),
            plates: row.message.plates.iter().map(card).collect(),
            states,
            may: frame.may(Action::ConfirmAmberPlates),
            typed: Field::default(),
            typed_state: String::new(),
            trouble: String::new(),
            frame,
        })
    }

    /// Says what is wrong beside the field of the plate that it is wrong in; `n` is none for a plate that was added.
    fn wrong(&mut self, n: Option<u32>, typed: &Typed, field: &str, why: &str) {
        let says = sentence(why);
        let card = n.and_then(|n| self.plates.iter_mut().find(|card| card.n == n));
        match (card, field) {
            (Some(card), "plate") => {
                card.plate.clone_from(&typed.plate);
                card.plate_wrong = says;
            }
            (Some(card), "state") => card.state_wrong = says,
            (Some(card), "reason") => {
                card.reason = Field { value: typed.reason.clone(), wrong: says };
            }
            (None, "plate") => {
                self.typed = Field { value: typed.plate.clone(), wrong: says };
                self.typed_state.clone_from(&typed.state);
            }
            _ => self.trouble = says,
        }
    }
}

impl PlateCard {
    fn of(plate: &AmberPlate, names: &HashMap<PersonId, String>, now: Timestamp) -> Self {
        let state = plate.proposed.jurisdiction;
        let decided = plate.decided.as_ref().map(|(decision, by, at)| {
            let name = names.get(by).cloned().unwrap_or_else(|| "somebody".to_owned());
            let (matched, how) = match decision {
                PlateDecision::Confirmed { plate: spelled, jurisdiction } => {
                    let state = jurisdiction.map_or("state not known", Jurisdiction::name);
                    (true, format!("{spelled}, {state}"))
                }
                PlateDecision::Refused(why) => (false, why.clone()),
            };
            (matched, how, name, Moment::of(*at, now))
        });
        Self {
            n: plate.n,
            plate: plate.proposed.plate.clone(),
            state: state.map_or("not named", Jurisdiction::name).to_owned(),
            state_code: state.map_or("", Jurisdiction::code),
            vehicle: vehicle(&plate.proposed.vehicle),
            origin: match plate.origin {
                PlateOrigin::Read => "found in the text",
                PlateOrigin::Before => {
                    "was confirmed of the message before; this one does not name it"
                }
                PlateOrigin::Typed => "typed by a person",
            },
            decided,
            plate_wrong: String::new(),
            state_wrong: String::new(),
            reason: Field::default(),
        }
    }
}

/// A vehicle in words; empty where nothing is said.
fn vehicle(said: &VehicleSaid) -> String {
    let class = (said.class != VehicleClass::Unknown).then(|| said.class.word().to_owned());
    let year = said.year.map(|year| year.to_string());
    let words = [said.colour.clone(), year, said.make.clone(), said.model.clone(), class];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What a message says, with its plates marked where they stand.
fn parts(said: &[Said], plates: &[AmberPlate]) -> Vec<Part> {
    let part = |(number, one): (usize, &Said)| {
        let mut marks: Vec<(usize, usize, u32)> = plates
            .iter()
            .filter_map(|plate| plate.proposed.place.map(|place| (place, plate.n)))
            .filter(|((part, ..), _)| *part == number)
            .map(|((_, from, until), n)| (from, until, n))
            .collect();
        marks.sort_unstable();
        Part {
            name: name_of(&one.part),
            language: one.language.clone(),
            pieces: pieces(&one.text, &marks),
        }
    };
    said.iter().enumerate().map(part).collect()
}

fn pieces(text: &str, marks: &[(usize, usize, u32)]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut push = |text: &str, plate| {
        if !text.is_empty() {
            pieces.push(Piece { text: text.to_owned(), plate });
        }
    };
    for (from, until, n) in marks {
        // Marks of a text that is another by now are left out.
        let (Some(before), Some(marked)) = (text.get(at..*from), text.get(*from..*until)) else {
            continue;
        };
        push(before, None);
        push(marked, Some(*n));
        at = *until;
    }
    push(text.get(at..).unwrap_or_default(), None);
    pieces
}

fn name_of(part: &str) -> String {
    match part {
        "headline" => "Headline".to_owned(),
        "description" => "Description".to_owned(),
        "instruction" => "Instruction".to_owned(),
        "CMAMtext" => "Short text to telephones".to_owned(),
        "CMAMlongtext" => "Text to telephones".to_owned(),
        other => other.to_owned(),
    }
}

/// `GET /hotlists/{id}/alerts`
pub(crate) async fn list(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let board = amber_alerts(&app, &staff.ctx, HotlistId::from_i64(id)).await?;
    Ok(page(StatusCode::OK, &AlertsPage::of(frame, &board)))
}

/// `GET /hotlists/{id}/alerts/{alert}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path((id, alert)): Path<(i64, i64)>,
) -> Result<Response, PageError> {
    let at = (HotlistId::from_i64(id), AmberId::from_i64(alert));
    let board = amber_alert(&app, &staff.ctx, at).await?;
    let shown = OneAlert::of(frame, &board);
    Ok(page(StatusCode::OK, &shown.ok_or_else(|| PageError::nothing_here("alert"))?))
}

/// What was typed.
#[derive(Deserialize, Default, Debug)]
pub(crate) struct Typed {
    #[serde(default)]
    decision: String,
    #[serde(default)]
    plate: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    reason: String,
}

impl Typed {
    fn confirming(&self) -> ConfirmingPlate {
        ConfirmingPlate { plate: self.plate.clone(), jurisdiction: self.state.clone() }
    }
}

/// `POST /hotlists/{id}/alerts/{alert}/plates/{n}`
pub(crate) async fn decide(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path((id, alert, n)): Path<(i64, i64, u32)>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let (list, alert) = (HotlistId::from_i64(id), AmberId::from_i64(alert));
    // Whatever is not said to be confirmed is not.
    let done = if typed.decision == "confirm" {
        confirm_amber_plate(&app, &staff.ctx, (list, alert, n), &typed.confirming()).await
    } else {
        refuse_amber_plate(&app, &staff.ctx, (list, alert, n), &typed.reason).await
    };
    answer(&app, &staff, frame, (list, alert), (Some(n), &typed), done).await
}

/// `POST /hotlists/{id}/alerts/{alert}/plates`
pub(crate) async fn add(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path((id, alert)): Path<(i64, i64)>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let at = (HotlistId::from_i64(id), AmberId::from_i64(alert));
    let done = add_amber_plate(&app, &staff.ctx, at, &typed.confirming()).await;
    answer(&app, &staff, frame, at, (None, &typed), done).await
}

async fn answer(
    app: &App,
    staff: &Staff,
    frame: Frame,
    (list, alert): (HotlistId, AmberId),
    (n, typed): (Option<u32>, &Typed),
    done: Result<(), AskError>,
) -> Result<Response, PageError> {
    let (field, why) = match done {
        Ok(()) => {
            let to = format!("/hotlists/{list}/alerts/{alert}#plates");
            return Ok(Redirect::to(&to).into_response());
        }
        Err(AskError::Invalid { field, why }) => (field, why),
        Err(err) => return Err(err.into()),
    };
    may_send::<ConfirmAmberPlates>(app, &staff.ctx).await?;
    let board = amber_alert(app, &staff.ctx, (list, alert)).await?;
    let shown = OneAlert::of(frame, &board);
    let mut shown = shown.ok_or_else(|| PageError::nothing_here("alert"))?;
    shown.wrong(n, typed, field, &why);
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plates_are_marked_where_they_stand_and_nothing_is_lost() {
        let text = "TX plate ABC1234 or plate Ä9";
        let marks = [(9, 16, 1), (26, 29, 2)];
        let shown = pieces(text, &marks);
        let plates: Vec<_> = shown.iter().filter_map(|one| one.plate).collect();
        assert_eq!(plates, [1, 2]);
        assert_eq!(shown.iter().map(|one| one.text.as_str()).collect::<String>(), text);
        // A mark that splits a letter or lies outside is left out.
        for stray in [[(27, 29, 1)], [(5, 99, 1)]] {
            let shown = pieces(text, &stray);
            assert_eq!(shown, [Piece { text: text.to_owned(), plate: None }]);
        }
    }

    #[test]
    fn a_vehicle_is_told_in_the_order_in_which_people_tell_it() {
        let said = VehicleSaid {
            make: Some("Honda".to_owned()),
            model: Some("Civic".to_owned()),
            colour: Some("silver".to_owned()),
            year: Some(2015),
            class: VehicleClass::Car,
        };
        assert_eq!(vehicle(&said), "silver 2015 Honda Civic car");
        assert_eq!(vehicle(&VehicleSaid::default()), "");
    }
}
