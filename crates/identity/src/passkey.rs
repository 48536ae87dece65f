//! Passkeys (WebAuthn): the device and its own lock, two factors in one gesture that cannot be replayed or phished (CJIS
//! `IA-2(1)`, `IA-2(2)`, `IA-2(8)`). Whoever holds the device must be verified by it, each time; a touch alone is refused.
//!
//! A thin layer over `webauthn-rs`. What it begins it hands out twice: as JSON for the browser, and as text that the caller
//! keeps **on the server**, for a few minutes, for one answer ([`CEREMONY_LASTS`]); a state that came back from a browser would
//! be worth nothing. The library takes its challenges from the operating system itself: that is the one exception to D8, and
//! nothing that is tested depends on what they are.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use webauthn_rs::prelude::{
    Credential, CredentialID, DiscoverableAuthentication, Passkey, PasskeyAuthentication,
    PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url, Webauthn,
    WebauthnBuilder, WebauthnError,
};

pub use webauthn_rs::prelude::Uuid;

/// The caller forgets what it began after so long, and at the first answer, right or wrong.
pub const CEREMONY_LASTS: Duration = Duration::from_secs(5 * 60);
/// Longest answer of a browser that is read, in bytes; real ones have less than a tenth.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Why a passkey could not be used.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyRefused {
    /// The server's name and its address do not go together.
    #[error(
        "`{origin}` cannot have passkeys under the name `{rp_id}`: they need https (or localhost) and a name, not an address in numbers"
    )]
    Settings {
        /// Under which name.
        rp_id: String,
        /// At which address.
        origin: String,
    },
    /// What the browser sent is no answer of a passkey.
    #[error("the browser's answer is not one of a passkey")]
    Malformed,
    /// What was kept belongs to another ceremony, or cannot be read.
    #[error("this sign-in was not begun here, or too long ago: begin again")]
    NotBegun,
    /// The answer is for another challenge: an old one, or one of somebody else.
    #[error("the answer belongs to another challenge: begin again")]
    OtherChallenge,
    /// The browser answered for another site.
    #[error("the passkey was used for another site")]
    OtherSite,
    /// The device did not verify who holds it: one factor only.
    #[error(
        "the device did not verify who holds it: unlock it with its PIN, a fingerprint or the like"
    )]
    NotVerified,
    /// The passkey is none of those that are registered, or is another person's.
    #[error("this passkey is not registered for this account")]
    Unknown,
    /// The passkey's counter went back: there may be a copy of it. Tell somebody.
    #[error("this passkey may have been copied: its counter went back")]
    Copied,
    /// It was refused for another reason.
    #[error("the passkey was refused")]
    Other(#[source] WebauthnError),
}

impl PasskeyRefused {
    /// A word for it, for records.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Settings { .. } => "passkey-settings",
            Self::Malformed => "passkey-malformed",
            Self::NotBegun => "passkey-not-begun",
            Self::OtherChallenge => "passkey-other-challenge",
            Self::OtherSite => "passkey-other-site",
            Self::NotVerified => "passkey-not-verified",
            Self::Unknown => "passkey-unknown",
            Self::Copied => "passkey-copied",
            Self::Other(_) => "passkey-refused",
        }
    }
}

impl From<WebauthnError> for PasskeyRefused {
    fn from(err: WebauthnError) -> Self {
        match err {
            WebauthnError::MismatchedChallenge | WebauthnError::ChallengeNotFound => {
                Self::OtherChallenge
            }
            WebauthnError::InvalidRPOrigin
            | WebauthnError::InvalidRPIDHash
            | WebauthnError::CredentialCrossOrigin => Self::OtherSite,
            WebauthnError::UserNotVerified | WebauthnError::UserNotPresent => Self::NotVerified,
            WebauthnError::CredentialNotFound | WebauthnError::InvalidUserUniqueId => Self::Unknown,
            WebauthnError::CredentialPossibleCompromise => Self::Copied,
            WebauthnError::InvalidClientDataType
            | WebauthnError::ParseBase64Failure(_)
            | WebauthnError::ParseCBORFailure(_)
            | WebauthnError::ParseJSONFailure(_)
            | WebauthnError::ParseNOMFailure
            | WebauthnError::ParseInsufficientBytesAvailable => Self::Malformed,
            other => Self::Other(other),
        }
    }
}

