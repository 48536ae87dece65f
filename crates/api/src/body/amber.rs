//! Messages of AMBER alerts, and their plates.

use app::{AlertBoard, AlertRow, CapTaken, ConfirmingPlate};
use domain::{AmberPlate, AmberStanding, PlateDecision, Said, VehicleSaid};
use plate::Jurisdiction;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::hotlist::RefusedOut;
use super::who::WhoOut;

/// What came of a file of messages.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlertsTakenOut {
    /// Its messages about abducted children.
    n_messages: usize,
    /// Those of them that were not known.
    n_new: usize,
    /// Its messages about something else.
    n_other: u64,
    n_refused: u64,
    /// The first messages that could not be taken; `n_refused` counts all.
    refused: Vec<RefusedOut>,
}

impl From<CapTaken> for AlertsTakenOut {
    fn from(taken: CapTaken) -> Self {
        let CapTaken { n_messages, n_new, n_other, n_refused, refused } = taken;
        let refused = refused.into_iter();
        let refused = refused.map(|one| RefusedOut { line: one.line.into(), reason: one.why });
        Self { n_messages, n_new, n_other, n_refused, refused: refused.collect() }
    }
}

/// What is decided about a plate.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlateDecisionIn {
    /// Whether it is confirmed; otherwise it is refused, or taken back.
    pub(crate) confirm: bool,
    /// Confirmed: as the alert names it.
    #[serde(default)]
    plate: String,
    /// Confirmed: who issued it, such as `US-TX`; left out where nobody knows.
    #[serde(default)]
    jurisdiction: String,
    /// Refused: why.
    #[serde(default)]
    pub(crate) reason: String,
}

/// A plate that no program found.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypedPlateIn {
    /// As the alert names it.
    plate: String,
    /// Who issued it, such as `US-TX`; left out where nobody knows.
    #[serde(default)]
    jurisdiction: String,
}

impl PlateDecisionIn {
    pub(crate) fn confirming(&self) -> ConfirmingPlate {
        ConfirmingPlate { plate: self.plate.clone(), jurisdiction: self.jurisdiction.clone() }
    }
}

impl TypedPlateIn {
    pub(crate) fn confirming(self) -> ConfirmingPlate {
        ConfirmingPlate { plate: self.plate, jurisdiction: self.jurisdiction }
    }
}

/// A message.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlertOut {
    alert: i64,
    sender: String,
    /// Its number at its sender.
    identifier: String,
    #[schema(format = DateTime)]
    sent_at: String,
    #[schema(format = DateTime)]
    received_at: String,
    /// `Actual`, `Exercise`, `System`, `Test`, `Draft`.
    status: &'static str,
    /// `Alert`, `Update`, `Cancel`.
    kind: &'static str,
    /// `in-force`, `not-meant` (a test, an exercise), `ends-others`, `replaced`, `cancelled`, `over`.
    standing: &'static str,
    /// The alert that replaced or cancelled it.
    ended_by: Option<i64>,
    /// From when on it counts no more.
    #[schema(format = DateTime)]
    ends_at: String,
    event: String,
    area: String,
    /// Plates that wait for a person, and plates that are matched.
    n_waiting: usize,
    n_matched: usize,
}

impl From<&AlertRow> for AlertOut {
    fn from(row: &AlertRow) -> Self {
        let message = &row.message.message;
        let (standing, ended_by) = match row.standing {
            AmberStanding::InForce => ("in-force", None),
            AmberStanding::NotMeant => ("not-meant", None),
            AmberStanding::Ends => ("ends-others", None),
            AmberStanding::Replaced(by) => ("replaced", Some(by)),
            AmberStanding::Cancelled(by) => ("cancelled", Some(by)),
            AmberStanding::Expired => ("over", None),
        };
        Self {
            alert: row.message.id.to_i64(),
            sender: message.name.sender.clone(),
            identifier: message.name.identifier.clone(),
            sent_at: message.name.sent_at.to_string(),
            received_at: row.message.received_at.to_string(),
            status: message.status.word(),
            kind: message.kind.word(),
            standing,
            ended_by: ended_by.map(|by| by.to_i64()),
            ends_at: message.ends_at().to_string(),
            event: message.event.clone(),
            area: message.area.clone(),
            n_waiting: row.n_waiting(),
            n_matched: row.n_matched(),
        }
    }
}

