//! Signed notes (C2SP signed-note): a text, a blank line, a line for each signature.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::VerifierKey;
use crate::key::{BadSignature, is_name};

/// Longest note that is looked at, in bytes: a checkpoint with a hundred signatures is a tenth of it.
pub const NOTE_BYTES_MAX: usize = 256 * 1024;
/// Most signatures a note may have; C2SP asks for at least 16.
const SIGNATURES_MAX: usize = 100;
/// How a signature line begins: an em dash and a space.
const DASH: &str = "— ";

/// One signature of a note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureLine {
    /// Whose it says it is.
    pub name: String,
    /// Of which key it says it is.
    pub id: u32,
    /// The signature itself.
    pub signature: Vec<u8>,
}

impl SignatureLine {
    /// Reads one line, without its end.
    pub fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix(DASH)?.split_once(' ')?;
        let bytes = STANDARD.decode(signature).ok()?;
        let (id, signature) = bytes.split_first_chunk::<4>()?;
        let whole = is_name(name) && !signature.is_empty();
        whole.then(|| Self {
            name: name.to_owned(),
            id: u32::from_be_bytes(*id),
            signature: signature.to_vec(),
        })
    }

    /// Whether it says that this key made it.
    pub fn is_of(&self, key: &VerifierKey) -> bool {
        self.name == key.name() && self.id == key.id()
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.id.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.signature);
        write!(f, "{DASH}{} {}", self.name, STANDARD.encode(bytes))
    }
}

/// A note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

/// Bytes that are no note.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidNote {
    /// Longer than is looked at.
    #[error("the note has {0} bytes; at most {NOTE_BYTES_MAX} are read")]
    TooLong(usize),
    /// Not text, or with control characters in it.
    #[error("the note is not plain UTF-8 text")]
    NotText,
    /// No blank line between text and signatures, or nothing before it.
    #[error("the note has no text, or no blank line before its signatures")]
    NoBlankLine,
    /// A line after the blank one is not a signature.
    #[error("signature line {0} cannot be read")]
    SignatureLine(usize),
    /// No signature, or more than are read.
    #[error("the note has {0} signatures; 1 to {SIGNATURES_MAX} are read")]
    Signatures(usize),
}

/// A signature that fits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verified<'k> {
    /// Whose.
    pub key: &'k VerifierKey,
    /// When it was made, in seconds of Unix time, where it says so.
    pub at: Option<u64>,
}

/// A signature of a key that is known, and that does not fit: the note is to be thrown away.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the signature of `{name}` is bad")]
pub struct Forged {
    /// In whose name.
    pub name: String,
    /// What is wrong with it.
    #[source]
    pub why: BadSignature,
}

