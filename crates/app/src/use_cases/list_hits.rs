//! The live list of hits.

use domain::HitId;

use crate::error::NotYet;
use crate::views::{HitCard, Page};
use crate::{App, AskError, Ctx};

/// Which hits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct HitsAsk {
    /// Only hits after this one: what is new.
    pub after: Option<HitId>,
    /// Only hits before this one: the page after.
    pub before: Option<HitId>,
    /// At most so many, 1–200; 0 means 50.
    pub limit: u32,
}

/// Hits, newest first.
pub async fn list_hits(_app: &App, _ctx: &Ctx, _ask: HitsAsk) -> Result<Page<HitCard>, AskError> {
    Err(AskError::failed("list the hits")(NotYet))
}