/// A part of what a message says.
#[derive(Serialize, ToSchema)]
pub(crate) struct SaidOut {
    /// `headline`, `description`, `instruction`, or a parameter's name.
    part: String,
    /// Such as `en-US`; empty where the message does not say.
    language: String,
    text: String,
}

impl From<&Said> for SaidOut {
    fn from(said: &Said) -> Self {
        let Said { part, language, text } = said.clone();
        Self { part, language, text }
    }
}

/// The vehicle that a plate is told of with.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlertVehicleOut {
    make: Option<String>,
    model: Option<String>,
    colour: Option<String>,
    year: Option<u16>,
    /// `car`, `truck`, …, `unknown`.
    class: &'static str,
}

impl From<&VehicleSaid> for AlertVehicleOut {
    fn from(said: &VehicleSaid) -> Self {
        let VehicleSaid { make, model, colour, year, class } = said.clone();
        Self { make, model, colour, year, class: class.word() }
    }
}

/// What a person decided about a plate.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlateDecidedOut {
    /// Whether it is confirmed; otherwise it is refused.
    confirmed: bool,
    /// As it was confirmed.
    plate: Option<String>,
    jurisdiction: Option<&'static str>,
    /// Why it was refused.
    reason: Option<String>,
    by: WhoOut,
    #[schema(format = DateTime)]
    at: String,
}

/// A plate that a message seems to name.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlertPlateOut {
    /// Its number in the message.
    n: u32,
    plate: String,
    jurisdiction: Option<&'static str>,
    /// `read` (found in the words), `before` (confirmed of the message before, and this one does not name it), `typed`.
    origin: &'static str,
    vehicle: AlertVehicleOut,
    /// Absent while it waits for a person.
    decided: Option<PlateDecidedOut>,
}

impl AlertPlateOut {
    fn of(one: &AmberPlate, board: &AlertBoard) -> Self {
        let decided = one.decided.as_ref().map(|(decision, by, at)| {
            let (plate, jurisdiction, reason) = match decision {
                PlateDecision::Confirmed { plate, jurisdiction } => {
                    (Some(plate.clone()), *jurisdiction, None)
                }
                PlateDecision::Refused(why) => (None, None, Some(why.clone())),
            };
            PlateDecidedOut {
                confirmed: plate.is_some(),
                plate,
                jurisdiction: jurisdiction.map(Jurisdiction::code),
                reason,
                by: WhoOut::of(*by, board.names.get(by)),
                at: at.to_string(),
            }
        });
        Self {
            n: one.n,
            plate: one.proposed.plate.clone(),
            jurisdiction: one.proposed.jurisdiction.map(Jurisdiction::code),
            origin: one.origin.word(),
            vehicle: (&one.proposed.vehicle).into(),
            decided,
        }
    }
}

/// A message with what it says and its plates.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlertPageOut {
    #[serde(flatten)]
    alert: AlertOut,
    /// Kept only for as long as it counts.
    said: Vec<SaidOut>,
    plates: Vec<AlertPlateOut>,
}

impl AlertPageOut {
    /// The first message of a board.
    pub(crate) fn of(board: &AlertBoard) -> Option<Self> {
        let row = board.alerts.first()?;
        Some(Self {
            alert: row.into(),
            said: row.message.message.said.iter().map(SaidOut::from).collect(),
            plates: row.message.plates.iter().map(|one| AlertPlateOut::of(one, board)).collect(),
        })
    }
}
