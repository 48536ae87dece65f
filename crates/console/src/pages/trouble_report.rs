//! `/trouble/{id}`: one report: who takes it, what is noted, what was done.

use app::troubles::{
    TroublePage as Opened, close_trouble, note_trouble, open_trouble, take_trouble,
};
use app::{App, AskError};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::TroubleId;
use policy::Action;
use serde::Deserialize;

use super::people::Viewer;
use super::person_new::sentence;
use super::trouble::Row;
use crate::components::Moment;
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// What was typed.
#[derive(Deserialize, Default, Debug)]
pub(crate) struct Typed {
    #[serde(default)]
    note: String,
    #[serde(default)]
    done: String,
}

/// One report.
#[derive(Template, Debug)]
#[template(path = "pages/trouble_report.html")]
pub struct OneTrouble {
    frame: Frame,
    row: Row,
    taken: Option<(String, Moment)>,
    closed: Option<(String, Moment, String)>,
    notes: Vec<(String, Moment, String)>,
    may_handle: bool,
    may_take: bool,
    note: Field,
    done: Field,
    trouble: String,
}

impl OneTrouble {
    /// The page of this report, for who looks at it.
    pub fn of(frame: Frame, opened: &Opened, viewer: &Viewer) -> Self {
        let name = |id| opened.names.get(&id).cloned().unwrap_or_default();
        let trouble = &opened.trouble;
        let may_handle = viewer.may(Action::HandleTrouble) && trouble.is_open();
        let of_server = || "the server".to_owned();
        let notes = opened.notes.iter();
        Self {
            row: Row::of(trouble, &opened.cameras, name, frame.now),
            taken: trouble.taken.map(|(by, at)| (name(by), Moment::in_full(at))),
            closed: trouble.closed.as_ref().map(|one| {
                (one.by.map_or_else(of_server, name), Moment::in_full(one.at), one.done.clone())
            }),
            notes: notes
                .map(|one| (name(one.by), Moment::in_full(one.at), one.text.clone()))
                .collect(),
            may_handle,
            may_take: may_handle && trouble.taken.is_none(),
            note: Field::default(),
            done: Field::default(),
            trouble: String::new(),
            frame,
        }
    }

    fn refused(mut self, field: &str, why: &str, typed: &Typed) -> Self {
        match field {
            "note" => self.note = Field { value: typed.note.clone(), wrong: sentence(why) },
            "done" => self.done = Field { value: typed.done.clone(), wrong: sentence(why) },
            _ => self.trouble = format!("This {field} {why}."),
        }
        self
    }
}

/// `GET /trouble/{id}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let opened = open_trouble(&app, &staff.ctx, TroubleId::from_i64(id)).await?;
    Ok(page(StatusCode::OK, &OneTrouble::of(frame, &opened, &Viewer::of(&staff.ctx))))
}

/// `POST /trouble/{id}/take`
pub(crate) async fn take(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let id = TroubleId::from_i64(id);
    let done = take_trouble(&app, &staff.ctx, id).await;
    answer(&app, &staff, frame, id, &typed, done).await
}

/// `POST /trouble/{id}/note`
pub(crate) async fn note(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let id = TroubleId::from_i64(id);
    let done = note_trouble(&app, &staff.ctx, id, &typed.note).await;
    answer(&app, &staff, frame, id, &typed, done).await
}

/// `POST /trouble/{id}/close`
pub(crate) async fn close(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let id = TroubleId::from_i64(id);
    let done = close_trouble(&app, &staff.ctx, id, &typed.done).await;
    answer(&app, &staff, frame, id, &typed, done).await
}

async fn answer(
    app: &App,
    staff: &Staff,
    frame: Frame,
    id: TroubleId,
    typed: &Typed,
    done: Result<(), AskError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/trouble/{id}")).into_response()),
        Err(AskError::Invalid { field, why }) => {
            let opened = open_trouble(app, &staff.ctx, id).await?;
            let shown = OneTrouble::of(frame, &opened, &Viewer::of(&staff.ctx));
            let shown = shown.refused(field, &why, typed);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}
