//! The feed of reads.

use domain::{CameraId, ReadRef};

use crate::error::NotYet;
use crate::views::{Page, ReadCard};
use crate::{App, AskError, Ctx};

/// Which reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReadsAsk {
    /// Only reads before this one: the page after.
    pub before: Option<ReadRef>,
    /// Only this camera's.
    pub camera: Option<CameraId>,
    /// At most so many, 1–200; 0 means 50.
    pub limit: u32,
}

/// Reads, newest first.
pub async fn list_reads(
    _app: &App,
    _ctx: &Ctx,
    _ask: ReadsAsk,
) -> Result<Page<ReadCard>, AskError> {
    Err(AskError::failed("list the reads")(NotYet))
}
