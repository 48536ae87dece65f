//! `GET /hits/{id}`: one hit, what was read beside what was looked for.

use app::views::HitPage as Opened;
use app::{App, open_hit};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::{HitId, Position};
use plate::{Grade, JurisdictionFit};

use super::hit_life::Life;
use super::person_new::sentence;
use super::read::HitLink;
use crate::components::{
    Age, CharacterBar, Entry, Heading, Moment, Picture, PlateLine, Sure, priority_word,
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
    state_differs: bool,
    state_doubt: bool,
    state_fit: &'static str,
    read_state: &'static str,
    entry_state: &'static str,
    marks: Vec<&'static str>,
    claimed: Option<Moment>,
    plate_picture: Picture,
    vehicle_picture: Picture,
    category: &'static str,
    sure: Sure,
    entry: Option<Entry>,
    grade: &'static str,
    list: String,
    list_age: Option<Age>,
    captured: Moment,
    age: Age,
    raised: Moment,
    camera: String,
    heading: Option<Heading>,
    site: String,
    position: Option<String>,
    read_address: String,
    bars: Vec<CharacterBar>,
    alternatives: Vec<(PlateLine, Sure)>,
    others: Vec<HitLink>,
    life: Life,
    trouble: String,
}

impl OneHit {
    /// The page of an opened hit.
    pub fn of(frame: Frame, hit: &Opened) -> Self {
        let (now, card) = (frame.now, &hit.card);
        let against = (card.grade == Grade::LookAlike).then_some(card.plate);
        let entry_state = card.entry.as_ref().and_then(|entry| entry.jurisdiction);
        Self {
            id: card.id.to_i64(),
            priority: priority_word(card.priority),
            plate: PlateLine::read(card.plate, &card.doubtful, card.jurisdiction),
            doubt: card.look_alike_note.clone(),
            state_differs: card.jurisdiction_fit == JurisdictionFit::Different,
            state_doubt: card.jurisdiction_fit != JurisdictionFit::Same,
            state_fit: words::state_fit(card.jurisdiction_fit),
            read_state: card.jurisdiction.map_or("unknown", plate::Jurisdiction::name),
            entry_state: entry_state.map_or("unknown", plate::Jurisdiction::name),
            marks: words::marks(hit.marks),
            claimed: hit.claimed_at.map(Moment::in_full),
            plate_picture: Picture::of_plate(card.read, card.has_plate_picture),
            vehicle_picture: Picture::of_vehicle(card.read, card.has_vehicle_picture),
            category: card.category.label(),
            sure: Sure::of(card.confidence),
            entry: card.entry.as_ref().map(|entry| Entry::of(entry, against)),
            grade: words::grade(card.grade),
            list: card.hotlist_name.clone(),
            list_age: card.list_imported_at.map(|at| Age::of(at, now)),
            captured: Moment::in_full(card.captured_at),
            age: Age::of(card.captured_at, now),
            raised: Moment::of(card.raised_at, now),
            camera: card.camera_name.clone(),
            heading: card.heading_deg.map(Heading::of),
            site: hit.camera.as_ref().map(|camera| camera.about.site.clone()).unwrap_or_default(),
            position: hit.camera.as_ref().and_then(|camera| camera.about.position).map(position),
            read_address: format!("/reads/{}", card.read),
            bars: CharacterBar::all(card.plate, &card.characters, &card.doubtful),
            alternatives: alternatives(&hit.alternatives),
            others: hit.others.iter().map(HitLink::of).collect(),
            life: Life::of(&hit.life, now),
            trouble: String::new(),
            frame,
        }
    }

    /// The same page, saying why something was not done.
    pub(crate) fn refused(mut self, field: &str, why: &str) -> Self {
        self.trouble = match field {
            // The sentence is whole: it says who has the hit, or what has to come first.
            "hit" => sentence(why),
            field => format!("Nothing was recorded: what you gave for “{field}” {why}."),
        };
        self
    }
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
