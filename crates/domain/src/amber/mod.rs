//! AMBER alerts as messages: what they said, which of them still count, and the plates that people confirmed.
//!
//! An alert names plates in free text. A program proposes them, a person confirms each, and only what was confirmed is
//! matched: for as long as the message counts.

mod end;

use std::fmt;
use std::time::Duration;

use plate::Jurisdiction;
use serde::{Deserialize, Serialize};

use crate::hotlist::HotlistEntry;
use crate::ids::{AmberId, HotlistId, PersonId};
use crate::time::Timestamp;
use crate::vehicle::VehicleClass;
pub use end::{AlertEnd, AlertEnded, amber_end};

/// How long a message counts that names no end: CAP lets it be left out, and no plate is matched for ever.
pub const LASTS_WITHOUT_END: Duration = Duration::from_secs(24 * 3600);

/// Whether a message is meant (CAP 1.2, `status`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AmberStatus {
    /// It is.
    Actual,
    /// It is for those who take part in an exercise.
    Exercise,
    /// It is for the networks that carry alerts.
    System,
    /// It is a test.
    Test,
    /// It is a draft.
    Draft,
}

impl AmberStatus {
    /// All of them, as CAP writes them.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Actual, "Actual"),
        (Self::Exercise, "Exercise"),
        (Self::System, "System"),
        (Self::Test, "Test"),
        (Self::Draft, "Draft"),
    ];

    /// As CAP writes it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(one, _)| *one == self).map_or("", |(_, word)| word)
    }

    /// Reads [`AmberStatus::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, own)| *own == word).map(|(one, _)| *one)
    }
}

/// What a message does (CAP 1.2, `msgType`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AmberKind {
    /// It says something new.
    Alert,
    /// It takes the place of those that it names.
    Update,
    /// It ends those that it names.
    Cancel,
}

impl AmberKind {
    /// All of them, as CAP writes them.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Alert, "Alert"), (Self::Update, "Update"), (Self::Cancel, "Cancel")];

    /// As CAP writes it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(one, _)| *one == self).map_or("", |(_, word)| word)
    }

    /// Reads [`AmberKind::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, own)| *own == word).map(|(one, _)| *one)
    }
}

/// What a message is known by (CAP 1.2: sender, identifier and when it was sent, together).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct MessageName {
    /// Who sent it.
    pub sender: String,
    /// Its number there.
    pub identifier: String,
    /// When.
    pub sent_at: Timestamp,
}

/// A part of what a message says, in the words of who sent it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Which part: `headline`, `description`, `instruction`, or a parameter's name.
    pub part: String,
    /// In which language, as the message says it (`en-US`); empty where it does not.
    pub language: String,
    /// The words.
    pub text: String,
}

/// Names and plates stand in it.
impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Said({}, …)", self.part)
    }
}

/// A vehicle as a text tells of it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct VehicleSaid {
    /// Its make.
    pub make: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Its colour.
    pub colour: Option<String>,
    /// Its model year.
    pub year: Option<u16>,
    /// What it is.
    #[serde(default)]
    pub class: VehicleClass,
}

/// Where a plate that has to be confirmed comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlateOrigin {
    /// It was found in the text.
    Read,
    /// It was confirmed of the message before, and this one does not name it.
    Before,
    /// A person typed it.
    Typed,
}

impl PlateOrigin {
    /// All of them, with the words that are stored.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Read, "read"), (Self::Before, "before"), (Self::Typed, "typed")];

    /// The word that is stored.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(one, _)| *one == self).map_or("", |(_, word)| word)
    }

    /// Reads [`PlateOrigin::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, own)| *own == word).map(|(one, _)| *one)
    }
}

/// A plate that a text seems to name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedPlate {
    /// The plate, as entries of lists spell it.
    pub plate: String,
    /// Who issued it, where the text says so.
    pub jurisdiction: Option<Jurisdiction>,
    /// Which of the message's parts names it, counted from 0, and from which byte to which; none where none does.
    pub place: Option<(usize, usize, usize)>,
    /// The vehicle that it is told of with.
    pub vehicle: VehicleSaid,
}

/// A plate stands in it.
impl fmt::Debug for ProposedPlate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProposedPlate(…)")
    }
}

/// What a person decided about a plate of a message.
#[derive(Clone, PartialEq, Eq)]
pub enum PlateDecision {
    /// It is matched, as it was confirmed: perhaps corrected.
    Confirmed {
        /// The plate.
        plate: String,
        /// Who issued it.
        jurisdiction: Option<Jurisdiction>,
    },
    /// It is not: why.
    Refused(String),
}

/// A plate stands in it.
impl fmt::Debug for PlateDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Confirmed { .. } => "Confirmed(…)",
            Self::Refused(_) => "Refused(…)",
        })
    }
}

