//! `/shift`: units on duty, and which of them are signed on (`TWF-401.4g`).

use app::shifts::{
    BoardRow, FILE_BYTES_MAX, PuttingOnDuty, RosterImported, ShiftBoard, SignOnView, import_roster,
    put_on_duty, shift_board, take_off_duty,
};
use app::{App, AskError, may_send};
use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::access::SetDutyRoster;
use domain::shift::{DutyState, Presence};
use domain::{DutyId, PersonId, Timestamp};
use policy::Action;
use serde::Deserialize;

use super::camera_key::Nothing;
use super::person_new::sentence;
use super::training_import::file_of;
use crate::components::{Age, Moment};
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// Largest form with a file, in bytes: what is around the file with it.
pub(crate) const FORM_BYTES_MAX: usize = FILE_BYTES_MAX + 4 * 1024;

/// A choice of a list: its word, what people read, whether it is chosen.
type Choice = (String, String, bool);

/// The shift's page.
#[derive(Template, Debug)]
#[template(path = "pages/shift.html")]
pub struct ShiftPage {
    frame: Frame,
    label: String,
    is_now: bool,
    clause: String,
    counts: Vec<(&'static str, &'static str, usize)>,
    rows: Vec<Row>,
    unsigned_after: String,
    may_set: bool,
    shifts: Vec<Choice>,
    people: Vec<Choice>,
    unit: Field,
    shift_wrong: String,
    person_wrong: String,
    imported: Option<Imported>,
}

/// A unit.
#[derive(Debug)]
struct Row {
    unit: String,
    /// The id of its row in the roster; none where it is not on it.
    duty: Option<i64>,
    person: String,
    state: &'static str,
    label: &'static str,
    since: Option<(Moment, Age)>,
    crews: Vec<CrewRow>,
}

/// Somebody who signed on as it.
#[derive(Debug)]
struct CrewRow {
    name: String,
    since: Moment,
    camera: String,
    ended: Option<(Moment, &'static str)>,
    /// When its page was blind: from when, and until when where it came back.
    spells: Vec<(Moment, Option<Moment>)>,
}

/// What came of a file.
#[derive(Debug)]
struct Imported {
    says: String,
    faults: Vec<(u64, String)>,
}

const fn state(state: DutyState) -> (&'static str, &'static str, Option<Timestamp>) {
    match state {
        DutyState::NotYet => ("not-yet", "Comes on duty", None),
        DutyState::Watching => ("watching", "Signed on", None),
        DutyState::Blind { since } => ("blind", "Blind", Some(since)),
        DutyState::NotSignedOn { since } => ("not-signed-on", "Not signed on", Some(since)),
        DutyState::Over => ("over", "Shift over", None),
    }
}

impl Row {
    fn of(row: &BoardRow, now: Timestamp) -> Self {
        let (word, label, since) = state(row.state);
        Self {
            unit: row.unit.clone(),
            duty: row.duty.as_ref().map(|duty| duty.id.to_i64()),
            person: row.person.clone().unwrap_or_default(),
            state: word,
            label,
            since: since.map(|at| (Moment::of(at, now), Age::of(at, now))),
            crews: row.sign_ons.iter().map(|one| CrewRow::of(one, now)).collect(),
        }
    }
}

impl CrewRow {
    fn of(view: &SignOnView, now: Timestamp) -> Self {
        let spells = view.spells.iter();
        Self {
            name: view.name.clone(),
            since: Moment::of(view.sign_on.about.span.from, now),
            camera: view.camera.clone().unwrap_or_default(),
            ended: match view.presence {
                Presence::Over { at, how } => Some((Moment::of(at, now), how.label())),
                Presence::Watching | Presence::Blind { .. } => None,
            },
            spells: spells
                .map(|one| {
                    let until = one.until.map(|until| Moment::of(until, now));
                    (Moment::of(one.since, now), until)
                })
                .collect(),
        }
    }
}

impl ShiftPage {
    /// The page of a shift.
    pub fn of(frame: Frame, board: &ShiftBoard) -> Self {
        Self::filled(frame, board, &Typed::default())
    }

