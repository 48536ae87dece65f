//! How far an import is.

use domain::HotlistId;

use super::list_hotlists::open_hotlist;
use crate::use_cases::ImportStatus;
use crate::{App, AskError, Ctx};

/// The import that runs into a hotlist, or the last one since the server started.
pub async fn import_status(
    app: &App,
    ctx: &Ctx,
    hotlist: HotlistId,
) -> Result<Option<ImportStatus>, AskError> {
    Ok(open_hotlist(app, ctx, hotlist).await?.import)
}
