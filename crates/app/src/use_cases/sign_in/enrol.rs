//! Coming to an account: an invitation, a password, an authenticator app, recovery codes.

use domain::Person;
use identity::invitation::InvitationToken;
use identity::password::{self, Cost, Rules};
use identity::recovery::{self, CODE_BYTES, N_CODES};
use identity::totp::{self, SECRET_BYTES, Secret};
use ledger::leaf::{Kind, SealedField};
use serde::{Deserialize, Serialize};
use store::{AuthenticatorRow, Enrolment, NewPasskey, StepRow};
use zeroize::Zeroizing;

use super::password::in_background;
use super::second::about;
use super::session::{Shown, begin};
use super::{Door, STEPS_LAST, SessionToken, SignInRefused, StepToken, Way, limits};
use crate::record::Says;
use crate::{App, AskError, Ctx, Origin, Part};

/// The step that waits for the first code of an authenticator app.
const ENROL: &str = "enrol";
/// The server's name in an authenticator app.
const ISSUER: &str = "Plateglass";

/// Whom an invitation is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invited {
    /// Who.
    pub person: Person,
    /// The least length of a password here.
    pub password_chars_min: usize,
}

/// Between the password and the first code.
#[derive(Debug)]
pub struct Enrolling {
    /// What holds the way to the next step.
    pub token: StepToken,
    /// A QR code of the authenticator's secret, as SVG.
    pub qr_svg: Zeroizing<String>,
    /// The secret to type where no camera is at hand.
    pub to_type: Zeroizing<String>,
}

/// Somebody who has come to their account.
#[derive(Debug)]
pub struct Enrolled {
    /// Their first session.
    pub session: SessionToken,
    /// Codes that each work once in place of the authenticator app; shown here and never again.
    pub recovery_codes: Vec<Zeroizing<String>>,
}

/// What is kept between the steps, sealed.
#[derive(Serialize, Deserialize)]
struct State {
    phc: String,
    secret: [u8; SECRET_BYTES],
    invitation: [u8; 32],
}

/// Bytes of chance for a password's salt.
pub(super) fn salt(app: &App) -> [u8; 16] {
    let mut salt = [0; 16];
    app.inner().chance.fill(&mut salt);
    salt
}

pub(super) fn hash_of_invitation(token: &str) -> Option<[u8; 32]> {
    InvitationToken::parse(token).ok().map(|token| token.hash())
}

/// Whom an invitation is for; none when it is used, too old or none at all.
pub async fn invited(app: &App, token: &str) -> Result<Option<Invited>, SignInRefused> {
    let now = app.now();
    let failed = || SignInRefused::failed("look up an invitation");
    let Some(hash) = hash_of_invitation(token) else { return Ok(None) };
    let store = &app.inner().store;
    let Some(id) = store.invitation(&hash, now).await.map_err(failed())? else { return Ok(None) };
    let person = store.person(id).await.map_err(failed())?.filter(|person| person.is_usable(now));
    Ok(person.map(|person| {
        let least = limits(app, person.agency).password_chars_min;
        Invited { password_chars_min: usize::try_from(least).unwrap_or(usize::MAX), person }
    }))
}

/// Takes the password that somebody chose and makes the secret of their authenticator app.
pub async fn choose_password(
    app: &App,
    invitation: &str,
    chosen: &str,
) -> Result<Enrolling, SignInRefused> {
    let now = app.now();
    let Some(Invited { person, password_chars_min }) = invited(app, invitation).await? else {
        return Err(SignInRefused::Lost);
    };
    let hash = hash_of_invitation(invitation).ok_or(SignInRefused::Lost)?;
    let agency = app.inner().store.agency(person.agency).await;
    let agency = agency.map_err(SignInRefused::failed("look up the agency"))?;
    let agency = agency.map(|agency| agency.name).unwrap_or_default();
    let about_them = [person.login.as_str(), &person.name, &person.email, &agency];
    let rules = Rules::default().at_least(password_chars_min);
    rules.check(chosen, &about_them).map_err(|weak| SignInRefused::Weak(weak.to_string()))?;
    let (text, salt) = (chosen.to_owned(), salt(app));
    let phc = in_background(move || password::hash(&text, salt, Cost::DEFAULT)).await?;
    let mut secret = Zeroizing::new([0; SECRET_BYTES]);
    app.inner().chance.fill(secret.as_mut_slice());
    let state = State { phc, secret: *secret, invitation: hash };
    let state = Zeroizing::new(serde_json::to_vec(&state).unwrap_or_default());
    let token = StepToken::from_random(app.inner().chance.bits_256());
    let sealed = app.inner().sealer.seal(ENROL, &state);
    let step = StepRow { person: Some(person.id), step: ENROL.to_owned(), state: sealed };
    let kept = app.inner().store.add_step(&token.hash(), &step, now.plus(STEPS_LAST)).await;
    kept.map_err(SignInRefused::failed("keep a step of an enrolment"))?;
    shown(&Secret::from_bytes(*secret), &person, token)
}

