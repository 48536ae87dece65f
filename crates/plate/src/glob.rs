//! What a pattern means: a row of character sets with gaps between some of them.

use crate::packed::{ALL_LANES, LANE, LENGTH_MAX, Packed, character_of, fold_code, lane_shift};

/// A set of characters: bit `c` stands for code `c`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CharSet(u64);

impl CharSet {
    pub(crate) const NONE: CharSet = CharSet(0);
    pub(crate) const ALL: CharSet = CharSet({
        let mut all = 0;
        let mut code = 0;
        while code < 64 {
            if character_of(code).is_some() {
                all |= 1 << code;
            }
            code += 1;
        }
        all
    });

    pub(crate) const fn with(self, code: u8) -> CharSet {
        CharSet(self.0 | 1 << code)
    }

    pub(crate) const fn has(self, code: u8) -> bool {
        self.0 >> code & 1 == 1
    }

    pub(crate) fn codes(self) -> impl Iterator<Item = u8> {
        (0..64).filter(move |&code| self.has(code))
    }

    /// The set with everything that looks like one of its members.
    pub(crate) fn with_look_alikes(self) -> CharSet {
        let folded = self.folded();
        CharSet::ALL
            .codes()
            .filter(|&code| folded.has(fold_code(code)))
            .fold(CharSet::NONE, CharSet::with)
    }

    /// The members' look-alike blocks, each by its first code.
    pub(crate) fn folded(self) -> CharSet {
        self.codes().map(fold_code).fold(CharSet::NONE, CharSet::with)
    }

    /// The bits that all members share, as `(mask, want)` of one lane.
    fn shared_bits(self) -> (u64, u64) {
        if self == CharSet::ALL {
            return (0, 0);
        }
        let in_all = self.codes().fold(LANE, |bits, code| bits & u64::from(code));
        let in_any = self.codes().fold(0, |bits, code| bits | u64::from(code));
        (!(in_all ^ in_any) & LANE, in_all)
    }

    /// Whether the shared bits describe this set and no other character.
    fn is_its_shared_bits(self) -> bool {
        let (mask, want) = self.shared_bits();
        CharSet::ALL.codes().all(|code| self.has(code) == (u64::from(code) & mask == want))
    }
}

/// A test that is the same work for every pattern: a plate passes when `bits & mask == want`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mask {
    pub(crate) mask: u64,
    pub(crate) want: u64,
    /// Whether passing proves that the pattern matches; otherwise the pattern decides.
    pub(crate) proves: bool,
}

impl Mask {
    pub(crate) const fn passes(&self, bits: u64) -> bool {
        bits & self.mask == self.want
    }

    /// Whether every plate that passes `self` also passes `other`.
    const fn implies(&self, other: &Mask) -> bool {
        self.mask & other.mask == other.mask && self.want & other.mask == other.want
    }

    fn constrain(&mut self, place: usize, (mask, want): (u64, u64)) {
        self.mask |= mask << lane_shift(place);
        self.want |= want << lane_shift(place);
    }
}

/// Up to ten character sets, with a gap of any length (`*`) before some of them or at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob {
    places: Vec<CharSet>,
    /// Bit `i`: a gap before place `i`; the bit after the last place: a gap at the end.
    gaps: u16,
}

impl Glob {
    pub(crate) const EMPTY: Glob = Glob { places: Vec::new(), gaps: 0 };

    pub(crate) fn push(&mut self, set: CharSet) {
        self.places.push(set);
    }

    pub(crate) fn push_gap(&mut self) {
        self.gaps |= 1 << self.places.len();
    }

    pub(crate) fn places(&self) -> &[CharSet] {
        &self.places
    }

    pub(crate) fn n_gaps(&self) -> u32 {
        self.gaps.count_ones()
    }

    pub(crate) fn has_gap(&self, before: usize) -> bool {
        self.gaps >> before & 1 == 1
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty() && self.gaps == 0
    }

    pub(crate) fn map(&self, change: impl FnMut(CharSet) -> CharSet) -> Glob {
        Glob { places: self.places.iter().copied().map(change).collect(), gaps: self.gaps }
    }

    /// Whether a plate fits.
    pub(crate) fn matches(&self, plate: Packed) -> bool {
        if self.gaps != 0 {
            return self.matches_with_gaps(plate);
        }
        let length = plate.length();
        length == self.places.len()
            && self.places.iter().zip(plate.codes()).all(|(set, code)| set.has(code))
    }

    /// Walks the plate once with the set of places reached.
    fn matches_with_gaps(&self, plate: Packed) -> bool {
        let mut reached: u16 = 1;
        for code in plate.codes().into_iter().take(plate.length()) {
            let mut next = reached & self.gaps;
            for (i, set) in self.places.iter().enumerate() {
                next |= u16::from(reached >> i & 1 == 1 && set.has(code)) << (i + 1);
            }
            reached = next;
        }
        reached >> self.places.len() & 1 == 1
    }

    /// This glob and all that one substitution, deletion or insertion makes of it.
    pub(crate) fn one_edit(&self) -> Vec<Glob> {
        let mut edits = vec![self.clone()];
        for i in 0..self.places.len() {
            let below = (1 << i) - 1;
            let mut substituted = self.clone();
            if let Some(set) = substituted.places.get_mut(i) {
                *set = CharSet::ALL;
            }
            let mut deleted = self.clone();
            deleted.places.remove(i);
            // A gap on either side of what was deleted is one gap now.
            deleted.gaps = (self.gaps & below) | (self.gaps >> 1 & !below) | (self.gaps & 1 << i);
            edits.extend([substituted, deleted]);
        }
        for i in 0..=self.places.len() {
            if self.has_gap(i) || self.places.len() == LENGTH_MAX {
                continue;
            }
            let below = (1 << i) - 1;
            let mut inserted = self.clone();
            inserted.places.insert(i, CharSet::ALL);
            inserted.gaps = (self.gaps & below) | (self.gaps & !below) << 1;
            edits.push(inserted);
        }
        edits.retain(|edit| !edit.is_empty());
        edits
    }