/// A plate of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AmberPlate {
    /// Its number in the message, counted from 1.
    pub n: u32,
    /// What was proposed.
    pub proposed: ProposedPlate,
    /// Where it comes from.
    pub origin: PlateOrigin,
    /// What was decided, by whom and when; none while it waits for a person.
    pub decided: Option<(PlateDecision, PersonId, Timestamp)>,
}

/// A message as it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewAmberMessage {
    /// What it is known by.
    pub name: MessageName,
    /// Whether it is meant.
    pub status: AmberStatus,
    /// What it does.
    pub kind: AmberKind,
    /// The messages that it takes the place of or ends.
    pub references: Vec<MessageName>,
    /// From when on it counts no more, where it says so.
    pub expires_at: Option<Timestamp>,
    /// What it tells of.
    pub event: String,
    /// Where, in words.
    pub area: String,
    /// What it says.
    pub said: Vec<Said>,
}

impl NewAmberMessage {
    /// From when on it counts no more.
    pub fn ends_at(&self) -> Timestamp {
        self.expires_at.unwrap_or_else(|| self.name.sent_at.plus(LASTS_WITHOUT_END))
    }
}

/// A message as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AmberMessage {
    /// Its id.
    pub id: AmberId,
    /// The list that it came for.
    pub hotlist: HotlistId,
    /// When it came.
    pub received_at: Timestamp,
    /// What came. Its words are kept only for as long as it counts.
    pub message: NewAmberMessage,
    /// The plates that it seems to name.
    pub plates: Vec<AmberPlate>,
}

/// How a message stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AmberStanding {
    /// It counts.
    InForce,
    /// It was never meant: a test, an exercise.
    NotMeant,
    /// It only ends others.
    Ends,
    /// Another one took its place.
    Replaced(AmberId),
    /// It was cancelled.
    Cancelled(AmberId),
    /// Its time is over.
    Expired,
}

/// How each message stands, in their order. A message is ended or replaced only by its own sender.
pub fn amber_standings(messages: &[AmberMessage], now: Timestamp) -> Vec<AmberStanding> {
    messages.iter().map(|one| standing(one, messages, now)).collect()
}

fn standing(one: &AmberMessage, all: &[AmberMessage], now: Timestamp) -> AmberStanding {
    let message = &one.message;
    if message.status != AmberStatus::Actual {
        return AmberStanding::NotMeant;
    }
    if message.kind == AmberKind::Cancel {
        return AmberStanding::Ends;
    }
    let names_it = |other: &&AmberMessage| {
        other.message.status == AmberStatus::Actual
            && other.message.name.sender == message.name.sender
            && other.message.name != message.name
            && other.message.references.contains(&message.name)
    };
    let by = |kind: AmberKind| all.iter().filter(names_it).find(|one| one.message.kind == kind);
    if let Some(cancel) = by(AmberKind::Cancel) {
        return AmberStanding::Cancelled(cancel.id);
    }
    // A message does not take the place of one that was sent after it: two that name each other would end both.
    let later = |update: &&AmberMessage| {
        (update.message.name.sent_at, update.id) > (message.name.sent_at, one.id)
    };
    if let Some(update) = by(AmberKind::Update).filter(later) {
        return AmberStanding::Replaced(update.id);
    }
    if message.ends_at() <= now {
        return AmberStanding::Expired;
    }
    AmberStanding::InForce
}

/// The entries of the messages that count: what people confirmed, once each, until the message ends.
pub fn amber_entries(messages: &[AmberMessage], now: Timestamp) -> Vec<HotlistEntry> {
    let standings = amber_standings(messages, now);
    let mut entries: Vec<HotlistEntry> = Vec::new();
    for (one, standing) in messages.iter().zip(standings) {
        if standing != AmberStanding::InForce {
            continue;
        }
        for plate in &one.plates {
            let Some((PlateDecision::Confirmed { plate: spelled, jurisdiction }, ..)) =
                &plate.decided
            else {
                continue;
            };
            let entry = entry(one, &plate.proposed.vehicle, spelled, *jurisdiction);
            let same = |there: &&mut HotlistEntry| {
                there.plate == entry.plate && there.jurisdiction == entry.jurisdiction
            };
            match entries.iter_mut().find(same) {
                Some(there) => there.expires_at = there.expires_at.max(entry.expires_at),
                None => entries.push(entry),
            }
        }
    }
    entries
}

fn entry(
    of: &AmberMessage,
    vehicle: &VehicleSaid,
    plate: &str,
    jurisdiction: Option<Jurisdiction>,
) -> HotlistEntry {
    let area = &of.message.area;
    let note = if area.is_empty() { None } else { Some(format!("Area of the alert: {area}")) };
    HotlistEntry {
        plate: plate.to_owned(),
        jurisdiction,
        make: vehicle.make.clone(),
        model: vehicle.model.clone(),
        colour: vehicle.colour.clone(),
        year: vehicle.year,
        class: vehicle.class,
        reference: Some(of.message.name.identifier.clone()),
        note,
        expires_at: Some(of.message.ends_at()),
        ..HotlistEntry::default()
    }
}

#[cfg(test)]
mod tests;