/// A registration or sign-in that was begun.
#[derive(Clone)]
pub struct Begun {
    /// JSON for the browser: what `navigator.credentials.create()` or `.get()` takes, binary parts in base64url.
    pub for_browser: String,
    /// Text to be kept on the server until the answer comes.
    pub state: String,
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Begun(…)")
    }
}

/// What is kept between question and answer, with its kind: an answer cannot be given to a question of another kind.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum State {
    Registration { state: PasskeyRegistration },
    SignIn { state: PasskeyAuthentication },
    Nameless { state: DiscoverableAuthentication },
}

/// A registered passkey: its public key and counter. Holds no secret.
#[derive(Clone, Debug)]
pub struct StoredPasskey(Passkey);

impl StoredPasskey {
    /// Reads what [`StoredPasskey::text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// The text to store.
    pub fn text(&self) -> String {
        serde_json::to_string(&self.0).expect("a passkey is made of texts, numbers and lists")
    }

    /// Its id, by which it is found. No two people may have the same: a store holds it unique.
    pub fn credential_id(&self) -> &[u8] {
        self.0.cred_id().as_slice()
    }
}

/// Somebody signed in with a passkey.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The passkey as it is to be stored from now on.
    pub passkey: StoredPasskey,
    /// Whether it differs from what is stored: its counter moved.
    pub changed: bool,
}

/// Whose passkey an answer says it is; not yet believed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claimed {
    /// Which person.
    pub person: Uuid,
    /// Which passkey.
    pub credential_id: Vec<u8>,
}

/// Registers passkeys and checks them.
#[derive(Clone, Debug)]
pub struct Passkeys {
    webauthn: Webauthn,
}

impl Passkeys {
    /// For a server at `origin` (`https://plates.example.gov`); `rp_id` is the domain that passkeys are bound to for ever, and
    /// `name` what the device shows.
    pub fn new(rp_id: &str, origin: &str, name: &str) -> Result<Self, PasskeyRefused> {
        let wrong =
            || PasskeyRefused::Settings { rp_id: rp_id.to_owned(), origin: origin.to_owned() };
        let url = Url::parse(origin).map_err(|_| wrong())?;
        let is_safe = url.scheme() == "https" || url.domain() == Some("localhost");
        if !is_safe || url.domain().is_none() {
            return Err(wrong());
        }
        let builder = WebauthnBuilder::new(rp_id, &url).map_err(|_| wrong())?;
        let builder = builder.rp_name(name).timeout(CEREMONY_LASTS);
        Ok(Self { webauthn: builder.build().map_err(|_| wrong())? })
    }

    /// Asks a device for a new passkey. `person` stays on the device, so it says nothing about the person; `existing` are the
    /// person's others, so that a device is not registered twice. The device is asked to remember whose it is, so that no name
    /// needs to be typed; one that cannot is taken all the same.
    pub fn begin_registration(
        &self,
        person: Uuid,
        name: &str,
        existing: &[StoredPasskey],
    ) -> Result<Begun, PasskeyRefused> {
        let exclude: Vec<CredentialID> =
            existing.iter().map(|key| key.0.cred_id().clone()).collect();
        let (options, state) =
            self.webauthn.start_passkey_registration(person, name, name, Some(exclude))?;
        let mut options = json(&options);
        if let Some(selection) = options.pointer_mut("/publicKey/authenticatorSelection")
            && let Some(selection) = selection.as_object_mut()
        {
            selection.insert("residentKey".to_owned(), "preferred".into());
        }
        Ok(begun(&options, &State::Registration { state }))
    }

    /// Takes the device's answer.
    pub fn finish_registration(
        &self,
        state: &str,
        answer: &str,
    ) -> Result<StoredPasskey, PasskeyRefused> {
        let State::Registration { state } = kept(state)? else {
            return Err(PasskeyRefused::NotBegun);
        };
        let answer: RegisterPublicKeyCredential = parsed(answer)?;
        Ok(StoredPasskey(self.webauthn.finish_passkey_registration(&answer, &state)?))
    }

