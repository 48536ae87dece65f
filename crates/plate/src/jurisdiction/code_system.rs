//! The two-letter codes that lists write, and finding them fast.

use std::fmt;
use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

use super::table::{ROWS, Row};

/// Which two-letter codes a list writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeSystem {
    /// The codes of NCIC's LIS field: Nebraska is `NB`, Quebec `PQ`.
    Ncic,
    /// The codes of USPS and Canada Post: Nebraska is `NE`, New Brunswick `NB`.
    Postal,
}

impl CodeSystem {
    pub(super) fn of(self, row: &Row) -> Option<&'static str> {
        match self {
            CodeSystem::Ncic => row.ncic,
            CodeSystem::Postal => row.postal,
        }
    }

    /// The number of the jurisdiction with this code, in either case.
    pub(super) fn find(self, code: &str) -> Option<NonZeroU16> {
        let [a, b] = *code.as_bytes() else { return None };
        let place = letter_index(a, b)?;
        self.by_letters().get(place).copied().and_then(NonZeroU16::new)
    }

    fn by_letters(self) -> &'static [u16; 676] {
        static NCIC: [u16; 676] = index_by_letters(CodeSystem::Ncic);
        static POSTAL: [u16; 676] = index_by_letters(CodeSystem::Postal);
        match self {
            CodeSystem::Ncic => &NCIC,
            CodeSystem::Postal => &POSTAL,
        }
    }
}

impl fmt::Display for CodeSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            CodeSystem::Ncic => "NCIC",
            CodeSystem::Postal => "postal",
        })
    }
}

/// The place of a two-letter code in a table of 26 × 26. Lists have millions of rows: this is read
/// once for each.
const fn letter_index(a: u8, b: u8) -> Option<usize> {
    let (a, b) = (a.to_ascii_uppercase(), b.to_ascii_uppercase());
    if a.is_ascii_uppercase() && b.is_ascii_uppercase() {
        Some((a - b'A') as usize * 26 + (b - b'A') as usize)
    } else {
        None
    }
}

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn index_by_letters(system: CodeSystem) -> [u16; 676] {
    let mut ids = [0; 676];
    let mut i = 0;
    while i < ROWS.len() {
        let code = match system {
            CodeSystem::Ncic => ROWS[i].ncic,
            CodeSystem::Postal => ROWS[i].postal,
        };
        if let Some(code) = code
            && let Some(place) = letter_index(code.as_bytes()[0], code.as_bytes()[1])
        {
            ids[place] = ROWS[i].id;
        }
        i += 1;
    }
    ids
}
