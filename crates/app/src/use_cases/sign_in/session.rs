//! Sessions: kept by the server, known to the browser by a token that says nothing.

use domain::Timestamp;

use super::{SESSION_IDLE, SessionToken};
use crate::{App, AskError, Ctx};

/// Who a session token stands for; none when it is unknown, ended, too old or was idle too long. Counts as use.
pub async fn session(
    app: &App,
    token: &SessionToken,
    now: Timestamp,
) -> Result<Option<Ctx>, AskError> {
    let hash = token.hash();
    let agency = app.inner().store.session(&hash, now).await;
    let Some(agency) = agency.map_err(AskError::failed("look up the session"))? else {
        app.inner().sessions.forget(&hash);
        return Ok(None);
    };
    if !app.inner().sessions.note(hash, now, SESSION_IDLE) {
        sign_out(app, token).await?;
        return Ok(None);
    }
    Ok(Some(Ctx::administrator(agency, now)))
}

/// Ends a session. Ending it again changes nothing.
pub async fn sign_out(app: &App, token: &SessionToken) -> Result<(), AskError> {
    let ended = app.inner().store.end_session(&token.hash()).await;
    ended.map_err(AskError::failed("end the session"))?;
    app.inner().sessions.forget(&token.hash());
    Ok(())
}
