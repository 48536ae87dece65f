//! The one-time link.

use domain::{AgencyId, Timestamp};

use super::{LINK_LASTS, LinkToken, SESSION_LASTS, SessionToken};
use crate::{App, AskError};

/// Makes a link for the agency's administrator: works once, for [`LINK_LASTS`].
pub async fn make_link(app: &App, agency: AgencyId, now: Timestamp) -> Result<LinkToken, AskError> {
    let link = LinkToken::from_random(app.inner().chance.bits_256());
    let added = app.inner().store.add_link(&link.hash(), agency, now.plus(LINK_LASTS)).await;
    added.map_err(AskError::failed("make a sign-in link"))?;
    Ok(link)
}

/// Uses a link up and begins a session; none when the link is unknown, used or too old (told apart for nobody).
pub async fn use_link(
    app: &App,
    link: &LinkToken,
    now: Timestamp,
) -> Result<Option<SessionToken>, AskError> {
    let inner = app.inner();
    let agency = inner.store.use_link(&link.hash(), now).await;
    let Some(agency) = agency.map_err(AskError::failed("use a sign-in link"))? else {
        metrics::counter!("plateglass_sign_ins_refused_total").increment(1);
        return Ok(None);
    };
    let token = SessionToken::from_random(inner.chance.bits_256());
    let begun = inner.store.add_session(&token.hash(), agency, now, now.plus(SESSION_LASTS)).await;
    begun.map_err(AskError::failed("begin a session"))?;
    inner.sessions.note(token.hash(), now, super::SESSION_IDLE);
    Ok(Some(token))
}
