//! Somebody, where they are named.

use domain::PersonId;
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody of the agency.
#[derive(Serialize, ToSchema)]
pub(crate) struct WhoOut {
    person: i64,
    /// Their name; empty where it is no longer kept.
    name: String,
}

impl WhoOut {
    pub(crate) fn of(person: PersonId, name: Option<&String>) -> Self {
        Self { person: person.to_i64(), name: name.cloned().unwrap_or_default() }
    }
}
