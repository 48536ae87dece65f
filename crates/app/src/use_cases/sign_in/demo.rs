//! The demonstration's way in: a link that works once. Made by `plateglass demo` for its made-up person alone; a server that
//! keeps anybody's real reads has no way to make one.

use domain::{Person, PersonId};
use ledger::leaf::Kind;
use store::StepRow;

use super::session::{Shown, begin};
use super::{Door, STEPS_LAST, SessionToken, SignInRefused, StepToken, Way};
use crate::record::Says;
use crate::{App, Ctx};

const LINK: &str = "demo-link";

/// Makes a link for the demonstration's person.
pub async fn demo_link(app: &App, person: PersonId) -> Result<StepToken, SignInRefused> {
    let now = app.now();
    let failed = || SignInRefused::failed("make a link");
    let store = &app.inner().store;
    let who = store.person(person).await.map_err(failed())?.ok_or(SignInRefused::Lost)?;
    let ctx = Ctx::server(who.agency, now);
    app.record(&ctx, Says::of(app, &ctx).who(Kind::Event, "make-demo-link")).await?;
    let token = StepToken::from_random(app.inner().chance.bits_256());
    let step = StepRow { person: Some(person), step: LINK.to_owned(), state: Vec::new() };
    store.add_step(&token.hash(), &step, now.plus(STEPS_LAST)).await.map_err(failed())?;
    Ok(token)
}

/// Uses a link up and begins a session.
pub async fn with_demo_link(
    app: &App,
    token: &StepToken,
    door: &Door,
) -> Result<SessionToken, SignInRefused> {
    let failed = || SignInRefused::failed("use a link");
    let store = &app.inner().store;
    let step = store.step(&token.hash(), app.now()).await.map_err(failed())?;
    let is_link = step.is_some_and(|step| step.step == LINK);
    let taken = if is_link { store.take_step(&token.hash(), app.now()).await } else { Ok(None) };
    let Some(StepRow { person: Some(id), .. }) = taken.map_err(failed())? else {
        super::guard::failed(app, door, None::<&Person>, "unknown-or-used-link", app.now()).await?;
        return Err(SignInRefused::Lost);
    };
    let person = store.person(id).await.map_err(failed())?.ok_or(SignInRefused::Lost)?;
    begin(app, &person, door, Shown::now(Way::DemoLink, app)).await
}
