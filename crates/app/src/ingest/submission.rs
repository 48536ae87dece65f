//! What waits for a batch.

use bytes::Bytes;
use domain::{
    Alternative, CameraId, Confidence, EventDigest, Marks, NewRead, Pictures, ReadId, SeenVehicle,
    Timestamp,
};
use plate::{Jurisdiction, PlateText};
use tokio::sync::oneshot;

use crate::use_cases::{Note, TakeError, Taken};

/// A read whose time has been judged and whose pictures may be kept.
#[derive(Debug)]
pub(crate) struct ReadyRead {
    pub(crate) camera: CameraId,
    pub(crate) captured_at: Timestamp,
    pub(crate) claimed_at: Option<Timestamp>,
    pub(crate) received_at: Timestamp,
    pub(crate) plate: PlateText,
    pub(crate) jurisdiction: Option<Jurisdiction>,
    pub(crate) confidence: Confidence,
    pub(crate) characters: Vec<Confidence>,
    pub(crate) alternatives: Vec<Alternative>,
    pub(crate) vehicle: Option<SeenVehicle>,
    pub(crate) marks: Marks,
    pub(crate) event: Option<EventDigest>,
    pub(crate) plate_jpeg: Option<Bytes>,
    pub(crate) vehicle_jpeg: Option<Bytes>,
    pub(crate) notes: Vec<Note>,
}

/// Reads of one post and one day, and whom to answer.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) reads: Vec<ReadyRead>,
    pub(crate) answer: oneshot::Sender<Result<Vec<Taken>, TakeError>>,
}

impl ReadyRead {
    /// The row it becomes under this id; its pictures' places are filled in when they are in the vault.
    pub(crate) fn into_row(self, id: ReadId, lane_marks: Marks) -> NewRead {
        NewRead {
            id,
            camera: self.camera,
            captured_at: self.captured_at,
            claimed_at: self.claimed_at,
            received_at: self.received_at,
            plate: self.plate,
            jurisdiction: self.jurisdiction,
            confidence: self.confidence,
            characters: self.characters,
            alternatives: self.alternatives,
            vehicle: self.vehicle,
            marks: self.marks.with(lane_marks),
            event: self.event,
            pictures: Pictures::default(),
        }
    }
}