    fn filled(frame: Frame, board: &ShiftBoard, typed: &Typed) -> Self {
        let now = frame.now;
        let rows: Vec<Row> = board.rows.iter().map(|row| Row::of(row, now)).collect();
        let n = |word: &str| rows.iter().filter(|row| row.state == word).count();
        let n_on_duty = rows.iter().filter(|row| row.duty.is_some()).count();
        let counts = vec![
            ("on-duty", "On duty", n_on_duty),
            ("watching", "Signed on", n("watching")),
            ("not-signed-on", "Not signed on", n("not-signed-on")),
            ("blind", "Blind", n("blind")),
        ];
        let chosen = if typed.shift.is_empty() {
            board.shift.span.from.to_string()
        } else {
            typed.shift.clone()
        };
        let shifts = board.shifts.iter().map(|shift| {
            let word = shift.span.from.to_string();
            let is_chosen = word == chosen;
            (word, shift.label.clone(), is_chosen)
        });
        let people = board.people.iter().map(|(id, name)| {
            let word = id.to_string();
            let is_chosen = word == typed.person;
            (word, name.clone(), is_chosen)
        });
        Self {
            label: board.shift.label.clone(),
            is_now: board.is_now,
            clause: board.clause.clone().unwrap_or_default(),
            counts,
            rows,
            unsigned_after: words::count(u64::from(board.unsigned_minutes), "minute", "minutes"),
            may_set: frame.may(Action::SetDutyRoster),
            shifts: shifts.collect(),
            people: people.collect(),
            unit: Field::of(&typed.unit),
            shift_wrong: String::new(),
            person_wrong: String::new(),
            imported: None,
            frame,
        }
    }

    fn note(&mut self, field: &str, why: &str) {
        let says = sentence(why);
        match field {
            "shift" => self.shift_wrong = says,
            "person" => self.person_wrong = says,
            _ => self.unit.wrong = says,
        }
    }
}

/// Which shift.
#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    from: String,
}

/// `GET /shift`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(ask): Query<Ask>,
) -> Result<Response, PageError> {
    let from = match ask.from.as_str() {
        "" => None,
        from => Some(Timestamp::parse(from).map_err(PageError::bad_form)?),
    };
    let board = shift_board(&app, &staff.ctx, from).await?;
    Ok(page(StatusCode::OK, &ShiftPage::of(frame, &board)))
}

/// What was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Typed {
    unit: String,
    person: String,
    shift: String,
}

/// `POST /shift/duty`
pub(crate) async fn post_duty(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let person = match typed.person.as_str() {
        "" => None,
        id => Some(PersonId::from_i64(id.parse().map_err(PageError::bad_form)?)),
    };
    let said = PuttingOnDuty { unit: typed.unit.clone(), person, shift: typed.shift.clone() };
    match put_on_duty(&app, &staff.ctx, &said).await {
        Ok(_) => Ok(Redirect::to(&format!("/shift?from={}", typed.shift.trim())).into_response()),
        Err(AskError::Invalid { field, why }) => {
            let board = shift_board(&app, &staff.ctx, None).await?;
            let mut shown = ShiftPage::filled(frame, &board, &typed);
            shown.note(field, &why);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}

/// `POST /shift/duty/{id}/remove`
pub(crate) async fn post_remove(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, PageError> {
    take_off_duty(&app, &staff.ctx, DutyId::from_i64(id)).await?;
    Ok(Redirect::to("/shift"))
}

/// `POST /shift/import`
pub(crate) async fn post_import(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    body: Multipart,
) -> Result<Response, PageError> {
    // Who may not is told so before a file is taken.
    may_send::<SetDutyRoster>(&app, &staff.ctx).await?;
    let file = file_of(&staff, body).await?;
    let imported = import_roster(&app, &staff.ctx, &file).await?;
    let board = shift_board(&app, &staff.ctx, None).await?;
    let is_good = imported.faults.is_empty();
    let mut shown = ShiftPage::of(frame, &board);
    shown.imported = Some(Imported::of(imported));
    Ok(page(if is_good { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }, &shown))
}

impl Imported {
    fn of(imported: RosterImported) -> Self {
        let RosterImported { n_added, n_known, faults } = imported;
        let says = if !faults.is_empty() {
            "Nobody was put on duty: mend these rows and send the file again.".to_owned()
        } else if n_known == 0 {
            format!("Put on duty from the file: {n_added}.")
        } else {
            format!("Put on duty from the file: {n_added}. On duty before: {n_known}.")
        };
        Self { says, faults: faults.into_iter().map(|one| (one.line, one.why)).collect() }
    }
}
