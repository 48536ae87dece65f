//! `GET /trouble` and `/trouble/new`: what was reported, and reporting it.

use app::troubles::{ReportingTrouble, TroubleBoard, report_trouble, trouble_board};
use app::{App, AskError};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::trouble::{Trouble, Urgency};
use domain::{CameraId, Timestamp};
use serde::Deserialize;

use super::person_new::sentence;
use crate::components::Moment;
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// A report in a list.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) what: String,
    pub(crate) cause: &'static str,
    pub(crate) camera: Option<(i64, String)>,
    pub(crate) urgency: &'static str,
    pub(crate) is_urgent: bool,
    pub(crate) opened: Moment,
    pub(crate) opened_by: String,
    pub(crate) state: &'static str,
    pub(crate) waits: bool,
}

impl Row {
    pub(crate) fn of(
        trouble: &Trouble,
        cameras: &[(CameraId, String)],
        name: impl Fn(domain::PersonId) -> String,
        now: Timestamp,
    ) -> Self {
        let about = &trouble.about;
        let camera = cameras.iter().find(|(id, _)| Some(*id) == about.camera);
        Self {
            id: trouble.id.to_i64(),
            what: about.what.clone(),
            cause: about.cause.label(),
            camera: camera.map(|(id, name)| (id.to_i64(), name.clone())),
            urgency: about.urgency.label(),
            is_urgent: about.urgency == Urgency::High && trouble.is_open(),
            opened: Moment::of(about.at, now),
            opened_by: about.by.map_or_else(|| "the server".to_owned(), name),
            state: trouble.state(),
            waits: trouble.is_open() && trouble.taken.is_none(),
        }
    }
}

/// A choice of a list.
#[derive(Debug)]
pub(crate) struct Choice {
    word: String,
    label: String,
    is_chosen: bool,
}

fn choices(all: impl IntoIterator<Item = (String, String)>, chosen: &str) -> Vec<Choice> {
    let choice = |(word, label): (String, String)| {
        let is_chosen = word == chosen;
        Choice { word, label, is_chosen }
    };
    all.into_iter().map(choice).collect()
}

fn of_cameras(board: &TroubleBoard, chosen: &str) -> Vec<Choice> {
    let all = board.cameras.iter().map(|(id, name)| (id.to_string(), name.clone()));
    choices(all, chosen)
}

/// Which reports. A form sends empty fields for "all".
#[derive(Deserialize, Default, Debug)]
pub struct Ask {
    #[serde(default)]
    state: String,
    #[serde(default)]
    camera: String,
}

const STATES: [(&str, &str); 4] =
    [("open", "not closed"), ("mine", "taken by me"), ("closed", "closed"), ("all", "all")];

impl Ask {
    fn fits(&self, trouble: &Trouble, me: Option<domain::PersonId>) -> bool {
        let is_of_camera = self.camera.is_empty()
            || trouble.about.camera.is_some_and(|id| id.to_string() == self.camera);
        let fits_state = match self.state.as_str() {
            "all" => true,
            "closed" => !trouble.is_open(),
            "mine" => trouble.is_open() && trouble.taken.is_some_and(|(by, _)| Some(by) == me),
            _ => trouble.is_open(),
        };
        is_of_camera && fits_state
    }
}

/// The reports.
#[derive(Template, Debug)]
#[template(path = "pages/trouble.html")]
pub struct TroublesPage {
    frame: Frame,
    rows: Vec<Row>,
    states: Vec<Choice>,
    cameras: Vec<Choice>,
    is_filtered: bool,
}

impl TroublesPage {
    /// The page of those reports that fit.
    pub fn of(frame: Frame, board: &TroubleBoard, ask: &Ask, me: Option<domain::PersonId>) -> Self {
        let name = |id| board.names.get(&id).cloned().unwrap_or_default();
        let fitting = board.troubles.iter().filter(|one| ask.fits(one, me));
        let rows = fitting.map(|one| Row::of(one, &board.cameras, name, frame.now));
        let state = if ask.state.is_empty() { "open" } else { &ask.state };
        let states = STATES.map(|(word, label)| (word.to_owned(), label.to_owned()));
        Self {
            rows: rows.collect(),
            states: choices(states, state),
            cameras: of_cameras(board, &ask.camera),
            is_filtered: !board.troubles.is_empty(),
            frame,
        }
    }
}

/// `GET /trouble`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(ask): Query<Ask>,
) -> Result<Response, PageError> {
    let board = trouble_board(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &TroublesPage::of(frame, &board, &ask, staff.ctx.person_id())))
}

/// What was typed.
#[derive(Deserialize, Default, Debug)]
pub struct Typed {
    #[serde(default)]
    what: String,
    #[serde(default)]
    camera: String,
    #[serde(default)]
    urgency: String,
}

/// The form, as empty or as filled as it is.
#[derive(Template, Debug)]
#[template(path = "pages/trouble_new.html")]
pub struct TroubleForm {
    frame: Frame,
    what: Field,
    cameras: Vec<Choice>,
    camera_wrong: String,
    urgencies: Vec<Choice>,
    urgency_wrong: String,
}

impl TroubleForm {
    fn of(frame: Frame, board: &TroubleBoard, typed: &Typed) -> Self {
        let urgencies =
            Urgency::ALL.iter().map(|one| (one.word().to_owned(), one.label().to_owned()));
        Self {
            what: Field::of(&typed.what),
            cameras: of_cameras(board, &typed.camera),
            camera_wrong: String::new(),
            urgencies: choices(urgencies, &typed.urgency),
            urgency_wrong: String::new(),
            frame,
        }
    }

    fn note(&mut self, field: &str, why: &str) {
        let says = sentence(why);
        match field {
            "camera" => self.camera_wrong = says,
            "urgency" => self.urgency_wrong = says,
            _ => self.what.wrong = says,
        }
    }
}

/// Which camera the form begins with.
#[derive(Deserialize)]
pub(crate) struct About {
    #[serde(default)]
    camera: String,
}

/// `GET /trouble/new`
pub(crate) async fn get_new(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(about): Query<About>,
) -> Result<Response, PageError> {
    let board = trouble_board(&app, &staff.ctx).await?;
    let typed = Typed {
        camera: about.camera,
        urgency: Urgency::Normal.word().to_owned(),
        ..Typed::default()
    };
    Ok(page(StatusCode::OK, &TroubleForm::of(frame, &board, &typed)))
}

/// `POST /trouble/new`
pub(crate) async fn post_new(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let camera = match typed.camera.as_str() {
        "" => None,
        id => Some(CameraId::from_i64(id.parse().map_err(PageError::bad_form)?)),
    };
    let said =
        ReportingTrouble { what: typed.what.clone(), camera, urgency: typed.urgency.clone() };
    match report_trouble(&app, &staff.ctx, &said).await {
        Ok(id) => Ok(Redirect::to(&format!("/trouble/{id}")).into_response()),
        Err(AskError::Invalid { field, why }) => {
            let board = trouble_board(&app, &staff.ctx).await?;
            let mut form = TroubleForm::of(frame, &board, &typed);
            form.note(field, &why);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &form))
        }
        Err(err) => Err(err.into()),
    }
}
