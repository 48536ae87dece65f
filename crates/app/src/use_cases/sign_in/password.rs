//! The first step: name and password.

use domain::{Login, Person};
use identity::password::{self, Cost};
use store::{PasswordRow, StepRow};

use super::{Door, STEPS_LAST, SignInRefused, StepToken, guard};
use crate::{App, AskError};

/// The step that waits for a code.
pub(super) const SECOND: &str = "second";

/// Takes name and password; what holds the way to the second step.
pub async fn with_password(
    app: &App,
    name: &str,
    password: &str,
    door: &Door,
) -> Result<StepToken, SignInRefused> {
    let turns = &app.inner().sign_in_turns;
    let _address = turns.of_address(door).await;
    let now = app.now();
    let login = Login::parse(name).ok();
    let _account = turns.of_account(login.as_ref().map_or("", Login::as_str)).await;
    let store = &app.inner().store;
    let person = match &login {
        Some(login) => store.person_by_login(login).await,
        None => Ok(None),
    };
    let person = person.map_err(SignInRefused::failed("look up a person"))?;
    guard::admit(app, door, person.as_ref(), now).await?;
    let row = match &person {
        Some(person) if person.is_usable(now) => store.password(person.id).await,
        _ => Ok(None),
    };
    let row = row.map_err(SignInRefused::failed("look up a password"))?;
    let Some((person, row)) = verified(app, person.as_ref(), row, password).await? else {
        let why = if person.is_some() { "wrong-password" } else { "unknown-name" };
        guard::failed(app, door, person.as_ref(), why, now).await?;
        return Err(SignInRefused::Wrong);
    };
    if guard::account(&row).admit().is_err() {
        guard::failed(app, door, Some(person), "password-locked", now).await?;
        return Err(SignInRefused::Locked);
    }
    let token = StepToken::from_random(app.inner().chance.bits_256());
    let step = StepRow { person: Some(person.id), step: SECOND.to_owned(), state: Vec::new() };
    let kept = store.add_step(&token.hash(), &step, now.plus(STEPS_LAST)).await;
    kept.map_err(SignInRefused::failed("keep a step of a sign-in"))?;
    Ok(token)
}

/// The person and what is kept of their password, when it is the one that was typed. As much is computed when there is no
/// such person, so that time does not tell.
async fn verified<'a>(
    app: &App,
    person: Option<&'a Person>,
    row: Option<PasswordRow>,
    typed: &str,
) -> Result<Option<(&'a Person, PasswordRow)>, SignInRefused> {
    let (Some(person), Some(row)) = (person, row) else {
        let typed = typed.to_owned();
        in_background(move || password::verify_nobody(&typed, Cost::DEFAULT)).await?;
        return Ok(None);
    };
    let (kept, text) = (row.phc.clone(), typed.to_owned());
    let checked = in_background(move || password::verify(&text, &kept, Cost::DEFAULT)).await?;
    let Ok(verified) = checked else { return Ok(None) };
    if verified.needs_rehash {
        let (text, salt) = (typed.to_owned(), super::enrol::salt(app));
        let phc = in_background(move || password::hash(&text, salt, Cost::DEFAULT)).await?;
        let replaced = app.inner().store.rehash_password(person.id, &row.phc, &phc).await;
        replaced.map_err(SignInRefused::failed("replace a password's hash"))?;
    }
    Ok(Some((person, row)))
}

/// Computes for long, beside the requests.
pub(super) async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, SignInRefused> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|err| {
        SignInRefused::Ask(AskError::Failed { doing: "check a password", err: err.into() })
    })
}
