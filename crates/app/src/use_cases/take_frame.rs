//! Take a frame: find its plates, keep crops, take the reads.

use bytes::Bytes;
use domain::Timestamp;

use super::take_reads::{TakeError, Taken};
use crate::error::NotYet;
use crate::{App, Ctx};

/// What became of a frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameTaken {
    /// The reads, one for each plate that could be read; none when there is no plate.
    pub reads: Vec<Taken>,
    /// Plates that were found, also those that could not be read.
    pub n_plates: u32,
}

/// Takes a frame from the camera of `ctx`. The frame itself is never kept.
pub async fn take_frame(
    _app: &App,
    _ctx: &Ctx,
    _picture: Bytes,
    _claimed_at: Option<Timestamp>,
    _event_id: Option<String>,
) -> Result<FrameTaken, TakeError> {
    Err(TakeError::Failed { doing: "take the frame", err: NotYet.into() })
}
