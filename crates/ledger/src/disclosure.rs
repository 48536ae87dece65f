//! Clear text kept apart from the log: the leaf holds a salted digest, the side table the salt and the text (RFC 9901,
//! "Selective Disclosure for JWTs", §4.2). When the side table's row is gone, the digest proves nothing any more and the
//! tree is as valid as before.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Bytes of a salt: 128 random bits, without which a plate could be found by trying all plates.
pub const SALT_BYTES: usize = 16;

/// A salt; each is used once.
pub type Salt = [u8; SALT_BYTES];

/// What RFC 9901 calls a disclosure, in the one written form that its digest is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Disclosure {
    encoded: String,
}

impl Disclosure {
    /// Of a named field: `[salt, name, value]`.
    pub fn of_field(salt: &Salt, name: &str, value: &Value) -> Self {
        let parts =
            Value::from(vec![URL_SAFE_NO_PAD.encode(salt).into(), name.into(), value.clone()]);
        Self { encoded: URL_SAFE_NO_PAD.encode(parts.to_string()) }
    }

    /// Of one item of a list, given as JSON: `[salt, value]`.
    pub fn of_item(salt: &Salt, value: &str) -> Self {
        let parts = format!("[\"{}\",{value}]", URL_SAFE_NO_PAD.encode(salt));
        Self { encoded: URL_SAFE_NO_PAD.encode(parts) }
    }

    /// Takes the written form; none for what is not one.
    pub fn parse(encoded: &str) -> Option<Self> {
        let this = Self { encoded: encoded.to_owned() };
        matches!(this.parts()?.len(), 2 | 3).then_some(this)
    }

    /// The written form.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }

    /// What stands in the leaf: the base64url SHA-256 of the written form.
    pub fn digest(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.encoded.as_bytes()))
    }

    /// The field's name and value; no name for an item of a list.
    pub fn said(&self) -> Option<(Option<String>, Value)> {
        let mut parts = self.parts()?;
        let value = parts.pop()?;
        match parts.as_slice() {
            [_, Value::String(name)] => Some((Some(name.clone()), value)),
            [_] => Some((None, value)),
            _ => None,
        }
    }

    fn parts(&self) -> Option<Vec<Value>> {
        let json = URL_SAFE_NO_PAD.decode(&self.encoded).ok()?;
        let parts: Vec<Value> = serde_json::from_slice(&json).ok()?;
        parts.first()?.is_string().then_some(parts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 9901 §4.2.3, its example of a family name.
    #[test]
    fn the_rfcs_example_has_the_rfcs_digest() {
        let encoded = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
        let family = Disclosure::parse(encoded).unwrap();
        assert_eq!(family.digest(), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
        assert_eq!(family.said(), Some((Some("family_name".to_owned()), "Möbius".into())));
    }

    #[test]
    fn the_same_text_under_another_salt_has_another_digest() {
        let of =
            |salt| Disclosure::of_field(&[salt; SALT_BYTES], "query", &"ABC123".into()).digest();
        assert_ne!(of(1), of(2));
    }

    proptest! {
        #[test]
        fn a_disclosure_says_what_was_put_in(salt: [u8; SALT_BYTES], name in "[a-z]{1,9}", value in ".*") {
            let made = Disclosure::of_field(&salt, &name, &value.clone().into());
            let read = Disclosure::parse(made.encoded()).unwrap();
            prop_assert_eq!(read.said(), Some((Some(name), value.into())));
            prop_assert_eq!(read.digest(), made.digest());
        }

        #[test]
        fn any_text_is_answered(text in "[A-Za-z0-9_-]{0,60}") {
            let _ = Disclosure::parse(&text).map(|read| read.said());
        }
    }
}
