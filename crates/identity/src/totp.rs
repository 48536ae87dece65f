//! One-time codes of an authenticator app (RFC 6238): something one has, beside the password (CJIS `IA-2(1)`, `IA-2(2)`).
//!
//! CJIS `IA-5` on one-time passwords: at least 6 digits, a key of at least 112 bits, each code accepted once. The app and the
//! server agree on SHA-1, 6 digits and 30 seconds, because that is what every app understands; the key has 160 bits.

use std::fmt;

use domain::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use qrcode::QrCode;
use qrcode::render::svg;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::Zeroizing;

use crate::base32;

/// Bytes of a secret: 160 bits, as RFC 4226 asks; CJIS `IA-5` asks for 112.
pub const SECRET_BYTES: usize = 20;
/// Digits of a code; CJIS `IA-5` asks for no fewer.
pub const N_DIGITS: u32 = 6;
/// A code is shown for so long, in seconds.
pub const STEP_SECONDS: i64 = 30;
/// So many steps before and after the present one are accepted: clocks differ, and people type.
const STEPS_ASIDE: u64 = 1;
/// 10 to the power of [`N_DIGITS`].
const MODULUS: u32 = 10_u32.pow(N_DIGITS);

/// What an app and the server share. Kept by the server under its key, shown once.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; SECRET_BYTES]>);

impl Secret {
    /// From random bits, or from what was kept.
    pub fn from_bytes(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The raw bytes, to be kept under a key.
    pub fn expose(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }

    /// Reads what [`Secret::to_type`] wrote: what an authenticator app does with it.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
        let characters = typed.chars().filter(|c| !c.is_whitespace());
        base32::decode_exactly(characters, base32::RFC_4648, bytes.as_mut_slice())?;
        Some(Self(bytes))
    }

    /// For who types it instead of pointing a camera at it: base32 in groups of four.
    pub fn to_type(&self) -> Zeroizing<String> {
        let text = Zeroizing::new(base32::encode(self.0.as_slice(), base32::RFC_4648));
        let mut grouped = Zeroizing::new(String::with_capacity(text.len() / 4 * 5));
        for (n, c) in text.chars().enumerate() {
            if n > 0 && n.is_multiple_of(4) {
                grouped.push(' ');
            }
            grouped.push(c);
        }
        grouped
    }

    /// What an app takes in: an `otpauth:` URL. The issuer is the server's name, the account the person's.
    pub fn otpauth_url(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let (issuer, account) = (escaped(issuer), escaped(account));
        let secret = Zeroizing::new(base32::encode(self.0.as_slice(), base32::RFC_4648));
        Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={N_DIGITS}&period={STEP_SECONDS}",
            secret.as_str()
        ))
    }

    /// The code of a step.
    fn code(&self, step: Step) -> u32 {
        let mut mac = Hmac::<Sha1>::new_from_slice(self.0.as_slice())
            .expect("HMAC takes a key of any length");
        mac.update(&step.0.to_be_bytes());
        truncated(&mac.finalize().into_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// RFC 4226, 5.3: 31 bits from the place that the last byte names, in decimal.
fn truncated(digest: &[u8]) -> u32 {
    let at = digest.last().map_or(0, |last| usize::from(last & 0xf));
    let bytes = digest.get(at..).and_then(|rest| rest.first_chunk::<4>());
    let word = bytes.map_or(0, |bytes| u32::from_be_bytes(*bytes));
    (word & 0x7fff_ffff) % MODULUS
}

/// Every byte but the unreserved ones of RFC 3986 as `%XX`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A span of thirty seconds, counted from 1970. The last one whose code a person used is kept with the person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Step(u64);

impl Step {
    /// From the stored number.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number to store.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The one that a moment falls into.
    pub fn at(now: Timestamp) -> Self {
        let seconds = now.micros().div_euclid(1_000_000);
        Self(u64::try_from(seconds.div_euclid(STEP_SECONDS)).unwrap_or(0))
    }
}

/// Why a code was not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CodeRefused {
    /// It is not six digits.
    #[error("a code has {N_DIGITS} digits")]
    Malformed,
    /// It is none of the present ones.
    #[error("the code is not the one that the app shows now; is its clock right?")]
    Wrong,
    /// It was right, and was used before (CJIS `IA-5`: accepted once; `IA-2(8)`: no replay).
    #[error("the code was used already: wait for the next one")]
    UsedBefore,
}

impl CodeRefused {
    /// A word for it, for records.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Malformed => "code-malformed",
            Self::Wrong => "code-wrong",
            Self::UsedBefore => "code-used-before",
        }
    }
}

/// Whether `code` is one that the app shows now, a step earlier or a step later, and newer than the last one used. The step
/// that is answered must be kept as the last one used **before** the person is let in, and only where the kept one is still
/// `last_used`: two requests with one code must not both pass.
pub fn check(
    secret: &Secret,
    code: &str,
    now: Timestamp,
    last_used: Option<Step>,
) -> Result<Step, CodeRefused> {
    let code = digits(code).ok_or(CodeRefused::Malformed)?;
    let present = Step::at(now).0;
    let (mut found, mut step) = (Choice::from(0), 0_u64);
    // All are compared, so that time does not tell which one was near.
    for candidate in present.saturating_sub(STEPS_ASIDE)..=present.saturating_add(STEPS_ASIDE) {
        let same = secret.code(Step(candidate)).ct_eq(&code);
        step.conditional_assign(&candidate, same);
        found |= same;
    }
    if !bool::from(found) {
        return Err(CodeRefused::Wrong);
    }
    if last_used.is_some_and(|last| step <= last.0) {
        return Err(CodeRefused::UsedBefore);
    }
    Ok(Step(step))
}

