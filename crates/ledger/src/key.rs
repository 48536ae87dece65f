//! Keys: who signs notes, under which name. Ed25519 signatures of logs (type 0x01) and timestamped cosignatures of
//! witnesses (type 0x04, C2SP tlog-cosignature, "cosignature/v1").

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::note::SignatureLine;

/// Bytes in an Ed25519 seed and in its public key.
pub const KEY_BYTES: usize = 32;
/// Longest name of a key, in bytes.
const NAME_BYTES_MAX: usize = 255;

/// What a key signs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    /// A log's notes, as they stand.
    Log,
    /// A witness's cosignatures, each with the moment it was made.
    Cosigner,
}

impl KeyKind {
    const fn byte(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Cosigner => 0x04,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Log),
            0x04 => Some(Self::Cosigner),
            _ => None,
        }
    }
}

/// A text that is no key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidKey {
    /// Its parts cannot be told apart.
    #[error("expected <name>+<eight hexadecimal digits>+<base64>")]
    Form,
    /// Its name cannot stand in a signature line.
    #[error("a key's name is 1–255 bytes without spaces and `+`")]
    Name,
    /// Of a kind that is not spoken here.
    #[error("the key is of type 0x{0:02x}; 0x01 (Ed25519) and 0x04 (cosignature) are understood")]
    Kind(u8),
    /// Its id is not the one its name and key make.
    #[error("the key's id is not the hash of its name and key: it was copied wrongly")]
    Id,
    /// Not a point of the curve.
    #[error("the public key is not an Ed25519 key")]
    Point,
}

/// Why a signature was not made by a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadSignature {
    /// Not as long as such signatures are.
    #[error("the signature has {0} bytes")]
    Length(usize),
    /// It does not fit the text and the key.
    #[error("the signature does not fit the text")]
    Wrong,
}

/// A public key under its name: whose signatures to believe.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    key: VerifyingKey,
    id: u32,
}

impl VerifierKey {
    fn new(name: String, kind: KeyKind, key: VerifyingKey) -> Self {
        let id = key_id(&name, kind, key.as_bytes());
        Self { name, kind, key, id }
    }

    /// Reads the written form, `<name>+<id>+<base64 of type and key>`.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let (name, id, kind, bytes) = parts(text.trim())?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| InvalidKey::Point)?;
        let key = Self::new(name, kind, key);
        if key.id == id { Ok(key) } else { Err(InvalidKey::Id) }
    }

    /// The name that its signature lines bear.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The hash of name and key that its signature lines bear.
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// Whether both wrap the same public key, under whatever names.
    pub fn is_same_point(&self, other: &Self) -> bool {
        self.key == other.key
    }

    /// What it signs.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Checks a signature of `text`. For a cosignature, when it was made, in seconds of Unix time.
    pub fn verify(&self, text: &str, signature: &[u8]) -> Result<Option<u64>, BadSignature> {
        let length = BadSignature::Length(signature.len());
        let check = |message: &[u8], signature: &[u8]| {
            let signature = Signature::from_slice(signature).map_err(|_| length)?;
            self.key.verify_strict(message, &signature).map_err(|_| BadSignature::Wrong)
        };
        match self.kind {
            KeyKind::Log => check(text.as_bytes(), signature).map(|()| None),
            KeyKind::Cosigner => {
                let (seconds, signature) = signature.split_first_chunk::<8>().ok_or(length)?;
                let seconds = u64::from_be_bytes(*seconds);
                check(cosigned(text, seconds).as_bytes(), signature).map(|()| Some(seconds))
            }
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![self.kind.byte()];
        bytes.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{:08x}+{}", self.name, self.id, STANDARD.encode(bytes))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

/// A key that signs. Its secret is 32 random bytes; signing needs no chance.
#[derive(Clone)]
pub struct SigningKey {
    verifier: VerifierKey,
    seed: Zeroizing<[u8; KEY_BYTES]>,
}

/// How the written form of a secret begins, as Go's `sumdb/note` writes it.
const SECRET: &str = "PRIVATE+KEY+";

impl SigningKey {
    /// The key of this name and seed.
    pub fn from_seed(name: &str, kind: KeyKind, seed: [u8; KEY_BYTES]) -> Result<Self, InvalidKey> {
        if !is_name(name) {
            return Err(InvalidKey::Name);
        }
        let seed = Zeroizing::new(seed);
        let key = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
        Ok(Self { verifier: VerifierKey::new(name.to_owned(), kind, key), seed })
    }

    /// Reads the written form.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let text = text.trim().strip_prefix(SECRET).ok_or(InvalidKey::Form)?;
        let (name, id, kind, seed) = parts(text)?;
        let key = Self::from_seed(&name, kind, seed)?;
        if key.verifier.id == id { Ok(key) } else { Err(InvalidKey::Id) }
    }

    /// The written form, secret: name the reason where you call this.
    pub fn expose(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0_u8; 1 + KEY_BYTES]);
        if let Some((kind, seed)) = bytes.split_first_mut() {
            *kind = self.verifier.kind.byte();
            seed.copy_from_slice(self.seed.as_slice());
        }
        let VerifierKey { name, id, .. } = &self.verifier;
        Zeroizing::new(format!("{SECRET}{name}+{id:08x}+{}", STANDARD.encode(bytes.as_slice())))
    }

    /// Its public half.
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a note's text. `seconds` is the moment that a cosigner adds, in Unix time; a log's key leaves it out.
    pub fn sign(&self, text: &str, seconds: u64) -> SignatureLine {
        let key = ed25519_dalek::SigningKey::from_bytes(&self.seed);
        let signature = match self.verifier.kind {
            KeyKind::Log => key.sign(text.as_bytes()).to_bytes().to_vec(),
            KeyKind::Cosigner => {
                let mut signature = seconds.to_be_bytes().to_vec();
                signature
                    .extend_from_slice(&key.sign(cosigned(text, seconds).as_bytes()).to_bytes());
                signature
            }
        };
        SignatureLine { name: self.verifier.name.clone(), id: self.verifier.id, signature }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier.name)
    }
}

