//! The dictionary: all distinct plates in retention, in memory, searched by pattern.

use std::fmt;

use crate::glob::Mask;
use crate::scan;
use crate::{Packed, Pattern, PlateText};

/// How many plates the youngest run holds before it goes into the middle one: inserting into it moves
/// 16 KiB on average, which is still less than the searches for doubles cost.
const YOUNGEST_MAX: usize = 4096;
/// The middle run goes into the oldest when it has more than this part of that one's length: 1/64,
/// so that a plate is moved some 64 times in its life, at memory speed.
const MIDDLE_PART: usize = 64;
/// … and at least this many plates (0.5 MB), so that small dictionaries do not merge for nothing.
const MIDDLE_MIN: usize = 1 << 16;

/// Distinct plates, packed and sorted, eight bytes each.
///
/// A pattern becomes masks. A mask that wants something of the first characters is answered by leaps
/// through the sorted plates; all others together by one reading of them at memory speed. New plates
/// go into small sorted runs beside the large one.
#[derive(Clone, Default)]
pub struct Dictionary {
    /// Sorted, and no plate is in two of them: oldest and longest first.
    runs: [Vec<Packed>; 3],
}

/// What a search of the dictionary found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The first plates that match, in the order of [`Packed`], at most as many as asked for.
    pub plates: Vec<PlateText>,
    /// How many plates match altogether.
    pub total: usize,
}

impl Dictionary {
    /// The dictionary of these plates, in any order and with any number of doubles.
    pub fn new(mut plates: Vec<Packed>) -> Dictionary {
        plates.sort_unstable();
        plates.dedup();
        Dictionary { runs: [plates, Vec::new(), Vec::new()] }
    }

    /// How many distinct plates there are.
    pub fn len(&self) -> usize {
        self.runs.iter().map(Vec::len).sum()
    }

    /// Whether there is no plate.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the plate is known.
    pub fn contains(&self, plate: PlateText) -> bool {
        self.runs.iter().any(|run| run.binary_search(&plate.packed()).is_ok())
    }

    /// Adds a plate; false if it was known.
    pub fn insert(&mut self, plate: PlateText) -> bool {
        if self.contains(plate) {
            return false;
        }
        let [oldest, middle, youngest] = &mut self.runs;
        let at = youngest.partition_point(|other| *other < plate.packed());
        youngest.insert(at, plate.packed());
        if youngest.len() >= YOUNGEST_MAX {
            merge(middle, youngest);
            if middle.len() >= MIDDLE_MIN.max(oldest.len() / MIDDLE_PART) {
                merge(oldest, middle);
            }
        }
        true
    }

    /// Forgets the plates that `keep` is false for: a purge makes plates unknown.
    pub fn retain(&mut self, mut keep: impl FnMut(PlateText) -> bool) {
        for run in &mut self.runs {
            run.retain(|plate| keep(PlateText::from(*plate)));
        }
    }

    /// The plates that match, at most `limit` of them, and how many there are.
    pub fn search(&self, pattern: &Pattern, limit: usize) -> Found {
        let masks = pattern.masks();
        let mut found = Search { pattern, limit, total: 0, plates: Vec::new(), n_before: 0 };
        for run in &self.runs {
            found.search(run, &masks);
        }
        let plates = found.plates.into_iter().map(PlateText::from).collect();
        Found { plates, total: found.total }
    }
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dictionary({} plates)", self.len())
    }
}

/// Merges two sorted runs without common plates into the first and empties the second: from the back,
/// in place.
#[expect(clippy::indexing_slicing, reason = "a + b <= end <= both lengths together, at every step")]
fn merge(into: &mut Vec<Packed>, from: &mut Vec<Packed>) {
    let (mut a, mut b) = (into.len(), from.len());
    into.extend_from_slice(from);
    for end in (0..into.len()).rev() {
        if b == 0 {
            break;
        }
        if a > 0 && into[a - 1] > from[b - 1] {
            a -= 1;
            into[end] = into[a];
        } else {
            b -= 1;
            into[end] = from[b];
        }
    }
    from.clear();
}

/// A search under way.
struct Search<'a> {
    pattern: &'a Pattern,
    limit: usize,
    total: usize,
    /// The least that match so far, sorted, and behind them what the present pass adds.
    plates: Vec<Packed>,
    /// How many plates were there before the present pass.
    n_before: usize,
}

