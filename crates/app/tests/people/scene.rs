//! Two agencies: that of the house, under the example policy, and Austin under its own, in its own time zone.

use std::net::IpAddr;

use app::people::{Inviting, StateWork, first_person, state_work};
use app::sign_in::{
    Door, SessionToken, SignInRefused, choose_password, enrol, session, with_code, with_password,
};
use app::{App, AskError, Ctx, open_read};
use domain::{AgencyId, PersonId, ReadRef, Role};
use identity::totp::{self, Secret};
use testkit::House;
use testkit::house::a_session;

/// A good password.
pub(crate) const PASSWORD: &str = "nine herons over Barton creek";

/// The house and, beside it, Austin.
pub(crate) struct Scene {
    pub(crate) house: House,
    pub(crate) austin: AgencyId,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let house = House::new().await;
        let austin = house.app.add_agency("Austin PD", None).await.unwrap();
        let (_, files) = policy::shipped().iter().find(|(word, _)| *word == "austin-tx").unwrap();
        house.app.begin_policy(austin, files, "America/Chicago").await.unwrap();
        Self { house, austin }
    }

    pub(crate) fn app(&self) -> &App {
        &self.house.app
    }

    /// Somebody of Austin with these roles, by the word of the server's command.
    pub(crate) async fn somebody(&self, login: &str, roles: &[Role]) -> PersonId {
        somebody(self.app(), self.austin, login, roles).await
    }

    /// The same, trained today and signed in.
    pub(crate) async fn trained(&self, login: &str, roles: &[Role]) -> Ctx {
        let person = self.somebody(login, roles).await;
        testkit::house::train(self.app(), self.austin, person).await;
        self.signed_in(person).await
    }

    /// A new session of somebody, as a request in it begins.
    pub(crate) async fn signed_in(&self, person: PersonId) -> Ctx {
        let token = a_session(self.app(), person).await;
        at(self.app(), &token).await.expect("it has just begun")
    }

    /// The same context, once its person has said what they work on.
    pub(crate) async fn says(&self, ctx: &Ctx, said: &StateWork) -> Ctx {
        let person = ctx.person_id().unwrap();
        let token = a_session(self.app(), person).await;
        let ctx = at(self.app(), &token).await.unwrap();
        state_work(self.app(), &ctx, said).await.unwrap();
        at(self.app(), &token).await.unwrap()
    }

    /// Whether a read may be opened: there is none, and who may look is told so.
    pub(crate) async fn opens(&self, ctx: &Ctx) -> Result<(), AskError> {
        let nowhere = ReadRef::parse(&format!("{}-20261121-77", ctx.agency)).unwrap();
        match open_read(self.app(), ctx, nowhere).await {
            Err(AskError::NotFound { .. }) => Ok(()),
            Err(err) => Err(err),
            Ok(_) => panic!("a read that is not there was opened"),
        }
    }
}

/// Somebody of an agency with these roles.
pub(crate) async fn somebody(app: &App, agency: AgencyId, login: &str, roles: &[Role]) -> PersonId {
    first_person(app, agency, who(login), roles, "a test").await.unwrap().person
}

pub(crate) fn who(login: &str) -> Inviting {
    Inviting {
        login: login.to_owned(),
        name: format!("Called {login}"),
        email: String::new(),
        is_outside: false,
        is_temporary: false,
    }
}

/// A request in a session; none when that has ended.
pub(crate) async fn at(app: &App, token: &SessionToken) -> Option<Ctx> {
    session(app, token, app.now()).await.unwrap()
}

/// From where somebody signs in; the last number of the address.
pub(crate) fn door(n: u8) -> Door {
    let address = Some(IpAddr::from([192, 0, 2, n]));
    Door { address, browser: format!("browser {n}"), device: None }
}

pub(crate) fn stated(purpose: &str, case_number: &str, reason: &str) -> StateWork {
    StateWork {
        purpose: purpose.to_owned(),
        case_number: case_number.to_owned(),
        offence: String::new(),
        offence_category: String::new(),
        reason: reason.to_owned(),
        exigent: false,
    }
}

/// The reasons of a refusal: their words and clauses, and all of it in words.
pub(crate) fn refused<T>(asked: Result<T, AskError>) -> (Vec<(String, String)>, String) {
    let Err(AskError::Refused(refusal)) = asked else { panic!("it was not refused") };
    let reasons = refusal.reasons.iter().map(|one| {
        let clause = one.clause.as_deref().unwrap_or_default();
        (one.word.to_string(), clause.to_owned())
    });
    (reasons.collect(), refusal.to_string())
}

/// The word and the clause of a refusal that has one reason.
pub(crate) fn reason(word: &str, clause: &str) -> Vec<(String, String)> {
    vec![(word.to_owned(), clause.to_owned())]
}

/// Somebody with a password and an authenticator app.
pub(crate) struct Account {
    pub(crate) person: PersonId,
    pub(crate) login: String,
    pub(crate) secret: Secret,
    pub(crate) recovery: Vec<String>,
    pub(crate) first: SessionToken,
}

impl Account {
    /// Invites somebody, who chooses a password and shows the first code.
    pub(crate) async fn new(house: &House, login: &str, roles: &[Role]) -> Self {
        Self::of(house, who(login), roles).await
    }

    pub(crate) async fn of(house: &House, who: Inviting, roles: &[Role]) -> Self {
        let (app, login) = (&house.app, who.login.clone());
        let invited = first_person(app, house.agency, who, roles, "a test").await.unwrap();
        let enrolling = choose_password(app, &invited.token, PASSWORD).await.unwrap();
        let secret = typed_in(&enrolling.to_type);
        let code = totp::shown(&secret, app.now());
        let enrolled = enrol(app, &enrolling.token, &code, &door(1)).await.unwrap();
        let recovery = enrolled.recovery_codes.iter().map(|code| code.to_string()).collect();
        Self { person: invited.person, login, secret, recovery, first: enrolled.session }
    }

    /// What the authenticator app shows now.
    pub(crate) fn code(&self, house: &House) -> String {
        totp::shown(&self.secret, house.app.now())
    }

    /// Signs in with the password and with a code.
    pub(crate) async fn signs_in(
        &self,
        house: &House,
        code: &str,
        from: &Door,
    ) -> Result<SessionToken, SignInRefused> {
        let step = with_password(&house.app, &self.login, PASSWORD, from).await?;
        with_code(&house.app, &step, code, from).await
    }
}

/// What somebody types into their authenticator app: base32 (RFC 4648) in groups.
fn typed_in(text: &str) -> Secret {
    let bits = text.chars().filter(|c| *c != ' ').flat_map(|c| {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap();
        (0..5).rev().map(move |bit| value >> bit & 1 == 1)
    });
    let bits: Vec<bool> = bits.collect();
    let bytes =
        bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |n, bit| n << 1 | u8::from(*bit)));
    Secret::from_bytes(bytes.collect::<Vec<_>>().try_into().unwrap())
}
