//! A read as it is shown.

use app::views::{ReadCard, ReadPage};
use domain::{Alternative, Confidence, Marks, SeenVehicle};
use serde::Serialize;
use utoipa::ToSchema;

use super::camera::CameraOut;
use super::hit::HitOut;

/// Another way to read a plate.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlternativeOut {
    plate: String,
    /// 0–1.
    confidence: f32,
}

impl AlternativeOut {
    pub(crate) fn all(alternatives: &[Alternative]) -> Vec<Self> {
        let out = |one: &Alternative| Self {
            plate: one.text.expose().to_string_of(),
            confidence: one.confidence.probability(),
        };
        alternatives.iter().map(out).collect()
    }
}

/// A plate's text as a string of its own: what calls this sends a plate to somebody who may see it.
pub(crate) trait ToStringOf {
    fn to_string_of(&self) -> String;
}

impl ToStringOf for plate::PlateTextStr {
    fn to_string_of(&self) -> String {
        String::from(&**self)
    }
}

/// The words for what is remarkable about a read's time.
pub(crate) fn marks(marks: Marks) -> Vec<&'static str> {
    [
        (Marks::TIME_IN_FUTURE, "time-in-future"),
        (Marks::TIME_IN_FAR_PAST, "time-in-far-past"),
        (Marks::LATE, "late"),
    ]
    .into_iter()
    .filter_map(|(mark, word)| marks.has(mark).then_some(word))
    .collect()
}

/// Probabilities, 0–1.
pub(crate) fn probabilities(of: &[Confidence]) -> Vec<f32> {
    of.iter().map(|sure| sure.probability()).collect()
}

/// A vehicle as the camera saw it.
#[derive(Serialize, ToSchema)]
pub(crate) struct VehicleOut {
    /// `car`, `truck`, `motorcycle`, `trailer`, `bus`.
    class: &'static str,
    /// How sure the camera is of that, 0–1; null where it did not say. Below 0.8 nothing is matched by it.
    confidence: Option<f32>,
}

impl From<SeenVehicle> for VehicleOut {
    fn from(seen: SeenVehicle) -> Self {
        Self { class: seen.class.word(), confidence: seen.confidence.map(Confidence::probability) }
    }
}

/// A read in the feed.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadOut {
    /// Its reference, `agency-YYYYMMDD-id`.
    read: String,
    plate: String,
    /// Who issued the plate, such as `US-TX`.
    jurisdiction: Option<&'static str>,
    /// How sure the recogniser is of the whole, 0–1.
    confidence: f32,
    /// How sure it is of each character; empty where it did not say.
    characters: Vec<f32>,
    /// Indices (from 0) of doubtful characters.
    doubtful: Vec<usize>,
    /// Null where the camera did not say what it saw, or the policy lets it not be stored.
    vehicle: Option<VehicleOut>,
    #[schema(format = DateTime)]
    captured_at: String,
    #[schema(format = DateTime)]
    received_at: String,
    camera: i64,
    camera_name: String,
    n_hits: u32,
    has_plate_picture: bool,
    has_vehicle_picture: bool,
    /// `time-in-future`, `time-in-far-past`, `late`.
    marks: Vec<&'static str>,
}

impl From<ReadCard> for ReadOut {
    fn from(card: ReadCard) -> Self {
        Self {
            read: card.read.to_string(),
            plate: card.plate.expose().to_string_of(),
            jurisdiction: card.jurisdiction.map(plate::Jurisdiction::code),
            confidence: card.confidence.probability(),
            characters: probabilities(&card.characters),
            doubtful: card.doubtful,
            vehicle: card.vehicle.map(VehicleOut::from),
            captured_at: card.captured_at.to_string(),
            received_at: card.received_at.to_string(),
            camera: card.camera_id.to_i64(),
            camera_name: card.camera_name,
            n_hits: card.n_hits,
            has_plate_picture: card.has_plate_picture,
            has_vehicle_picture: card.has_vehicle_picture,
            marks: marks(card.marks),
        }
    }
}

/// One read, opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadPageOut {
    #[serde(flatten)]
    read: ReadOut,
    alternatives: Vec<AlternativeOut>,
    /// The time the camera claimed, where it was not believed.
    #[schema(format = DateTime)]
    claimed_at: Option<String>,
    hits: Vec<HitOut>,
    camera_about: Option<CameraOut>,
}

impl From<ReadPage> for ReadPageOut {
    fn from(page: ReadPage) -> Self {
        Self {
            read: page.card.into(),
            alternatives: AlternativeOut::all(&page.alternatives),
            claimed_at: page.claimed_at.map(|at| at.to_string()),
            hits: page.hits.into_iter().map(HitOut::from).collect(),
            camera_about: page.camera.map(CameraOut::from),
        }
    }
}
