//! What became of what a camera handed in.

use app::{FrameTaken, Note, Taken};
use serde::Serialize;
use utoipa::ToSchema;

use super::read::marks;

/// What became of one read.
#[derive(Serialize, ToSchema)]
pub(crate) struct TakenOut {
    /// Where it is kept, `agency-YYYYMMDD-id`; for an event sent again, where the first one is.
    #[schema(value_type = String)]
    read: domain::ReadRef,
    /// Whether the event had been taken before: nothing changed.
    duplicate: bool,
    n_hits: u32,
    /// `time-in-future`, `time-in-far-past`, `late`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    marks: Vec<&'static str>,
    /// `vehicle-picture-not-maskable`, `no-recogniser-to-mask`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    notes: Vec<Note>,
}

impl From<Taken> for TakenOut {
    fn from(taken: Taken) -> Self {
        Self {
            read: taken.read,
            duplicate: taken.duplicate,
            n_hits: taken.n_hits,
            marks: marks(taken.marks),
            notes: taken.notes,
        }
    }
}

/// Every read of the post, in its order. All of them are on disk.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadsTakenOut {
    reads: Vec<TakenOut>,
}

impl From<Vec<Taken>> for ReadsTakenOut {
    fn from(taken: Vec<Taken>) -> Self {
        Self { reads: taken.into_iter().map(TakenOut::from).collect() }
    }
}

/// What became of a frame. Its reads are on disk; the frame itself is kept nowhere.
#[derive(Serialize, ToSchema)]
pub(crate) struct FrameTakenOut {
    /// Plates that were read in it; none is no error.
    n_plates: u32,
    reads: Vec<TakenOut>,
}

impl From<FrameTaken> for FrameTakenOut {
    fn from(taken: FrameTaken) -> Self {
        let reads = taken.reads.into_iter().map(TakenOut::from).collect();
        Self { n_plates: taken.n_plates, reads }
    }
}
