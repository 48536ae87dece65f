//! Protected events: what people say, believe or gather for, at a place and for a time; and who may look at what was read
//! there all the same (`AUS-344.4a4`, `AUSP-prohibited`).

use std::collections::BTreeSet;

use crate::camera::{Position, metres_between};
use crate::ids::{AgencyId, CameraId, NexusRequestId, PersonId, ProtectedEventId};
use crate::sign_off::Withdrawn;
use crate::time::Timestamp;

/// Where an event is.
#[derive(Clone, PartialEq, Debug)]
pub enum ProtectedPlace {
    /// Within so many metres of a point.
    Circle {
        /// The point.
        centre: Position,
        /// The metres.
        radius_m: u32,
    },
    /// Before these cameras.
    Cameras(BTreeSet<CameraId>),
}

/// What one says when adding an event.
#[derive(Clone, PartialEq, Debug)]
pub struct NewProtectedEvent {
    /// What people call it.
    pub name: String,
    /// What kind of gathering it is, and why it is protected.
    pub why: String,
    /// Where.
    pub place: ProtectedPlace,
    /// From when on.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// A protected event.
#[derive(Clone, PartialEq, Debug)]
pub struct ProtectedEvent {
    /// Which.
    pub id: ProtectedEventId,
    /// Whose.
    pub agency: AgencyId,
    /// What was said when it was added.
    pub about: NewProtectedEvent,
    /// Who added it.
    pub added_by: PersonId,
    /// When.
    pub added_at: Timestamp,
    /// That it was withdrawn: it protects nothing any more, and stays on record.
    pub withdrawn: Option<Withdrawn>,
}

impl NewProtectedEvent {
    /// Whether what a camera read at a moment was read at the event. Of a camera whose position nobody knows it cannot be said
    /// that it stood outside a circle: it counts as inside.
    pub fn covers(&self, camera: CameraId, position: Option<Position>, at: Timestamp) -> bool {
        self.from <= at && at < self.until && self.is_before(camera, position)
    }

    /// The same at any time.
    pub fn is_before(&self, camera: CameraId, position: Option<Position>) -> bool {
        match &self.place {
            ProtectedPlace::Cameras(cameras) => cameras.contains(&camera),
            ProtectedPlace::Circle { centre, radius_m } => {
                position.is_none_or(|at| metres_between(*centre, at) <= f64::from(*radius_m))
            }
        }
    }
}

/// What somebody works on when they ask to look, or look: an approval is for this and nothing else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NexusWork {
    /// The purpose's word in the bundle.
    pub purpose: String,
    /// The case number.
    pub case_number: String,
}

/// That somebody asks to look at what was read at a protected event, because of a crime.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NexusRequest {
    /// Which.
    pub id: NexusRequestId,
    /// At which event.
    pub event: ProtectedEventId,
    /// Who asks.
    pub person: PersonId,
    /// For what.
    pub work: NexusWork,
    /// What connects the event with the crime.
    pub nexus: String,
    /// When.
    pub asked_at: Timestamp,
    /// What somebody else decided.
    pub decision: Option<NexusDecision>,
}

/// What a supervisor decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NexusDecision {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: String,
    /// When the approval ends by itself; none: it was refused.
    pub until: Option<Timestamp>,
}

/// How far a request has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NexusState {
    /// Nobody has decided.
    Waiting,
    /// It was refused.
    Refused,
    /// It was approved, and the time is not over.
    Approved,
    /// It was approved, and the time is over.
    Ended,
}

impl NexusState {
    /// What people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waits for a supervisor",
            Self::Refused => "Refused",
            Self::Approved => "Approved",
            Self::Ended => "Approved, and ended",
        }
    }
}

impl NexusRequest {
    /// How far it has come.
    pub fn state(&self, now: Timestamp) -> NexusState {
        match self.decision.as_ref().map(|decision| decision.until) {
            None => NexusState::Waiting,
            Some(None) => NexusState::Refused,
            Some(Some(until)) if now < until => NexusState::Approved,
            Some(Some(_)) => NexusState::Ended,
        }
    }

