//! The hotlist matcher: is this plate wanted?

use std::fmt;

use crate::plate_table::PlateTable;
use crate::wildcards::Wildcards;
use crate::{Grade, Jurisdiction, JurisdictionFit, Packed, Pattern, PlateText};

/// Reads that are matched together: enough that what a group of patterns has in memory is fetched once
/// for many of them, few enough that they themselves stay in the first-level cache (12 KB).
pub(crate) const BATCH: usize = 512;

/// Which row of which list an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    /// The list's number, given by whoever builds the matcher.
    pub list: u32,
    /// The row in the list.
    pub row: u32,
}

/// What an entry asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// This plate and whatever looks like it.
    Plate(PlateText),
    /// All plates that match. A pattern that narrows few places matches many of them: who takes in
    /// lists decides how few are too few ([`Pattern::n_narrowed`]).
    Pattern(Pattern),
}

/// One entry of a hotlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchEntry {
    /// The plate or pattern.
    pub wanted: Wanted,
    /// Who issued it, where the list says so.
    pub jurisdiction: Option<Jurisdiction>,
    /// Where the entry is to be found again.
    pub id: EntryId,
}

/// An entry that a read fits, and how well. The order is best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// How the characters fit.
    pub grade: Grade,
    /// How the jurisdiction fits.
    pub jurisdiction: JurisdictionFit,
    /// The entry.
    pub id: EntryId,
}

/// Gathers entries for a [`Matcher`].
#[derive(Default)]
pub struct MatcherBuilder {
    /// Never empty but at the start; all but the last are full.
    plates: Vec<Vec<WantedPlate>>,
    patterns: Vec<WantedPattern>,
}

/// Plates in a chunk of the builder: 48 MB, which is given back to the system as soon as the chunk is
/// in the table, and not only when all are (glibc maps what is above 32 MB by itself).
const CHUNK: usize = 2_000_000;

/// An entry that is a plate: 24 bytes, and there are millions.
#[derive(Clone, Copy)]
pub(crate) struct WantedPlate {
    pub(crate) plate: Packed,
    pub(crate) id: EntryId,
    pub(crate) jurisdiction: Option<Jurisdiction>,
}

/// An entry that is a pattern.
pub(crate) struct WantedPattern {
    pub(crate) pattern: Pattern,
    pub(crate) id: EntryId,
    pub(crate) jurisdiction: Option<Jurisdiction>,
}

impl MatcherBuilder {
    /// Adds an entry. The same plate may come from any number of lists.
    pub fn add(&mut self, entry: MatchEntry) {
        let MatchEntry { wanted, jurisdiction, id } = entry;
        match wanted {
            Wanted::Plate(plate) => {
                let row = WantedPlate { plate: plate.packed(), id, jurisdiction };
                match self.plates.last_mut() {
                    Some(chunk) if chunk.len() < CHUNK => chunk.push(row),
                    _ => self.plates.push(vec![row]),
                }
            }
            Wanted::Pattern(pattern) => {
                self.patterns.push(WantedPattern { pattern, id, jurisdiction });
            }
        }
    }

    /// Makes the matcher, in little more memory than the entries take.
    pub fn build(self) -> Matcher {
        Matcher { plates: PlateTable::new(self.plates), patterns: Wildcards::new(self.patterns) }
    }
}

/// All entries of all lists in force, ready to be asked. It never changes: a new one takes its place.
#[derive(Default)]
pub struct Matcher {
    plates: PlateTable,
    patterns: Wildcards,
}

impl Matcher {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.plates.len() + self.patterns.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many groups patterns fall into by which places they narrow: the price of a read in looks.
    pub fn n_pattern_groups(&self) -> usize {
        self.patterns.n_groups()
    }

    /// All entries that one read fits, best first.
    pub fn match_one(&self, plate: PlateText, jurisdiction: Option<Jurisdiction>) -> Vec<Match> {
        let mut found = Vec::new();
        self.match_batch(&[(plate.packed(), jurisdiction)], &mut found);
        found.into_iter().map(|(_, entry)| entry).collect()
    }

