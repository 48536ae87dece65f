//! A hit as people see it.

use std::collections::HashMap;

use domain::custom::{Audience, CustomEntry, CustomState};
use domain::{
    Alternative, Camera, CameraId, Category, ClassFit, Confidence, CustomEntryId, HitId,
    HotlistEntry, HotlistId, Marks, PersonId, Priority, ReadRef, SeenVehicle, Timestamp,
};
use plate::{Grade, Jurisdiction, JurisdictionFit, PlateText};

use crate::use_cases::LifeView;
use crate::use_cases::shifts::WatchView;

/// A hit in a list: enough to decide whether to open it.
#[derive(Clone, PartialEq, Debug)]
pub struct HitCard {
    /// Its id; ascending, the cursor of the live list.
    pub id: HitId,
    /// The read.
    pub read: ReadRef,
    /// The plate as it was read.
    pub plate: PlateText,
    /// How sure the recogniser is of each character, in the plate's order; empty where it did not say.
    pub characters: Vec<Confidence>,
    /// Indices (from 0) of characters that are doubtful.
    pub doubtful: Vec<usize>,
    /// Who issued the plate, where the read says.
    pub jurisdiction: Option<Jurisdiction>,
    /// How sure the recogniser is of the whole.
    pub confidence: Confidence,
    /// The vehicle as the camera saw it, where it says.
    pub vehicle: Option<SeenVehicle>,
    /// When the vehicle passed.
    pub captured_at: Timestamp,
    /// When the server took the read.
    pub received_at: Timestamp,
    /// When the hit was raised.
    pub raised_at: Timestamp,
    /// The camera's name.
    pub camera_name: String,
    /// The camera.
    pub camera_id: CameraId,
    /// Where the camera looks, degrees clockwise from north.
    pub heading_deg: Option<u16>,
    /// How closely the characters fit.
    pub grade: Grade,
    /// Whether the issuing state fits.
    pub jurisdiction_fit: JurisdictionFit,
    /// Whether the vehicle that the camera saw is of the entry's class.
    pub class_fit: ClassFit,
    /// Whether it is information only: state or class are known to be another's.
    pub is_information_only: bool,
    /// Why the plate is wanted.
    pub category: Category,
    /// How loudly it is told.
    pub priority: Priority,
    /// The list.
    pub hotlist_id: HotlistId,
    /// The list's name.
    pub hotlist_name: String,
    /// When the version of the list that matched was imported: the list's age.
    pub list_imported_at: Option<Timestamp>,
    /// Whether that is longer ago than the list, its category or the policy allows.
    pub list_is_stale: bool,
    /// What the entry says of itself, where it is one of the agency's own.
    pub own: Option<OwnCard>,
    /// The entry as it stood in that version; none when it is no longer kept.
    pub entry: Option<HotlistEntry>,
    /// For a look-alike: which characters may be which, such as `B or 8?`.
    pub look_alike_note: Option<String>,
    /// Whether there is a picture of the plate.
    pub has_plate_picture: bool,
    /// Whether there is a picture of the vehicle.
    pub has_vehicle_picture: bool,
    /// How often its vehicle was seen, where that was more than once.
    pub seen: Option<SeenAgain>,
}

/// A vehicle that raised hits of one entry again and again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeenAgain {
    /// The first hit: the one that is worked on.
    pub first: HitId,
    /// How often it was seen.
    pub n_hits: u32,
    /// The last hit.
    pub last: HitId,
    /// When that was raised.
    pub last_at: Timestamp,
    /// Where.
    pub last_camera: String,
    /// Whether it came to another camera with what is new here.
    pub moved: bool,
}

/// An entry of the agency's own, as its hits show it.
#[derive(Clone, PartialEq, Debug)]
pub struct OwnCard {
    /// Which.
    pub id: CustomEntryId,
    /// Why the plate is wanted.
    pub category: Category,
    /// How far it has come since: an ended one is not looked for any more.
    pub state: CustomState,
    /// Who asked for it, by name.
    pub author: String,
    /// Who approved it, by name.
    pub approver: String,
    /// Why.
    pub reason: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Who is told.
    pub audience: Audience,
    /// Whether nobody else sees it.
    pub is_covert: bool,
}

impl OwnCard {
    /// Of an entry, as it stands now.
    pub(crate) fn of(
        entry: &CustomEntry,
        now: Timestamp,
        names: &HashMap<PersonId, String>,
    ) -> Self {
        let name = |id: PersonId| names.get(&id).cloned().unwrap_or_else(|| format!("person {id}"));
        Self {
            id: entry.id,
            category: entry.about.category,
            state: entry.state(now),
            author: name(entry.author),
            approver: entry.life.approver().map(name).unwrap_or_default(),
            reason: entry.about.reason.clone(),
            expires_at: entry.about.expires_at,
            audience: entry.about.audience.clone(),
            is_covert: entry.about.covert,
        }
    }
}

/// One hit, opened.
#[derive(Clone, PartialEq, Debug)]
pub struct HitPage {
    /// What the list shows of it.
    pub card: HitCard,
    /// Other ways to read the plate, likeliest first.
    pub alternatives: Vec<Alternative>,
    /// What is remarkable about the read's time.
    pub marks: Marks,
    /// The time the camera claimed, where it was not believed.
    pub claimed_at: Option<Timestamp>,
    /// Other hits of the same read.
    pub others: Vec<HitCard>,
    /// The camera.
    pub camera: Option<Camera>,
    /// Every camera of the agency that has a place: what a map of it shows around.
    pub around: Vec<Camera>,
    /// Who was signed on when it was raised; none where nobody wrote that down then.
    pub watch: Option<Vec<WatchView>>,
    /// Every hit of its vehicle and entry that followed closely, newest first; empty where it is the only one.
    pub passages: Vec<HitCard>,
    /// What was done with it, and what is still to be done before a stop.
    pub life: LifeView,
}
