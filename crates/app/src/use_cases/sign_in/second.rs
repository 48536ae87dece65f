//! The second step: the authenticator app's code, or a recovery code.

use domain::{Person, PersonId, Timestamp};
use identity::recovery::RecoveryCode;
use identity::totp::{self, CodeRefused, Secret, Step};
use ledger::leaf::{ClearField, Kind};
use store::StepRow;

use super::password::SECOND;
use super::session::{Shown, begin};
use super::{Door, SessionToken, SignInRefused, StepToken, Way, guard};
use crate::record::Says;
use crate::{App, AskError, Ctx};

/// About what an authenticator's secret is sealed.
pub(super) fn about(person: PersonId) -> String {
    format!("authenticator of person {person}")
}

/// Takes a code of the authenticator app, or a recovery code; begins a session.
pub async fn with_code(
    app: &App,
    token: &StepToken,
    code: &str,
    door: &Door,
) -> Result<SessionToken, SignInRefused> {
    let turns = &app.inner().sign_in_turns;
    let _address = turns.of_address(door).await;
    let now = app.now();
    let store = &app.inner().store;
    let person = who_waits(app, token, now).await?;
    guard::admit(app, door, Some(&person), now).await?;
    let _account = turns.of_account(person.login.as_str()).await;
    locked_or_not(app, &person).await?;
    if let Err(refused) = taken(app, &person, code, now).await? {
        guard::failed(app, door, Some(&person), "wrong-code", now).await?;
        return Err(refused);
    }
    let once = store.take_step(&token.hash(), now).await;
    once.map_err(SignInRefused::failed("take up a sign-in"))?.ok_or(SignInRefused::Lost)?;
    guard::succeeded(app, door, &person).await?;
    begin(app, &person, door, Shown::now(Way::Code, app)).await
}

/// Whose password was right, and who has to show something more.
pub(super) async fn who_waits(
    app: &App,
    token: &StepToken,
    now: Timestamp,
) -> Result<Person, SignInRefused> {
    let store = &app.inner().store;
    let step = store.step(&token.hash(), now).await;
    let step = step.map_err(SignInRefused::failed("look up a step of a sign-in"))?;
    let Some(StepRow { person: Some(id), step, .. }) = step else {
        return Err(SignInRefused::Lost);
    };
    let person = store.person(id).await.map_err(SignInRefused::failed("look up a person"))?;
    let person = person.filter(|person| step == SECOND && person.is_usable(now));
    person.ok_or(SignInRefused::Lost)
}

/// Takes a code again, within a session: for acts that ask for fresh proof (CJIS IA-11).
pub async fn confirm(app: &App, ctx: &Ctx, code: &str, door: &Door) -> Result<(), SignInRefused> {
    let Some(signed_in) = &ctx.person else { return Err(SignInRefused::Lost) };
    let person = &signed_in.standing.person;
    let turns = &app.inner().sign_in_turns;
    let _address = turns.of_address(door).await;
    let _account = turns.of_account(person.login.as_str()).await;
    guard::admit(app, door, Some(person), ctx.now).await?;
    locked_or_not(app, person).await?;
    if let Err(refused) = taken(app, person, code, ctx.now).await? {
        guard::failed(app, door, Some(person), "wrong-code", ctx.now).await?;
        return Err(refused);
    }
    guard::succeeded(app, door, person).await?;
    confirmed(app, ctx, ctx.now).await
}

/// Writes down that somebody showed again who they are, and when; their session knows it from then on.
pub(super) async fn confirmed(app: &App, ctx: &Ctx, at: Timestamp) -> Result<(), SignInRefused> {
    let Some(signed_in) = &ctx.person else { return Err(SignInRefused::Lost) };
    let says = Says::of(app, ctx);
    let draft = says.who(Kind::Event, "confirm").text(ClearField::Decision, "permit");
    app.record(ctx, draft).await?;
    let noted = app.inner().store.note_authentication(&signed_in.session, at).await;
    noted.map_err(SignInRefused::failed("note an authentication"))
}

/// Failures of the code lock the password beside it: nobody tries a million codes.
async fn locked_or_not(app: &App, person: &Person) -> Result<(), SignInRefused> {
    let row = app.inner().store.password(person.id).await;
    let row = row.map_err(SignInRefused::failed("look up a password"))?;
    let is_locked = row.is_some_and(|row| guard::account(&row).admit().is_err());
    if is_locked { Err(SignInRefused::Locked) } else { Ok(()) }
}

/// Whether a code is one of the person's, and was not used before. It is used up.
async fn taken(
    app: &App,
    person: &Person,
    code: &str,
    now: Timestamp,
) -> Result<Result<(), SignInRefused>, SignInRefused> {
    let store = &app.inner().store;
    if let Some(recovery) = RecoveryCode::parse(code) {
        let used = store.use_recovery_code(person.id, &recovery.hash(), now).await;
        let used = used.map_err(SignInRefused::failed("use a recovery code"))?;
        let unknown =
            || SignInRefused::Code("this recovery code is unknown or was used".to_owned());
        return Ok(used.then_some(()).ok_or_else(unknown));
    }
    let row = store.authenticator(person.id).await;
    let row = row.map_err(SignInRefused::failed("look up an authenticator"))?;
    let refused = |why: CodeRefused| Ok(Err(SignInRefused::Code(why.to_string())));
    let Some(row) = row else { return refused(CodeRefused::Wrong) };
    let secret = opened(app, person.id, &row.secret)?;
    let last = (row.last_step > 0).then(|| Step::from_number(row.last_step));
    let step = match totp::check(&secret, code, now, last) {
        Ok(step) => step,
        Err(why) => return refused(why),
    };
    let taken = store.take_code(person.id, step.number()).await;
    if taken.map_err(SignInRefused::failed("take a code"))? {
        Ok(Ok(()))
    } else {
        refused(CodeRefused::UsedBefore)
    }
}

/// The secret that was sealed.
pub(super) fn opened(app: &App, person: PersonId, sealed: &[u8]) -> Result<Secret, SignInRefused> {
    let clear = app.inner().sealer.open(&about(person), sealed);
    let bytes = clear.and_then(|clear| clear.as_slice().try_into().ok());
    bytes.map(Secret::from_bytes).ok_or_else(|| {
        let err = "it was sealed under another server key".into();
        SignInRefused::Ask(AskError::Failed { doing: "open an authenticator's secret", err })
    })
}
