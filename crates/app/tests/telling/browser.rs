//! A browser's half of push messages, as RFC 8291 and RFC 8292 have it: what it needs to read a message, and nothing of ours.

use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{Aes128Gcm, Nonce};
use app::telling::DeviceSaid;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::{PublicKey, SecretKey};
use sha2::Sha256;
use testkit::{Posted, Receiver};

/// A browser.
pub(crate) struct Browser {
    secret: SecretKey,
    auth: [u8; 16],
    path: &'static str,
}

impl Browser {
    pub(crate) fn new(path: &'static str, byte: u8) -> Self {
        let secret = SecretKey::from_slice(&[byte; 32]).unwrap();
        Self { secret, auth: [byte; 16], path }
    }

    fn point(&self) -> Box<[u8]> {
        self.secret.public_key().to_sec1_bytes()
    }

    /// What it says when it is added.
    pub(crate) fn says(&self, service: &Receiver) -> DeviceSaid {
        DeviceSaid {
            label: "Phone".to_owned(),
            endpoint: service.url(self.path),
            key: URL_SAFE_NO_PAD.encode(self.point()),
            auth: URL_SAFE_NO_PAD.encode(self.auth),
        }
    }

    /// Reads a message that its push service passed on (RFC 8291 §3.4, RFC 8188 §2).
    pub(crate) fn reads(&self, posted: &Posted) -> serde_json::Value {
        assert_eq!(posted.path, self.path);
        assert_eq!(posted.header("content-encoding"), "aes128gcm");
        let (salt, rest) = posted.body.split_at(16);
        let (size, rest) = rest.split_at(4);
        let size = u32::from_be_bytes(size.try_into().unwrap()) as usize;
        let (theirs, sealed) = rest[1..].split_at(rest[0].into());
        assert!(sealed.len() <= size, "one record");
        let server = PublicKey::from_sec1_bytes(theirs).unwrap();
        let shared = self.secret.diffie_hellman(&server);
        let about = [b"WebPush: info\0".as_slice(), &self.point(), theirs].concat();
        let both: [u8; 32] = expand(&self.auth, shared.raw_secret_bytes(), &about);
        let key: [u8; 16] = expand(salt, &both, b"Content-Encoding: aes128gcm\0");
        let nonce: [u8; 12] = expand(salt, &both, b"Content-Encoding: nonce\0");
        let clear = Aes128Gcm::new(&key.into()).decrypt(&Nonce::from(nonce), sealed).unwrap();
        let end = clear.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(clear[end], 2, "the last record’s mark");
        serde_json::from_slice(&clear[..end]).unwrap()
    }
}

fn expand<const N: usize>(salt: &[u8], from: &[u8], about: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    Hkdf::<Sha256>::new(Some(salt), from).expand(about, &mut out).unwrap();
    out
}

/// Checks who says it (RFC 8292): the key that browsers were told, for this push service, not for long.
pub(crate) fn check_vapid(posted: &Posted, service: &Receiver, public: &str, now_s: i64) {
    let said = posted.header("authorization").strip_prefix("vapid t=").unwrap();
    let (token, key) = said.split_once(", k=").unwrap();
    assert_eq!(key, public);
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let key = VerifyingKey::from_sec1_bytes(&bytes(key)).unwrap();
    let signature = Signature::from_slice(&bytes(signature)).unwrap();
    key.verify(signed.as_bytes(), &signature).unwrap();
    let claims: serde_json::Value =
        serde_json::from_slice(&bytes(signed.split_once('.').unwrap().1)).unwrap();
    assert_eq!(claims["aud"], format!("http://127.0.0.1:{}", service.port));
    let until = claims["exp"].as_i64().unwrap();
    assert!(until > now_s && until <= now_s + 86_400, "{until}");
}
