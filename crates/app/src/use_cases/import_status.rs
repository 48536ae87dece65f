//! How far an import is.

use domain::HotlistId;

use crate::error::NotYet;
use crate::use_cases::ImportStatus;
use crate::{App, AskError, Ctx};

/// The import that runs into a hotlist, or the last one since the server started.
pub async fn import_status(
    _app: &App,
    _ctx: &Ctx,
    _hotlist: HotlistId,
) -> Result<Option<ImportStatus>, AskError> {
    Err(AskError::failed("look after the import")(NotYet))
}
