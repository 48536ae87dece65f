//! Recovery codes: ten codes on paper for who lost the phone, each worth one sign-in in place of the second factor (CJIS
//! `IA-5`, look-up secrets; `AC-7` counts wrong ones as failures).

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::Zeroizing;

use crate::base32;

/// So many codes are made at once. New ones make the old ones worthless.
pub const N_CODES: usize = 10;
/// Random bytes of a code: 80 bits, so that a plain SHA-256 is enough to keep it by (NIST SP 800-63B asks for 64).
pub const CODE_BYTES: usize = 10;
/// Characters between two hyphens.
const GROUP: usize = 4;

/// A recovery code: sixteen letters and digits in four groups.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(Zeroizing<[u8; CODE_BYTES]>);

/// What is stored of a code.
pub type CodeHash = [u8; 32];

/// Ten codes from random bytes.
pub fn codes(random: &[u8; N_CODES * CODE_BYTES]) -> [RecoveryCode; N_CODES] {
    let (chunks, _) = random.as_chunks::<CODE_BYTES>();
    std::array::from_fn(|n| {
        RecoveryCode(Zeroizing::new(chunks.get(n).copied().unwrap_or_default()))
    })
}

impl RecoveryCode {
    /// The written form, to be shown once: `0g4t-9mzk-…`.
    pub fn expose(&self) -> Zeroizing<String> {
        let plain = Zeroizing::new(base32::encode(self.0.as_slice(), base32::CROCKFORD));
        let mut text = Zeroizing::new(String::with_capacity(plain.len() / GROUP * (GROUP + 1)));
        for (n, c) in plain.chars().enumerate() {
            if n > 0 && n.is_multiple_of(GROUP) {
                text.push('-');
            }
            text.push(c);
        }
        text
    }

    /// Reads what somebody typed from paper: case, spaces and hyphens do not matter, `o` is zero, `i` and `l` are one.
    pub fn parse(text: &str) -> Option<Self> {
        let characters = text.chars().filter(|c| !matches!(c, ' ' | '-')).map(|c| {
            match c.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            }
        });
        let mut bytes = Zeroizing::new([0; CODE_BYTES]);
        base32::decode_exactly(characters, base32::CROCKFORD, bytes.as_mut_slice())?;
        Some(Self(bytes))
    }

    /// What is stored of it.
    pub fn hash(&self) -> CodeHash {
        Sha256::digest(self.0.as_slice()).into()
    }

    /// Which of a person's stored codes this is; that one is to be deleted before the person is let in, and only a deletion
    /// that found it counts, so that two requests with one code do not both pass.
    pub fn find(&self, stored: &[CodeHash]) -> Option<usize> {
        let hash = self.hash();
        let mut at = u64::MAX;
        for (n, other) in (0_u64..).zip(stored) {
            at.conditional_assign(&n, hash.ct_eq(other));
        }
        usize::try_from(at).ok().filter(|at| *at < stored.len())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ten() -> [RecoveryCode; N_CODES] {
        codes(&std::array::from_fn(|n| u8::try_from(n).unwrap().wrapping_mul(37)))
    }

    #[test]
    fn each_of_ten_codes_is_found_and_used_once() {
        let mut stored: Vec<CodeHash> = ten().iter().map(RecoveryCode::hash).collect();
        for code in ten() {
            let typed = RecoveryCode::parse(&code.expose()).unwrap();
            let at = typed.find(&stored).unwrap();
            stored.remove(at);
            assert_eq!(typed.find(&stored), None);
        }
        assert!(stored.is_empty());
    }

    #[test]
    fn paper_and_people_are_forgiven() {
        let code = RecoveryCode(Zeroizing::new([0, 0x42, 0x10, 0x84, 0x21, 9, 8, 7, 6, 5]));
        let text = code.expose();
        assert_eq!(text.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4]);
        let typed = text.to_uppercase().replace('0', "O").replace('1', "l").replace('-', " ");
        assert_eq!(RecoveryCode::parse(&typed), Some(code.clone()));
        assert_eq!(RecoveryCode::parse(text.get(1..).unwrap()), None);
        assert_eq!(RecoveryCode::parse(&format!("{}0", text.as_str())), None);
        assert_eq!(format!("{code:?}"), "RecoveryCode(…)");
    }

    proptest! {
        #[test]
        fn any_text_is_answered_and_a_code_reads_as_it_is_written(text: String, bytes: [u8; CODE_BYTES]) {
            let _ = RecoveryCode::parse(&text);
            let code = RecoveryCode(Zeroizing::new(bytes));
            prop_assert_eq!(RecoveryCode::parse(&code.expose()), Some(code));
        }
    }
}
