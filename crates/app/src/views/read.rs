//! A read as people see it.

use domain::{Alternative, Camera, CameraId, Confidence, Marks, ReadRef, SeenVehicle, Timestamp};
use plate::{Jurisdiction, PlateText};

use super::HitCard;

/// A read in the feed.
#[derive(Clone, PartialEq, Debug)]
pub struct ReadCard {
    /// Where it is.
    pub read: ReadRef,
    /// The plate.
    pub plate: PlateText,
    /// Who issued it, where known.
    pub jurisdiction: Option<Jurisdiction>,
    /// How sure the recogniser is of the whole.
    pub confidence: Confidence,
    /// How sure it is of each character; empty where it did not say.
    pub characters: Vec<Confidence>,
    /// Indices (from 0) of characters that are doubtful.
    pub doubtful: Vec<usize>,
    /// The vehicle as the camera saw it, where it says.
    pub vehicle: Option<SeenVehicle>,
    /// When the vehicle passed.
    pub captured_at: Timestamp,
    /// When the server took it.
    pub received_at: Timestamp,
    /// The camera's name.
    pub camera_name: String,
    /// The camera.
    pub camera_id: CameraId,
    /// How many hits it raised.
    pub n_hits: u32,
    /// Whether there is a picture of the plate.
    pub has_plate_picture: bool,
    /// Whether there is a picture of the vehicle.
    pub has_vehicle_picture: bool,
    /// What is remarkable about its time.
    pub marks: Marks,
}

/// One read, opened.
#[derive(Clone, PartialEq, Debug)]
pub struct ReadPage {
    /// What the feed shows of it.
    pub card: ReadCard,
    /// Other ways to read the plate, likeliest first.
    pub alternatives: Vec<Alternative>,
    /// The time the camera claimed, where it was not believed.
    pub claimed_at: Option<Timestamp>,
    /// The hits it raised.
    pub hits: Vec<HitCard>,
    /// The camera.
    pub camera: Option<Camera>,
}
