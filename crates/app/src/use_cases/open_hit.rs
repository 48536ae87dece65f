//! One hit with its entry, its read and the read's other hits.

use domain::HitId;

use crate::error::NotYet;
use crate::views::HitPage;
use crate::{App, AskError, Ctx};

/// Opens a hit.
pub async fn open_hit(_app: &App, _ctx: &Ctx, _hit: HitId) -> Result<HitPage, AskError> {
    Err(AskError::failed("open the hit")(NotYet))
}
