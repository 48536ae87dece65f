//! Sessions: kept by the server, known to the browser by a token that says nothing.

use domain::Timestamp;

use super::SessionToken;
use crate::error::NotYet;
use crate::{App, AskError, Ctx};

/// Who a session token stands for; none when it is unknown, ended, too old or was idle too long. Counts as use.
pub async fn session(
    _app: &App,
    _token: &SessionToken,
    _now: Timestamp,
) -> Result<Option<Ctx>, AskError> {
    Err(AskError::failed("look up the session")(NotYet))
}

/// Ends a session. Ending it again changes nothing.
pub async fn sign_out(_app: &App, _token: &SessionToken) -> Result<(), AskError> {
    Err(AskError::failed("end the session")(NotYet))
}
