//! Push messages to browsers (RFC 8030): encrypted so that the push service cannot read them (RFC 8291), and signed so that it
//! knows whose they are (RFC 8292).

use std::fmt;
use std::time::Duration;

use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{Aes128Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::{PublicKey, SecretKey};
use sha2::{Digest as _, Sha256};
use ureq::Agent;
use ureq::http::Uri;

use crate::reach::Reach;
use crate::sent::{NotSent, post};

/// The record's size that is announced (RFC 8188): one record holds the message whole.
const RECORD_BYTES: u32 = 4096;
/// What is encrypted is filled up to this, so that its length says nothing of it.
const FILLED_TO: usize = 512;
/// Longest message, in bytes: what a record holds beside its tag and its last byte, and no more than every push service takes.
const MESSAGE_BYTES_MAX: usize = 2048;
/// How long a signature of ours holds; a day is the most (RFC 8292 §2).
const SIGNED_FOR: Duration = Duration::from_secs(12 * 3600);
/// How long a push service may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The key that says that a message is ours (VAPID). Browsers are told its public half when they subscribe.
pub struct PushKey(SigningKey);

/// Without the key.
impl fmt::Debug for PushKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PushKey({})", self.public())
    }
}

impl PushKey {
    /// The key of this seed: always the same one.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from(secret(seed)))
    }

    /// Its public half as browsers take it, base64url.
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.point())
    }

    fn point(&self) -> Box<[u8]> {
        PublicKey::from(self.0.verifying_key()).to_sec1_bytes()
    }

    /// What goes into `Authorization` for a push service (RFC 8292 §3).
    fn authorization(&self, audience: &str, contact: Option<&str>, now_s: u64) -> String {
        let header = r#"{"typ":"JWT","alg":"ES256"}"#;
        let until = now_s.saturating_add(SIGNED_FOR.as_secs());
        let mut claims = serde_json::json!({ "aud": audience, "exp": until });
        if let (Some(claims), Some(contact)) = (claims.as_object_mut(), contact) {
            claims.insert("sub".to_owned(), contact.into());
        }
        let said = format!("{}.{}", text(header.as_bytes()), text(claims.to_string().as_bytes()));
        let signature: Signature = self.0.sign(said.as_bytes());
        format!("vapid t={said}.{}, k={}", text(&signature.to_bytes()), self.public())
    }
}

/// A number of the curve, of 32 random bytes. One in four thousand million seeds is none: then its digest is taken.
fn secret(seed: &[u8; 32]) -> SecretKey {
    let mut bytes = *seed;
    loop {
        if let Ok(key) = SecretKey::from_slice(&bytes) {
            return key;
        }
        bytes = Sha256::digest(bytes).into();
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// base64url, with or without its padding: browsers differ.
fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

/// Where a browser wants its messages, and what to encrypt them with.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    endpoint: String,
    key: PublicKey,
    auth: [u8; 16],
}

/// Without address and keys: who has the address can send.
impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription(…)")
    }
}

/// A subscription that cannot be one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidSubscription {
    /// The browser's public key.
    #[error("the browser’s public key is none of the curve P-256")]
    Key,
    /// What both share.
    #[error("the browser’s secret is not 16 bytes")]
    Auth,
}

impl Subscription {
    /// Reads what a browser says: the address, and the two keys in base64url.
    pub fn read(endpoint: &str, key: &str, auth: &str) -> Result<Self, InvalidSubscription> {
        let point = bytes(key).filter(|point| point.len() == 65).ok_or(InvalidSubscription::Key)?;
        let key = PublicKey::from_sec1_bytes(&point).map_err(|_| InvalidSubscription::Key)?;
        let auth = bytes(auth).and_then(|auth| auth.try_into().ok());
        let auth = auth.ok_or(InvalidSubscription::Auth)?;
        Ok(Self { endpoint: endpoint.to_owned(), key, auth })
    }

