//! Tokens with which machines ask the API in a person's name: shown once, kept as their SHA-256 (CJIS `IA-5`, `IA-5(1)`;
//! `IA-5o` asks for 64 random bits, these have 256).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// Random bytes of a token.
pub const TOKEN_BYTES: usize = 32;
/// Characters that they are written in.
const WRITTEN: usize = 43;
/// Bytes of the checksum, six characters: a mistyped token is told from an unknown one, and scanners of leaked secrets from
/// any other 43 characters.
const SUM_BYTES: usize = 4;
/// Of the random characters so many are shown in lists, so that people can tell their tokens apart; 220 bits stay hidden.
const SHOWN: usize = 6;

/// What stands for a token in the store and in logs of its use.
pub type TokenHash = [u8; 32];

/// Why a text is no token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidToken {
    /// It does not begin as such a token does, or is too short or too long.
    #[error("this is not a token of this kind")]
    Form,
    /// Its checksum does not fit: something was mistyped or cut off.
    #[error("the token is damaged: copy it again")]
    Checksum,
}

/// 256 bits, as text: prefix, 43 characters of base64url, 6 of checksum.
pub(crate) fn write(prefix: &str, bits: &[u8; TOKEN_BYTES]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(prefix.len() + WRITTEN + 6));
    text.push_str(prefix);
    URL_SAFE_NO_PAD.encode_string(bits, &mut text);
    let sum = checksum(&text);
    text.push_str(&sum);
    text
}

pub(crate) fn read(prefix: &str, text: &str) -> Result<Zeroizing<[u8; TOKEN_BYTES]>, InvalidToken> {
    let rest = text.strip_prefix(prefix).ok_or(InvalidToken::Form)?;
    let (random, sum) = rest.split_at_checked(WRITTEN).ok_or(InvalidToken::Form)?;
    let mut bits = Zeroizing::new([0_u8; TOKEN_BYTES]);
    let n = URL_SAFE_NO_PAD.decode_slice(random, bits.as_mut_slice());
    if n != Ok(TOKEN_BYTES) || sum.len() != 6 {
        return Err(InvalidToken::Form);
    }
    let summed = text.strip_suffix(sum).unwrap_or_default();
    if checksum(summed) == sum { Ok(bits) } else { Err(InvalidToken::Checksum) }
}

fn checksum(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.first_chunk::<SUM_BYTES>().copied().unwrap_or_default())
}

pub(crate) fn shown(prefix: &str, bits: &[u8; TOKEN_BYTES]) -> String {
    let random = Zeroizing::new(URL_SAFE_NO_PAD.encode(bits));
    format!("{prefix}{}…", random.get(..SHOWN).unwrap_or_default())
}

macro_rules! token {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(zeroize::Zeroizing<[u8; $crate::token::TOKEN_BYTES]>);

        impl $name {
            /// What its written form begins with.
            pub const PREFIX: &'static str = $prefix;

            /// From 256 random bits.
            pub fn from_random(bits: [u8; $crate::token::TOKEN_BYTES]) -> Self {
                Self(zeroize::Zeroizing::new(bits))
            }

            /// Reads the written form.
            pub fn parse(text: &str) -> Result<Self, $crate::token::InvalidToken> {
                $crate::token::read($prefix, text).map(Self)
            }

            /// The written form, to be shown once.
            pub fn expose(&self) -> zeroize::Zeroizing<String> {
                $crate::token::write($prefix, &self.0)
            }

            /// What is stored of it.
            pub fn hash(&self) -> $crate::token::TokenHash {
                use sha2::Digest as _;
                sha2::Sha256::digest(self.0.as_slice()).into()
            }

            /// Its beginning, by which people tell theirs apart; opens nothing.
            pub fn shown(&self) -> String {
                $crate::token::shown($prefix, &self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}
pub(crate) use token;

token!(/// What a machine sends as `Authorization: Bearer pgt_…`.
    ApiToken, "pgt_");

/// The beginning of a token that was sent, for a log line about one that is unknown: never more than lists show.
pub struct Beginning<'a>(
    /// What was sent.
    pub &'a str,
);

impl fmt::Display for Beginning<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match ApiToken::parse(self.0) {
            Ok(token) => f.write_str(&token.shown()),
            Err(_) => f.write_str("(no token)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_is_shown_once_and_stored_hashed() {
        let token = ApiToken::from_random([7; 32]);
        let text = token.expose();
        assert_eq!(text.as_str(), "pgt_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcSucb0Q");
        let hash: [u8; 32] = Sha256::digest([7; 32]).into();
        assert_eq!(ApiToken::parse(&text).unwrap().hash(), hash);
        assert_eq!(token.shown(), "pgt_BwcHBw…");
        assert_eq!(Beginning(&text).to_string(), "pgt_BwcHBw…");
        assert_eq!(Beginning("hunter2").to_string(), "(no token)");
        assert_eq!(format!("{token:?}"), "ApiToken(…)");
    }

    #[test]
    fn a_damaged_token_is_told_from_another_text() {
        let text = ApiToken::from_random([7; 32]).expose();
        let mistyped = text.replacen("BwcH", "BwcI", 1);
        assert_eq!(ApiToken::parse(&mistyped).unwrap_err(), InvalidToken::Checksum);
        for other in ["", "pgt_", "hunter2", text.get(..52).unwrap(), &format!("{}x", *text)] {
            assert_eq!(ApiToken::parse(other).unwrap_err(), InvalidToken::Form, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "(pgt_)?\\PC{0,60}") {
            prop_assert!(ApiToken::parse(&text).is_err());
        }

        #[test]
        fn a_token_reads_as_it_is_written_and_no_other_text_does(bits: [u8; 32], at in 0..53_usize, to in "[A-Za-z0-9_-]") {
            let text = ApiToken::from_random(bits).expose();
            prop_assert_eq!(*ApiToken::parse(&text).unwrap().0, bits);
            let mut changed = text.to_string();
            changed.replace_range(at..=at, &to);
            prop_assert_eq!(ApiToken::parse(&changed).is_ok(), changed == *text);
        }
    }
}
