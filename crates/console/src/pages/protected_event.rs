//! `/protected/{id}`: one protected event, who asks to look at what was read there, and what is decided.

use app::protected_events::{
    DecideNexus, NEXUS_HOURS_MAX, ProtectedBoard, ask_nexus, decide_nexus, protected_board,
    withdraw_protected_event,
};
use app::{App, AskError};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::protected::ProtectedEvent;
use domain::{NexusRequestId, ProtectedEventId};
use policy::Action;
use serde::Deserialize;

use super::people::Viewer;
use super::person_new::sentence;
use super::protected::{EventRow, RequestRow};
use crate::components::Moment;
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// What was typed.
#[derive(Deserialize, Default, Debug)]
pub(crate) struct Typed {
    #[serde(default)]
    nexus: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    hours: String,
    #[serde(default)]
    decision: String,
}

/// One event.
#[derive(Template, Debug)]
#[template(path = "pages/protected_event.html")]
pub struct OneProtected {
    frame: Frame,
    row: EventRow,
    why: String,
    added_by: String,
    added: Moment,
    withdrawn: Option<(String, Moment, String)>,
    /// Cameras before which it is, each with whether nobody knows where it stands.
    cameras: Vec<(String, bool)>,
    requests: Vec<RequestRow>,
    may_withdraw: bool,
    may_ask: bool,
    /// What the reader works on, in a line; empty where no case is stated.
    work: String,
    nexus: Field,
    withdraw_why: Field,
    hours_max: u32,
    trouble: String,
}

impl OneProtected {
    /// The page of this event, for who looks at it.
    pub fn of(
        frame: Frame,
        event: &ProtectedEvent,
        board: &ProtectedBoard,
        viewer: &Viewer,
        work: String,
    ) -> Self {
        let now = frame.now;
        let name = |id| board.names.get(&id).cloned().unwrap_or_default();
        let stands = event.withdrawn.is_none();
        let of_event = board.requests.iter().filter(|one| one.event == event.id);
        let cameras = board.cameras_at(event).into_iter();
        Self {
            row: EventRow::of(event, board, now),
            why: event.about.why.clone(),
            added_by: name(event.added_by),
            added: Moment::in_full(event.added_at),
            withdrawn: event
                .withdrawn
                .as_ref()
                .map(|one| (name(one.by), Moment::in_full(one.at), one.why.clone())),
            cameras: cameras.map(|(one, unknown)| (one.about.name.clone(), unknown)).collect(),
            requests: of_event.map(|one| RequestRow::of(one, board, viewer, now)).collect(),
            may_withdraw: stands && viewer.may(Action::ManageProtected),
            may_ask: stands && viewer.may(Action::AskNexus),
            work,
            nexus: Field::default(),
            withdraw_why: Field::default(),
            hours_max: NEXUS_HOURS_MAX,
            trouble: String::new(),
            frame,
        }
    }

    fn refused(mut self, form: &str, field: &str, why: &str, typed: &Typed) -> Self {
        match (form, field) {
            ("ask", "nexus") => {
                self.nexus = Field { value: typed.nexus.clone(), wrong: sentence(why) };
            }
            ("withdraw", "why") => {
                self.withdraw_why = Field { value: typed.why.clone(), wrong: sentence(why) };
            }
            _ => {
                self.nexus.value.clone_from(&typed.nexus);
                self.trouble = format!("What stands for “{field}” {why}.");
            }
        }
        self
    }
}

async fn shown(
    app: &App,
    staff: &Staff,
    frame: Frame,
    id: ProtectedEventId,
) -> Result<OneProtected, PageError> {
    let board = protected_board(app, &staff.ctx).await?;
    let event = board.event(id).cloned();
    let event = event.ok_or_else(|| PageError::nothing_here("protected event"))?;
    let stated = staff.ctx.person.as_ref().and_then(|person| person.work.as_ref());
    let case = stated.and_then(|work| work.case_number.as_ref());
    let work = case.and(frame.work.clone()).unwrap_or_default();
    Ok(OneProtected::of(frame, &event, &board, &Viewer::of(&staff.ctx), work))
}

/// `GET /protected/{id}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let shown = shown(&app, &staff, frame, ProtectedEventId::from_i64(id)).await?;
    Ok(page(StatusCode::OK, &shown))
}

/// `POST /protected/{id}/withdraw`
pub(crate) async fn withdraw(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let id = ProtectedEventId::from_i64(id);
    let done = withdraw_protected_event(&app, &staff.ctx, id, &typed.why).await;
    answer(&app, &staff, frame, (id, "withdraw"), &typed, done).await
}

/// `POST /protected/{id}/ask`
pub(crate) async fn ask(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let id = ProtectedEventId::from_i64(id);
    let done = ask_nexus(&app, &staff.ctx, id, &typed.nexus).await.map(drop);
    answer(&app, &staff, frame, (id, "ask"), &typed, done).await
}

/// `POST /protected/{id}/requests/{request}`
pub(crate) async fn decide(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path((id, request)): Path<(i64, i64)>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let id = ProtectedEventId::from_i64(id);
    let hours = match typed.decision.as_str() {
        "approve" => Ok(Some(typed.hours.trim().parse::<u32>().unwrap_or(0))),
        "refuse" => Ok(None),
        _ => Err(AskError::Invalid {
            field: "decision",
            why: "is missing: approve it or refuse it".to_owned(),
        }),
    };
    let done = match hours {
        Err(err) => Err(err),
        Ok(hours) => {
            let request = NexusRequestId::from_i64(request);
            let said = DecideNexus { request, hours, why: typed.why.clone() };
            decide_nexus(&app, &staff.ctx, &said).await
        }
    };
    answer(&app, &staff, frame, (id, "decide"), &typed, done).await
}

async fn answer(
    app: &App,
    staff: &Staff,
    frame: Frame,
    (id, form): (ProtectedEventId, &str),
    typed: &Typed,
    done: Result<(), AskError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/protected/{id}")).into_response()),
        Err(AskError::Invalid { field, why }) => {
            let shown = shown(app, staff, frame, id).await?;
            let shown = shown.refused(form, field, &why, typed);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}
