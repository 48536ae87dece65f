//! The hotlists with their ages and imports.

use domain::HotlistId;

use crate::error::NotYet;
use crate::views::HotlistRow;
use crate::{App, AskError, Ctx};

/// Every hotlist of the agency, most urgent category first.
pub async fn list_hotlists(_app: &App, _ctx: &Ctx) -> Result<Vec<HotlistRow>, AskError> {
    Err(AskError::failed("list the hotlists")(NotYet))
}

/// One hotlist.
pub async fn open_hotlist(app: &App, ctx: &Ctx, id: HotlistId) -> Result<HotlistRow, AskError> {
    let all = list_hotlists(app, ctx).await?;
    all.into_iter()
        .find(|row| row.hotlist.id == id)
        .ok_or_else(|| AskError::not_found("hotlist", id))
}
