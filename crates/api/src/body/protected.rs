//! Protected events, and who may look at what was read at one all the same.

use std::collections::HashMap;

use app::protected_events::{DecideNexus, ProtectedBoard};
use domain::protected::{
    NewProtectedEvent, NexusRequest, NexusState, ProtectedEvent, ProtectedPlace,
};
use domain::{CameraId, Circle, NexusRequestId, PersonId, Position, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::area::AreaIo;
use super::who::WhoOut;
use crate::error::ApiError;

/// An event to protect: within a circle, or before cameras.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProtectedEventIn {
    /// What people call it.
    name: String,
    /// What kind of gathering it is, and why it is protected.
    why: String,
    /// Within this circle; otherwise `cameras` are named.
    #[serde(default)]
    area: Option<AreaIo>,
    #[serde(default)]
    cameras: Vec<i64>,
    #[schema(format = DateTime)]
    from: String,
    #[schema(format = DateTime)]
    until: String,
}

impl ProtectedEventIn {
    pub(crate) fn event(self) -> Result<NewProtectedEvent, ApiError> {
        let moment = |field: &str, text: &str| {
            let why = "is no moment, such as 2026-11-22T18:00:00Z";
            Timestamp::parse(text).map_err(|_| ApiError::invalid(field, why.to_owned()))
        };
        let place = match self.area {
            Some(AreaIo { latitude, longitude, radius_m }) if self.cameras.is_empty() => {
                ProtectedPlace::Circle { centre: Position { latitude, longitude }, radius_m }
            }
            Some(_) => {
                let why = "stand beside an area: name one or the other";
                return Err(ApiError::invalid("cameras", why.to_owned()));
            }
            None => {
                ProtectedPlace::Cameras(self.cameras.into_iter().map(CameraId::from_i64).collect())
            }
        };
        let (from, until) = (moment("from", &self.from)?, moment("until", &self.until)?);
        Ok(NewProtectedEvent { name: self.name, why: self.why, place, from, until })
    }
}

/// An event that was added.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProtectedEventMadeOut {
    pub(crate) event: i64,
}

/// What connects a crime with an event.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NexusIn {
    /// In one's own words.
    pub(crate) nexus: String,
}

/// A request that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct NexusAskedOut {
    pub(crate) request: i64,
}

/// What is decided about a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NexusDecisionIn {
    /// For how many hours it is approved, 1–72; left out: it is refused.
    #[serde(default)]
    hours: Option<u32>,
    why: String,
}

impl NexusDecisionIn {
    pub(crate) fn of(self, request: i64) -> DecideNexus {
        let request = NexusRequestId::from_i64(request);
        DecideNexus { request, hours: self.hours, why: self.why }
    }
}

/// The events and the requests.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProtectedOut {
    /// The latest first, withdrawn ones too.
    events: Vec<ProtectedEventOut>,
    /// Newest first: all for who decides them, one's own for others.
    requests: Vec<NexusRequestOut>,
}

impl ProtectedOut {
    pub(crate) fn of(board: &ProtectedBoard, now: Timestamp) -> Self {
        let request = |one: &NexusRequest| NexusRequestOut::of(one, &board.names, now);
        Self {
            events: board.events.iter().map(|one| ProtectedEventOut::of(one, board)).collect(),
            requests: board.requests.iter().map(request).collect(),
        }
    }
}

/// A protected event.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProtectedEventOut {
    event: i64,
    name: String,
    why: String,
    /// Null: `cameras` were named.
    area: Option<AreaIo>,
    /// The cameras before which it is.
    cameras: Vec<i64>,
    #[schema(format = DateTime)]
    from: String,
    #[schema(format = DateTime)]
    until: String,
    added_by: WhoOut,
    #[schema(format = DateTime)]
    added_at: String,
    /// Since then it protects nothing.
    #[schema(format = DateTime)]
    withdrawn_at: Option<String>,
    withdrawn_by: Option<WhoOut>,
    withdrawn_why: Option<String>,
}

impl ProtectedEventOut {
    fn of(event: &ProtectedEvent, board: &ProtectedBoard) -> Self {
        let who = |id: PersonId| WhoOut::of(id, board.names.get(&id));
        let about = &event.about;
        let withdrawn = event.withdrawn.as_ref();
        let cameras = board.cameras_at(event);
        Self {
            event: event.id.to_i64(),
            name: about.name.clone(),
            why: about.why.clone(),
            area: match &about.place {
                ProtectedPlace::Circle { centre, radius_m } => {
                    Some(Circle { centre: *centre, radius_m: *radius_m }.into())
                }
                ProtectedPlace::Cameras(_) => None,
            },
            cameras: cameras.iter().map(|(camera, _)| camera.id.to_i64()).collect(),
            from: about.from.to_string(),
            until: about.until.to_string(),
            added_by: who(event.added_by),
            added_at: event.added_at.to_string(),
            withdrawn_at: withdrawn.map(|one| one.at.to_string()),
            withdrawn_by: withdrawn.map(|one| who(one.by)),
            withdrawn_why: withdrawn.map(|one| one.why.clone()),
        }
    }
}

/// A request to look at what was read at an event.
#[derive(Serialize, ToSchema)]
pub(crate) struct NexusRequestOut {
    request: i64,
    event: i64,
    by: WhoOut,
    #[schema(format = DateTime)]
    asked_at: String,
    purpose: String,
    case_number: String,
    nexus: String,
    /// `waiting`, `refused`, `approved`, `ended`.
    state: &'static str,
    decided_by: Option<WhoOut>,
    #[schema(format = DateTime)]
    decided_at: Option<String>,
    decided_why: Option<String>,
    /// When the approval ends.
    #[schema(format = DateTime)]
    until: Option<String>,
}

impl NexusRequestOut {
    fn of(one: &NexusRequest, names: &HashMap<PersonId, String>, now: Timestamp) -> Self {
        let who = |id: PersonId| WhoOut::of(id, names.get(&id));
        let decision = one.decision.as_ref();
        Self {
            request: one.id.to_i64(),
            event: one.event.to_i64(),
            by: who(one.person),
            asked_at: one.asked_at.to_string(),
            purpose: one.work.purpose.clone(),
            case_number: one.work.case_number.clone(),
            nexus: one.nexus.clone(),
            state: match one.state(now) {
                NexusState::Waiting => "waiting",
                NexusState::Refused => "refused",
                NexusState::Approved => "approved",
                NexusState::Ended => "ended",
            },
            decided_by: decision.map(|decision| who(decision.by)),
            decided_at: decision.map(|decision| decision.at.to_string()),
            decided_why: decision.map(|decision| decision.why.clone()),
            until: decision.and_then(|decision| decision.until).map(|until| until.to_string()),
        }
    }
}
