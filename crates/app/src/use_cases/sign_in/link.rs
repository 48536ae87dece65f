//! The one-time link.

use domain::{AgencyId, Timestamp};
use ledger::leaf::{ClearField, Kind};

use super::{LINK_LASTS, LinkToken, SESSION_LASTS, SessionToken};
use crate::record::Says;
use crate::{App, AskError, Ctx, Origin};

/// Makes a link for the agency's administrator: works once, for [`LINK_LASTS`].
pub async fn make_link(app: &App, agency: AgencyId, now: Timestamp) -> Result<LinkToken, AskError> {
    let link = LinkToken::from_random(app.inner().chance.bits_256());
    let ctx = Ctx::server(agency, now);
    app.record(&ctx, Says::of(app, &ctx).who(Kind::Event, "make-sign-in-link")).await?;
    let added = app.inner().store.add_link(&link.hash(), agency, now.plus(LINK_LASTS)).await;
    added.map_err(AskError::failed("make a sign-in link"))?;
    Ok(link)
}

/// Uses a link up and begins a session; none when the link is unknown, used or too old (told apart for nobody).
pub async fn use_link(
    app: &App,
    link: &LinkToken,
    now: Timestamp,
    origin: Origin,
) -> Result<Option<SessionToken>, AskError> {
    let inner = app.inner();
    let agency = inner.store.use_link(&link.hash(), now).await;
    let Some(agency) = agency.map_err(AskError::failed("use a sign-in link"))? else {
        metrics::counter!("plateglass_sign_ins_refused_total").increment(1);
        let ctx = Ctx { origin, ..Ctx::nobody(now) };
        let draft = Says::of(app, &ctx)
            .who(Kind::Event, "sign-in")
            .text(ClearField::Decision, "refuse")
            .words(ClearField::Reasons, ["unknown-or-used-link"]);
        app.record_of_stranger(&ctx, draft).await?;
        return Ok(None);
    };
    let token = SessionToken::from_random(inner.chance.bits_256());
    let ctx = Ctx { origin, ..Ctx::administrator(agency, now) }.in_session(token.session());
    let draft =
        Says::of(app, &ctx).who(Kind::Event, "sign-in").text(ClearField::Decision, "permit");
    app.record(&ctx, draft).await?;
    let begun = inner.store.add_session(&token.hash(), agency, now, now.plus(SESSION_LASTS)).await;
    begun.map_err(AskError::failed("begin a session"))?;
    inner.sessions.note(token.hash(), now, super::SESSION_IDLE);
    Ok(Some(token))
}
