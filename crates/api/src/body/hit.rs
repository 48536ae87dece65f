//! A hit as it is shown.

use app::shifts::WatchView;
use app::views::{HitCard, HitPage};
use domain::HotlistEntry;
use plate::{Grade, Jurisdiction, JurisdictionFit};
use serde::Serialize;
use utoipa::ToSchema;

use super::camera::CameraOut;
use super::custom_entry::OwnOut;
use super::hit_life::LifeOut;
use super::read::{AlternativeOut, ToStringOf as _, VehicleOut, marks, probabilities};

/// A hit. It is not a confirmation: the plate has to be verified before anybody acts.
#[derive(Serialize, ToSchema)]
pub(crate) struct HitOut {
    hit: i64,
    /// The read, `agency-YYYYMMDD-id`.
    read: String,
    /// The plate as it was read.
    plate: String,
    jurisdiction: Option<&'static str>,
    confidence: f32,
    characters: Vec<f32>,
    doubtful: Vec<usize>,
    /// The vehicle as the camera saw it; null where it did not say.
    vehicle: Option<VehicleOut>,
    #[schema(format = DateTime)]
    captured_at: String,
    #[schema(format = DateTime)]
    received_at: String,
    #[schema(format = DateTime)]
    raised_at: String,
    camera: i64,
    camera_name: String,
    heading_deg: Option<u16>,
    /// How the characters fit: `exact`, `look-alike`, `pattern`.
    grade: &'static str,
    /// How the issuing state fits: `same`, `unknown`, `different`.
    jurisdiction_fit: &'static str,
    /// How the class of the vehicle that the camera saw fits: `same`, `unknown`, `different`.
    class_fit: &'static str,
    /// State or class are known to be another's: it is told quietly, unless somebody is missing or in danger.
    information_only: bool,
    /// For a look-alike, which characters may be which: `8 or B?`.
    look_alike_note: Option<String>,
    category: &'static str,
    /// `low`, `normal`, `high`.
    priority: &'static str,
    hotlist: i64,
    hotlist_name: String,
    #[schema(format = DateTime)]
    list_imported_at: Option<String>,
    /// Whether that is longer ago than the list, its category or the policy allows.
    list_is_stale: bool,
    entry: Option<EntryOut>,
    /// The entry of the agency's own that it matched; null where it matched another list's.
    custom_entry: Option<OwnOut>,
    has_plate_picture: bool,
    has_vehicle_picture: bool,
}

/// An entry of a hotlist.
#[derive(Serialize, ToSchema)]
pub(crate) struct EntryOut {
    /// Plate or pattern.
    plate: String,
    jurisdiction: Option<&'static str>,
    make: Option<String>,
    model: Option<String>,
    colour: Option<String>,
    year: Option<u16>,
    /// What the vehicle is: `car`, `truck`, `motorcycle`, `trailer`, `bus`; null where the list does not say.
    class: Option<&'static str>,
    reference: Option<String>,
    note: Option<String>,
    /// What whoever stops the vehicle has to know first.
    caution: Option<String>,
}

impl From<HotlistEntry> for EntryOut {
    fn from(entry: HotlistEntry) -> Self {
        Self {
            plate: entry.plate,
            jurisdiction: entry.jurisdiction.map(Jurisdiction::code),
            make: entry.make,
            model: entry.model,
            colour: entry.colour,
            year: entry.year,
            class: (!entry.class.is_unknown()).then(|| entry.class.word()),
            reference: entry.reference,
            note: entry.note,
            caution: entry.caution,
        }
    }
}

impl From<HitCard> for HitOut {
    fn from(card: HitCard) -> Self {
        Self {
            hit: card.id.to_i64(),
            read: card.read.to_string(),
            plate: card.plate.expose().to_string_of(),
            jurisdiction: card.jurisdiction.map(Jurisdiction::code),
            confidence: card.confidence.probability(),
            characters: probabilities(&card.characters),
            doubtful: card.doubtful,
            vehicle: card.vehicle.map(VehicleOut::from),
            captured_at: card.captured_at.to_string(),
            received_at: card.received_at.to_string(),
            raised_at: card.raised_at.to_string(),
            camera: card.camera_id.to_i64(),
            camera_name: card.camera_name,
            heading_deg: card.heading_deg,
            grade: match card.grade {
                Grade::Exact => "exact",
                Grade::LookAlike => "look-alike",
                Grade::Pattern => "pattern",
            },
            jurisdiction_fit: match card.jurisdiction_fit {
                JurisdictionFit::Same => "same",
                JurisdictionFit::Unknown => "unknown",
                JurisdictionFit::Different => "different",
            },
            class_fit: card.class_fit.word(),
            information_only: card.is_information_only,
            look_alike_note: card.look_alike_note,
            category: card.category.word(),
            priority: match card.priority {
                domain::Priority::Low => "low",
                domain::Priority::Normal => "normal",
                domain::Priority::High => "high",
            },
            hotlist: card.hotlist_id.to_i64(),
            hotlist_name: card.hotlist_name,
            list_imported_at: card.list_imported_at.map(|at| at.to_string()),
            list_is_stale: card.list_is_stale,
            custom_entry: card.own.map(OwnOut::from),
            entry: card.entry.map(EntryOut::from),
            has_plate_picture: card.has_plate_picture,
            has_vehicle_picture: card.has_vehicle_picture,
        }
    }
}

/// One hit, opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct HitPageOut {
    #[serde(flatten)]
    hit: HitOut,
    alternatives: Vec<AlternativeOut>,
    marks: Vec<&'static str>,
    #[schema(format = DateTime)]
    claimed_at: Option<String>,
    /// Other hits of the same read.
    others: Vec<HitOut>,
    camera_about: Option<CameraOut>,
    /// Who was signed on when it was raised; none where nobody wrote that down then.
    signed_on: Option<Vec<OnWatchOut>>,
    life: LifeOut,
}

/// Somebody who was signed on when a hit was raised.
#[derive(Serialize, ToSchema)]
pub(crate) struct OnWatchOut {
    #[schema(example = "12A")]
    unit: String,
    name: String,
    /// Since when their page had been blind at that moment; none where it was alive.
    #[schema(format = DateTime)]
    blind_since: Option<String>,
}

impl From<WatchView> for OnWatchOut {
    fn from(one: WatchView) -> Self {
        Self {
            unit: one.unit,
            name: one.name,
            blind_since: one.blind_since.map(|at| at.to_string()),
        }
    }
}

impl From<HitPage> for HitPageOut {
    fn from(page: HitPage) -> Self {
        Self {
            hit: page.card.into(),
            alternatives: AlternativeOut::all(&page.alternatives),
            marks: marks(page.marks),
            claimed_at: page.claimed_at.map(|at| at.to_string()),
            others: page.others.into_iter().map(HitOut::from).collect(),
            camera_about: page.camera.map(CameraOut::from),
            signed_on: page.watch.map(|all| all.into_iter().map(OnWatchOut::from).collect()),
            life: page.life.into(),
        }
    }
}
