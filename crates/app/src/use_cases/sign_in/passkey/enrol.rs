//! Coming to an account with a passkey in place of an authenticator app.

use super::add::new;
use super::enter::refuse;
use super::{About, Ceremony, handle, keep, not_begun, passkeys, take};
use crate::use_cases::add_camera::words;
use crate::use_cases::sign_in::enrol::{Chosen, Second, finish};
use crate::use_cases::sign_in::{Door, Enrolled, SignInRefused, StepToken};
use crate::{App, Ctx};

/// Asks a device for the passkey of somebody who has chosen a password; none where this server has no passkeys.
pub async fn begin_enrolling_passkey(
    app: &App,
    step: &StepToken,
) -> Result<Option<Ceremony>, SignInRefused> {
    let Ok(party) = passkeys(app) else { return Ok(None) };
    let Chosen { person, .. } = Chosen::of(app, step).await?;
    let begun = party.begin_registration(handle(app, &person), person.login.as_str(), &[])?;
    keep(app, About::Enrolling, Some(person.id), Some(step.hash()), begun).await.map(Some)
}

/// Takes the device's answer: the account is the person's from then on, and they are signed in.
pub async fn enrol_with_passkey(
    app: &App,
    step: &StepToken,
    token: &StepToken,
    answer: &str,
    label: &str,
    door: &Door,
) -> Result<Enrolled, SignInRefused> {
    words("label", label)?;
    let chosen = Chosen::of(app, step).await?;
    let person = &chosen.person;
    let state = take(app, About::Enrolling, token, Some(person.id), Some(step.hash())).await?;
    let checked = state.as_deref().ok_or_else(not_begun);
    let party = passkeys(app)?;
    match checked.and_then(|state| party.finish_registration(state, answer)) {
        Ok(key) => {
            let key = new(&key, label, &Ctx::nobody(app.now()));
            finish(app, step, chosen, Second::Passkey(key), door).await
        }
        Err(why) => refuse(app, door, Some(person), why, app.now()).await,
    }
}
