//! `GET /reads/{read}`: one read, its pictures, and how sure the recogniser is of each character.

use app::views::{HitCard, ReadPage as Opened};
use app::{App, open_read};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::ReadRef;

use super::hit::alternatives;
use crate::components::{
    Age, CharacterBar, Heading, Moment, Picture, PlateLine, Sure, VehicleLine, priority_word,
};
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// A hit of the read, in a line.
#[derive(Debug)]
pub(crate) struct HitLink {
    pub(super) id: i64,
    pub(super) priority: &'static str,
    pub(super) category: &'static str,
    pub(super) grade: &'static str,
    pub(super) is_information_only: bool,
    pub(super) list: String,
}

impl HitLink {
    pub(crate) fn of(hit: &HitCard) -> Self {
        Self {
            id: hit.id.to_i64(),
            priority: priority_word(hit.priority),
            category: hit.category.label(),
            grade: words::grade(hit.grade),
            is_information_only: hit.is_information_only,
            list: hit.hotlist_name.clone(),
        }
    }
}

/// One read.
#[derive(Template, Debug)]
#[template(path = "pages/read.html")]
pub struct OneRead {
    frame: Frame,
    number: String,
    plate: PlateLine,
    sure: Sure,
    state: &'static str,
    vehicle: Option<VehicleLine>,
    marks: Vec<&'static str>,
    claimed: Option<Moment>,
    plate_picture: Picture,
    vehicle_picture: Picture,
    captured: Moment,
    age: Age,
    received: Moment,
    camera: String,
    heading: Option<Heading>,
    site: String,
    bars: Vec<CharacterBar>,
    alternatives: Vec<(PlateLine, Sure)>,
    hits: Vec<HitLink>,
}

impl OneRead {
    /// The page of an opened read.
    pub fn of(frame: Frame, read: &Opened) -> Self {
        let card = &read.card;
        let about = read.camera.as_ref().map(|camera| &camera.about);
        Self {
            number: card.read.to_string(),
            plate: PlateLine::read(card.plate, &card.doubtful, card.jurisdiction),
            sure: Sure::of(card.confidence),
            state: card.jurisdiction.map_or("", plate::Jurisdiction::name),
            vehicle: card.vehicle.map(VehicleLine::of),
            marks: words::marks(card.marks),
            claimed: read.claimed_at.map(Moment::in_full),
            plate_picture: Picture::of_plate(card.read, card.has_plate_picture),
            vehicle_picture: Picture::of_vehicle(card.read, card.has_vehicle_picture),
            captured: Moment::in_full(card.captured_at),
            age: Age::of(card.captured_at, frame.now),
            received: Moment::in_full(card.received_at),
            camera: card.camera_name.clone(),
            heading: about.and_then(|about| about.heading_deg).map(Heading::of),
            site: about.map(|about| about.site.clone()).unwrap_or_default(),
            bars: CharacterBar::all(card.plate, &card.characters, &card.doubtful),
            alternatives: alternatives(&read.alternatives),
            hits: read.hits.iter().map(HitLink::of).collect(),
            frame,
        }
    }
}

/// `GET /reads/{read}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(read): Path<String>,
) -> Result<Response, PageError> {
    let at = ReadRef::parse(&read).map_err(|_| PageError::nothing_here("read"))?;
    let read = open_read(&app, &staff.ctx, at).await?;
    Ok(page(StatusCode::OK, &OneRead::of(frame, &read)))
}