    /// Asks for one of a person's passkeys, such as for fresh authentication before a privileged act (CJIS `IA-11`).
    pub fn begin_sign_in(&self, keys: &[StoredPasskey]) -> Result<Begun, PasskeyRefused> {
        let keys: Vec<Passkey> = keys.iter().map(|key| key.0.clone()).collect();
        let (options, state) = self.webauthn.start_passkey_authentication(&keys)?;
        Ok(begun(&json(&options), &State::SignIn { state }))
    }

    /// Takes the answer; `keys` are the person's, as they are stored **now**: one that was removed since it was asked for is refused.
    pub fn finish_sign_in(
        &self,
        state: &str,
        answer: &str,
        keys: &[StoredPasskey],
    ) -> Result<SignedIn, PasskeyRefused> {
        let State::SignIn { state } = kept(state)? else { return Err(PasskeyRefused::NotBegun) };
        let answer: PublicKeyCredential = parsed(answer)?;
        let result = self.webauthn.finish_passkey_authentication(&answer, &state)?;
        let key = keys.iter().find(|key| key.0.cred_id() == result.cred_id());
        signed_in(key.ok_or(PasskeyRefused::Unknown)?, &result)
    }

    /// Asks for any passkey of this server that the device remembers: nobody types a name, and nobody can ask which names exist.
    pub fn begin_nameless(&self) -> Result<Begun, PasskeyRefused> {
        let (mut options, state) = self.webauthn.start_discoverable_authentication()?;
        // The page asks when somebody presses the button; it may ask for it beside the name instead.
        options.mediation = None;
        Ok(begun(&json(&options), &State::Nameless { state }))
    }

    /// Whose passkey an answer says it is, to look it up. Not yet believed: [`Passkeys::finish_nameless`] decides.
    pub fn claimed(&self, answer: &str) -> Result<Claimed, PasskeyRefused> {
        let answer: PublicKeyCredential = parsed(answer)?;
        let (person, id) = self.webauthn.identify_discoverable_authentication(&answer)?;
        Ok(Claimed { person, credential_id: id.to_vec() })
    }

    /// Takes the answer; `key` is the stored passkey with the id that was claimed, and `owner` the person that it is stored with.
    pub fn finish_nameless(
        &self,
        state: &str,
        answer: &str,
        key: &StoredPasskey,
        owner: Uuid,
    ) -> Result<SignedIn, PasskeyRefused> {
        let State::Nameless { state } = kept(state)? else { return Err(PasskeyRefused::NotBegun) };
        let answer: PublicKeyCredential = parsed(answer)?;
        let (person, id) = self.webauthn.identify_discoverable_authentication(&answer)?;
        if person != owner || id != key.credential_id() {
            return Err(PasskeyRefused::Unknown);
        }
        let result = self.webauthn.finish_discoverable_authentication_v2(&answer, state, &key.0)?;
        signed_in(key, &result)
    }
}

fn signed_in(
    key: &StoredPasskey,
    result: &webauthn_rs::prelude::AuthenticationResult,
) -> Result<SignedIn, PasskeyRefused> {
    if !result.user_verified() {
        return Err(PasskeyRefused::NotVerified);
    }
    // The library compares with the counter as it was when the question was asked; another answer may have come since.
    let before = Credential::from(key.0.clone()).counter;
    if (before > 0 || result.counter() > 0) && result.counter() <= before {
        return Err(PasskeyRefused::Copied);
    }
    let mut passkey = key.clone();
    let changed = passkey.0.update_credential(result).ok_or(PasskeyRefused::Unknown)?;
    Ok(SignedIn { passkey, changed })
}

fn begun(options: &serde_json::Value, state: &State) -> Begun {
    Begun { for_browser: options.to_string(), state: json(state).to_string() }
}

fn json(value: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(value).expect("options and states are made of texts, numbers and lists")
}

fn kept(state: &str) -> Result<State, PasskeyRefused> {
    serde_json::from_str(state).map_err(|_| PasskeyRefused::NotBegun)
}

fn parsed<'a, T: Deserialize<'a>>(answer: &'a str) -> Result<T, PasskeyRefused> {
    if answer.len() > ANSWER_BYTES_MAX {
        return Err(PasskeyRefused::Malformed);
    }
    serde_json::from_str(answer).map_err(|_| PasskeyRefused::Malformed)
}

#[cfg(test)]
mod tests;
