//! Signing in with a passkey: alone, after a password, or again within a session.

use domain::{Person, Timestamp};
use identity::passkey::{PasskeyRefused, Passkeys, SignedIn, StoredPasskey};
use store::PasskeyRow;

use super::{About, Ceremony, handle, keep, keys_of, not_begun, passkeys, stored, take};
use crate::use_cases::sign_in::second::{confirmed, who_waits};
use crate::use_cases::sign_in::session::{Shown, begin};
use crate::use_cases::sign_in::{Door, SessionToken, SignInRefused, StepToken, Way, guard};
use crate::{App, Ctx};

/// Asks for any passkey of this server that a device remembers: no name is typed.
pub async fn begin_passkey(app: &App) -> Result<Ceremony, SignInRefused> {
    let begun = passkeys(app)?.begin_nameless()?;
    keep(app, About::Entering, None, None, begun).await
}

/// Takes the device's answer and begins a session. A password that is locked does not matter here.
pub async fn with_passkey(
    app: &App,
    token: &StepToken,
    answer: &str,
    door: &Door,
) -> Result<SessionToken, SignInRefused> {
    let _address = app.inner().sign_in_turns.of_address(door).await;
    let now = app.now();
    let party = passkeys(app)?;
    let claimed = claimed(app, party, answer, now).await?;
    let person = claimed.as_ref().map(|(person, _)| person);
    guard::admit(app, door, person, now).await?;
    let state = take(app, About::Entering, token, None, None).await?;
    let checked = state.as_deref().ok_or_else(not_begun);
    let checked = checked.and_then(|state| nameless(app, party, state, answer, claimed.as_ref()));
    let (person, row, signed_in) = match checked {
        Ok(found) => found,
        Err(why) => return refuse(app, door, person, why, now).await,
    };
    note_use(app, door, person, row, &signed_in, now).await?;
    guard::succeeded(app, door, person).await?;
    begin(app, person, door, Shown::now(Way::Passkey, app)).await
}

/// Whose passkey an answer says it is. Not yet believed.
async fn claimed(
    app: &App,
    party: &Passkeys,
    answer: &str,
    now: Timestamp,
) -> Result<Option<(Person, PasskeyRow)>, SignInRefused> {
    let failed = || SignInRefused::failed("look up a passkey");
    let store = &app.inner().store;
    let Ok(claimed) = party.claimed(answer) else { return Ok(None) };
    let row = store.passkey(&claimed.credential_id).await.map_err(failed())?;
    let Some(row) = row else { return Ok(None) };
    let person = store.person(row.person).await.map_err(failed())?;
    Ok(person.filter(|person| person.is_usable(now)).map(|person| (person, row)))
}

fn nameless<'a>(
    app: &App,
    party: &Passkeys,
    state: &str,
    answer: &str,
    claimed: Option<&'a (Person, PasskeyRow)>,
) -> Result<(&'a Person, &'a PasskeyRow, SignedIn), PasskeyRefused> {
    party.claimed(answer)?;
    let (person, row) = claimed.ok_or(PasskeyRefused::Unknown)?;
    let key = stored(row).ok_or(PasskeyRefused::Unknown)?;
    let signed_in = party.finish_nameless(state, answer, &key, handle(app, person))?;
    Ok((person, row, signed_in))
}

/// Asks for one of the passkeys of somebody whose password was right; none where there are none to ask for.
pub async fn begin_second_passkey(
    app: &App,
    token: &StepToken,
) -> Result<Option<Ceremony>, SignInRefused> {
    let person = who_waits(app, token, app.now()).await?;
    begin_own(app, About::Second, &person, token.hash()).await
}

/// Takes the device's answer after the password, and begins a session.
pub async fn with_second_passkey(
    app: &App,
    step: &StepToken,
    token: &StepToken,
    answer: &str,
    door: &Door,
) -> Result<SessionToken, SignInRefused> {
    let _address = app.inner().sign_in_turns.of_address(door).await;
    let now = app.now();
    let person = who_waits(app, step, now).await?;
    guard::admit(app, door, Some(&person), now).await?;
    own(app, About::Second, &person, step.hash(), (token, answer), door).await?;
    let once = app.inner().store.take_step(&step.hash(), now).await;
    once.map_err(SignInRefused::failed("take up a sign-in"))?.ok_or(SignInRefused::Lost)?;
    guard::succeeded(app, door, &person).await?;
    begin(app, &person, door, Shown::now(Way::PasswordAndPasskey, app)).await
}

