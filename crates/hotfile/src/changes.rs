//! What an incremental file does to the list in force, all of it: the last word on an entry counts.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::HotlistEntry;
use plate::Jurisdiction;

use crate::reader::{Change, Removal};

/// What records are about; those of one plate are told apart by their references.
type About = (String, Option<Jurisdiction>, Option<u32>);

/// Everything that a file changes.
#[derive(Default)]
pub struct Changes {
    added: HashMap<About, BTreeMap<Option<String>, (usize, HotlistEntry)>>,
    off: HashMap<About, Off>,
    n_seen: usize,
}

/// Which records about a plate are taken off.
#[derive(Default)]
struct Off {
    all: bool,
    references: HashSet<Option<String>>,
}

/// Nothing of it belongs in a log.
impl std::fmt::Debug for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Changes({})", self.n_seen)
    }
}

impl Changes {
    /// Adds the next row's change. An entry takes the place of those that say the same plate, state, topic and reference.
    pub fn push(&mut self, change: Change) {
        self.n_seen += 1;
        match change {
            Change::Add(entry) => {
                let about = about(&entry);
                let reference = entry.reference.clone();
                let off = self.off.entry(about.clone()).or_default();
                off.references.insert(reference.clone());
                let added = self.added.entry(about).or_default();
                added.insert(reference, (self.n_seen, entry));
            }
            Change::Remove(Removal { plate, jurisdiction, topic, reference }) => {
                let about = (plate, jurisdiction, topic);
                let off = self.off.entry(about.clone()).or_default();
                match reference {
                    None => {
                        off.all = true;
                        self.added.remove(&about);
                    }
                    Some(reference) => {
                        let reference = Some(reference);
                        if let Some(added) = self.added.get_mut(&about) {
                            added.remove(&reference);
                        }
                        off.references.insert(reference);
                    }
                }
            }
        }
    }

    /// How many rows it was told.
    pub fn len(&self) -> usize {
        self.n_seen
    }

    /// Whether it was told of none.
    pub fn is_empty(&self) -> bool {
        self.n_seen == 0
    }

    /// Whether an entry of the list in force is taken off, or another takes its place.
    pub fn takes_off(&self, entry: &HotlistEntry) -> bool {
        let off = self.off.get(&about(entry));
        off.is_some_and(|off| off.all || off.references.contains(&entry.reference))
    }

    /// What is added, in the order of the file.
    pub fn into_added(self) -> Vec<HotlistEntry> {
        let mut added: Vec<_> = self.added.into_values().flat_map(BTreeMap::into_values).collect();
        added.sort_unstable_by_key(|(place, _)| *place);
        added.into_iter().map(|(_, entry)| entry).collect()
    }
}

fn about(entry: &HotlistEntry) -> About {
    (entry.plate.clone(), entry.jurisdiction, entry.topic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(plate: &str, reference: Option<&str>) -> HotlistEntry {
        HotlistEntry {
            plate: plate.to_owned(),
            reference: reference.map(str::to_owned),
            ..HotlistEntry::default()
        }
    }

    fn add(plate: &str, reference: Option<&str>) -> Change {
        Change::Add(entry(plate, reference))
    }

    fn remove(plate: &str, reference: Option<&str>) -> Change {
        let HotlistEntry { plate, reference, .. } = entry(plate, reference);
        Change::Remove(Removal { plate, jurisdiction: None, topic: None, reference })
    }

    fn changes(all: impl IntoIterator<Item = Change>) -> Changes {
        let mut changes = Changes::default();
        all.into_iter().for_each(|change| changes.push(change));
        changes
    }

    fn added(changes: Changes) -> Vec<String> {
        let name = |entry: HotlistEntry| {
            format!("{} {}", entry.plate, entry.reference.unwrap_or_default())
        };
        changes.into_added().into_iter().map(name).collect()
    }

    #[test]
    fn the_last_word_on_an_entry_counts() {
        let twice = changes([add("B", Some("1")), add("A", None), remove("B", Some("1"))]);
        assert_eq!(added(twice), ["A "]);
        let back = changes([remove("B", None), add("B", Some("2")), add("A", Some("1"))]);
        assert!(back.takes_off(&entry("B", Some("1"))) && back.takes_off(&entry("B", Some("2"))));
        assert_eq!(added(back), ["B 2", "A 1"]);
    }

    #[test]
    fn another_record_of_the_same_plate_stays() {
        let changes = changes([add("A", Some("1")), remove("B", Some("1")), add("C", None)]);
        assert!(changes.takes_off(&entry("A", Some("1"))));
        assert!(
            !changes.takes_off(&entry("A", Some("2"))) && !changes.takes_off(&entry("A", None))
        );
        assert!(!changes.takes_off(&entry("B", Some("2"))));
        assert!(changes.takes_off(&entry("C", None)) && !changes.takes_off(&entry("C", Some("1"))));
    }
}
