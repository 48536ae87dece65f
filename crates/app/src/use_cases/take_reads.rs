//! Take reads from a camera that reads itself.

use bytes::Bytes;
use domain::{Alternative, Confidence, EventDigest, Marks, ReadRef, Refusal, Timestamp};
use plate::{Jurisdiction, PlateText};
use serde::Serialize;

use crate::error::NotYet;
use crate::{App, Ctx};

/// A read as a camera hands it in, already parsed.
#[derive(Clone, PartialEq, Debug)]
pub struct IncomingRead {
    /// How the same event is known again; without one, the same read sent twice is two reads.
    pub event: Option<EventDigest>,
    /// When the camera says the vehicle passed.
    pub claimed_at: Option<Timestamp>,
    /// The plate.
    pub plate: PlateText,
    /// Who issued it, where the camera says.
    pub jurisdiction: Option<Jurisdiction>,
    /// How sure the camera is of the whole.
    pub confidence: Confidence,
    /// How sure it is of each character; empty where it does not say.
    pub characters: Vec<Confidence>,
    /// Other ways to read the plate, likeliest first.
    pub alternatives: Vec<Alternative>,
    /// The plate alone, JPEG.
    pub plate_picture: Option<Bytes>,
    /// The vehicle, JPEG: masked by us before it is kept, and dropped when that cannot be done.
    pub vehicle_picture: Option<Bytes>,
}

/// Something the sender should know about what became of a read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// The vehicle picture was not kept: no plate was found in it, so people in it could not be masked.
    VehiclePictureNotMaskable,
    /// The vehicle picture was not kept: there is no recogniser here that could mask it.
    NoRecogniserToMask,
}

/// What became of a read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    /// Where it is kept; for an event sent again, where the first one is.
    pub read: ReadRef,
    /// Whether the event had been taken before: nothing changed.
    pub duplicate: bool,
    /// How many hits it raised.
    pub n_hits: u32,
    /// What is remarkable about its time.
    pub marks: Marks,
    /// What the sender should know.
    pub notes: Vec<Note>,
}

/// Why reads or a frame were not taken. Nothing of them is stored then.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// It was refused, with reasons.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// More comes than can be kept; try again.
    #[error("the server takes as much as it can keep; try again in {retry_after_s} s")]
    Overloaded {
        /// When to try again, in seconds.
        retry_after_s: u32,
    },
    /// The server is shutting down; try again when it is back.
    #[error("the server is shutting down; try again in {retry_after_s} s")]
    ShuttingDown {
        /// When to try again, in seconds.
        retry_after_s: u32,
    },
    /// Something in a read cannot be taken.
    #[error("read {index}: {field}: {why}")]
    Invalid {
        /// Which read of the post, from 0.
        index: usize,
        /// Which field.
        field: &'static str,
        /// What is wrong with it, and what would be right.
        why: String,
    },
    /// The frame is not a picture that can be read.
    #[error("the frame cannot be read")]
    Picture(#[source] vision::DecodeError),
    /// There is no recogniser: frames cannot be taken, reads can.
    #[error("this server has no recogniser; hand in reads instead of frames")]
    NoRecogniser,
    /// Something that should work did not.
    #[error("failed to {doing}")]
    Failed {
        /// What we were doing.
        doing: &'static str,
        /// Why it failed.
        #[source]
        err: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Takes reads from the camera of `ctx`, all or none, and returns when they are kept: rows and pictures are fsynced.
pub async fn take_reads(
    _app: &App,
    _ctx: &Ctx,
    _reads: Vec<IncomingRead>,
) -> Result<Vec<Taken>, TakeError> {
    Err(TakeError::Failed { doing: "take the reads", err: NotYet.into() })
}
