//! One read with its alternatives and hits.

use domain::ReadRef;

use crate::error::NotYet;
use crate::views::ReadPage;
use crate::{App, AskError, Ctx};

/// Opens a read.
pub async fn open_read(_app: &App, _ctx: &Ctx, _read: ReadRef) -> Result<ReadPage, AskError> {
    Err(AskError::failed("open the read")(NotYet))
}
