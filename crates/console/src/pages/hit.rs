//! `GET /hits/{id}`: one hit, what was read beside what was looked for.

use app::shifts::WatchView;
use app::views::{HitCard, HitPage as Opened, OwnCard};
use app::{App, open_hit};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::custom::CustomState;
use domain::{HitId, Position, Timestamp};
use plate::{Grade, JurisdictionFit};

use super::hit_life::Life;
use super::person_new::sentence;
use super::read::HitLink;
use crate::components::{
    Age, CameraMap, CharacterBar, Entry, Heading, Information, ListLine, Moment, Picture,
    PlateLine, Seen, Sure, VehicleLine, classes, priority_word,
};
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// One hit.
#[derive(Template, Debug)]
#[template(path = "pages/hit.html")]
pub struct OneHit {
    frame: Frame,
    id: i64,
    priority: &'static str,
    plate: PlateLine,
    doubt: Option<String>,
    state_doubt: bool,
    state_fit: &'static str,
    information: Option<Information>,
    /// What the list and the camera say that the vehicle is.
    classes: String,
    vehicle: Option<VehicleLine>,
    marks: Vec<&'static str>,
    claimed: Option<Moment>,
    plate_picture: Picture,
    vehicle_picture: Picture,
    category: &'static str,
    sure: Sure,
    entry: Option<Entry>,
    own: Option<Own>,
    grade: &'static str,
    list: ListLine,
    captured: Moment,
    age: Age,
    raised: Moment,
    camera: String,
    heading: Option<Heading>,
    site: String,
    position: Option<String>,
    map: Option<CameraMap>,
    /// Who was signed on when it was raised; none where nobody wrote that down then.
    watch: Option<Vec<(String, String, Option<Moment>)>>,
    read_address: String,
    bars: Vec<CharacterBar>,
    alternatives: Vec<(PlateLine, Sure)>,
    others: Vec<HitLink>,
    /// How often its vehicle was seen, and whether this hit is a repeat.
    seen: Option<(Seen, bool)>,
    passages: Vec<Passage>,
    life: Life,
    trouble: String,
}

/// An entry of the agency's own.
#[derive(Debug)]
struct Own {
    id: i64,
    reason: String,
    author: String,
    approver: String,
    expires: Moment,
    /// What became of it since, where it is not looked for any more.
    over: Option<&'static str>,
    is_covert: bool,
}

impl Own {
    fn of(own: &OwnCard) -> Self {
        let is_over = own.state != CustomState::Active;
        Self {
            id: own.id.to_i64(),
            reason: own.reason.clone(),
            author: own.author.clone(),
            approver: own.approver.clone(),
            expires: Moment::in_full(own.expires_at),
            over: is_over.then(|| own.state.label()),
            is_covert: own.is_covert,
        }
    }
}

/// One time that the vehicle of a hit was seen.
#[derive(Debug)]
pub(crate) struct Passage {
    id: i64,
    at: Moment,
    camera: String,
    is_this: bool,
}

impl Passage {
    fn of(card: &HitCard, this: HitId, now: Timestamp) -> Self {
        Self {
            id: card.id.to_i64(),
            at: Moment::of(card.captured_at, now),
            camera: card.camera_name.clone(),
            is_this: card.id == this,
        }
    }
}

impl OneHit {
    /// The page of an opened hit.
    pub fn of(frame: Frame, hit: &Opened) -> Self {
        let (now, card) = (frame.now, &hit.card);
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
            vehicle: card.vehicle.map(VehicleLine::of),
            marks: words::marks(hit.marks),
            claimed: hit.claimed_at.map(Moment::in_full),
            plate_picture: Picture::of_plate(card.read, card.has_plate_picture),
            vehicle_picture: Picture::of_vehicle(card.read, card.has_vehicle_picture),
            category: card.category.label(),
            sure: Sure::of(card.confidence),
            entry: card.entry.as_ref().map(|entry| Entry::of(entry, against)),
            own: card.own.as_ref().map(Own::of),
            grade: words::grade(card.grade),
            list: ListLine::of(card, now),
            captured: Moment::in_full(card.captured_at),
            age: Age::of(card.captured_at, now),
            raised: Moment::of(card.raised_at, now),
            camera: card.camera_name.clone(),
            heading: card.heading_deg.map(Heading::of),
            site: hit.camera.as_ref().map(|camera| camera.about.site.clone()).unwrap_or_default(),
            position: hit.camera.as_ref().and_then(|camera| camera.about.position).map(position),
            map: hit.camera.as_ref().and_then(|camera| CameraMap::of(camera, &hit.around)),
            watch: hit.watch.as_ref().map(|watch| watch.iter().map(on_watch).collect()),
            read_address: format!("/reads/{}", card.read),
            bars: CharacterBar::all(card.plate, &card.characters, &card.doubtful),
            alternatives: alternatives(&hit.alternatives),
            others: hit.others.iter().map(HitLink::of).collect(),
            seen: card.seen.as_ref().map(|seen| (Seen::of(seen, now), seen.first != card.id)),
            passages: hit.passages.iter().map(|one| Passage::of(one, card.id, now)).collect(),
            life: Life::of(&hit.life, now),
            trouble: String::new(),
            frame,
        }
    }

    /// The same page, saying why something was not done.
    pub(crate) fn refused(mut self, field: &str, why: &str) -> Self {
        self.trouble = not_done(field, why);
        self
    }
}

/// Why something was not done with a hit.
pub(crate) fn not_done(field: &str, why: &str) -> String {
    match field {
        // The sentence is whole: it says who has the hit, or what has to come first.
        "hit" => sentence(why),
        field => format!("Nothing was recorded: what you gave for “{field}” {why}."),
    }
}

/// Somebody who was signed on: the unit, the name, and since when their page had been blind.
fn on_watch(one: &WatchView) -> (String, String, Option<Moment>) {
    (one.unit.clone(), one.name.clone(), one.blind_since.map(Moment::in_full))
}

/// A position as people write it.
pub(crate) fn position(at: Position) -> String {
    format!("{:.5}, {:.5}", at.latitude, at.longitude)
}

/// Other ways to read a plate, each with how likely it is.
pub(crate) fn alternatives(all: &[domain::Alternative]) -> Vec<(PlateLine, Sure)> {
    let line = |other: &domain::Alternative| PlateLine::read(other.text, &[], None);
    all.iter().map(|other| (line(other), Sure::of(other.confidence))).collect()
}

/// `GET /hits/{id}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let hit = open_hit(&app, &staff.ctx, HitId::from_i64(id)).await?;
    Ok(page(StatusCode::OK, &OneHit::of(frame, &hit)))
}
