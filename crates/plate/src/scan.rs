//! The two ways through a run of sorted plates: leaping from one that fits to the next, and reading
//! all of them at the speed of memory.

use std::ops::Range;

use crate::Packed;
use crate::glob::{Mask, next_passing};
use crate::packed::{ALL_LANES, LANE, LENGTH_MAX, lane_shift};

/// Plates looked at together: their results, 512 bytes, stay in the first-level cache while the masks
/// go over them. Fewer would stay in registers, but then the compiler unrolls into something worse:
/// for 30 masks 5.4 ns a plate at 16, 2.3 at 64 (AVX-512); 20 and 3.4 (AVX2).
const BLOCK: usize = 64;

/// How many plates are read in the time of one leap, which is a search of sorted plates and some ten
/// cache misses: 2.8 µs among 93 M plates, where reading takes 1.1 ns a plate (`bench dictionary`).
const LEAP_COST: usize = 2000;

/// A part of a run below 1/16 of it is read by itself rather than with what other masks want.
const SMALL_PART: usize = 16;

/// Where in a sorted run plates can pass the mask, because of what it wants first.
pub(crate) fn narrowed(run: &[Packed], mask: &Mask) -> Range<usize> {
    let most = mask.want | (!mask.mask & ALL_LANES);
    let start = run.partition_point(|plate| plate.bits() < mask.want);
    let end = run.partition_point(|plate| plate.bits() <= most);
    start..end
}

/// How many leaps a search may need: one for each way to fill the free bits above the last bit that
/// the mask wants something of. Plates that agree in all of those lie together.
fn leaps_max(mask: &Mask) -> usize {
    let last_wanted = mask.mask & mask.mask.wrapping_neg();
    let free = !mask.mask & ALL_LANES & !last_wanted.wrapping_sub(1);
    (0..LENGTH_MAX)
        .map(|place| (free >> lane_shift(place) & LANE).count_ones())
        // A free lane holds one of 36 characters or none.
        .map(|n_bits| (1_usize << n_bits).min(37))
        .fold(1, usize::saturating_mul)
}

/// Calls `hit` with every plate of a sorted run that passes the mask, in order, if that is cheaper
/// than reading the run: by leaps, or by reading a small part. Returns false, having done nothing, if
/// it is not.
pub(crate) fn seek(run: &[Packed], mask: &Mask, mut hit: impl FnMut(Packed)) -> bool {
    let part = run.get(narrowed(run, mask)).unwrap_or_default();
    if mask.mask != 0 && leaps_max(mask).saturating_mul(LEAP_COST) < part.len() {
        leap(part, mask, hit);
        return true;
    }
    let is_small = part.len().saturating_mul(SMALL_PART) < run.len();
    if is_small {
        read(part, &[*mask], &mut hit);
    }
    is_small
}

/// Calls `hit` with every plate of a sorted run that passes the mask, in order.
fn leap(run: &[Packed], mask: &Mask, mut hit: impl FnMut(Packed)) {
    let mut rest = run;
    let mut wanted = Some(mask.want);
    while let Some(bits) = wanted {
        rest = from_first_at_least(rest, bits);
        let Some((&plate, after)) = rest.split_first() else { return };
        if mask.passes(plate.bits()) {
            hit(plate);
            rest = after;
            wanted = next_passing(plate.bits() + 1, mask);
        } else {
            wanted = next_passing(plate.bits(), mask);
        }
    }
}

/// The part of a sorted run from the first plate that is at least `bits`: by steps that double, so
/// that near is cheap.
fn from_first_at_least(run: &[Packed], bits: u64) -> &[Packed] {
    let mut step = 1;
    while run.get(step - 1).is_some_and(|plate| plate.bits() < bits) {
        step *= 2;
    }
    let from = step / 2;
    let within = run.get(from..run.len().min(step)).unwrap_or_default();
    let further = within.partition_point(|plate| plate.bits() < bits);
    run.get(from + further..).unwrap_or_default()
}

/// Calls `hit` with every plate of a run that passes one of the masks, in order.
pub(crate) fn read(run: &[Packed], masks: &[Mask], hit: &mut impl FnMut(Packed)) {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512f") {
            #[expect(unsafe_code, reason = "the processor has been asked for the feature")]
            return unsafe { read_avx512(run, masks, hit) };
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            #[expect(unsafe_code, reason = "the processor has been asked for the feature")]
            return unsafe { read_avx2(run, masks, hit) };
        }
    }
    read_any(run, masks, hit);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn read_avx512(run: &[Packed], masks: &[Mask], hit: &mut impl FnMut(Packed)) {
    read_any(run, masks, hit);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn read_avx2(run: &[Packed], masks: &[Mask], hit: &mut impl FnMut(Packed)) {
    read_any(run, masks, hit);
}

/// The loop itself, which the compiler turns into vector instructions of whatever it is inlined into.
#[inline(always)]
fn read_any(run: &[Packed], masks: &[Mask], hit: &mut impl FnMut(Packed)) {
    let (blocks, rest) = run.as_chunks::<BLOCK>();
    for block in blocks {
        let mut passed = [0_u64; BLOCK];
        for mask in masks {
            for (passed, plate) in passed.iter_mut().zip(block) {
                *passed |= if mask.passes(plate.bits()) { u64::MAX } else { 0 };
            }
        }
        if passed.iter().fold(0, |any, passed| any | passed) != 0 {
            for (plate, passed) in block.iter().zip(passed) {
                if passed != 0 {
                    hit(*plate);
                }
            }
        }
    }
    for plate in rest {
        if masks.iter().any(|mask| mask.passes(plate.bits())) {
            hit(*plate);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::PlateText;

    proptest! {
        #[test]
        fn leaping_and_reading_find_the_same(
            mut texts in proptest::collection::vec("[A8B0O]{1,4}", 0..300),
            masks in proptest::collection::vec(("[A8B0O]{1,4}", any::<u64>()), 1..5),
        ) {
            texts.sort();
            texts.dedup();
            let packed = |text: &String| PlateText::parse(text).unwrap().packed();
            let mut run: Vec<Packed> = texts.iter().map(packed).collect();
            run.sort_unstable();
            let masks: Vec<Mask> = masks
                .iter()
                .map(|(text, mask)| {
                    let mask = mask & ALL_LANES;
                    Mask { mask, want: packed(text).bits() & mask, proves: true }
                })
                .collect();
            let passing = |masks: &[Mask]| -> Vec<Packed> {
                let passes = |plate: &Packed| masks.iter().any(|mask| mask.passes(plate.bits()));
                run.iter().copied().filter(passes).collect()
            };
            let (mut found, mut found_by_any) = (Vec::new(), Vec::new());
            read(&run, &masks, &mut |plate| found.push(plate));
            read_any(&run, &masks, &mut |plate| found_by_any.push(plate));
            prop_assert_eq!(&found, &passing(&masks));
            prop_assert_eq!(&found, &found_by_any);
            for mask in masks {
                let mut leapt = Vec::new();
                leap(&run, &mask, |plate| leapt.push(plate));
                prop_assert_eq!(&leapt, &passing(&[mask]));
                let part = &run[narrowed(&run, &mask)];
                let n_passing = part.iter().filter(|plate| mask.passes(plate.bits())).count();
                prop_assert_eq!(n_passing, leapt.len());
            }
        }
    }
}
