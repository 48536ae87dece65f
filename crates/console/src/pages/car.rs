//! `/car`: the page that is kept open in a car. Signing on for a shift, the newest hit full size, signing off.

use app::shifts::{
    CarHit, CarHits, CarPage as Opened, SigningOn, hear_of_page, open_car, sign_off, sign_on,
};
use app::{App, AskError};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::{CameraId, HitId};
use plate::{Grade, JurisdictionFit};
use serde::Deserialize;

use super::camera_key::Nothing;
use super::hit_life::Life;
use super::person_new::sentence;
use crate::components::{
    Age, CameraMap, Entry, Heading, HitRow, Information, ListLine, Moment, Picture, PlateLine,
    StepRow, Sure, classes, priority_word,
};
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, Theme, page};
use crate::staff::Staff;
use crate::words;

/// A choice of a list: its word, what people read, whether it is chosen.
type Choice = (String, String, bool);

/// The car's page.
#[derive(Template, Debug)]
#[template(path = "pages/car.html")]
pub struct CarPage {
    frame: Frame,
    is_night: bool,
    signed_on: Option<SignedOn>,
    shown: Option<Shown>,
    newest: Vec<HitRow>,
    /// How many open hits are newer than the one that is shown.
    n_newer: String,
    /// Why no hits are shown, where they may not be.
    refused: Vec<String>,
    /// Why something was not done.
    trouble: String,
    form: SignOnForm,
}

/// What somebody is signed on as.
#[derive(Debug)]
struct SignedOn {
    unit: String,
    since: Moment,
    until: String,
    /// When it ends by itself, in milliseconds since 1970.
    ends_ms: i64,
}

/// The form with which one signs on.
#[derive(Debug)]
struct SignOnForm {
    unit: Field,
    shifts: Vec<Choice>,
    shift_wrong: String,
    cameras: Vec<Choice>,
    camera_wrong: String,
}

/// The hit that is shown.
#[derive(Debug)]
struct Shown {
    id: i64,
    priority: &'static str,
    plate: PlateLine,
    doubt: Option<String>,
    state_doubt: bool,
    state_fit: &'static str,
    information: Option<Information>,
    /// What the list and the camera say that the vehicle is.
    classes: String,
    plate_picture: Picture,
    vehicle_picture: Picture,
    category: &'static str,
    sure: Sure,
    entry: Option<Entry>,
    grade: &'static str,
    list: ListLine,
    age: Age,
    captured: Moment,
    camera: String,
    heading: Option<Heading>,
    map: Option<CameraMap>,
    life: Life,
    steps: Vec<CarStep>,
}

/// A step before a stop, with its big button where one press is enough.
#[derive(Debug)]
struct CarStep {
    step: StepRow,
    /// What the button that confirms it says; empty where the hit's own page is needed.
    yes: &'static str,
    no: &'static str,
    key: &'static str,
}

impl CarStep {
    fn of(step: StepRow) -> Self {
        let (yes, no, key) = match step.word {
            "plate" => ("Plate seen and matches", "Plate does not match", "1"),
            "state" => ("State matches", "State does not match", "2"),
            "vehicle" => ("Vehicle matches", "Vehicle does not match", "3"),
            "second-officer" => ("I looked and agree", "", "4"),
            _ => ("", "", ""),
        };
        Self { step, yes, no, key }
    }
}

impl Shown {
    fn of(hit: &CarHit, now: domain::Timestamp) -> Self {
        let card = &hit.card;
        let against = (card.grade == Grade::LookAlike).then_some(card.plate);
        Self {
            id: card.id.to_i64(),
            priority: priority_word(card.priority),
            plate: PlateLine::read(card.plate, &card.doubtful, card.jurisdiction),
            doubt: card.look_alike_note.clone(),
            state_doubt: card.jurisdiction_fit != JurisdictionFit::Same,
            state_fit: words::state_fit(card.jurisdiction_fit),
            information: Information::of(card),
            classes: classes(card),
            plate_picture: Picture::of_plate(card.read, card.has_plate_picture),
            vehicle_picture: Picture::of_vehicle(card.read, card.has_vehicle_picture),
            category: card.category.label(),
            sure: Sure::of(card.confidence),
            entry: card.entry.as_ref().map(|entry| Entry::of(entry, against)),
            grade: words::grade(card.grade),
            list: ListLine::of(card, now),
            age: Age::of(card.captured_at, now),
            captured: Moment::of(card.captured_at, now),
            camera: card.camera_name.clone(),
            heading: card.heading_deg.map(Heading::of),
            map: hit.camera.as_ref().and_then(|camera| CameraMap::of(camera, &hit.around)),
            life: Life::of(&hit.life, now),
            steps: StepRow::all(&hit.life, now).into_iter().map(CarStep::of).collect(),
        }
    }
}

impl SignOnForm {
    fn of(car: &Opened, typed: &Typed) -> Self {
        let rostered = car.rostered.as_ref().map(ToString::to_string).unwrap_or_default();
        let unit = if typed.unit.is_empty() { rostered } else { typed.unit.clone() };
        let shifts = car.shifts.iter().map(|shift| {
            let word = shift.span.until.to_string();
            let is_chosen = word == typed.shift;
            (word, shift.label.clone(), is_chosen)
        });
        let cameras = car.cameras.iter().map(|(id, name)| {
            let word = id.to_string();
            let is_chosen = word == typed.camera;
            (word, name.clone(), is_chosen)
        });
        Self {
            unit: Field::of(unit),
            shifts: shifts.collect(),
            shift_wrong: String::new(),
            cameras: cameras.collect(),
            camera_wrong: String::new(),
        }
    }

