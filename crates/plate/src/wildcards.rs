//! The wanted patterns, grouped by which places they want characters in.
//!
//! A pattern becomes one or more masks over folded plates. Patterns with the same mask, and for plates
//! of the same length, are one group: a read fits one of them only if the wanted places of its folded
//! plate are one of the group's keys, which one look into a bitmap nearly always denies. A batch of
//! reads goes through group after group, so that each bitmap is fetched once for the batch.

use std::collections::BTreeMap;

use crate::glob::Mask;
use crate::matcher::{BATCH, WantedPattern};
use crate::packed::{LANE, LENGTH_MAX, lane_shift};
use crate::{EntryId, Grade, Jurisdiction, Packed};

/// Bits of a group's bitmap for each key, at least. Each key sets two of the same word, so that 1 look
/// in 200 or fewer is a false alarm.
const BITS_PER_KEY: usize = 32;

/// 2⁶⁴ / φ, odd: the upper bits of a product with it depend on all bits below.
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

#[derive(Default)]
pub(crate) struct Wildcards {
    patterns: Vec<WantedPattern>,
    /// The groups for plates of any length, then those for plates of 1–10 characters.
    groups: [Vec<Group>; LENGTH_MAX + 1],
}

/// The keys of one mask: what a masked plate has to be for a pattern to be worth asking.
struct Group {
    mask: u64,
    /// Two bits, in one word, for the hash of each key; a power of two of words.
    bitmap: Vec<u64>,
    /// Keys with the index of their pattern, in the order of the keys' hashes.
    keys: Vec<(u64, u32)>,
    /// Where the keys with each hash begin, and where the last end.
    starts: Vec<u32>,
    starts_shift: u32,
}

impl Wildcards {
    pub(crate) fn new(patterns: Vec<WantedPattern>) -> Wildcards {
        let mut keys: BTreeMap<(usize, u64), Vec<(u64, u32)>> = BTreeMap::new();
        for (i, wanted) in patterns.iter().enumerate() {
            for Mask { mask, want, .. } in wanted.pattern.folded_masks() {
                let (length, mask) = without_end(mask, want);
                keys.entry((length, mask)).or_default().push((want, i as u32));
            }
        }
        let mut groups: [Vec<Group>; LENGTH_MAX + 1] = Default::default();
        for ((length, mask), keys) in keys {
            if let Some(groups) = groups.get_mut(length) {
                groups.push(Group::new(mask, keys));
            }
        }
        Wildcards { patterns, groups }
    }

    pub(crate) fn len(&self) -> usize {
        self.patterns.len()
    }

    pub(crate) fn n_groups(&self) -> usize {
        self.groups.iter().map(Vec::len).sum()
    }

    /// Calls `hit` with the read's index for every pattern that a read of the batch matches.
    pub(crate) fn look_up(
        &self,
        batch: &[(Packed, Option<Jurisdiction>)],
        hit: &mut impl FnMut(usize, Grade, Option<Jurisdiction>, EntryId),
    ) {
        if self.patterns.is_empty() {
            return;
        }
        let reads = ByLength::new(batch);
        let mut candidates: Vec<(u16, u32)> = Vec::new();
        for (length, groups) in self.groups.iter().enumerate() {
            let (folded, indices) = reads.of(length);
            for group in groups {
                group.candidates(folded, indices, &mut candidates);
            }
        }
        // A read may be led to one pattern by several masks.
        candidates.sort_unstable();
        candidates.dedup();
        for (i, pattern) in candidates {
            let i = usize::from(i);
            let (Some(&(plate, _)), Some(wanted)) =
                (batch.get(i), self.patterns.get(pattern as usize))
            else {
                continue;
            };
            if wanted.pattern.matches_packed(plate) {
                hit(i, Grade::Pattern, wanted.jurisdiction, wanted.id);
            }
        }
    }
}

/// The plate length that a mask asks for by wanting no character in the lane behind it, with the mask
/// less that lane; length 0 if it asks for none.
fn without_end(mask: u64, want: u64) -> (usize, u64) {
    for place in 1..LENGTH_MAX {
        let lane = LANE << lane_shift(place);
        if mask & lane == lane && want & lane == 0 {
            return (place, mask & !lane);
        }
    }
    (0, mask)
}

impl Group {
    fn new(mask: u64, mut keys: Vec<(u64, u32)>) -> Group {
        keys.sort_unstable_by_key(|(key, _)| key.wrapping_mul(MULTIPLIER));
        let mut bitmap = vec![0; (keys.len() * BITS_PER_KEY / 64).next_power_of_two()];
        let n_starts = keys.len().next_power_of_two().max(2);
        let starts_shift = u64::BITS - n_starts.ilog2();
        let mut starts = Vec::with_capacity(n_starts + 1);
        for (i, (key, _)) in keys.iter().enumerate() {
            let hash = key.wrapping_mul(MULTIPLIER);
            let (word, bits) = bits_of(hash, bitmap.len());
            if let Some(word) = bitmap.get_mut(word) {
                *word |= bits;
            }
            let start = (hash >> starts_shift) as usize;
            if starts.len() <= start {
                starts.resize(start + 1, i as u32);
            }
        }
        starts.resize(n_starts + 1, keys.len() as u32);
        Group { mask, bitmap, keys, starts, starts_shift }
    }

