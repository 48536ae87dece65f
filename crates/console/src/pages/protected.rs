//! `GET /protected` and `/protected/new`: the protected events, requests that wait, and adding an event.

use std::collections::BTreeSet;

use app::protected_events::{ProtectedBoard, add_protected_event, protected_board};
use app::{App, AskError, Ctx};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::protected::{
    NewProtectedEvent, NexusRequest, NexusState, ProtectedEvent, ProtectedPlace,
};
use domain::{CameraId, Position, Timestamp};
use policy::Action;
use serde::Deserialize;

use super::camera_new::position;
use super::people::Viewer;
use super::person_new::sentence;
use crate::components::Moment;
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// An event in a list.
#[derive(Debug)]
pub(crate) struct EventRow {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) place: String,
    pub(crate) from: Moment,
    pub(crate) until: Moment,
    pub(crate) state: &'static str,
    pub(crate) protects: bool,
}

impl EventRow {
    pub(crate) fn of(event: &ProtectedEvent, board: &ProtectedBoard, now: Timestamp) -> Self {
        let about = &event.about;
        let state = match event.withdrawn {
            Some(_) => "withdrawn",
            None if now < about.from => "to come",
            None if now < about.until => "going on",
            None => "over; its reads are protected",
        };
        Self {
            id: event.id.to_i64(),
            name: about.name.clone(),
            place: place(event, board),
            from: Moment::in_full(about.from),
            until: Moment::in_full(about.until),
            state,
            protects: event.withdrawn.is_none(),
        }
    }
}

fn place(event: &ProtectedEvent, board: &ProtectedBoard) -> String {
    let n_cameras = board.cameras_at(event).len();
    let cameras = if n_cameras == 1 { "camera" } else { "cameras" };
    match &event.about.place {
        ProtectedPlace::Circle { centre, radius_m } => format!(
            "{} m around {:.5}, {:.5} ({n_cameras} {cameras})",
            words::number(u64::from(*radius_m)),
            centre.latitude,
            centre.longitude
        ),
        ProtectedPlace::Cameras(_) => format!("{n_cameras} {cameras}"),
    }
}

/// A request in a list.
#[derive(Debug)]
pub(crate) struct RequestRow {
    pub(crate) id: i64,
    pub(crate) event: i64,
    pub(crate) event_name: String,
    pub(crate) who: String,
    pub(crate) asked: Moment,
    pub(crate) purpose: String,
    pub(crate) case_number: String,
    pub(crate) nexus: String,
    pub(crate) state: &'static str,
    pub(crate) waits: bool,
    /// Who decided, when, why, and until when it is approved.
    pub(crate) decided: Option<(String, Moment, String, Option<Moment>)>,
    /// Whether the reader may decide it.
    pub(crate) may_decide: bool,
}

impl RequestRow {
    pub(crate) fn of(
        request: &NexusRequest,
        board: &ProtectedBoard,
        viewer: &Viewer,
        now: Timestamp,
    ) -> Self {
        let name = |id| board.names.get(&id).cloned().unwrap_or_default();
        let state = request.state(now);
        let event = board.event(request.event);
        Self {
            id: request.id.to_i64(),
            event: request.event.to_i64(),
            event_name: event.map(|event| event.about.name.clone()).unwrap_or_default(),
            who: name(request.person),
            asked: Moment::in_full(request.asked_at),
            purpose: request.work.purpose.clone(),
            case_number: request.work.case_number.clone(),
            nexus: request.nexus.clone(),
            state: state.label(),
            waits: state == NexusState::Waiting,
            decided: request.decision.as_ref().map(|one| {
                let until = one.until.map(Moment::in_full);
                (name(one.by), Moment::in_full(one.at), one.why.clone(), until)
            }),
            may_decide: state == NexusState::Waiting
                && viewer.may(Action::ApproveNexus)
                && !viewer.is(request.person),
        }
    }
}

/// The events.
#[derive(Template, Debug)]
#[template(path = "pages/protected.html")]
pub struct ProtectedPage {
    frame: Frame,
    events: Vec<EventRow>,
    requests: Vec<RequestRow>,
    may_manage: bool,
    may_decide: bool,
}

impl ProtectedPage {
    /// The page of these events, for who looks at it.
    pub fn of(frame: Frame, board: &ProtectedBoard, viewer: &Viewer) -> Self {
        let now = frame.now;
        let request = |one: &NexusRequest| RequestRow::of(one, board, viewer, now);
        let mut requests: Vec<_> = board.requests.iter().map(request).collect();
        requests.sort_by_key(|one| !one.waits);
        Self {
            events: board.events.iter().map(|event| EventRow::of(event, board, now)).collect(),
            requests,
            may_manage: viewer.may(Action::ManageProtected),
            may_decide: viewer.may(Action::ApproveNexus),
            frame,
        }
    }
}

/// `GET /protected`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let board = protected_board(&app, &staff.ctx).await?;
    let viewer = Viewer::of(&staff.ctx);
    Ok(page(StatusCode::OK, &ProtectedPage::of(frame, &board, &viewer)))
}

/// What was typed. `cameras` are ids with commas between, for forms that hold no list.
#[derive(Deserialize, Default, Debug)]
pub struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    centre: String,
    #[serde(default)]
    radius: String,
    #[serde(default)]
    cameras: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

