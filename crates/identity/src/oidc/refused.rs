//! Why somebody who comes from a provider is not let in.

use openidconnect::{ClaimsVerificationError, SignatureVerificationError};

use super::HttpError;

/// Of what a provider says so many characters are passed on: it ends up in a log and on a page.
const SAID_CHARS_MAX: usize = 200;

/// Why it did not work. What is refused is refused whole: nobody is half signed in.
#[derive(Debug, thiserror::Error)]
pub enum OidcRefused {
    /// The configuration cannot work.
    #[error("the provider's configuration cannot work: {reason}")]
    Settings {
        /// Why.
        reason: String,
    },
    /// The provider did not answer.
    #[error("the provider did not answer")]
    Unreachable(#[source] HttpError),
    /// The provider's answer is not as the protocol has it.
    #[error("the provider's answer is not as OpenID Connect has it: {reason}")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// The provider, or the person there, said no.
    #[error("the provider refused: {said}")]
    Denied {
        /// In the provider's words, shortened.
        said: String,
    },
    /// The answer belongs to another sign-in: an old one, or one that somebody else began.
    #[error("the answer belongs to another sign-in: begin again")]
    State,
    /// The sign-in was begun too long ago.
    #[error("the sign-in was begun too long ago: begin again")]
    TooLate,
    /// Another issuer answered than was asked.
    #[error("another issuer answered than was asked")]
    Issuer,
    /// The token was made for another program.
    #[error("the token was made for another program")]
    Audience,
    /// The token was made for another sign-in.
    #[error("the token was made for another sign-in")]
    Nonce,
    /// The token is too old, or from the future: look at the clocks.
    #[error(
        "the token is too old, or from the future: the server's clock and the provider's may differ"
    )]
    Expired,
    /// The token is not signed.
    #[error("the token is not signed")]
    Unsigned,
    /// The token is signed in a way that is not accepted.
    #[error("the token is signed in a way that is not accepted")]
    Algorithm,
    /// The token is signed with a key that the provider does not publish.
    #[error("the token is signed with a key that the provider does not publish")]
    UnknownKey,
    /// The signature is false.
    #[error("the token's signature is false")]
    Signature,
    /// The provider does not say that a second factor was used (CJIS `IA-2(1)`, `IA-2(2)`).
    #[error("the provider does not say that a second factor was used")]
    NoSecondFactor,
    /// The person signed in at the provider too long ago (CJIS `IA-11`, `IA-5`).
    #[error("the sign-in at the provider is not fresh enough")]
    NotFresh,
    /// Two answers of the provider speak of two people.
    #[error("the provider's answers speak of two people")]
    Subject,
}

impl OidcRefused {
    /// A word for it, for records.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Settings { .. } => "provider-settings",
            Self::Unreachable(_) => "provider-unreachable",
            Self::Malformed { .. } => "provider-malformed",
            Self::Denied { .. } => "provider-denied",
            Self::State => "provider-state",
            Self::TooLate => "provider-too-late",
            Self::Issuer => "provider-issuer",
            Self::Audience => "provider-audience",
            Self::Nonce => "provider-nonce",
            Self::Expired => "provider-expired",
            Self::Unsigned => "provider-unsigned",
            Self::Algorithm => "provider-algorithm",
            Self::UnknownKey => "provider-unknown-key",
            Self::Signature => "provider-signature",
            Self::NoSecondFactor => "provider-no-second-factor",
            Self::NotFresh => "provider-not-fresh",
            Self::Subject => "provider-subject",
        }
    }

    pub(super) fn malformed(reason: &str) -> Self {
        Self::Malformed { reason: said(reason) }
    }

    pub(super) fn settings(reason: &str) -> Self {
        Self::Settings { reason: reason.to_owned() }
    }
}

impl From<ClaimsVerificationError> for OidcRefused {
    fn from(err: ClaimsVerificationError) -> Self {
        match err {
            ClaimsVerificationError::Expired(_) => Self::Expired,
            ClaimsVerificationError::InvalidAudience(_) => Self::Audience,
            ClaimsVerificationError::InvalidIssuer(_) => Self::Issuer,
            ClaimsVerificationError::InvalidNonce(_) => Self::Nonce,
            ClaimsVerificationError::InvalidAuthTime(_) => Self::NotFresh,
            ClaimsVerificationError::InvalidSubject(_) => Self::Subject,
            ClaimsVerificationError::SignatureVerification(err) => err.into(),
            other => Self::malformed(&other.to_string()),
        }
    }
}

impl From<SignatureVerificationError> for OidcRefused {
    fn from(err: SignatureVerificationError) -> Self {
        match err {
            SignatureVerificationError::NoSignature => Self::Unsigned,
            SignatureVerificationError::NoMatchingKey
            | SignatureVerificationError::AmbiguousKeyId(_) => Self::UnknownKey,
            SignatureVerificationError::DisallowedAlg(_)
            | SignatureVerificationError::UnsupportedAlg(_) => Self::Algorithm,
            _ => Self::Signature,
        }
    }
}

/// What somebody outside said, as far as it can be shown: one line, no control characters.
pub(super) fn said(text: &str) -> String {
    let shown = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    shown.take(SAID_CHARS_MAX).collect()
}
