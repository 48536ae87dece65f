//! Hotlists: lists of wanted plates, each with one source and one category.

use std::fmt;

use plate::Jurisdiction;
use serde::{Deserialize, Serialize};

use crate::ids::{AgencyId, HotlistId, HotlistVersionId};
use crate::time::Timestamp;

/// Why a list's plates are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// A child is missing and in danger.
    AmberAlert,
    /// A missing or endangered person.
    MissingPerson,
    /// A felony or class A warrant.
    WantedPerson,
    /// A stolen vehicle.
    StolenVehicle,
    /// A stolen plate.
    StolenPlate,
    /// Relevant to an active investigation.
    Investigation,
}

/// How loudly a hit is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Told quietly.
    Low,
    /// Told with a sound.
    Normal,
    /// Somebody's life may depend on it.
    High,
}

impl Category {
    /// All of them, most urgent first.
    pub const ALL: [Self; 6] = [
        Self::AmberAlert,
        Self::MissingPerson,
        Self::WantedPerson,
        Self::StolenVehicle,
        Self::StolenPlate,
        Self::Investigation,
    ];

    /// The word that is stored and stands in CSV files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AmberAlert => "amber-alert",
            Self::MissingPerson => "missing-person",
            Self::WantedPerson => "wanted-person",
            Self::StolenVehicle => "stolen-vehicle",
            Self::StolenPlate => "stolen-plate",
            Self::Investigation => "investigation",
        }
    }

    /// What people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::AmberAlert => "AMBER alert",
            Self::MissingPerson => "Missing or endangered person",
            Self::WantedPerson => "Wanted person",
            Self::StolenVehicle => "Stolen vehicle",
            Self::StolenPlate => "Stolen plate",
            Self::Investigation => "Active investigation",
        }
    }

    /// Reads [`Category::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.word() == word)
    }

    /// How loudly its hits are told.
    pub const fn priority(self) -> Priority {
        match self {
            Self::AmberAlert | Self::MissingPerson => Priority::High,
            Self::WantedPerson | Self::StolenVehicle => Priority::Normal,
            Self::StolenPlate | Self::Investigation => Priority::Low,
        }
    }
}

/// A hotlist.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Hotlist {
    /// Its id.
    pub id: HotlistId,
    /// Whose it is.
    pub agency: AgencyId,
    /// What people call it.
    pub name: String,
    /// Where its rows come from, in words.
    pub source: String,
    /// Why its plates are wanted.
    pub category: Category,
    /// The version in force; none before the first import.
    pub version: Option<HotlistVersionId>,
    /// Entries in force.
    pub n_entries: u64,
    /// When the version in force was imported: the list's age.
    pub imported_at: Option<Timestamp>,
}

/// One row of a hotlist. The plate is kept as the pattern it was given as; without wildcards it is a plate.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HotlistEntry {
    /// Plate or pattern, normalised (`plate::Pattern` syntax).
    pub plate: String,
    /// The state or province, where the list says so.
    pub jurisdiction: Option<Jurisdiction>,
    /// Vehicle make, as the list writes it.
    pub make: Option<String>,
    /// Vehicle model.
    pub model: Option<String>,
    /// Vehicle colour.
    pub colour: Option<String>,
    /// Model year.
    pub year: Option<u16>,
    /// Case or NCIC number.
    pub reference: Option<String>,
    /// Remarks and cautions.
    pub note: Option<String>,
}

/// Nothing of an entry belongs in a log: plates, case numbers and cautions stand in it.
impl fmt::Debug for HotlistEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HotlistEntry(…)")
    }
}

/// Where an entry is: the list, the version that was in force, and its row in it (counted from 0).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct EntryRef {
    /// The list.
    pub hotlist: HotlistId,
    /// The version.
    pub version: HotlistVersionId,
    /// The row.
    pub row: u32,
}

/// A row that an import refused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RefusedRow {
    /// The line in the file, counted from 1.
    pub line: u64,
    /// Why, naming the column and what was wrong; never more of the row than that.
    pub reason: String,
}

/// What an import did, or would do.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ImportTally {
    /// Rows taken.
    pub n_taken: u64,
    /// Rows refused.
    pub n_refused: u64,
    /// The first refused rows; their number is bounded, `n_refused` is not.
    pub refused: Vec<RefusedRow>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_does_not_show_in_a_log() {
        let entry = HotlistEntry { plate: "7ABC123".to_owned(), ..HotlistEntry::default() };
        assert_eq!(format!("{entry:?}"), "HotlistEntry(…)");
    }

    #[test]
    fn categories_read_as_they_are_written() {
        for category in Category::ALL {
            assert_eq!(Category::parse(category.word()), Some(category));
        }
        assert_eq!(Category::parse("immigration"), None);
    }
}