    /// The places that the sets can take in a plate: each gap is tried at every length that fits.
    /// The gap at the end needs no trying.
    fn layouts(&self) -> Vec<Vec<usize>> {
        let mut layouts = vec![Vec::new()];
        for i in 0..self.places.len() {
            let after = self.places.len() - i;
            layouts = layouts
                .into_iter()
                .flat_map(|layout: Vec<usize>| {
                    let first = layout.last().map_or(0, |last| last + 1);
                    let last = if self.has_gap(i) { LENGTH_MAX - after } else { first };
                    (first..=last).map(move |place| {
                        let mut longer = layout.clone();
                        longer.push(place);
                        longer
                    })
                })
                .collect();
        }
        layouts
    }

    /// The tests of which a plate that fits passes at least one.
    pub(crate) fn masks(&self) -> Vec<Mask> {
        let lanes: Vec<(u64, u64)> = self.places.iter().map(|set| set.shared_bits()).collect();
        // Code 0 is no character: a shorter plate must not pass for want of a last one.
        let ends_in_a_character = lanes.last().is_none_or(|&(_, want)| want != 0);
        let proves = ends_in_a_character
            && self.places.iter().all(|&set| set == CharSet::ALL || set.is_its_shared_bits());
        self.masks_of(&lanes, proves)
    }

    /// The same for folded plates: a lane is wanted whole or not at all, so that patterns fall into
    /// few groups of equal masks. It never proves: the pattern may be stricter than the fold.
    pub(crate) fn folded_masks(&self) -> Vec<Mask> {
        let lane = |set: &CharSet| {
            let folded = set.folded();
            let first = folded.codes().next();
            first
                .filter(|&code| CharSet::NONE.with(code) == folded)
                .map_or((0, 0), |code| (LANE, u64::from(code)))
        };
        let lanes: Vec<(u64, u64)> = self.places.iter().map(lane).collect();
        self.masks_of(&lanes, false)
    }

    fn masks_of(&self, lanes: &[(u64, u64)], proves: bool) -> Vec<Mask> {
        let mask_of = |layout: Vec<usize>| {
            let mut mask = Mask { mask: 0, want: 0, proves };
            for (&place, &lane) in layout.iter().zip(lanes) {
                mask.constrain(place, lane);
            }
            let end = layout.last().map_or(0, |last| last + 1);
            if !self.has_gap(lanes.len()) && end < LENGTH_MAX {
                // Unused lanes follow the last character, so one of them proves all.
                mask.constrain(end, (LANE, 0));
            }
            mask
        };
        self.layouts().into_iter().map(mask_of).collect()
    }
}

/// The masks without those that another one of them makes superfluous.
pub(crate) fn without_superfluous(mut masks: Vec<Mask>) -> Vec<Mask> {
    // Fewer wanted bits first: only an earlier mask can cover a later one, but for equal ones.
    masks.sort_by_key(|mask| (mask.mask.count_ones(), *mask));
    let mut kept: Vec<Mask> = Vec::new();
    for mask in masks {
        if !kept.iter().any(|wider| mask.implies(wider)) {
            kept.push(mask);
        }
    }
    kept
}

/// The smallest number of at least `from` that passes the mask; none if that needs more than ten
/// lanes. This is what lets a search of sorted plates leap over those between.
pub(crate) fn next_passing(from: u64, mask: &Mask) -> Option<u64> {
    if from > ALL_LANES {
        return None;
    }
    let wrong = (from ^ mask.want) & mask.mask;
    if wrong == 0 {
        return Some(from);
    }
    let highest = 1_u64 << (63 - wrong.leading_zeros());
    let below = (highest << 1) - 1;
    if mask.want & highest != 0 {
        // `from` is too small here: keep what is above, and start from the least below.
        return Some((from & !below) | (mask.want & below));
    }
    // `from` is too large here: count up in the free bits above, the others carrying.
    let counted = (from | mask.mask | below) + 1;
    (counted <= ALL_LANES).then_some((counted & !mask.mask) | mask.want)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_next_passing_number_is_the_smallest(
            from in 0_u64..=ALL_LANES, mask in 0_u64..=ALL_LANES, want: u64, near in 0_u64..4096,
        ) {
            let mask = Mask { mask, want: want & mask, proves: true };
            let next = next_passing(from, &mask);
            if let Some(next) = next {
                prop_assert!(next >= from && mask.passes(next) && next <= ALL_LANES);
            }
            // Nothing nearby is jumped over.
            let tried = from.saturating_add(near);
            if tried <= ALL_LANES && mask.passes(tried) {
                prop_assert!(next.is_some_and(|next| next <= tried));
            }
        }

        #[test]
        fn the_next_passing_number_is_found_in_small_words(
            from in 0_u64..256, mask in 0_u64..256, want in 0_u64..256,
        ) {
            // The same question in the lowest byte, answered by trying.
            let mask = Mask { mask: mask | (ALL_LANES & !255), want: want & mask, proves: true };
            let tried = (from..256).find(|&bits| mask.passes(bits));
            prop_assert_eq!(next_passing(from, &mask), tried);
        }
    }
}
