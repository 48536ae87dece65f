//! What people write in forms, and who they are: said alike wherever a use case takes it.

use domain::PersonId;

use crate::{AskError, Ctx};

/// Longest text that somebody writes, in characters.
const TEXT_MAX: usize = 4_000;

/// What was given cannot be taken: in which field, and why.
pub(super) fn wrong(field: &'static str, why: impl Into<String>) -> AskError {
    AskError::Invalid { field, why: why.into() }
}

/// A text that has to say something, trimmed.
pub(super) fn text(field: &'static str, said: &str) -> Result<String, AskError> {
    text_asking(field, said, "say it in your own words")
}

/// The same, where an empty one is answered by what is asked for.
pub(super) fn text_asking(field: &'static str, said: &str, ask: &str) -> Result<String, AskError> {
    let said = said.trim();
    if said.is_empty() {
        return Err(wrong(field, format!("is empty: {ask}")));
    }
    if said.chars().count() > TEXT_MAX {
        return Err(wrong(field, "is longer than 4,000 characters"));
    }
    Ok(said.to_owned())
}

/// Who acts, where it is a person.
pub(super) fn me(ctx: &Ctx) -> Result<PersonId, AskError> {
    ctx.person_id().ok_or_else(|| AskError::not_found("person", "who asks"))
}