/// What a cosigner signs of a checkpoint.
fn cosigned(text: &str, seconds: u64) -> String {
    format!("cosignature/v1\ntime {seconds}\n{text}")
}

/// `SHA-256(name || 0x0A || type || public key)[..4]`
fn key_id(name: &str, kind: KeyKind, key: &[u8; KEY_BYTES]) -> u32 {
    let digest = Sha256::new()
        .chain_update(name.as_bytes())
        .chain_update([b'\n', kind.byte()])
        .chain_update(key)
        .finalize();
    digest.first_chunk::<4>().map_or(0, |id| u32::from_be_bytes(*id))
}

/// Whether a name may stand in a signature line.
pub(crate) fn is_name(name: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

fn parts(text: &str) -> Result<(String, u32, KeyKind, [u8; KEY_BYTES]), InvalidKey> {
    let (name, rest) = text.split_once('+').ok_or(InvalidKey::Form)?;
    let (id, key) = rest.split_once('+').ok_or(InvalidKey::Form)?;
    if !is_name(name) {
        return Err(InvalidKey::Name);
    }
    let digits = id.len() == 8 && id.bytes().all(|digit| digit.is_ascii_hexdigit());
    let id = u32::from_str_radix(id, 16).ok().filter(|_| digits).ok_or(InvalidKey::Form)?;
    let bytes = Zeroizing::new(STANDARD.decode(key).map_err(|_| InvalidKey::Form)?);
    let (kind, key) = bytes.split_first().ok_or(InvalidKey::Form)?;
    let kind = KeyKind::from_byte(*kind).ok_or(InvalidKey::Kind(*kind))?;
    let key = key.try_into().map_err(|_| InvalidKey::Form)?;
    Ok((name.to_owned(), id, kind, key))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The example of C2SP's signed-note and tlog-cosignature pages.
    const FOO: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    #[test]
    fn c2sps_example_key_is_read_and_its_id_recomputed() {
        let key = VerifierKey::parse(FOO).unwrap();
        assert_eq!(
            (key.name(), key.id(), key.kind()),
            ("example.com/foo", 0x530d_903a, KeyKind::Log)
        );
        assert_eq!(key.to_string(), FOO);
    }

    #[test]
    fn what_is_no_key_is_refused_by_name() {
        let refused = |text: &str| VerifierKey::parse(text).unwrap_err();
        assert_eq!(refused("example.com/foo"), InvalidKey::Form);
        assert_eq!(refused(&FOO.replace("530d903a", "530d903b")), InvalidKey::Id);
        assert_eq!(refused(&FOO.replace("530d903a", "+30d903a")), InvalidKey::Form);
        assert_eq!(refused(&FOO.replace("com/foo", "com foo")), InvalidKey::Name);
        assert_eq!(refused(&FOO.replace("Aeky", "Beky")), InvalidKey::Kind(5));
    }

    #[test]
    fn a_secret_does_not_show() {
        let key = SigningKey::from_seed("log.example", KeyKind::Log, [7; 32]).unwrap();
        assert_eq!(format!("{key:?}"), "SigningKey(log.example)");
    }

    #[test]
    fn signatures_are_those_of_another_implementation() {
        use signed_note::{Note, StandardSigner, StandardVerifier, VerifierList};
        let key = SigningKey::from_seed("log.example/a", KeyKind::Log, [9; 32]).unwrap();
        let text = "log.example/a\n7\nAAAA\n";
        let ours = format!("{text}\n{}\n", key.sign(text, 0));
        let theirs = Note::from_bytes(ours.as_bytes()).unwrap();
        let known = StandardVerifier::new(&key.verifier().to_string()).unwrap();
        theirs.verify(&VerifierList::new(vec![Box::new(known)])).unwrap();
        let mut by_them = Note::new(text.as_bytes(), &[]).unwrap();
        by_them.add_sigs(&[&StandardSigner::new(&key.expose()).unwrap()]).unwrap();
        assert_eq!(by_them.to_bytes(), ours.into_bytes());
    }

    proptest! {
        #[test]
        fn keys_read_as_they_are_written(seed: [u8; 32], cosigner: bool, name in "[a-z./-]{1,40}") {
            let kind = if cosigner { KeyKind::Cosigner } else { KeyKind::Log };
            let key = SigningKey::from_seed(&name, kind, seed).unwrap();
            let read = VerifierKey::parse(&key.verifier().to_string()).unwrap();
            prop_assert_eq!(&read, key.verifier());
            let read = SigningKey::parse(&key.expose()).unwrap();
            prop_assert_eq!(read.verifier(), key.verifier());
        }

        #[test]
        fn any_text_is_answered(text in ".{0,80}", tail in "[a-z+0-9=/]{0,80}") {
            let _ = VerifierKey::parse(&text);
            let _ = SigningKey::parse(&format!("{SECRET}{tail}"));
        }
    }
}
