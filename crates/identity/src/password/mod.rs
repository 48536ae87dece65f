//! Passwords: what one may be, and how it is kept (CJIS `IA-5(1)`).
//!
//! A password is taken as its characters in Unicode's form NFC, so that one typed on another keyboard is the same; never cut,
//! never trimmed, never asked to have a digit in it, never to be changed without a reason. It is kept as argon2id in the PHC
//! string format. **Hashing takes a good part of a second's work and [`Cost`]'s memory: run it, and [`Rules::check`] beside it,
//! where blocking is allowed, and bound how many run at once.**

mod guess;
mod hash;
mod rules;

pub use hash::{Cost, PasswordRefused, Verified, hash, verify, verify_nobody};
pub use rules::{LENGTH_MAX, LENGTH_MIN, Rules, WeakPassword};

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// The form that is counted, compared and hashed.
fn normalised(password: &str) -> Zeroizing<String> {
    // NFC is at most three times as long; room for it at once, so that no copy is left behind when it grows.
    let mut text = Zeroizing::new(String::with_capacity(password.len().saturating_mul(3)));
    text.extend(password.nfc());
    text
}