    /// All entries that the reads fit, added to `out` with the index of their read: in the order of
    /// the reads, best first. Many reads at once cost a fraction of as many calls.
    pub fn match_batch(
        &self,
        reads: &[(Packed, Option<Jurisdiction>)],
        out: &mut Vec<(usize, Match)>,
    ) {
        for (n_before, batch) in reads.chunks(BATCH).enumerate() {
            let first_found = out.len();
            let mut hit = |i: usize, grade, wanted_in, id| {
                let read_in = batch.get(i).and_then(|(_, jurisdiction)| *jurisdiction);
                let jurisdiction = Jurisdiction::fit(read_in, wanted_in);
                out.push((n_before * BATCH + i, Match { grade, jurisdiction, id }));
            };
            self.plates.look_up(batch, &mut hit);
            self.patterns.look_up(batch, &mut hit);
            let found = out.get_mut(first_found..).unwrap_or_default();
            if found.len() > 1 {
                found.sort_unstable();
            }
        }
    }
}

impl fmt::Debug for MatcherBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n_plates: usize = self.plates.iter().map(Vec::len).sum();
        write!(f, "MatcherBuilder({n_plates} plates, {} patterns)", self.patterns.len())
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Matcher({} plates, {} patterns)", self.plates.len(), self.patterns.len())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::*;

    use super::*;

    /// The definition: every entry asked about every read.
    fn one_by_one(
        entries: &[MatchEntry],
        reads: &[(Packed, Option<Jurisdiction>)],
    ) -> Vec<(usize, Match)> {
        let mut found = Vec::new();
        for (i, &(plate, jurisdiction)) in reads.iter().enumerate() {
            for entry in entries {
                let grade = match &entry.wanted {
                    Wanted::Plate(wanted) if wanted.packed() == plate => Some(Grade::Exact),
                    Wanted::Plate(wanted) => {
                        (wanted.packed().fold() == plate.fold()).then_some(Grade::LookAlike)
                    }
                    Wanted::Pattern(pattern) => {
                        pattern.matches(plate.into()).then_some(Grade::Pattern)
                    }
                };
                let jurisdiction = Jurisdiction::fit(jurisdiction, entry.jurisdiction);
                found.extend(grade.map(|grade| (i, Match { grade, jurisdiction, id: entry.id })));
            }
        }
        found.sort_unstable();
        found
    }

    fn matcher(entries: &[MatchEntry]) -> Matcher {
        let mut builder = MatcherBuilder::default();
        entries.iter().cloned().for_each(|entry| builder.add(entry));
        builder.build()
    }

    fn entry(wanted: &str, jurisdiction: &str, list: u32, row: u32) -> MatchEntry {
        let wanted = match PlateText::parse(wanted) {
            Ok(plate) => Wanted::Plate(plate),
            Err(_) => Wanted::Pattern(Pattern::parse(wanted).unwrap()),
        };
        let jurisdiction = Jurisdiction::from_code(jurisdiction).ok();
        MatchEntry { wanted, jurisdiction, id: EntryId { list, row } }
    }

    #[test]
    fn every_list_that_wants_a_plate_is_named() {
        let matcher = matcher(&[
            entry("7ABC120", "US-CA", 1, 10),
            entry("7ABC12O", "US-NV", 2, 20),
            entry("7ABC120", "", 3, 30),
            entry("7A?C1*", "US-CA", 4, 40),
            entry("7ABC121", "US-CA", 5, 50),
        ]);
        let plate = PlateText::parse("7abc 120").unwrap();
        let found = matcher.match_one(plate, Jurisdiction::from_code("US-CA").ok());
        let shown: Vec<String> = found
            .iter()
            .map(|m| format!("{:?} {:?} {}/{}", m.grade, m.jurisdiction, m.id.list, m.id.row))
            .collect();
        expect![[r#"
            Exact Same 1/10
            Exact Unknown 3/30
            LookAlike Different 2/20
            Pattern Same 4/40"#]]
        .assert_eq(&shown.join("\n"));
        assert_eq!(matcher.match_one(PlateText::parse("X").unwrap(), None), []);
        assert_eq!(format!("{matcher:?}"), "Matcher(4 plates, 1 patterns)");
    }

    #[test]
    fn a_matcher_of_nothing_matches_nothing() {
        let plate = PlateText::parse("ABC123").unwrap();
        assert_eq!(Matcher::default().match_one(plate, None), []);
        assert_eq!(MatcherBuilder::default().build().match_one(plate, None), []);
    }

    /// Many entries of few characters, so that buckets are full and folds meet.
    #[test]
    fn a_large_matcher_is_the_definition() {
        const LETTERS: &[u8] = b"0OQA8BK7Y1";
        let text = |mut i: usize, length: usize| -> String {
            let mut letter = || {
                i = i.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize).rotate_left(23) + 1;
                char::from(LETTERS[i % LETTERS.len()])
            };
            (0..length).map(|_| letter()).collect()
        };
        let entries: Vec<MatchEntry> = (0..20_000_usize)
            .map(|i| {
                let mut wanted = text(i, 4 + i % 4);
                if i % 10 == 0 {
                    wanted.replace_range(i / 10 % 4..=i / 10 % 4, ["?", "*"][i / 100 % 2]);
                }
                entry(&wanted, ["", "US-CA", "US-TX"][i % 3], 1, i as u32)
            })
            .collect();
        let reads: Vec<(Packed, Option<Jurisdiction>)> = (0..500_usize)
            .map(|i| {
                let plate = PlateText::parse(&text(i + 1_000_000, 4 + i % 4)).unwrap();
                (plate.packed(), Jurisdiction::from_code(["", "US-CA"][i % 2]).ok())
            })
            .collect();
        let mut found = Vec::new();
        matcher(&entries).match_batch(&reads, &mut found);
        assert_eq!(found, one_by_one(&entries, &reads));
        assert!(found.len() > 500, "{}", found.len());
    }

    prop_compose! {
        fn entries()(
            wanted in proptest::collection::vec(
                ("[AB8O0D]{1,5}|([A8BO0?*]|\\[[AB80]{1,3}\\]){1,5}", 0_usize..4, any::<(bool, bool)>()),
                0..60,
            ),
        ) -> Vec<MatchEntry> {
            let usable = wanted.into_iter().filter(|(text, ..)| Pattern::parse(text).is_ok());
            usable
                .enumerate()
                .map(|(row, (text, state, (look_alikes, one_edit)))| {
                    let mut made = entry(&text, ["", "US-CA", "US-TX", "US"][state], 7, row as u32);
                    if let Wanted::Pattern(pattern) = made.wanted.clone() {
                        let pattern = if look_alikes { pattern.with_look_alikes() } else { pattern };
                        let pattern = if one_edit { pattern.with_one_edit() } else { pattern };
                        made.wanted = Wanted::Pattern(pattern);
                    }
                    made
                })
                .collect()
        }
    }

    proptest! {
        #[test]
        fn matching_is_the_definition(
            entries in entries(),
            reads in proptest::collection::vec(("[AB8O0D]{1,5}", 0_usize..3), 0..150),
        ) {
            let reads: Vec<(Packed, Option<Jurisdiction>)> = reads
                .iter()
                .map(|(text, state)| {
                    let jurisdiction = Jurisdiction::from_code(["", "US-CA", "US"][*state]).ok();
                    (PlateText::parse(text).unwrap().packed(), jurisdiction)
                })
                .collect();
            let mut found = Vec::new();
            matcher(&entries).match_batch(&reads, &mut found);
            prop_assert_eq!(found, one_by_one(&entries, &reads));
        }
    }
}
