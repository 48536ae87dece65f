//! What a check comes to, and the exit code that says so.

use std::process::ExitCode;

/// Why something is not right.
pub(crate) enum Ill {
    /// It is wrong: changed, forged, cut, not cosigned.
    Wrong(anyhow::Error),
    /// It could not be checked: something is missing or cannot be reached.
    Unchecked(anyhow::Error),
}

/// What is right, in lines, or why it is not.
pub(crate) type Verdict = Result<Vec<String>, Ill>;

/// For what is wrong.
pub(crate) fn wrong(err: impl Into<anyhow::Error>) -> Ill {
    Ill::Wrong(err.into())
}

/// For what could not be checked.
pub(crate) fn unchecked(err: impl Into<anyhow::Error>) -> Ill {
    Ill::Unchecked(err.into())
}

/// 1 when anything is wrong, else 2 when anything was not checked, else 0.
pub(crate) fn worst(verdicts: &[Verdict]) -> ExitCode {
    let any = |is: fn(&Ill) -> bool| verdicts.iter().filter_map(|one| one.as_ref().err()).any(is);
    if any(|ill| matches!(ill, Ill::Wrong(_))) {
        ExitCode::from(1)
    } else if any(|ill| matches!(ill, Ill::Unchecked(_))) {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    }
}