impl Search<'_> {
    fn search(&mut self, run: &[Packed], masks: &[Mask]) {
        // What an earlier mask lets through has been counted when a later one lets it through too.
        let (mut sought, mut left): (Vec<Mask>, Vec<Mask>) = (Vec::new(), Vec::new());
        for mask in masks {
            let done = scan::seek(run, mask, |plate| self.take(plate, &[*mask], &sought));
            if done {
                sought.push(*mask)
            } else {
                left.push(*mask)
            }
            self.end_pass();
        }
        let parts = left.iter().map(|mask| scan::narrowed(run, mask));
        let span = parts.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end));
        if let Some(part) = span.and_then(|span| run.get(span)) {
            scan::read(part, &left, &mut |plate| self.take(plate, &left, &sought));
            self.end_pass();
        }
    }

    /// Counts a plate that passed one of `masks`, if it matches and passed none of the earlier ones.
    fn take(&mut self, plate: Packed, masks: &[Mask], earlier: &[Mask]) {
        let passes = |mask: &Mask| mask.passes(plate.bits());
        if earlier.iter().any(passes) {
            return;
        }
        let proven = masks.iter().any(|mask| mask.proves && passes(mask));
        if proven || self.pattern.matches_packed(plate) {
            self.total += 1;
            // A pass meets plates in order, so the first are the least.
            if self.plates.len() - self.n_before < self.limit {
                self.plates.push(plate);
            }
        }
    }

    fn end_pass(&mut self) {
        if self.plates.len() > self.n_before {
            self.plates.sort_unstable();
            self.plates.truncate(self.limit);
        }
        self.n_before = self.plates.len();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plates(texts: &[String]) -> Vec<PlateText> {
        texts.iter().map(|text| PlateText::parse(text).unwrap()).collect()
    }

    /// The definition: all plates, filtered, in order.
    fn filtered(plates: &[PlateText], pattern: &Pattern, limit: usize) -> Found {
        let mut matching: Vec<PlateText> =
            plates.iter().copied().filter(|plate| pattern.matches(*plate)).collect();
        matching.sort_unstable();
        matching.dedup();
        let total = matching.len();
        matching.truncate(limit);
        Found { plates: matching, total }
    }

    /// Enough plates that leaps, small parts and reading are all used: every text of `length` letters
    /// of a few, spread over the alphabet and its look-alikes.
    fn every_plate(length: u32) -> Vec<PlateText> {
        const LETTERS: &[u8] = b"0OA8BK7YS";
        let n = LETTERS.len();
        (0..n.pow(length))
            .map(|i| {
                let text: String =
                    (0..length).map(|p| char::from(LETTERS[i / n.pow(p) % n])).collect();
                PlateText::parse(&text).unwrap()
            })
            .collect()
    }

    #[test]
    fn searches_of_many_plates_are_the_filter() {
        let mut all = every_plate(5);
        all.extend(every_plate(4));
        let dictionary = Dictionary::new(all.iter().map(|plate| plate.packed()).collect());
        for text in
            ["7?B*", "*K7*", "??Y07", "A*B*7", "[0A]?K*", "*", "??", "????", "KKKK", "????Y"]
        {
            let pattern = Pattern::parse(text).unwrap();
            for pattern in [
                pattern.clone(),
                pattern.clone().with_look_alikes(),
                pattern.clone().with_one_edit(),
                pattern.with_look_alikes().with_one_edit(),
            ] {
                let found = dictionary.search(&pattern, 100);
                assert_eq!(found, filtered(&all, &pattern, 100), "{text}");
            }
        }
    }

    #[test]
    fn plates_added_one_by_one_are_found() {
        let all = every_plate(6);
        let (built, added) = all.split_at(450_000);
        let mut dictionary = Dictionary::new(built.iter().map(|plate| plate.packed()).collect());
        for plate in added.iter().chain(&all[449_000..451_000]) {
            let is_new = !dictionary.contains(*plate);
            assert_eq!(dictionary.insert(*plate), is_new);
        }
        assert_eq!(dictionary.len(), all.len());
        assert!(dictionary.runs.iter().all(|run| run.is_sorted()));
        let pattern = Pattern::parse("*K7*").unwrap();
        assert_eq!(dictionary.search(&pattern, 50), filtered(&all, &pattern, 50));
        dictionary.retain(|plate| !pattern.matches(plate));
        assert_eq!(dictionary.search(&pattern, 50).total, 0);
    }

    proptest! {
        #[test]
        fn searching_is_the_filter(
            texts in proptest::collection::vec("[AB8O0D]{1,6}", 0..200),
            added in proptest::collection::vec("[AB8O0D]{1,6}", 0..20),
            pattern in r"([A8BO0?*]|\[[AB80]{1,3}\]){1,6}",
            look_alikes: bool,
            one_edit: bool,
            limit in 0_usize..20,
        ) {
            let pattern = Pattern::parse(&pattern);
            prop_assume!(pattern.is_ok());
            let mut pattern = pattern.unwrap();
            if look_alikes { pattern = pattern.with_look_alikes(); }
            if one_edit { pattern = pattern.with_one_edit(); }
            let mut all = plates(&texts);
            let mut dictionary = Dictionary::new(all.iter().map(|plate| plate.packed()).collect());
            for plate in plates(&added) {
                prop_assert_eq!(dictionary.insert(plate), !all.contains(&plate));
                all.push(plate);
            }
            prop_assert_eq!(dictionary.search(&pattern, limit), filtered(&all, &pattern, limit));
        }
    }
}
