//! How well a read fits an entry.

use serde::{Deserialize, Serialize};

/// How the characters of a read fit an entry, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// The same characters.
    Exact,
    /// The same once look-alikes are folded (`0ODQ`, `1IL`, `8B`, `5S`, `2Z`, `6G`), and not the same
    /// otherwise.
    LookAlike,
    /// The entry is a pattern, and the read fits it.
    Pattern,
}

/// How the issuing state or province of a read fits that of an entry, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JurisdictionFit {
    /// Both are known and are the same.
    Same,
    /// One of them is not known, or one names only the country of the other: the hit is shown as
    /// "state unverified".
    Unknown,
    /// Both are known and are not the same.
    Different,
}
