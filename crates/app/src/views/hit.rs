//! A hit as people see it.

use domain::{
    Alternative, Camera, CameraId, Category, Confidence, HitId, HotlistEntry, HotlistId, Marks,
    Priority, ReadRef, Timestamp,
};
use plate::{Grade, Jurisdiction, JurisdictionFit, PlateText};

use crate::use_cases::LifeView;

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
    /// The entry as it stood in that version; none when it is no longer kept.
    pub entry: Option<HotlistEntry>,
    /// For a look-alike: which characters may be which, such as `B or 8?`.
    pub look_alike_note: Option<String>,
    /// Whether there is a picture of the plate.
    pub has_plate_picture: bool,
    /// Whether there is a picture of the vehicle.
    pub has_vehicle_picture: bool,
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
    /// What was done with it, and what is still to be done before a stop.
    pub life: LifeView,
}