    fn note(&mut self, field: &str, why: &str) {
        let says = sentence(why);
        match field {
            "shift" => self.shift_wrong = says,
            "camera" => self.camera_wrong = says,
            _ => self.unit.wrong = says,
        }
    }
}

impl CarPage {
    /// The page of a car as it stands.
    pub fn of(frame: Frame, car: &Opened) -> Self {
        let now = frame.now;
        let signed_on = car.own.as_ref().map(|own| SignedOn {
            unit: own.about.unit.to_string(),
            since: Moment::of(own.about.span.from, now),
            until: car.until.clone(),
            ends_ms: own.about.ends_by.micros() / 1_000,
        });
        let hits = car.hits.as_ref().and_then(|hits| hits.as_ref().ok());
        let refused = car.hits.as_ref().and_then(|hits| hits.as_ref().err());
        let refused = refused
            .map(|refusal| refusal.reasons.iter().map(|reason| sentence(reason.says())).collect());
        let shown = hits.and_then(|hits| hits.shown.as_ref());
        Self {
            is_night: matches!(frame.theme, Theme::Night),
            signed_on,
            shown: shown.map(|hit| Shown::of(hit, now)),
            newest: hits.map(|hits| rows(hits, now)).unwrap_or_default(),
            n_newer: hits.map(n_newer).unwrap_or_default(),
            refused: refused.unwrap_or_default(),
            trouble: String::new(),
            form: SignOnForm::of(car, &Typed::default()),
            frame,
        }
    }

    /// The same, saying why nobody was signed on.
    fn not_signed_on(mut self, car: &Opened, typed: &Typed, field: &str, why: &str) -> Self {
        self.form = SignOnForm::of(car, typed);
        self.form.note(field, why);
        self
    }
}

fn rows(hits: &CarHits, now: domain::Timestamp) -> Vec<HitRow> {
    let shown = hits.shown.as_ref().map(|hit| hit.card.id);
    let others = hits.newest.iter().filter(|hit| Some(hit.id) != shown);
    others.map(|hit| HitRow::of(hit, now).at("/car?hit=")).collect()
}

/// How many open hits are newer than the shown one, in words; empty where none is.
fn n_newer(hits: &CarHits) -> String {
    let Some(shown) = hits.shown.as_ref().map(|hit| hit.card.id) else { return String::new() };
    match hits.newest.iter().filter(|hit| hit.id > shown).count() {
        0 => String::new(),
        n => words::count(u64::try_from(n).unwrap_or(u64::MAX), "newer hit", "newer hits"),
    }
}

/// Which hit.
#[derive(Deserialize)]
pub(crate) struct Ask {
    hit: Option<i64>,
}

/// `GET /car`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(ask): Query<Ask>,
) -> Result<Response, PageError> {
    let car = open_car(&app, &staff.ctx, ask.hit.map(HitId::from_i64)).await?;
    Ok(page(StatusCode::OK, &CarPage::of(frame, &car)))
}

/// The page with a hit with which something was not done, and why.
pub(crate) async fn refused(
    app: &App,
    staff: &Staff,
    frame: Frame,
    id: HitId,
    (field, why): (&str, &str),
) -> Result<Response, PageError> {
    let car = open_car(app, &staff.ctx, Some(id)).await?;
    let mut shown = CarPage::of(frame, &car);
    shown.trouble = super::hit::not_done(field, why);
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
}

/// What was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Typed {
    unit: String,
    shift: String,
    camera: String,
}

/// `POST /car/sign-on`
pub(crate) async fn post_sign_on(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let camera = match typed.camera.as_str() {
        "" => None,
        id => Some(CameraId::from_i64(id.parse().map_err(PageError::bad_form)?)),
    };
    let said = SigningOn { unit: typed.unit.clone(), camera, shift: typed.shift.clone() };
    match sign_on(&app, &staff.ctx, &said).await {
        Ok(_) => Ok(Redirect::to("/car").into_response()),
        Err(AskError::Invalid { field, why }) => {
            let car = open_car(&app, &staff.ctx, None).await?;
            let shown = CarPage::of(frame, &car).not_signed_on(&car, &typed, field, &why);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}

/// `POST /car/sign-off`
pub(crate) async fn post_sign_off(
    State(app): State<App>,
    staff: Staff,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, PageError> {
    match sign_off(&app, &staff.ctx).await {
        // Who is not signed on wanted just that.
        Ok(()) | Err(AskError::Invalid { .. }) => Ok(Redirect::to("/car")),
        Err(err) => Err(err.into()),
    }
}

/// `POST /car/alive`: an open page says that it hears of hits.
pub(crate) async fn post_alive(
    State(app): State<App>,
    staff: Staff,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<StatusCode, PageError> {
    let is_signed_on = hear_of_page(&app, &staff.ctx).await?;
    Ok(if is_signed_on { StatusCode::NO_CONTENT } else { StatusCode::GONE })
}