impl Note {
    /// A note that nobody has signed yet. None for what cannot be a note's text.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (is_text(&text) && text.len() > 1 && text.ends_with('\n'))
            .then_some(Self { text, signatures: Vec::new() })
    }

    /// Reads a note; its signatures are not checked by that.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidNote> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(InvalidNote::TooLong(bytes.len()));
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| InvalidNote::NotText)?;
        if !is_text(whole) {
            return Err(InvalidNote::NotText);
        }
        let at = whole.rfind("\n\n").ok_or(InvalidNote::NoBlankLine)?;
        let (text, rest) = whole.split_at_checked(at + 1).ok_or(InvalidNote::NoBlankLine)?;
        let lines = rest.strip_prefix('\n').and_then(|rest| rest.strip_suffix('\n'));
        let lines = lines.ok_or(InvalidNote::NoBlankLine)?;
        let n = lines.split('\n').count();
        if n > SIGNATURES_MAX {
            return Err(InvalidNote::Signatures(n));
        }
        let read =
            |(place, line)| SignatureLine::parse(line).ok_or(InvalidNote::SignatureLine(place + 1));
        let signatures = lines.split('\n').enumerate().map(read).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The text, with its last line's end: what is signed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, unchecked.
    pub fn signatures(&self) -> &[SignatureLine] {
        &self.signatures
    }

    /// Adds a signature; one that the same key made earlier goes.
    pub fn add(&mut self, signature: SignatureLine) {
        let same = |old: &SignatureLine| (&old.name, old.id) == (&signature.name, signature.id);
        self.signatures.retain(|old| !same(old));
        self.signatures.push(signature);
    }

    /// The signatures of `known` keys, each once. One bad signature of a known key spoils the note; what unknown keys
    /// signed is passed over.
    pub fn verify<'k>(&self, known: &'k [VerifierKey]) -> Result<Vec<Verified<'k>>, Forged> {
        let mut verified: Vec<Verified<'k>> = Vec::new();
        for line in &self.signatures {
            let Some(key) = known.iter().find(|key| line.is_of(key)) else { continue };
            if verified.iter().any(|one| one.key == key) {
                continue;
            }
            let at = key.verify(&self.text, &line.signature);
            let at = at.map_err(|why| Forged { name: line.name.clone(), why })?;
            verified.push(Verified { key, at });
        }
        Ok(verified)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn is_text(text: &str) -> bool {
    !text.chars().any(|c| c != '\n' && u32::from(c) < 0x20)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::{KeyKind, SigningKey};

    const TEXT: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const SIGNATURE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

    #[test]
    fn the_example_of_gos_note_package_verifies() {
        let note = Note::parse(format!("{TEXT}\n{SIGNATURE}\n").as_bytes()).unwrap();
        let known = [VerifierKey::parse(NEUMANN).unwrap()];
        assert_eq!(note.verify(&known).unwrap(), [Verified { key: &known[0], at: None }]);
        let other = Note::parse(format!("{}\n{SIGNATURE}\n", TEXT.replace("you", "we")).as_bytes());
        let forged = other.unwrap().verify(&known).unwrap_err();
        assert_eq!(forged, Forged { name: "PeterNeumann".to_owned(), why: BadSignature::Wrong });
    }

    #[test]
    fn a_cosignature_says_when_it_was_made() {
        let key = SigningKey::from_seed("witness.example/w", KeyKind::Cosigner, [3; 32]).unwrap();
        let mut note = Note::new("log.example\n1\nAAAA\n").unwrap();
        note.add(key.sign(note.text(), 1_679_315_147));
        assert_eq!(note.signatures()[0].signature.len() + 4, 76);
        let known = [key.verifier().clone()];
        assert_eq!(note.verify(&known).unwrap()[0].at, Some(1_679_315_147));
        note.add(key.sign(note.text(), 1_679_315_148));
        assert_eq!(note.signatures().len(), 1);
    }

    #[test]
    fn what_is_no_note_is_refused_with_the_reason() {
        let refused = |text: String| Note::parse(text.as_bytes()).unwrap_err();
        assert_eq!(refused(format!("{TEXT}{SIGNATURE}\n")), InvalidNote::NoBlankLine);
        assert_eq!(refused(format!("{TEXT}\n{SIGNATURE}")), InvalidNote::NoBlankLine);
        assert_eq!(refused(format!("{TEXT}\nPeter\n")), InvalidNote::SignatureLine(1));
        assert_eq!(refused(format!("{TEXT}\r\n{SIGNATURE}\n")), InvalidNote::NotText);
        assert_eq!(
            refused("x".repeat(NOTE_BYTES_MAX + 1)),
            InvalidNote::TooLong(NOTE_BYTES_MAX + 1)
        );
        let many = format!("{SIGNATURE}\n").repeat(SIGNATURES_MAX + 1);
        assert_eq!(refused(format!("{TEXT}\n{many}")), InvalidNote::Signatures(SIGNATURES_MAX + 1));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_and_what_is_read_is_written_again(text in "[a-z\n— +=]{0,60}", tail in ".{0,40}", signed: bool) {
            let tail = if signed { SIGNATURE } else { &tail };
            let bytes = format!("{text}\n\n{tail}\n");
            if let Ok(note) = Note::parse(bytes.as_bytes()) {
                prop_assert_eq!(note.to_string(), bytes);
            }
        }
    }
}