/// The form, as empty or as filled as it is.
#[derive(Template, Debug)]
#[template(path = "pages/protected_new.html")]
pub struct ProtectedForm {
    frame: Frame,
    trouble: String,
    name: Field,
    why: Field,
    centre: Field,
    radius: Field,
    cameras: Field,
    from: Field,
    until: Field,
    zone: String,
    /// The agency's cameras: number and name.
    known: Vec<(i64, String)>,
}

impl ProtectedForm {
    /// The empty form.
    pub fn empty(frame: Frame, board: &ProtectedBoard, zone: String) -> Self {
        Self::filled(frame, board, zone, &Typed::default())
    }

    fn filled(frame: Frame, board: &ProtectedBoard, zone: String, typed: &Typed) -> Self {
        let known = board.cameras.iter().map(|one| (one.id.to_i64(), one.about.name.clone()));
        Self {
            trouble: String::new(),
            name: Field::of(&typed.name),
            why: Field::of(&typed.why),
            centre: Field::of(&typed.centre),
            radius: Field::of(&typed.radius),
            cameras: Field::of(&typed.cameras),
            from: Field::of(&typed.from),
            until: Field::of(&typed.until),
            zone,
            known: known.collect(),
            frame,
        }
    }

    /// What was typed as an event; else notes what is wrong.
    fn read(&mut self, moment: impl Fn(&str) -> Option<Timestamp>) -> Option<NewProtectedEvent> {
        let when = |field: &mut Field| {
            let found = moment(field.value.trim());
            if found.is_none() {
                field.wrong = "A day and a time, such as 2026-11-22 18:00.".to_owned();
            }
            found
        };
        let (from, until) = (when(&mut self.from), when(&mut self.until));
        let place = self.read_place();
        Some(NewProtectedEvent {
            name: self.name.value.trim().to_owned(),
            why: self.why.value.clone(),
            place: place?,
            from: from?,
            until: until?,
        })
    }

    fn read_place(&mut self) -> Option<ProtectedPlace> {
        let listed = self.cameras.value.split(',').map(str::trim).filter(|id| !id.is_empty());
        let listed: Result<BTreeSet<CameraId>, _> =
            listed.map(|id| id.parse().map(CameraId::from_i64)).collect();
        let Ok(listed) = listed else {
            self.cameras.wrong = "Numbers of cameras with commas between: 1, 4.".to_owned();
            return None;
        };
        let centre = self.centre.value.trim();
        match (listed.is_empty(), centre.is_empty()) {
            (false, true) => Some(ProtectedPlace::Cameras(listed)),
            (true, false) => self.read_circle(),
            (true, true) => {
                self.centre.wrong = "Give a point and a radius, or list cameras below.".to_owned();
                None
            }
            (false, false) => {
                self.cameras.wrong = "Either a point or cameras, not both.".to_owned();
                None
            }
        }
    }

    fn read_circle(&mut self) -> Option<ProtectedPlace> {
        let radius = self.radius.value.trim().trim_end_matches('m').trim().parse::<u32>();
        let centre: Result<Position, _> = position(self.centre.value.trim());
        if let Err(why) = &centre {
            self.centre.wrong = (*why).to_owned();
        }
        if radius.is_err() {
            self.radius.wrong = "Whole metres, such as 400.".to_owned();
        }
        Some(ProtectedPlace::Circle { centre: centre.ok()?, radius_m: radius.ok()? })
    }

    fn note(&mut self, field: &str, why: &str) {
        let says = sentence(why);
        match field {
            "name" => self.name.wrong = says,
            "why" => self.why.wrong = says,
            "centre" => self.centre.wrong = says,
            "radius" => self.radius.wrong = says,
            "cameras" => self.cameras.wrong = says,
            "from" => self.from.wrong = says,
            "until" => self.until.wrong = says,
            other => self.trouble = format!("{other}: {why}"),
        }
    }
}

/// The name of the time zone in which times are typed.
fn zone(app: &App, ctx: &Ctx) -> String {
    let policy = app.policy(ctx.agency);
    let name = policy.as_ref().and_then(|policy| policy.zone.iana_name());
    name.unwrap_or("UTC").to_owned()
}

/// `GET /protected/new`
pub(crate) async fn get_new(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let board = protected_board(&app, &staff.ctx).await?;
    let zone = zone(&app, &staff.ctx);
    Ok(page(StatusCode::OK, &ProtectedForm::empty(frame, &board, zone)))
}

/// `POST /protected/new`
pub(crate) async fn post_new(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let board = protected_board(&app, &staff.ctx).await?;
    let mut form = ProtectedForm::filled(frame, &board, zone(&app, &staff.ctx), &typed);
    let policy = app.policy(staff.ctx.agency);
    let read = form.read(|said| policy.as_ref().and_then(|policy| policy.moment(said)));
    let Some(new) = read else {
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &form));
    };
    match add_protected_event(&app, &staff.ctx, new).await {
        Ok(id) => Ok(Redirect::to(&format!("/protected/{id}")).into_response()),
        Err(AskError::Invalid { field, why }) => {
            form.note(field, &why);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &form))
        }
        Err(err) => Err(err.into()),
    }
}
