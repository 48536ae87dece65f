//! Why a look or a change did not happen. Handing in reads and importing have errors of their own.

use domain::Refusal;
use store::StoreError;

/// Why a look or a change did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// It was refused, with reasons.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It was not done, because it could not be written down first.
    #[error("nothing was shown or changed: the ledger cannot be written at the moment")]
    NotRecorded {
        /// Why not.
        #[source]
        err: std::sync::Arc<StoreError>,
    },
    /// There is no such thing (or it is another agency's, which is told apart for nobody).
    #[error("there is no {what} {which}")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// Which one, as it was asked for.
        which: String,
    },
    /// What was given cannot be taken.
    #[error("{field}: {why}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What is wrong with it, and what would be right.
        why: String,
    },
    /// Something that should work did not.
    #[error("failed to {doing}")]
    Failed {
        /// What we were doing.
        doing: &'static str,
        /// Why it failed.
        #[source]
        err: BoxError,
    },
}

impl AskError {
    /// For `map_err`: what we were doing when `err` came.
    pub(crate) fn failed<E>(doing: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<BoxError>,
    {
        move |err| Self::Failed { doing, err: err.into() }
    }

    /// There is no such thing.
    #[expect(clippy::needless_pass_by_value, reason = "ids are copied; by reference reads worse")]
    pub fn not_found(what: &'static str, which: impl ToString) -> Self {
        Self::NotFound { what, which: which.to_string() }
    }
}

/// For `map_err`: the store's "there is no such thing" in the words of who asked; anything else is a failure.
pub(crate) fn no_such(
    what: &'static str,
    which: impl ToString,
    doing: &'static str,
) -> impl FnOnce(StoreError) -> AskError {
    move |err| match err {
        StoreError::Missing { .. } => AskError::not_found(what, which),
        err => AskError::failed(doing)(err),
    }
}

/// An error of anybody's.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An error with everything that caused it, for the one log line that it gets.
pub fn chain(err: &dyn std::error::Error) -> String {
    let mut text = err.to_string();
    let mut source = err.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