    /// Whether it documents why this person looks at this event for this work; a refused one documents nothing.
    pub fn documents(
        &self,
        event: ProtectedEventId,
        person: PersonId,
        work: &NexusWork,
        now: Timestamp,
    ) -> bool {
        self.event == event
            && self.person == person
            && self.work == *work
            && matches!(self.state(now), NexusState::Waiting | NexusState::Approved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMERA: CameraId = CameraId::from_i64(1);
    const NEAR: Position = Position { latitude: 30.2747, longitude: -97.7404 };
    // The capitol of Texas to Lamar and 5th: about 1.3 km.
    const FAR: Position = Position { latitude: 30.2698, longitude: -97.7531 };

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    fn event(place: ProtectedPlace) -> NewProtectedEvent {
        let (name, why) = ("Vigil".to_owned(), "people pray".to_owned());
        NewProtectedEvent { name, why, place, from: at(10), until: at(20) }
    }

    fn circle(radius_m: u32) -> NewProtectedEvent {
        event(ProtectedPlace::Circle { centre: NEAR, radius_m })
    }

    #[test]
    fn clause_aus_344_4a4_an_event_covers_a_place_for_a_time() {
        let covers = |radius, position, micros| circle(radius).covers(CAMERA, position, at(micros));
        assert!(covers(100, Some(NEAR), 10) && covers(100, Some(NEAR), 19));
        assert!(!covers(100, Some(NEAR), 9) && !covers(100, Some(NEAR), 20));
        assert!(!covers(1_000, Some(FAR), 15) && covers(1_500, Some(FAR), 15));
        assert!(covers(100, None, 15), "nobody can say that it stood elsewhere");
        let listed = event(ProtectedPlace::Cameras([CAMERA].into()));
        assert!(listed.covers(CAMERA, Some(FAR), at(15)));
        assert!(!listed.covers(CameraId::from_i64(2), None, at(15)));
    }

    #[test]
    fn a_degree_of_latitude_is_a_hundred_and_eleven_kilometres() {
        let north = Position { latitude: 31.2747, ..NEAR };
        assert!((metres_between(NEAR, north) - 111_195.0).abs() < 1.0);
        assert!(metres_between(NEAR, NEAR).abs() < 1e-6);
        let around = Position { latitude: -NEAR.latitude, longitude: NEAR.longitude + 180.0 };
        assert!((metres_between(NEAR, around) - 20_015_115.0).abs() < 1.0);
    }

    #[test]
    fn clause_aus_344_4a4_an_approval_is_for_one_person_one_work_one_event_and_ends_by_itself() {
        let work = NexusWork { purpose: "investigation".into(), case_number: "26-1".into() };
        let (event, person) = (ProtectedEventId::from_i64(1), PersonId::from_i64(7));
        let waiting = NexusRequest {
            id: NexusRequestId::from_i64(1),
            event,
            person,
            work: work.clone(),
            nexus: "the suspect's car was seen there".to_owned(),
            asked_at: at(0),
            decision: None,
        };
        let decided = |until| NexusRequest {
            decision: Some(NexusDecision {
                by: PersonId::from_i64(8),
                at: at(1),
                why: "a robbery".to_owned(),
                until,
            }),
            ..waiting.clone()
        };
        let approved = decided(Some(at(10)));
        assert_eq!(approved.state(at(9)), NexusState::Approved);
        assert_eq!(approved.state(at(10)), NexusState::Ended);
        assert!(waiting.documents(event, person, &work, at(99)));
        assert!(approved.documents(event, person, &work, at(9)));
        assert!(!approved.documents(event, person, &work, at(10)));
        assert!(!decided(None).documents(event, person, &work, at(9)), "it was refused");
        let other = NexusWork { case_number: "26-2".into(), ..work.clone() };
        assert!(!approved.documents(event, person, &other, at(9)));
        assert!(!approved.documents(event, PersonId::from_i64(9), &work, at(9)));
        assert!(!approved.documents(ProtectedEventId::from_i64(2), person, &work, at(9)));
    }
}
