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

/// Bits of a group's bitmap for each key, at least: 1 in 32 looks at most is a false alarm.
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
    /// A bit for each hash of a key.
    bitmap: Vec<u64>,
    bitmap_shift: u32,
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
        let mut candidates: Vec<(usize, u32)> = Vec::new();
        for (length, groups) in self.groups.iter().enumerate() {
            let (folded, indices) = reads.of(length);
            if folded.is_empty() {
                continue;
            }
            for group in groups {
                let mut alarms = group.alarms(folded);
                while alarms != 0 {
                    let at = alarms.trailing_zeros() as usize;
                    alarms &= alarms - 1;
                    if let (Some(folded), Some(&i)) = (folded.get(at), indices.get(at)) {
                        let wanted = group.wanted(folded & group.mask);
                        candidates.extend(wanted.map(|pattern| (i, pattern)));
                    }
                }
            }
        }
        // A read may be led to one pattern by several masks.
        candidates.sort_unstable();
        candidates.dedup();
        for (i, pattern) in candidates {
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
        let n_bits = (keys.len() * BITS_PER_KEY).next_power_of_two().max(64);
        let bitmap_shift = u64::BITS - n_bits.ilog2();
        let mut bitmap = vec![0; n_bits / 64];
        let n_starts = keys.len().next_power_of_two().max(2);
        let starts_shift = u64::BITS - n_starts.ilog2();
        let mut starts = Vec::with_capacity(n_starts + 1);
        for (i, (key, _)) in keys.iter().enumerate() {
            let hash = key.wrapping_mul(MULTIPLIER);
            let bit = hash >> bitmap_shift;
            if let Some(word) = bitmap.get_mut((bit / 64) as usize) {
                *word |= 1 << (bit % 64);
            }
            let start = (hash >> starts_shift) as usize;
            if starts.len() <= start {
                starts.resize(start + 1, i as u32);
            }
        }
        starts.resize(n_starts + 1, keys.len() as u32);
        Group { mask, bitmap, bitmap_shift, keys, starts, starts_shift }
    }

    /// Which of up to 64 folded plates may have a key here, as a bit each.
    fn alarms(&self, folded: &[u64]) -> u64 {
        let mut alarms = 0;
        for (i, folded) in folded.iter().enumerate() {
            let bit = (folded & self.mask).wrapping_mul(MULTIPLIER) >> self.bitmap_shift;
            let word = self.bitmap.get((bit / 64) as usize).copied().unwrap_or_default();
            alarms |= (word >> (bit % 64) & 1) << i;
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

/// The folded plates of a batch, those of a length beside each other, with their index in the batch.
struct ByLength {
    folded: [u64; BATCH],
    indices: [usize; BATCH],
    /// Where the plates of each length end; length 0 is of none.
    ends: [usize; LENGTH_MAX + 1],
}

impl ByLength {
    fn new(batch: &[(Packed, Option<Jurisdiction>)]) -> ByLength {
        let (mut folded, mut indices) = ([0; BATCH], [0; BATCH]);
        let mut ends = [0; LENGTH_MAX + 1];
        let mut n = 0;
        for (length, end) in ends.iter_mut().enumerate() {
            for (i, (plate, _)) in batch.iter().enumerate() {
                if plate.length() == length
                    && let (Some(folded), Some(index)) = (folded.get_mut(n), indices.get_mut(n))
                {
                    (*folded, *index) = (plate.fold().bits(), i);
                    n += 1;
                }
            }
            *end = n;
        }
        ByLength { folded, indices, ends }
    }

    /// The plates of a length, or all of them for 0.
    fn of(&self, length: usize) -> (&[u64], &[usize]) {
        let end = |length: usize| self.ends.get(length).copied().unwrap_or_default();
        let range = match length {
            0 => 0..end(LENGTH_MAX),
            _ => end(length - 1)..end(length),
        };
        let folded = self.folded.get(range.clone()).unwrap_or_default();
        (folded, self.indices.get(range).unwrap_or_default())
    }
}
