//! Where cameras may stand.

use domain::people::Role;
use serde::{Deserialize, Serialize};

/// Where cameras may stand (`AUS-344.3.2c`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cameras {
    /// What a fixed camera waits for before it is used; none: it is used as soon as it is added.
    pub sign_offs: Vec<SignOff>,
    /// The clause that asks for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
}

/// A sign-off that a fixed camera's place is fair.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignOff {
    /// Its word.
    pub word: String,
    /// Whose it is, as people read it: `Planning unit`.
    pub label: String,
    /// Who may give it.
    pub role: Role,
}