/// Six digits, with spaces anywhere: apps show `123 456`.
fn digits(code: &str) -> Option<u32> {
    let mut digits = code.chars().filter(|c| *c != ' ');
    let mut number = 0;
    for _ in 0..N_DIGITS {
        number = number * 10 + digits.next()?.to_digit(10)?;
    }
    digits.next().is_none().then_some(number)
}

/// An `otpauth:` URL that would not fit a QR code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the name is too long for a QR code")]
pub struct TooLongForQr;

/// A QR code as SVG, black on white with its quiet zone, to stand in a page.
pub fn qr_svg(otpauth_url: &str) -> Result<Zeroizing<String>, TooLongForQr> {
    let code = QrCode::new(otpauth_url).map_err(|_| TooLongForQr)?;
    let mut renderer = code.render::<svg::Color<'_>>();
    renderer.dark_color(svg::Color("#000")).light_color(svg::Color("#fff"));
    let svg = renderer.min_dimensions(220, 220).build();
    // Inside a page an XML declaration is none.
    let svg = svg.find("<svg").and_then(|at| svg.get(at..)).unwrap_or_default();
    Ok(Zeroizing::new(svg.to_owned()))
}

/// The code that an app shows: for tests of what lies further out.
pub fn shown(secret: &Secret, now: Timestamp) -> String {
    format!("{:06}", secret.code(Step::at(now)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn secret() -> Secret {
        Secret::from_bytes(*b"12345678901234567890")
    }

    /// RFC 6238, appendix B, SHA-1; of its eight digits the last six.
    #[test]
    fn codes_are_those_of_the_rfc() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(shown(&secret(), at(seconds)), code, "at {seconds} s");
            assert_eq!(check(&secret(), code, at(seconds), None), Ok(Step::at(at(seconds))));
        }
    }

    #[test]
    fn a_step_aside_is_accepted_and_two_are_not() {
        let code = shown(&secret(), at(3000));
        for (seconds, accepted) in
            [(2940, false), (2969, false), (2970, true), (3030, true), (3059, true), (3060, false)]
        {
            assert_eq!(check(&secret(), &code, at(seconds), None).is_ok(), accepted, "{seconds} s");
        }
    }

    /// CJIS IA-5: accepted once.
    #[test]
    fn a_code_is_accepted_once_and_so_is_none_before_it() {
        let code = shown(&secret(), at(3000));
        let used = check(&secret(), &code, at(3000), None).unwrap();
        let again = check(&secret(), &code, at(3001), Some(used));
        assert_eq!(again, Err(CodeRefused::UsedBefore));
        let earlier = shown(&secret(), at(2970));
        assert_eq!(check(&secret(), &earlier, at(3001), Some(used)), Err(CodeRefused::UsedBefore));
        let next = shown(&secret(), at(3030));
        assert!(check(&secret(), &next, at(3031), Some(used)).is_ok());
    }

    /// A clock that is set back opens no code a second time.
    #[test]
    fn a_clock_that_steps_back_opens_nothing() {
        let used = check(&secret(), &shown(&secret(), at(3000)), at(3000), None).unwrap();
        let replayed = shown(&secret(), at(2000));
        assert_eq!(check(&secret(), &replayed, at(2000), Some(used)), Err(CodeRefused::UsedBefore));
        assert!(check(&secret(), "000000", Timestamp::from_micros(i64::MIN), None).is_err());
    }

    #[test]
    fn an_app_takes_it_in_by_camera_or_by_hand() {
        let url = secret().otpauth_url("Plateglass — Austin", "o'hara@example.org");
        assert_eq!(
            url.as_str(),
            "otpauth://totp/Plateglass%20%E2%80%94%20Austin:o%27hara%40example.org\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Plateglass%20%E2%80%94%20Austin\
             &algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(secret().to_type().as_str(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let svg = qr_svg(&url).unwrap();
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>"));
        assert!(qr_svg(&"x".repeat(5000)).is_err());
        assert_eq!(format!("{:?}", secret()), "Secret(…)");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC*", micros: i64, last: Option<u64>) {
            let last = last.map(Step::from_number);
            let _ = check(&secret(), &text, Timestamp::from_micros(micros), last);
        }

        #[test]
        fn what_is_accepted_is_newer_than_the_last(code in "[0-9]{6}", seconds in 0..10_000_i64, last in 0..400_u64) {
            if let Ok(step) = check(&secret(), &code, at(seconds), Some(Step(last))) {
                prop_assert!(step.number() > last);
                prop_assert!(step.number().abs_diff(Step::at(at(seconds)).number()) <= 1);
            }
        }
    }
}