    /// Where it goes.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The browser's public key, base64url.
    pub fn key(&self) -> String {
        text(&self.key.to_sec1_bytes())
    }

    /// What both share, base64url.
    pub fn auth(&self) -> String {
        text(&self.auth)
    }
}

/// How much a device may save its battery before it shows a message (RFC 8030 §5.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Urgency {
    /// When it is on power or in use.
    Low,
    /// Soon.
    Normal,
    /// At once, whatever that costs.
    High,
}

impl Urgency {
    const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

/// A message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PushMessage {
    /// What is said: only the browser reads it.
    pub says: String,
    /// For how long it is worth showing.
    pub lives: Duration,
    /// How urgent it is.
    pub urgency: Urgency,
    /// A message of the same topic that was not shown yet is replaced by this one; letters and digits, 32 at most.
    pub topic: String,
}

/// Encrypts a message to a browser (RFC 8291), filled with zeros to `filled_to` bytes. `seed` makes the key that is used once,
/// `salt` is used once as well.
pub fn encrypt(
    to: &Subscription,
    says: &[u8],
    seed: &[u8; 32],
    salt: &[u8; 16],
    filled_to: usize,
) -> Result<Vec<u8>, NotSent> {
    if says.len() > MESSAGE_BYTES_MAX {
        return Err(NotSent::Keys);
    }
    let once = secret(seed);
    let (ours, theirs) = (once.public_key().to_sec1_bytes(), to.key.to_sec1_bytes());
    let shared = once.diffie_hellman(&to.key);
    let about = [b"WebPush: info\0".as_slice(), &theirs, &ours].concat();
    let both = expand::<32>(&to.auth, shared.raw_secret_bytes(), &about)?;
    let key = expand::<16>(salt, &both, b"Content-Encoding: aes128gcm\0")?;
    let nonce = expand::<12>(salt, &both, b"Content-Encoding: nonce\0")?;
    let mut clear = says.to_vec();
    // The last record's mark, then the filling (RFC 8188 §2).
    clear.push(2);
    clear.resize(clear.len().max(filled_to.min(MESSAGE_BYTES_MAX)), 0);
    let sealed = Aes128Gcm::new(&key.into()).encrypt(&Nonce::from(nonce), clear.as_slice());
    let sealed = sealed.map_err(|_| NotSent::Keys)?;
    let id_bytes = [u8::try_from(ours.len()).map_err(|_| NotSent::Keys)?];
    Ok([salt.as_slice(), &RECORD_BYTES.to_be_bytes(), &id_bytes, &ours, &sealed].concat())
}

fn expand<const N: usize>(salt: &[u8], from: &[u8], about: &[u8]) -> Result<[u8; N], NotSent> {
    let mut out = [0; N];
    let made = Hkdf::<Sha256>::new(Some(salt), from).expand(about, &mut out);
    made.map(|()| out).map_err(|_| NotSent::Keys)
}

/// Sends push messages.
#[derive(Debug)]
pub struct Pusher {
    agent: Agent,
    reach: Reach,
    key: PushKey,
    contact: Option<String>,
}

impl Pusher {
    /// With this key; `contact` is whom a push service's people may write to, `mailto:` or `https:`; some want
    /// to know.
    pub fn new(reach: Reach, key: PushKey, contact: Option<String>) -> Self {
        Self { agent: reach.agent(TIMEOUT), reach, key, contact }
    }

    /// The key's public half, as browsers take it.
    pub fn public_key(&self) -> String {
        self.key.public()
    }

