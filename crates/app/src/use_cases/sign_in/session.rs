//! Sessions: kept by the server, known to the browser by a token that says nothing.

use domain::Timestamp;
use ledger::leaf::Kind;

use super::{SESSION_IDLE, SessionToken};
use crate::record::Says;
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
        let ctx = Ctx::administrator(agency, now).in_session(token.session());
        sign_out(app, &ctx, token).await?;
        return Ok(None);
    }
    Ok(Some(Ctx::administrator(agency, now).in_session(token.session())))
}

/// Ends a session. Ending it again changes nothing.
pub async fn sign_out(app: &App, ctx: &Ctx, token: &SessionToken) -> Result<(), AskError> {
    app.record(ctx, Says::of(app, ctx).who(Kind::Event, "sign-out")).await?;
    let ended = app.inner().store.end_session(&token.hash()).await;
    ended.map_err(AskError::failed("end the session"))?;
    app.inner().sessions.forget(&token.hash());
    Ok(())
}
