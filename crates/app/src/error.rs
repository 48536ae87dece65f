//! Why a look or a change did not happen. Handing in reads and importing have errors of their own.

use domain::Refusal;

/// Why a look or a change did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// It was refused, with reasons.
    #[error(transparent)]
    Refused(#[from] Refusal),
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
        err: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl AskError {
    /// For `map_err`: what we were doing when `err` came.
    pub(crate) fn failed<E>(doing: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |err| Self::Failed { doing, err: err.into() }
    }

    /// There is no such thing.
    pub(crate) fn not_found(what: &'static str, which: impl ToString) -> Self {
        Self::NotFound { what, which: which.to_string() }
    }
}

/// Not whole yet: for the hours in which the store is written at the same time.
#[derive(Debug, thiserror::Error)]
#[error("the store is not there yet")]
pub(crate) struct NotYet;