    /// Sends one, and waits until the push service has taken it: not for a thread that others wait for. `seed` and `salt` are
    /// random; `now_s` is the time in seconds since 1970.
    pub fn send(
        &self,
        to: &Subscription,
        message: &PushMessage,
        (seed, salt): (&[u8; 32], &[u8; 16]),
        now_s: u64,
    ) -> Result<u16, NotSent> {
        self.reach.check_push(&to.endpoint)?;
        let body = encrypt(to, message.says.as_bytes(), seed, salt, FILLED_TO)?;
        let audience = origin(&to.endpoint).ok_or(crate::InvalidDestination::NoUrl)?;
        let headers = [
            ("authorization", self.key.authorization(&audience, self.contact.as_deref(), now_s)),
            ("content-encoding", "aes128gcm".to_owned()),
            ("content-type", "application/octet-stream".to_owned()),
            ("ttl", message.lives.as_secs().to_string()),
            ("urgency", message.urgency.word().to_owned()),
            ("topic", message.topic.clone()),
        ];
        post(&self.agent, &to.endpoint, &headers, &body)
    }
}

fn origin(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?))
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;
    use proptest::prelude::*;

    use super::*;

    /// RFC 8291, appendix A.
    const KEY: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    const ONCE: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    const SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";
    const SAYS: &[u8] = b"When I grow up, I want to be a watermelon";
    const SEALED: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

    fn exact<const N: usize>(text: &str) -> [u8; N] {
        bytes(text).unwrap().try_into().unwrap()
    }

    #[test]
    fn a_message_is_encrypted_as_rfc_8291_shows_it() {
        let to = Subscription::read("https://push.example.net/p", KEY, AUTH).unwrap();
        let sealed = encrypt(&to, SAYS, &exact(ONCE), &exact(SALT), 0).unwrap();
        assert_eq!(text(&sealed), SEALED);
        assert_eq!((to.key(), to.auth()), (KEY.to_owned(), AUTH.to_owned()));
    }

    #[test]
    fn a_filled_message_does_not_show_its_length() {
        let to = Subscription::read("https://push.example.net/p", KEY, AUTH).unwrap();
        let sealed = |says: &[u8]| encrypt(&to, says, &[7; 32], &[9; 16], FILLED_TO).unwrap().len();
        assert_eq!(sealed(b"short"), sealed(&[b'x'; 400]));
        assert!(encrypt(&to, &[0; MESSAGE_BYTES_MAX + 1], &[7; 32], &[9; 16], 0).is_err());
    }

    #[test]
    fn a_message_is_signed_as_rfc_8292_says() {
        let key = PushKey::from_seed(&[5; 32]);
        let said =
            key.authorization("https://push.example.net", Some("mailto:alpr@city.example"), 1000);
        let (token, public) = said.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(public, key.public());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let verifying = VerifyingKey::from_sec1_bytes(&bytes(public).unwrap()).unwrap();
        let signature = Signature::from_slice(&bytes(signature).unwrap()).unwrap();
        verifying.verify(signed.as_bytes(), &signature).unwrap();
        let claims = bytes(signed.split_once('.').unwrap().1).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["aud"], "https://push.example.net");
        assert_eq!(claims["sub"], "mailto:alpr@city.example");
        assert_eq!(claims["exp"], 1000 + 12 * 3600);
    }

    #[test]
    fn a_seed_that_is_no_key_leads_to_one() {
        assert_eq!(PushKey::from_seed(&[0xff; 32]).public().len(), 87);
        assert_eq!(PushKey::from_seed(&[0; 32]).public(), PushKey::from_seed(&[0; 32]).public());
    }

    #[test]
    fn neither_key_nor_address_is_shown() {
        let to = Subscription::read("https://push.example.net/secret", KEY, AUTH).unwrap();
        assert!(!format!("{to:?}").contains("secret"));
    }

    proptest! {
        #[test]
        fn any_keys_are_taken_or_refused(key in any::<String>(), auth in any::<String>(), point in prop::collection::vec(any::<u8>(), 65)) {
            prop_assert!(Subscription::read("https://a.example/", &key, AUTH).is_err());
            prop_assert_eq!(Subscription::read("https://a.example/", KEY, &auth).is_ok(), bytes(&auth).is_some_and(|auth| auth.len() == 16));
            if let Ok(to) = Subscription::read("https://a.example/", &text(&point), AUTH) {
                prop_assert_eq!(bytes(&to.key()), Some(point));
            }
        }
    }
}
