//! The hotlist matcher: is this plate wanted?

use crate::{Grade, Jurisdiction, JurisdictionFit, Packed, PlateText};

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
#[non_exhaustive]
pub enum Wanted {
    /// This plate and whatever looks like it.
    Plate(PlateText),
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

/// An entry that a read fits, and how well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// The entry.
    pub id: EntryId,
    /// How the characters fit.
    pub grade: Grade,
    /// How the jurisdiction fits.
    pub jurisdiction: JurisdictionFit,
}

/// Gathers entries for a [`Matcher`].
#[derive(Debug, Default)]
pub struct MatcherBuilder {
    entries: Vec<MatchEntry>,
}

impl MatcherBuilder {
    /// A builder with room for `entries` plates.
    pub fn with_capacity(entries: usize) -> MatcherBuilder {
        MatcherBuilder { entries: Vec::with_capacity(entries) }
    }

    /// Adds an entry. The same plate may come from any number of lists.
    pub fn add(&mut self, entry: MatchEntry) {
        self.entries.push(entry);
    }

    /// Makes the matcher.
    pub fn build(self) -> Matcher {
        Matcher { entries: self.entries }
    }
}

/// All entries of all lists in force, ready to be asked. It never changes: a new one takes its place.
#[derive(Debug, Default)]
pub struct Matcher {
    entries: Vec<MatchEntry>,
}

impl Matcher {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All entries that one read fits.
    pub fn match_one(&self, plate: PlateText, jurisdiction: Option<Jurisdiction>) -> Vec<Match> {
        let mut found = Vec::new();
        self.match_batch(&[(plate.packed(), jurisdiction)], &mut found);
        found.into_iter().map(|(_, hit)| hit).collect()
    }

    /// All entries that the reads fit, added to `out` with the index of their read.
    pub fn match_batch(
        &self,
        reads: &[(Packed, Option<Jurisdiction>)],
        out: &mut Vec<(usize, Match)>,
    ) {
        for (i, &(plate, jurisdiction)) in reads.iter().enumerate() {
            for entry in &self.entries {
                let Wanted::Plate(wanted) = entry.wanted;
                if wanted.packed().fold() == plate.fold() {
                    let exact = wanted.packed() == plate;
                    out.push((
                        i,
                        Match {
                            id: entry.id,
                            grade: if exact { Grade::Exact } else { Grade::LookAlike },
                            jurisdiction: Jurisdiction::fit(jurisdiction, entry.jurisdiction),
                        },
                    ));
                }
            }
        }
    }
}
