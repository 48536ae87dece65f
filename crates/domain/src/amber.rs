//! AMBER alerts as messages: what they said, which of them still count, and the plates that people confirmed.
//!
//! An alert names plates in free text. A program proposes them, a person confirms each, and only what was confirmed is
//! matched: for as long as the message counts.

use std::fmt;
use std::time::Duration;

use plate::Jurisdiction;
use serde::{Deserialize, Serialize};

use crate::hotlist::HotlistEntry;
use crate::ids::{AmberId, HotlistId, PersonId};
use crate::time::Timestamp;
use crate::vehicle::VehicleClass;

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
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_micros(minute * 60_000_000)
    }

    fn name(identifier: &str, minute: i64) -> MessageName {
        MessageName {
            sender: "missing@dps.example".to_owned(),
            identifier: identifier.to_owned(),
            sent_at: at(minute),
        }
    }

    /// A message that ends an hour after minute 0, with one plate that was confirmed.
    fn message(id: i64, kind: AmberKind, references: &[MessageName]) -> AmberMessage {
        let decided = PlateDecision::Confirmed { plate: "ABC1234".to_owned(), jurisdiction: None };
        let proposed = ProposedPlate {
            plate: "ABC1234".to_owned(),
            jurisdiction: None,
            place: None,
            vehicle: VehicleSaid::default(),
        };
        AmberMessage {
            id: AmberId::from_i64(id),
            hotlist: HotlistId::from_i64(1),
            received_at: at(id),
            message: NewAmberMessage {
                name: name(&id.to_string(), id),
                status: AmberStatus::Actual,
                kind,
                references: references.to_vec(),
                expires_at: Some(at(60)),
                event: "Child Abduction Emergency".to_owned(),
                area: "Travis County".to_owned(),
                said: Vec::new(),
            },
            plates: vec![AmberPlate {
                n: 1,
                proposed,
                origin: PlateOrigin::Read,
                decided: Some((decided, PersonId::from_i64(1), at(id))),
            }],
        }
    }

    fn alert() -> AmberMessage {
        message(1, AmberKind::Alert, &[])
    }

    #[test]
    fn an_alert_counts_until_its_end_and_without_one_for_a_day() {
        let one = [alert()];
        assert_eq!(amber_standings(&one, at(59)), [AmberStanding::InForce]);
        assert_eq!(amber_standings(&one, at(60)), [AmberStanding::Expired]);
        let mut endless = alert();
        endless.message.expires_at = None;
        assert_eq!(amber_standings(&[endless.clone()], at(24 * 60)), [AmberStanding::InForce]);
        assert_eq!(amber_standings(&[endless], at(24 * 60 + 1)), [AmberStanding::Expired]);
    }

    #[test]
    fn what_is_no_actual_message_never_counts_nor_ends_anything() {
        for status in [AmberStatus::Test, AmberStatus::Exercise, AmberStatus::System] {
            let mut test = alert();
            test.message.status = status;
            assert_eq!(amber_standings(&[test.clone()], at(2)), [AmberStanding::NotMeant]);
            assert!(amber_entries(&[test], at(2)).is_empty());
            let mut cancel = message(2, AmberKind::Cancel, &[name("1", 1)]);
            cancel.message.status = status;
            assert_eq!(amber_standings(&[alert(), cancel], at(3))[0], AmberStanding::InForce);
        }
    }

    #[test]
    fn a_cancel_ends_what_it_names_whichever_came_first() {
        let cancel = message(2, AmberKind::Cancel, &[name("1", 1)]);
        let ended = AmberStanding::Cancelled(AmberId::from_i64(2));
        assert_eq!(amber_standings(&[alert(), cancel.clone()], at(3))[0], ended);
        assert_eq!(amber_standings(&[cancel.clone(), alert()], at(3))[1], ended);
        assert!(amber_entries(&[alert(), cancel], at(3)).is_empty());
    }

    #[test]
    fn only_its_sender_ends_a_message_and_only_the_one_that_is_named() {
        let mut foreign = message(2, AmberKind::Cancel, &[name("1", 1)]);
        foreign.message.name.sender = "prank@example.net".to_owned();
        assert_eq!(amber_standings(&[alert(), foreign], at(3))[0], AmberStanding::InForce);
        let other = message(2, AmberKind::Cancel, &[name("1", 0)]);
        assert_eq!(amber_standings(&[alert(), other], at(3))[0], AmberStanding::InForce);
    }

    #[test]
    fn an_update_takes_the_place_and_two_that_name_each_other_do_not_end_both() {
        let update = message(2, AmberKind::Update, &[name("1", 1)]);
        let stands = amber_standings(&[alert(), update.clone()], at(3));
        let replaced = AmberStanding::Replaced(AmberId::from_i64(2));
        assert_eq!(stands, [replaced, AmberStanding::InForce]);
        let mut first = message(1, AmberKind::Update, &[name("2", 2)]);
        first.message.name = name("1", 1);
        let stands = amber_standings(&[first, update], at(3));
        assert_eq!(stands, [replaced, AmberStanding::InForce]);
    }

    #[test]
    fn one_plate_of_two_alerts_is_one_entry_until_the_later_end() {
        let mut second = message(2, AmberKind::Alert, &[]);
        second.message.expires_at = Some(at(90));
        let entries = amber_entries(&[alert(), second], at(3));
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].expires_at, Some(at(90)));
        assert_eq!(entries[0].note.as_deref(), Some("Area of the alert: Travis County"));
    }

    #[test]
    fn what_waits_or_was_refused_is_no_entry() {
        let mut waits = alert();
        waits.plates[0].decided = None;
        assert!(amber_entries(&[waits.clone()], at(3)).is_empty());
        let refused = PlateDecision::Refused("is a phone number".to_owned());
        waits.plates[0].decided = Some((refused, PersonId::from_i64(1), at(2)));
        assert!(amber_entries(&[waits], at(3)).is_empty());
    }

    #[test]
    fn words_read_as_they_are_written() {
        for (status, word) in AmberStatus::ALL {
            assert_eq!((AmberStatus::parse(word), status.word()), (Some(status), word));
        }
        for (kind, word) in AmberKind::ALL {
            assert_eq!((AmberKind::parse(word), kind.word()), (Some(kind), word));
        }
        for (origin, word) in PlateOrigin::ALL {
            assert_eq!((PlateOrigin::parse(word), origin.word()), (Some(origin), word));
        }
    }

    #[test]
    fn neither_plates_nor_words_show_in_a_log() {
        let said = Said {
            part: "headline".to_owned(),
            language: String::new(),
            text: "her name".to_owned(),
        };
        let mut one = alert();
        one.message.said = vec![said];
        let shown = format!("{one:?}");
        assert!(!shown.contains("ABC1234") && !shown.contains("her name"), "{shown}");
    }
}