fn shown(secret: &Secret, person: &Person, token: StepToken) -> Result<Enrolling, SignInRefused> {
    let url = secret.otpauth_url(ISSUER, person.login.as_str());
    let qr_svg = totp::qr_svg(&url).map_err(|err| {
        SignInRefused::Ask(AskError::Failed { doing: "draw a QR code", err: err.into() })
    })?;
    Ok(Enrolling { token, qr_svg, to_type: secret.to_type() })
}

/// What an enrolment that was begun shows: the QR code again, after a code that was mistyped.
pub async fn enrolling(app: &App, token: &StepToken) -> Result<Enrolling, SignInRefused> {
    let Chosen { person, state } = Chosen::of(app, token).await?;
    shown(&Secret::from_bytes(state.secret), &person, token.clone())
}

/// Somebody who has chosen a password and has no second factor yet.
pub(super) struct Chosen {
    /// Who.
    pub(super) person: Person,
    state: State,
}

impl Chosen {
    /// Who that is, by the step that they are at.
    pub(super) async fn of(app: &App, token: &StepToken) -> Result<Self, SignInRefused> {
        let now = app.now();
        let store = &app.inner().store;
        let step = store.step(&token.hash(), now).await;
        let step = step.map_err(SignInRefused::failed("look up a step of an enrolment"))?;
        let Some(StepRow { person: Some(id), state, .. }) = step.filter(|step| step.step == ENROL)
        else {
            return Err(SignInRefused::Lost);
        };
        let clear = app.inner().sealer.open(ENROL, &state).ok_or(SignInRefused::Lost)?;
        let state = serde_json::from_slice(&clear).map_err(|_| SignInRefused::Lost)?;
        let person = store.person(id).await.map_err(SignInRefused::failed("look up a person"))?;
        let person = person.filter(|person| person.is_usable(now)).ok_or(SignInRefused::Lost)?;
        Ok(Self { person, state })
    }
}

/// The second factor that somebody enrols with.
pub(super) enum Second {
    /// An authenticator app, by the step of the code that proved it.
    App(totp::Step),
    /// A passkey.
    Passkey(NewPasskey),
}

/// Takes the first code of the authenticator app: the account is the person's from then on, and they are signed in.
pub async fn enrol(
    app: &App,
    token: &StepToken,
    code: &str,
    door: &Door,
) -> Result<Enrolled, SignInRefused> {
    let chosen = Chosen::of(app, token).await?;
    let secret = Secret::from_bytes(chosen.state.secret);
    let step = totp::check(&secret, code, app.now(), None)
        .map_err(|why| SignInRefused::Code(why.to_string()))?;
    finish(app, token, chosen, Second::App(step), door).await
}

/// Makes the account the person's, and signs them in.
pub(super) async fn finish(
    app: &App,
    token: &StepToken,
    Chosen { person, state }: Chosen,
    second: Second,
    door: &Door,
) -> Result<Enrolled, SignInRefused> {
    let now = app.now();
    let mut random = Zeroizing::new([0; N_CODES * CODE_BYTES]);
    app.inner().chance.fill(random.as_mut_slice());
    let codes = recovery::codes(&random);
    let secret = Secret::from_bytes(state.secret);
    let (authenticator, passkey, way) = match second {
        Second::App(step) => {
            let sealed = app.inner().sealer.seal(&about(person.id), secret.expose());
            let row = AuthenticatorRow { secret: sealed, last_step: step.number() };
            (Some(row), None, Way::Code)
        }
        Second::Passkey(key) => (None, Some(key), Way::PasswordAndPasskey),
    };
    let recovery = codes.iter().map(recovery::RecoveryCode::hash).collect();
    let enrolment = Enrolment { phc: state.phc, authenticator, passkey, recovery };
    let origin = Origin { part: Part::Console, session: None, address: door.address };
    let ctx = Ctx { origin, agency: person.agency, ..Ctx::nobody(now) };
    let says = Says::of(app, &ctx);
    let named = format!("{}, {}", person.named(), way.word());
    let draft = says.seal(says.who(Kind::Event, "enrol"), SealedField::Objects, named);
    app.record(&ctx, draft).await?;
    let failed = || SignInRefused::failed("enrol somebody");
    let store = &app.inner().store;
    store.take_step(&token.hash(), now).await.map_err(failed())?.ok_or(SignInRefused::Lost)?;
    let enrolled = store.enrol(&state.invitation, &enrolment, now).await.map_err(failed())?;
    if enrolled.is_none() {
        return Err(SignInRefused::Lost);
    }
    let session = begin(app, &person, door, Shown::now(way, app)).await?;
    Ok(Enrolled {
        session,
        recovery_codes: codes.iter().map(recovery::RecoveryCode::expose).collect(),
    })
}
