//! Who issued a plate, and how lists write it.

mod code_system;
mod table;

use std::fmt;
use std::num::NonZeroU16;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::JurisdictionFit;
pub use code_system::CodeSystem;
use table::{ROWS, Row};

/// Who issued a plate: a state, province, territory, country, or the United States Government.
///
/// Written and serialised as its stable code (`US-TX`, `CA-NB`, `DE`), because two letters alone mean
/// different things in different lists: `NB` is Nebraska to NCIC and New Brunswick to the post.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Jurisdiction(NonZeroU16);

/// Why a code names no jurisdiction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JurisdictionError {
    /// The code is not in the system that the list is said to use.
    #[error("{code:?} is no {system} code of a state or province")]
    UnknownCode {
        /// The code as given, or its beginning: a wrong column may hold plates.
        code: String,
        /// The system it was looked for in.
        system: CodeSystem,
    },
    /// The text is not a stable code.
    #[error("{code:?} is no jurisdiction such as US-TX or CA-NB")]
    UnknownStableCode {
        /// The code as given, or its beginning.
        code: String,
    },
    /// The stored number is not in use.
    #[error("{id} is no jurisdiction number")]
    UnknownId {
        /// The number as given.
        id: u16,
    },
}

impl Jurisdiction {
    /// Reads a two-letter code of the named system, in either case, with spaces around it allowed.
    pub fn parse(code: &str, system: CodeSystem) -> Result<Jurisdiction, JurisdictionError> {
        let trimmed = code.trim();
        system
            .find(trimmed)
            .map(Jurisdiction)
            .ok_or_else(|| JurisdictionError::UnknownCode { code: beginning(trimmed), system })
    }

    /// Reads a stable code such as `US-TX`, `CA-NB` or `DE`.
    pub fn from_code(code: &str) -> Result<Jurisdiction, JurisdictionError> {
        ROWS.iter()
            .find(|row| row.code == code)
            .and_then(|row| NonZeroU16::new(row.id))
            .map(Jurisdiction)
            .ok_or_else(|| JurisdictionError::UnknownStableCode { code: beginning(code) })
    }

    /// Reads a stored number.
    pub fn from_id(id: u16) -> Result<Jurisdiction, JurisdictionError> {
        let known = ROWS.binary_search_by_key(&id, |row| row.id).is_ok();
        NonZeroU16::new(id)
            .filter(|_| known)
            .map(Jurisdiction)
            .ok_or(JurisdictionError::UnknownId { id })
    }

    /// The jurisdiction of a number that came out of one; none for 0.
    pub(crate) const fn from_own_id(id: u16) -> Option<Jurisdiction> {
        match NonZeroU16::new(id) {
            Some(id) => Some(Jurisdiction(id)),
            None => None,
        }
    }

    /// The number to store: 1 or more, never another jurisdiction's.
    pub const fn id(self) -> u16 {
        self.0.get()
    }

    /// The stable code, such as `US-TX`: ISO 3166-2, or ISO 3166-1 for a country; `US-GOV` for the
    /// United States Government.
    pub fn code(self) -> &'static str {
        self.row().map_or("", |row| row.code)
    }

    /// The name in English.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// The code in the named system, where it has one.
    pub fn code_in(self, system: CodeSystem) -> Option<&'static str> {
        self.row().and_then(|row| system.of(row))
    }

    /// The country's stable code, two letters.
    pub fn country(self) -> &'static str {
        let code = self.code();
        code.split_once('-').map_or(code, |(country, _)| country)
    }

    /// Whether this is a whole country, of which only the issuing part is not known.
    pub fn is_country(self) -> bool {
        !self.code().contains('-')
    }

    /// All jurisdictions in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Jurisdiction> {
        ROWS.iter().filter_map(|row| NonZeroU16::new(row.id)).map(Jurisdiction)
    }

    /// How the jurisdiction of a read fits that of an entry.
    pub fn fit(read: Option<Jurisdiction>, entry: Option<Jurisdiction>) -> JurisdictionFit {
        let (Some(read), Some(entry)) = (read, entry) else { return JurisdictionFit::Unknown };
        if read == entry {
            return JurisdictionFit::Same;
        }
        let one_is_the_others_country =
            (read.is_country() || entry.is_country()) && read.country() == entry.country();
        if one_is_the_others_country {
            JurisdictionFit::Unknown
        } else {
            JurisdictionFit::Different
        }
    }

    fn row(self) -> Option<&'static Row> {
        ROWS.binary_search_by_key(&self.id(), |row| row.id).ok().and_then(|i| ROWS.get(i))
    }
}

/// Enough of a wrong code to find it by, and not enough to tell a plate.
fn beginning(code: &str) -> String {
    const SHOWN: usize = 3;
    let shown: String = code.chars().take(SHOWN).collect();
    if shown.len() < code.len() { shown + "…" } else { shown }
}

impl fmt::Debug for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jurisdiction({})", self.code())
    }
}

