//! Where cameras may stand, and when one is in trouble.

use domain::people::Role;
use serde::{Deserialize, Serialize};

/// Where cameras may stand (`AUS-344.3.2c`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cameras {
    /// What a fixed camera waits for before it is used; none: it is used as soon as it is added.
    pub sign_offs: Vec<SignOff>,
    /// The clause that asks for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// So many minutes after it was last heard of a camera has gone quiet (`AUS-344.3.1b`).
    #[serde(default = "quiet_minutes")]
    pub quiet_minutes: u32,
    /// A camera that reads less than so many in a hundred of what it usually does at that hour of the week is in trouble.
    #[serde(default = "less_percent")]
    pub less_percent: u32,
}

/// Two hours: even a quiet street sees a car in that time by day; who knows a quieter one says so.
const fn quiet_minutes() -> u32 {
    120
}

/// A quarter: weather and holidays halve traffic, a dirty lens takes most of it.
const fn less_percent() -> u32 {
    25
}

impl Default for Cameras {
    fn default() -> Self {
        Self {
            sign_offs: Vec::new(),
            clause: None,
            quiet_minutes: quiet_minutes(),
            less_percent: less_percent(),
        }
    }
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
