//! `/report`: whoever is signed in reports what looks like misuse, here or at another agency, and sees what becomes of it.

use app::oversight::{MisuseBoard, own_reports, report_misuse};
use app::{App, AskError};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::PersonId;
use domain::oversight::ReportAbout;
use serde::Deserialize;

use super::misuse::Row;
use super::people::Viewer;
use super::person_new::sentence;
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// What was typed.
#[derive(Deserialize, Default, Debug)]
pub(crate) struct Typed {
    #[serde(default)]
    person: String,
    #[serde(default)]
    agency: String,
    #[serde(default)]
    told: String,
}

impl Typed {
    fn about(&self) -> Result<ReportAbout, (&'static str, String)> {
        match (self.person.trim(), self.agency.trim()) {
            ("", "") => Err(("person", "choose a person or name an agency".to_owned())),
            ("", agency) => Ok(ReportAbout::Agency(agency.to_owned())),
            (person, "") => {
                let id = person.parse().map_err(|_| ("person", "choose who".to_owned()))?;
                Ok(ReportAbout::Person(PersonId::from_i64(id)))
            }
            _ => {
                Err(("agency", "report one at a time: a person here, or another agency".to_owned()))
            }
        }
    }
}

/// The form, and what the reader reported.
#[derive(Template, Debug)]
#[template(path = "pages/report.html")]
pub struct ReportPage {
    frame: Frame,
    people: Vec<(i64, String, bool)>,
    person_wrong: String,
    agency: Field,
    told: Field,
    rows: Vec<Row>,
}

impl ReportPage {
    /// The form, and what this viewer reported.
    pub fn of(frame: Frame, board: &MisuseBoard, viewer: &Viewer) -> Self {
        Self::filled(frame, board, viewer, &Typed::default())
    }

    fn filled(frame: Frame, board: &MisuseBoard, viewer: &Viewer, typed: &Typed) -> Self {
        let others = board.names.iter().filter(|(id, _)| !viewer.is(**id));
        let chosen = typed.person.trim();
        let mut people: Vec<(i64, String, bool)> = others
            .map(|(id, name)| (id.to_i64(), name.clone(), id.to_string() == chosen))
            .collect();
        people.sort_by(|one, other| one.1.cmp(&other.1));
        Self {
            people,
            person_wrong: String::new(),
            agency: Field::of(&typed.agency),
            told: Field::of(&typed.told),
            rows: Row::all(board, frame.now),
            frame,
        }
    }

    fn refused(mut self, field: &str, why: &str) -> Self {
        let says = sentence(why);
        match field {
            "agency" => self.agency.wrong = says,
            "told" => self.told.wrong = says,
            _ => self.person_wrong = says,
        }
        self
    }
}

/// `GET /report`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let board = own_reports(&app, &staff.ctx).await?;
    let shown = ReportPage::of(frame, &board, &Viewer::of(&staff.ctx));
    Ok(page(StatusCode::OK, &shown))
}

/// `POST /report`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let (field, why) = match typed.about() {
        Err(wrong) => wrong,
        Ok(about) => match report_misuse(&app, &staff.ctx, about, &typed.told).await {
            Ok(_) => return Ok(Redirect::to("/report").into_response()),
            Err(AskError::Invalid { field, why }) => (field, why),
            Err(err) => return Err(err.into()),
        },
    };
    let board = own_reports(&app, &staff.ctx).await?;
    let shown = ReportPage::filled(frame, &board, &Viewer::of(&staff.ctx), &typed);
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown.refused(field, &why)))
}
