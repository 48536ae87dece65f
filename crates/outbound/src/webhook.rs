//! Webhooks: what happened, posted to a program of the agency's, signed so that it knows who says so (Standard Webhooks 1.0).

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use ureq::Agent;
use zeroize::Zeroizing;

use crate::reach::Reach;
use crate::sent::{NotSent, post};

/// How long a receiver may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How a secret that is shown begins.
const PREFIX: &str = "whsec_";

/// What sender and receiver share. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Zeroizing<[u8; 32]>);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

impl WebhookSecret {
    /// Of these random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Of the bytes that were kept; none where they are not 32.
    pub fn from_kept(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_bytes)
    }

    /// What is kept, sealed.
    pub fn expose_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// What the receiver's administrator is shown, once.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(self.0.as_slice())))
    }

    /// What goes into `webhook-signature`: over id, time and body, each after a point.
    fn sign(&self, id: &str, at_s: i64, body: &str) -> String {
        // Every length is a key's.
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(self.0.as_slice()) else {
            return String::new();
        };
        let mac = mac.chain_update(format!("{id}.{at_s}.{body}"));
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// What is posted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// Tells it apart from every other, and is the same each time that it is tried.
    pub id: String,
    /// When it is tried, seconds since 1970: a receiver refuses what is old.
    pub at_s: i64,
    /// JSON.
    pub body: String,
}

/// Posts webhooks.
#[derive(Clone, Debug)]
pub struct Webhooks {
    agent: Agent,
    reach: Reach,
}

impl Webhooks {
    /// To whatever may be reached.
    pub fn new(reach: Reach) -> Self {
        Self { agent: reach.agent(TIMEOUT), reach }
    }

    /// Posts one, and waits for the answer: not for a thread that others wait for. The status with which it was taken.
    pub fn send(&self, url: &str, what: &Delivery, secret: &WebhookSecret) -> Result<u16, NotSent> {
        self.reach.check(url)?;
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("webhook-id", what.id.clone()),
            ("webhook-timestamp", what.at_s.to_string()),
            ("webhook-signature", secret.sign(&what.id, what.at_s, &what.body)),
        ];
        post(&self.agent, url, &headers, what.body.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_signed_as_standard_webhooks_shows_it() {
        // The example of the specification's reference libraries: its secret is of 24 bytes, so it is not made by us.
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        let said = "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}";
        let signed = STANDARD.encode(mac.chain_update(said).finalize().into_bytes());
        assert_eq!(signed, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        // Ours is made the same way, of 32 bytes.
        let ours = WebhookSecret::from_bytes([7; 32]);
        let mac = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
        let expected = STANDARD.encode(mac.chain_update("msg_1.17.{}").finalize().into_bytes());
        assert_eq!(ours.sign("msg_1", 17, "{}"), format!("v1,{expected}"));
    }

    #[test]
    fn a_secret_is_shown_as_receivers_read_it_and_never_printed() {
        let secret = WebhookSecret::from_bytes([1; 32]);
        assert_eq!(secret.expose().strip_prefix("whsec_").map(str::len), Some(44));
        assert_eq!(WebhookSecret::from_kept(secret.expose_bytes()), Some(secret.clone()));
        assert_eq!(WebhookSecret::from_kept(&[1; 31]), None);
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
    }
}