impl fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl Serialize for Jurisdiction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Jurisdiction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Jurisdiction, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Jurisdiction::from_code(&code).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use expect_test::{Expect, expect};

    use super::*;

    fn check(code: &str, expect: &Expect) {
        let in_system = |system| match Jurisdiction::parse(code, system) {
            Ok(found) => format!("{found} {}", found.name()),
            Err(error) => format!("refused: {error}"),
        };
        let both = format!("{} / {}", in_system(CodeSystem::Ncic), in_system(CodeSystem::Postal));
        expect.assert_eq(&both);
    }

    #[test]
    fn the_same_letters_mean_different_places() {
        check("NB", &expect!["US-NE Nebraska / CA-NB New Brunswick"]);
        check(
            "NE",
            &expect![[r#"refused: "NE" is no NCIC code of a state or province / US-NE Nebraska"#]],
        );
        check(
            "NK",
            &expect![[
                r#"CA-NB New Brunswick / refused: "NK" is no postal code of a state or province"#
            ]],
        );
        check(
            "PQ",
            &expect![[r#"CA-QC Quebec / refused: "PQ" is no postal code of a state or province"#]],
        );
        check(
            "QC",
            &expect![[r#"refused: "QC" is no NCIC code of a state or province / CA-QC Quebec"#]],
        );
        check(
            "SN",
            &expect![[
                r#"CA-SK Saskatchewan / refused: "SN" is no postal code of a state or province"#
            ]],
        );
        check(
            "NF",
            &expect![[
                r#"CA-NL Newfoundland and Labrador / refused: "NF" is no postal code of a state or province"#
            ]],
        );
        check(
            "US",
            &expect![[
                r#"US-GOV United States Government / refused: "US" is no postal code of a state or province"#
            ]],
        );
        check(" tx ", &expect!["US-TX Texas / US-TX Texas"]);
        check(
            "",
            &expect![[
                r#"refused: "" is no NCIC code of a state or province / refused: "" is no postal code of a state or province"#
            ]],
        );
        check(
            "7ABC123",
            &expect![[
                r#"refused: "7AB…" is no NCIC code of a state or province / refused: "7AB…" is no postal code of a state or province"#
            ]],
        );
        check(
            "TEX",
            &expect![[
                r#"refused: "TEX" is no NCIC code of a state or province / refused: "TEX" is no postal code of a state or province"#
            ]],
        );
        check(
            "Ä",
            &expect![[
                r#"refused: "Ä" is no NCIC code of a state or province / refused: "Ä" is no postal code of a state or province"#
            ]],
        );
    }

    #[test]
    fn the_table_is_in_order_and_has_no_doubles() {
        assert!(ROWS.is_sorted_by_key(|row| row.id) && ROWS.iter().all(|row| row.id > 0));
        let codes: HashSet<&str> = ROWS.iter().map(|row| row.code).collect();
        let ids: HashSet<u16> = ROWS.iter().map(|row| row.id).collect();
        assert_eq!((codes.len(), ids.len()), (ROWS.len(), ROWS.len()));
        for system in [CodeSystem::Ncic, CodeSystem::Postal] {
            let written: Vec<&str> = ROWS.iter().filter_map(|row| system.of(row)).collect();
            assert!(written.iter().all(|code| code.len() == 2));
            assert_eq!(written.iter().collect::<HashSet<_>>().len(), written.len());
        }
    }

    #[test]
    fn the_stored_numbers_are_pinned() {
        let pinned: Vec<String> = Jurisdiction::all()
            .filter(|found| found.id() % 10 == 0)
            .map(|found| format!("{} {found}", found.id()))
            .collect();
        expect!["10 US-FL, 20 US-ME, 30 US-NH, 40 US-RI, 50 US-WI, 60 US-AS, 70 US-GOV, 100 CA-AB, 110 CA-QC, 130 MX-AGU, 140 MX-GUA, 150 MX-PUE, 160 MX-YUC, 200 US, 210 BE, 220 IS, 230 BA, 240 UA, 250 GE, 260 AU, 270 SV"].assert_eq(&pinned.join(", "));
    }

    #[test]
    fn every_spelling_reads_back() {
        for found in Jurisdiction::all() {
            assert_eq!(Jurisdiction::from_id(found.id()), Ok(found));
            assert_eq!(Jurisdiction::from_code(found.code()), Ok(found));
            let json = serde_json::to_string(&found).unwrap();
            assert_eq!(serde_json::from_str::<Jurisdiction>(&json).unwrap(), found);
            for system in [CodeSystem::Ncic, CodeSystem::Postal] {
                if let Some(code) = found.code_in(system) {
                    assert_eq!(Jurisdiction::parse(code, system), Ok(found));
                }
            }
        }
        assert!(Jurisdiction::from_id(0).is_err() && Jurisdiction::from_id(59).is_err());
    }

    #[test]
    fn a_country_leaves_its_parts_open() {
        let fit = |read: &str, entry: &str| {
            let of = |code: &str| Jurisdiction::from_code(code).ok();
            Jurisdiction::fit(of(read), of(entry))
        };
        assert_eq!(fit("US-TX", "US-TX"), JurisdictionFit::Same);
        assert_eq!(fit("US-TX", "US-OK"), JurisdictionFit::Different);
        assert_eq!(fit("US-TX", ""), JurisdictionFit::Unknown);
        assert_eq!(fit("", ""), JurisdictionFit::Unknown);
        assert_eq!(fit("CA-ON", "CA"), JurisdictionFit::Unknown);
        assert_eq!(fit("MX", "CA-ON"), JurisdictionFit::Different);
        assert_eq!(fit("DE", "US-DE"), JurisdictionFit::Different);
    }
}