    /// Adds the patterns whose key one of the folded plates has, with the plate's index.
    fn candidates(&self, folded: &[u64], indices: &[u16], candidates: &mut Vec<(u16, u32)>) {
        for (folded, indices) in folded.chunks(64).zip(indices.chunks(64)) {
            let mut alarms = self.alarms(folded);
            while alarms != 0 {
                let at = alarms.trailing_zeros() as usize;
                alarms &= alarms - 1;
                if let (Some(folded), Some(&i)) = (folded.get(at), indices.get(at)) {
                    let wanted = self.wanted(folded & self.mask);
                    candidates.extend(wanted.map(|pattern| (i, pattern)));
                }
            }
        }
    }

    /// Which of up to 64 folded plates may have a key here, as a bit each.
    fn alarms(&self, folded: &[u64]) -> u64 {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("bmi2") {
            #[expect(unsafe_code, reason = "the processor has been asked for the feature")]
            return unsafe { self.alarms_bmi2(folded) };
        }
        self.alarms_any(folded)
    }

    /// The same with shifts by a variable in one step rather than three.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "bmi1,bmi2")]
    fn alarms_bmi2(&self, folded: &[u64]) -> u64 {
        self.alarms_any(folded)
    }

    #[inline(always)]
    fn alarms_any(&self, folded: &[u64]) -> u64 {
        let (bitmap, mask) = (self.bitmap.as_slice(), self.mask);
        let mut alarms = 0;
        for folded in folded.iter().rev() {
            let (word, bits) = bits_of((folded & mask).wrapping_mul(MULTIPLIER), bitmap.len());
            let word = bitmap.get(word).copied().unwrap_or_default();
            alarms = alarms << 1 | u64::from(word & bits == bits);
        }
        alarms
    }

    /// The patterns that want this key.
    fn wanted(&self, key: u64) -> impl Iterator<Item = u32> {
        let start = (key.wrapping_mul(MULTIPLIER) >> self.starts_shift) as usize;
        let range = match self.starts.get(start..start + 2) {
            Some(&[start, end]) => start as usize..end as usize,
            _ => 0..0,
        };
        let keys = self.keys.get(range).unwrap_or_default();
        keys.iter().filter(move |(wanted, _)| *wanted == key).map(|(_, pattern)| *pattern)
    }
}

/// Which word of a bitmap of `n_words` a hash goes to, from its upper half, and which two bits, from
/// the lower part of that half.
#[inline(always)]
const fn bits_of(hash: u64, n_words: usize) -> (usize, u64) {
    let upper = hash >> 32;
    (((upper * n_words as u64) >> 32) as usize, 1 << (upper % 64) | 1 << (upper >> 6 & 63))
}

/// The folded plates of a batch, those of a length beside each other, with their index in the batch.
struct ByLength {
    folded: [u64; BATCH],
    indices: [u16; BATCH],
    /// Where the plates of each length end; length 0 is of none.
    ends: [usize; LENGTH_MAX + 1],
}

impl ByLength {
    fn new(batch: &[(Packed, Option<Jurisdiction>)]) -> ByLength {
        let (mut folded, mut indices) = ([0; BATCH], [0; BATCH]);
        let mut counts = [0_usize; LENGTH_MAX + 1];
        for (plate, _) in batch {
            if let Some(count) = counts.get_mut(plate.length()) {
                *count += 1;
            }
        }
        let mut sum = 0;
        let mut next = counts.map(|count| {
            sum += count;
            sum - count
        });
        for (i, (plate, _)) in batch.iter().enumerate() {
            let Some(next) = next.get_mut(plate.length()) else { continue };
            if let (Some(folded), Some(index)) = (folded.get_mut(*next), indices.get_mut(*next)) {
                (*folded, *index) = (plate.fold().bits(), i as u16);
            }
            *next += 1;
        }
        ByLength { folded, indices, ends: next }
    }

    /// The plates of a length, or all of them for 0.
    fn of(&self, length: usize) -> (&[u64], &[u16]) {
        let end = |length: usize| self.ends.get(length).copied().unwrap_or_default();
        let range = match length {
            0 => 0..end(LENGTH_MAX),
            _ => end(length - 1)..end(length),
        };
        let folded = self.folded.get(range.clone()).unwrap_or_default();
        (folded, self.indices.get(range).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_key_raises_an_alarm_and_is_found(
            mask: u64, wanted in proptest::collection::vec(0_u64..1 << 60, 1..300), other in 0_u64..1 << 60,
        ) {
            let keys: Vec<(u64, u32)> = (0..).zip(&wanted).map(|(i, key)| (key & mask, i)).collect();
            let group = Group::new(mask, keys.clone());
            for batch in wanted.chunks(64) {
                prop_assert_eq!(group.alarms(batch).count_ones() as usize, batch.len());
                prop_assert_eq!(group.alarms(batch), group.alarms_any(batch));
            }
            prop_assert_eq!(group.alarms(&[other]), group.alarms_any(&[other]));
            for (key, i) in keys {
                prop_assert!(group.wanted(key).any(|found| found == i));
            }
        }
    }
}
