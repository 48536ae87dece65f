//! Somebody comes back from the provider: whether what it says of them is believed, and who they are here.

use domain::Timestamp;
use identity::oidc::{Claims, OidcRefused, Provider};

use super::{AWAY, Away, Errand, client, known, link, roles};
use crate::use_cases::sign_in::password::in_background;
use crate::use_cases::sign_in::second::confirmed;
use crate::use_cases::sign_in::session::{Shown, begin};
use crate::use_cases::sign_in::{Door, SessionToken, SignInRefused, StepToken, guard};
use crate::{App, Ctx};

/// What became of it.
#[derive(Debug)]
pub enum Back {
    /// They are signed in.
    SignedIn(SessionToken),
    /// They showed again who they are, and go on there.
    Confirmed(String),
}

/// Takes somebody back. `token` is what their browser kept, `query` what the provider sent along; `ctx` is who is signed in
/// there already.
pub async fn back_from_provider(
    app: &App,
    token: Option<&StepToken>,
    query: &str,
    ctx: Option<&Ctx>,
    door: &Door,
) -> Result<Back, SignInRefused> {
    let _address = app.inner().sign_in_turns.of_address(door).await;
    let now = app.now();
    let away = match token {
        Some(token) => take(app, token, now).await?,
        None => None,
    };
    let Some(away) = away else {
        guard::refused(app, door, None, None, OidcRefused::State.word(), now).await?;
        return Err(OidcRefused::State.into());
    };
    let agency = away.agency;
    match believed(app, away, query, ctx, door).await {
        Err(SignInRefused::Provider(why)) => {
            metrics::counter!("plateglass_sign_ins_refused_total").increment(1);
            guard::refused(app, door, Some(agency), None, why.word(), now).await?;
            Err(why.into())
        }
        Err(SignInRefused::NotLinked) => {
            metrics::counter!("plateglass_sign_ins_refused_total").increment(1);
            guard::refused(app, door, Some(agency), None, "provider-not-linked", now).await?;
            Err(SignInRefused::NotLinked)
        }
        other => other,
    }
}

/// What was kept, once.
async fn take(app: &App, token: &StepToken, now: Timestamp) -> Result<Option<Away>, SignInRefused> {
    let step = app.inner().store.take_step(&token.hash(), now).await;
    let step = step.map_err(SignInRefused::failed("take up a sign-in"))?;
    let Some(step) = step.filter(|step| step.step == AWAY) else { return Ok(None) };
    let clear = app.inner().sealer.open(AWAY, &step.state);
    Ok(clear.and_then(|clear| serde_json::from_slice(&clear).ok()))
}

async fn believed(
    app: &App,
    away: Away,
    query: &str,
    ctx: Option<&Ctx>,
    door: &Door,
) -> Result<Back, SignInRefused> {
    let Away { agency, errand, pending } = away;
    let known = known(app, agency)?;
    let provider = known.provider(app).await?;
    let (now, query) = (app.now(), query.to_owned());
    let asked = move || -> Result<Claims, OidcRefused> {
        Provider::finish(&provider, &pending, &query, now, &client())
    };
    let claims = in_background(asked).await??;
    let person = match &errand {
        Errand::Enrol(invitation) => link::enrol(app, agency, invitation, &claims, door).await?,
        _ => link::find(app, agency, &known.config, &claims).await?,
    };
    if !person.is_usable(now) {
        return Err(SignInRefused::NotLinked);
    }
    let at = claims.signed_in_at.unwrap_or(now).min(now);
    if let Errand::Confirm(session, back) = errand {
        let same = ctx.and_then(|ctx| ctx.person.as_ref().map(|signed_in| (ctx, signed_in)));
        let same = same.filter(|(_, signed_in)| {
            signed_in.session == session && signed_in.standing.person.id == person.id
        });
        let (ctx, _) = same.ok_or(OidcRefused::Subject)?;
        confirmed(app, ctx, at).await?;
        return Ok(Back::Confirmed(back));
    }
    roles::follow(app, &person, &claims.groups, &known.config.roles).await?;
    begin(app, &person, door, Shown::to_provider(at)).await.map(Back::SignedIn)
}
