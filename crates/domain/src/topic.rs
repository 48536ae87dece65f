//! Topics: a source that mixes reasons why plates are wanted is switched topic by topic.

use serde::{Deserialize, Serialize};

use crate::hotlist::Category;
use crate::ids::{HotlistId, PersonId};
use crate::time::Timestamp;

/// What a topic is about. The NCIC extract for plate readers is made of such files (FBI, June 2024); other sources have a part
/// of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TopicKind {
    /// A child is missing and in danger.
    AmberAlert,
    /// Stolen and felony vehicles.
    Vehicle,
    /// Stolen plates.
    LicensePlate,
    /// Wanted persons.
    WantedPerson,
    /// Missing persons.
    MissingPerson,
    /// Relevant to an active investigation.
    Investigation,
    /// Protection orders.
    ProtectionOrder,
    /// Extreme risk protection orders.
    ExtremeRiskProtectionOrder,
    /// Members of gangs.
    Gang,
    /// The Threat Screening Center's list.
    ThreatScreening,
    /// People on supervised release.
    SupervisedRelease,
    /// The National Sex Offender Registry.
    SexOffender,
    /// Immigration violators.
    ImmigrationViolator,
    /// People who are protected.
    ProtectiveInterest,
    /// Violent persons.
    ViolentPerson,
}

impl TopicKind {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::AmberAlert,
        Self::Vehicle,
        Self::LicensePlate,
        Self::WantedPerson,
        Self::MissingPerson,
        Self::Investigation,
        Self::ProtectionOrder,
        Self::ExtremeRiskProtectionOrder,
        Self::Gang,
        Self::ThreatScreening,
        Self::SupervisedRelease,
        Self::SexOffender,
        Self::ImmigrationViolator,
        Self::ProtectiveInterest,
        Self::ViolentPerson,
    ];

    /// Its word, as in layouts and bundles.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AmberAlert => "amber-alert",
            Self::Vehicle => "vehicle",
            Self::LicensePlate => "license-plate",
            Self::WantedPerson => "wanted-person",
            Self::MissingPerson => "missing-person",
            Self::Investigation => "investigation",
            Self::ProtectionOrder => "protection-order",
            Self::ExtremeRiskProtectionOrder => "extreme-risk-protection-order",
            Self::Gang => "gang",
            Self::ThreatScreening => "threat-screening",
            Self::SupervisedRelease => "supervised-release",
            Self::SexOffender => "sex-offender",
            Self::ImmigrationViolator => "immigration-violator",
            Self::ProtectiveInterest => "protective-interest",
            Self::ViolentPerson => "violent-person",
        }
    }

    /// Reads [`TopicKind::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::AmberAlert => "AMBER alerts",
            Self::Vehicle => "stolen vehicles",
            Self::LicensePlate => "stolen plates",
            Self::WantedPerson => "wanted persons",
            Self::MissingPerson => "missing persons",
            Self::Investigation => "active investigations",
            Self::ProtectionOrder => "protection orders",
            Self::ExtremeRiskProtectionOrder => "extreme risk protection orders",
            Self::Gang => "gang members",
            Self::ThreatScreening => "the Threat Screening Center’s list",
            Self::SupervisedRelease => "people on supervised release",
            Self::SexOffender => "registered sex offenders",
            Self::ImmigrationViolator => "immigration violators",
            Self::ProtectiveInterest => "people who are protected",
            Self::ViolentPerson => "violent persons",
        }
    }

    /// The category under which its hits are told; none where it is about people for whom no category of hotlists stands: a
    /// policy has to name one before such a topic can be switched on.
    pub const fn category(self) -> Option<Category> {
        match self {
            Self::AmberAlert => Some(Category::AmberAlert),
            Self::Vehicle => Some(Category::StolenVehicle),
            Self::LicensePlate => Some(Category::StolenPlate),
            Self::WantedPerson => Some(Category::WantedPerson),
            Self::MissingPerson => Some(Category::MissingPerson),
            Self::Investigation => Some(Category::Investigation),
            Self::ProtectionOrder
            | Self::ExtremeRiskProtectionOrder
            | Self::Gang
            | Self::ThreatScreening
            | Self::SupervisedRelease
            | Self::SexOffender
            | Self::ImmigrationViolator
            | Self::ProtectiveInterest
            | Self::ViolentPerson => None,
        }
    }
}

/// A topic of a hotlist.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Topic {
    /// Of which list.
    pub hotlist: HotlistId,
    /// Its number in the list, from 1.
    pub number: u32,
    /// What files write.
    pub value: String,
    /// What people read.
    pub name: String,
    /// What it is about; none where a file brought a value that the layout does not know: such a topic stays off.
    pub kind: Option<TopicKind>,
    /// Whether somebody has switched it on.
    pub on: bool,
    /// When it was last switched, and by whom.
    pub switched: Option<(Timestamp, Option<PersonId>)>,
    /// Its rows in the last file.
    pub n_rows: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_as_they_are_written() {
        for kind in TopicKind::ALL {
            assert_eq!(TopicKind::parse(kind.word()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
        }
        assert_eq!(TopicKind::parse("immigration"), None);
    }

    #[test]
    fn people_without_a_category_have_none() {
        let without = TopicKind::ALL.into_iter().filter(|kind| kind.category().is_none());
        assert_eq!(without.count(), 9);
        assert_eq!(TopicKind::ImmigrationViolator.category(), None);
    }
}