/// Asks for one of the passkeys of somebody who is signed in, as fresh proof (CJIS IA-11); none where there are none.
pub async fn begin_confirming_passkey(
    app: &App,
    ctx: &Ctx,
) -> Result<Option<Ceremony>, SignInRefused> {
    let Some(signed_in) = &ctx.person else { return Err(SignInRefused::Lost) };
    begin_own(app, About::Confirming, &signed_in.standing.person, signed_in.session).await
}

/// Takes the device's answer within a session.
pub async fn confirm_with_passkey(
    app: &App,
    ctx: &Ctx,
    token: &StepToken,
    answer: &str,
    door: &Door,
) -> Result<(), SignInRefused> {
    let Some(signed_in) = &ctx.person else { return Err(SignInRefused::Lost) };
    let person = &signed_in.standing.person;
    let _address = app.inner().sign_in_turns.of_address(door).await;
    guard::admit(app, door, Some(person), ctx.now).await?;
    own(app, About::Confirming, person, signed_in.session, (token, answer), door).await?;
    guard::succeeded(app, door, person).await?;
    confirmed(app, ctx, ctx.now).await
}

async fn begin_own(
    app: &App,
    about: About,
    person: &Person,
    within: [u8; 32],
) -> Result<Option<Ceremony>, SignInRefused> {
    let Ok(party) = passkeys(app) else { return Ok(None) };
    let keys: Vec<StoredPasskey> =
        keys_of(app, person.id).await?.iter().filter_map(stored).collect();
    if keys.is_empty() {
        return Ok(None);
    }
    let begun = party.begin_sign_in(&keys)?;
    keep(app, about, Some(person.id), Some(within), begun).await.map(Some)
}

/// Checks an answer with the passkeys that a person has now.
async fn own(
    app: &App,
    about: About,
    person: &Person,
    within: [u8; 32],
    (token, answer): (&StepToken, &str),
    door: &Door,
) -> Result<(), SignInRefused> {
    let now = app.now();
    let party = passkeys(app)?;
    let state = take(app, about, token, Some(person.id), Some(within)).await?;
    let rows = keys_of(app, person.id).await?;
    let keys: Vec<StoredPasskey> = rows.iter().filter_map(stored).collect();
    let checked = state.as_deref().ok_or_else(not_begun);
    let checked = checked.and_then(|state| party.finish_sign_in(state, answer, &keys));
    let signed_in = match checked {
        Ok(signed_in) => signed_in,
        Err(why) => return refuse(app, door, Some(person), why, now).await,
    };
    let used = |row: &&PasskeyRow| row.credential == signed_in.passkey.credential_id();
    match rows.iter().find(used) {
        Some(row) => note_use(app, door, person, row, &signed_in, now).await,
        None => refuse(app, door, Some(person), PasskeyRefused::Unknown, now).await,
    }
}

/// Notes the use with what the passkey counts; refuses where it was removed or used meanwhile.
async fn note_use(
    app: &App,
    door: &Door,
    person: &Person,
    row: &PasskeyRow,
    signed_in: &SignedIn,
    now: Timestamp,
) -> Result<(), SignInRefused> {
    let noted = app.inner().store.passkey_used(row, &signed_in.passkey.text(), now).await;
    if noted.map_err(SignInRefused::failed("note a passkey's use"))? {
        return Ok(());
    }
    refuse(app, door, Some(person), PasskeyRefused::Unknown, now).await
}

/// Writes down that a passkey was not accepted. One that may have been copied is an alarm.
pub(super) async fn refuse<T>(
    app: &App,
    door: &Door,
    person: Option<&Person>,
    why: PasskeyRefused,
    now: Timestamp,
) -> Result<T, SignInRefused> {
    guard::failed_without_password(app, door, person, why.word(), now).await?;
    if let (PasskeyRefused::Copied, Some(person)) = (&why, person) {
        metrics::counter!("plateglass_passkeys_copied_total").increment(1);
        tracing::warn!(person = person.id.to_i64(), "a passkey's counter went back");
        guard::event(app, door, person, "passkey-copied", now).await?;
    }
    Err(why.into())
}
