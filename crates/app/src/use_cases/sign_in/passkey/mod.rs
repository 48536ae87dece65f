//! Passkeys: a device and its own lock, both factors in one gesture that cannot be replayed or phished. Each question to a
//! device is kept on the server, sealed, for one answer, right or wrong.

mod add;
mod enrol;
mod enter;

pub use add::{add_passkey, begin_adding_passkey, remove_passkey};
pub use enrol::{begin_enrolling_passkey, enrol_with_passkey};
pub use enter::{
    begin_confirming_passkey, begin_passkey, begin_second_passkey, confirm_with_passkey,
    with_passkey, with_second_passkey,
};

use domain::{Person, PersonId, ServerKey, SubKey};
use identity::passkey::{Begun, CEREMONY_LASTS, PasskeyRefused, Passkeys, StoredPasskey, Uuid};
use ledger::batch::Salter;
use serde::{Deserialize, Serialize};
use store::{PasskeyRow, StepRow};
use zeroize::Zeroizing;

use super::{SignInRefused, StepToken};
use crate::{App, AskError};

/// What devices show beside a passkey.
const NAME: &str = "Plateglass";

/// What passkeys are bound to: the server's name and address.
pub(crate) struct RelyingParty {
    /// What registers and checks them; why there are none, where that is so.
    passkeys: Result<Passkeys, String>,
    origin: String,
    /// Makes what devices know people by.
    handles: SubKey,
}

impl RelyingParty {
    pub(crate) fn of(origin: Option<&str>, server_key: &ServerKey) -> Self {
        let origin = origin.unwrap_or_default().trim_end_matches('/');
        let passkeys = match host(origin) {
            Some(host) => Passkeys::new(host, origin, NAME).map_err(|why| why.to_string()),
            None => Err("the server does not know at which address people find it".to_owned()),
        };
        let handles = server_key.for_use("passkey-handles");
        Self { passkeys, origin: origin.to_owned(), handles }
    }

    /// What a device knows somebody by: says nothing about them, and is theirs for as long as the server has its key.
    fn handle(&self, person: PersonId) -> Uuid {
        let bits = Salter::new(self.handles.expose()).salt(format!("person {person}").as_bytes());
        Uuid::from_bytes(bits)
    }
}

/// The name in an origin: what stands between the scheme and the port.
fn host(origin: &str) -> Option<&str> {
    let (_, rest) = origin.split_once("://")?;
    let host = rest.split(['/', ':']).next()?;
    (!host.is_empty()).then_some(host)
}

/// At which address passkeys work; why there are none, where that is so.
pub fn passkeys_work_at(app: &App) -> Result<&str, &str> {
    let party = &app.inner().relying_party;
    party.passkeys.as_ref().map(|_| party.origin.as_str()).map_err(String::as_str)
}

fn passkeys(app: &App) -> Result<&Passkeys, SignInRefused> {
    app.inner().relying_party.passkeys.as_ref().map_err(|why| {
        let why = why.clone();
        SignInRefused::Ask(AskError::Invalid { field: "passkey", why })
    })
}

fn handle(app: &App, person: &Person) -> Uuid {
    app.inner().relying_party.handle(person.id)
}

/// A question to a device.
#[derive(Debug)]
pub struct Ceremony {
    /// What comes back with the answer.
    pub token: StepToken,
    /// What the browser is to be asked, as JSON.
    pub options: String,
}

/// What a question is about. An answer to one is none to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum About {
    Adding,
    Enrolling,
    Entering,
    Second,
    Confirming,
}

impl About {
    const fn word(self) -> &'static str {
        match self {
            Self::Adding => "passkey-add",
            Self::Enrolling => "passkey-enrol",
            Self::Entering => "passkey-enter",
            Self::Second => "passkey-second",
            Self::Confirming => "passkey-confirm",
        }
    }
}

/// What is kept until the answer comes.
#[derive(Serialize, Deserialize)]
struct Kept {
    state: Zeroizing<String>,
    /// The digest of the session or of the step that the question belongs to.
    within: Option<[u8; 32]>,
}

/// Keeps a question until its answer comes.
async fn keep(
    app: &App,
    about: About,
    person: Option<PersonId>,
    within: Option<[u8; 32]>,
    begun: Begun,
) -> Result<Ceremony, SignInRefused> {
    let inner = app.inner();
    let kept = Kept { state: Zeroizing::new(begun.state), within };
    let kept = Zeroizing::new(serde_json::to_vec(&kept).unwrap_or_default());
    let token = StepToken::from_random(inner.chance.bits_256());
    let state = inner.sealer.seal(about.word(), &kept);
    let step = StepRow { person, step: about.word().to_owned(), state };
    let until = app.now().plus(CEREMONY_LASTS);
    let added = inner.store.add_step(&token.hash(), &step, until).await;
    added.map_err(SignInRefused::failed("keep a question to a device"))?;
    Ok(Ceremony { token, options: begun.for_browser })
}

/// Takes up a question, once: who is to answer it and what was kept. None when it was answered, is too old, is about something
/// else, or belongs to another session or step.
async fn take(
    app: &App,
    about: About,
    token: &StepToken,
    person: Option<PersonId>,
    within: Option<[u8; 32]>,
) -> Result<Option<Zeroizing<String>>, SignInRefused> {
    let inner = app.inner();
    let step = inner.store.take_step(&token.hash(), app.now()).await;
    let step = step.map_err(SignInRefused::failed("take up a question to a device"))?;
    let fits = |step: &StepRow| step.step == about.word() && step.person == person;
    let Some(step) = step.filter(fits) else { return Ok(None) };
    let clear = inner.sealer.open(about.word(), &step.state);
    let kept = clear.and_then(|clear| serde_json::from_slice::<Kept>(&clear).ok());
    Ok(kept.filter(|kept| kept.within == within).map(|kept| kept.state))
}

/// Somebody's passkeys as they are now.
async fn keys_of(app: &App, person: PersonId) -> Result<Vec<PasskeyRow>, SignInRefused> {
    let keys = app.inner().store.passkeys_of(person).await;
    keys.map_err(SignInRefused::failed("list somebody's passkeys"))
}

fn stored(row: &PasskeyRow) -> Option<StoredPasskey> {
    StoredPasskey::parse(&row.passkey)
}

/// That what was begun is over: its word for the record is the same as that of an answer to nothing.
const fn not_begun() -> PasskeyRefused {
    PasskeyRefused::NotBegun
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(origin: Option<&str>) -> RelyingParty {
        RelyingParty::of(origin, &ServerKey::from_bytes([7; 32]))
    }

    #[test]
    fn passkeys_need_https_or_localhost_and_a_name() {
        for origin in
            ["https://plates.city.gov", "http://localhost:8700", "https://a.example:8443/"]
        {
            assert!(party(Some(origin)).passkeys.is_ok(), "{origin}");
        }
        for origin in ["http://plates.city.gov", "http://127.0.0.1:8700", "https://", "plates", ""]
        {
            let refused = party(Some(origin)).passkeys.unwrap_err();
            assert!(!refused.is_empty(), "{origin}");
        }
        assert!(party(None).passkeys.unwrap_err().contains("address"));
    }

    #[test]
    fn what_a_device_knows_somebody_by_is_theirs_and_says_nothing() {
        let (party, other) = (party(None), RelyingParty::of(None, &ServerKey::from_bytes([8; 32])));
        let [one, two] = [1, 2].map(PersonId::from_i64);
        assert_eq!(party.handle(one), party.handle(one));
        assert_ne!(party.handle(one), party.handle(two));
        assert_ne!(party.handle(one), other.handle(one));
    }
}
