//! Hotlists: lists of wanted plates, each with one source and one category.

use std::fmt;

use plate::Jurisdiction;
use serde::{Deserialize, Serialize};

use crate::ids::{AgencyId, HotlistId, HotlistVersionId};
use crate::time::Timestamp;
use crate::vehicle::VehicleClass;

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

impl Priority {
    /// All of them, loudest first.
    pub const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }

    /// Reads [`Priority::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.word() == word)
    }
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

    /// How loudly hits of an entry are told: as its list says, but never less where somebody's life may depend on it.
    pub fn priority_of(self, entry: Option<Priority>) -> Priority {
        match self.priority() {
            Priority::High => Priority::High,
            own => entry.unwrap_or(own),
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
    /// When the version in force was imported.
    pub imported_at: Option<Timestamp>,
    /// When its source last gave the version in force, or said that it has not changed: the list's age is counted from here.
    pub renewed_at: Option<Timestamp>,
    /// How its files are read, as text (docs/hotlists.md); none where every import says it anew.
    pub layout: Option<String>,
    /// A new version that has fewer entries than the one before by more than so many per cent waits for a person.
    pub drop_percent: u32,
    /// Hours after which it is called stale, where somebody has set them.
    pub stale_hours: Option<u32>,
    /// Rises with whatever changes what is matched: another version, another topic.
    pub revision: u64,
}

/// One row of a hotlist. The plate is kept as the pattern it was given as; without wildcards it is a plate. Nobody's name is a
/// part of it.
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
    /// The number of the record at its source: the NCIC number (NIC) where the list has one.
    pub reference: Option<String>,
    /// The number of the case at the agency that entered it (OCA).
    pub case_number: Option<String>,
    /// Remarks.
    pub note: Option<String>,
    /// What whoever stops the vehicle has to know first, such as “armed and dangerous”.
    pub caution: Option<String>,
    /// The plate's type as the list writes it (NCIC: LIT).
    pub plate_type: Option<String>,
    /// What the vehicle is.
    pub class: VehicleClass,
    /// Body style.
    pub body: Option<String>,
    /// The topic of its list that it belongs to, by its number there; none where the list has no topics.
    pub topic: Option<u32>,
    /// How loudly its hits are told, where the list says so.
    pub priority: Option<Priority>,
    /// When it begins to count; none: at once.
    pub effective_at: Option<Timestamp>,
    /// From when on it counts no more; none: as long as its list does.
    pub expires_at: Option<Timestamp>,
}

impl HotlistEntry {
    /// Whether it counts at a moment.
    pub fn counts_at(&self, now: Timestamp) -> bool {
        self.effective_at.is_none_or(|from| from <= now)
            && self.expires_at.is_none_or(|until| now < until)
    }
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

/// What an import did, or would do. Each row of the file is counted in one of the numbers.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ImportTally {
    /// Rows taken.
    pub n_taken: u64,
    /// Rows refused.
    pub n_refused: u64,
    /// Rows whose time was over already; they are not kept.
    pub n_expired: u64,
    /// Rows of topics that are off; they are not kept.
    pub n_off: u64,
    /// Rows that take an entry away: of an incremental file.
    pub n_removals: u64,
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
    fn an_entry_counts_from_its_first_moment_to_before_its_last() {
        let at = |second: i64| Timestamp::from_micros(second * 1_000_000);
        let entry = HotlistEntry {
            effective_at: Some(at(10)),
            expires_at: Some(at(20)),
            ..HotlistEntry::default()
        };
        let counts = [9, 10, 19, 20].map(|second| entry.counts_at(at(second)));
        assert_eq!(counts, [false, true, true, false]);
        assert!(HotlistEntry::default().counts_at(at(0)));
    }

    #[test]
    fn a_list_cannot_make_a_missing_person_quieter() {
        assert_eq!(Category::AmberAlert.priority_of(Some(Priority::Low)), Priority::High);
        assert_eq!(Category::StolenPlate.priority_of(Some(Priority::High)), Priority::High);
        assert_eq!(Category::StolenVehicle.priority_of(Some(Priority::Low)), Priority::Low);
        assert_eq!(Category::StolenVehicle.priority_of(None), Priority::Normal);
    }

    #[test]
    fn categories_read_as_they_are_written() {
        for category in Category::ALL {
            assert_eq!(Category::parse(category.word()), Some(category));
        }
        assert_eq!(Category::parse("immigration"), None);
    }
}
