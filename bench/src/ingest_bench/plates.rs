//! Plates and bodies, made of numbers: what is on the list and what is not is known without keeping either.

use std::fmt::Write as _;

/// Characters that nothing looks like: a plate that is not on the list does not look like one that is.
const LETTERS: &[u8; 21] = b"3479ACEFHJKMNPRTUVWXY";
const LENGTH: u32 = 7;
/// Shares no factor with 21^7, so that different numbers are different plates, spread over all of them.
const SPREAD: u64 = 1_000_003;

fn plate(n: u64) -> String {
    let mut left = n.wrapping_mul(SPREAD) % 21_u64.pow(LENGTH);
    let letters = (0..LENGTH).map(|_| {
        let place = usize::try_from(left % 21).unwrap_or(0);
        left /= 21;
        LETTERS.get(place).copied().unwrap_or(b'A')
    });
    letters.map(char::from).collect()
}

/// The plate of the list's entry `n`.
pub(super) fn listed(n: u32) -> String {
    plate(u64::from(n))
}

/// How many ways of leaving places free the patterns have: one to four of seven places, the first of the rest fixed.
pub(super) const MASKS: u32 = 7 + 21 + 35 + 35 + 6 + 15;

/// The pattern of the list's pattern `n`, `free` standing where any character may: a letter or digit makes a plate that it
/// matches. None matches a plate of which it does not know: each has an `S`, which no plate here has.
pub(super) fn pattern(n: u32, free: char) -> String {
    let (places, mask) = mask(n % MASKS);
    let base = plate(2_000_000_000 + u64::from(n));
    let mut is_marked = false;
    let letters = base.chars().take(places).enumerate().map(|(place, letter)| {
        if mask >> place & 1 == 1 {
            return free;
        }
        let marks = !std::mem::replace(&mut is_marked, true);
        if marks { 'S' } else { letter }
    });
    letters.collect()
}

/// How many places the mask `n` has, and its free ones as bits.
fn mask(n: u32) -> (usize, u32) {
    let sevens = (1..1_u32 << 7).filter(|mask| mask.count_ones() <= 4).map(|mask| (7, mask));
    let sixes = (1..1_u32 << 6).filter(|mask| mask.count_ones() <= 2).map(|mask| (6, mask));
    sevens.chain(sixes).nth(n as usize).unwrap_or((7, 1))
}

/// The read `nth` of a series, and whether it is on the list: one in a hundred is, of those one in ten by a pattern. Two
/// series have no wanted plate in common.
pub(super) fn nth(nth: u64, n_entries: u32, n_patterns: u32, series: &str) -> (String, bool) {
    let entries = u64::from(n_entries.max(1));
    let salt = series.bytes().fold(0, |salt: u64, byte| salt * 31 + u64::from(byte));
    if !nth.is_multiple_of(100) {
        let mixed = (nth ^ (salt << 40)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11;
        return (plate(entries + mixed % 500_000_000), false);
    }
    let wanted = (nth / 100).wrapping_add(salt % 1_000_003 * 7);
    match nth / 100 % 10 {
        0 if n_patterns > 0 => {
            let n = u32::try_from(wanted % u64::from(n_patterns)).unwrap_or(0);
            (pattern(n, 'H'), true)
        }
        _ => (plate(wanted % entries), true),
    }
}

/// A post of `n_reads` reads, of which one in a hundred is on the list; every post of every series has other events.
pub(super) fn body(n_reads: u32, line: u32, post: u64, n_entries: u32, series: u32) -> Vec<u8> {
    let mut body = String::with_capacity(n_reads as usize * 160);
    body.push('[');
    for n in 0..n_reads {
        let nth = post.wrapping_mul(u64::from(n_reads)).wrapping_add(u64::from(n));
        let mixed = (nth ^ (u64::from(line) << 40)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11;
        let entries = u64::from(n_entries.max(1));
        let text = if mixed % 100 == 0 {
            plate(mixed / 100 % entries)
        } else {
            plate(entries + mixed % 500_000_000)
        };
        let comma = if n == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(
            body,
            r#"{comma}{{"event_id":"{series}-{line}-{nth}","plate":"{text}","jurisdiction":"US-TX","confidence":0.97,"characters":[0.99,0.98,0.97,0.99,0.96,0.99,0.98]}}"#
        );
    }
    body.push(']');
    body.into_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn numbers_are_different_plates() {
        let plates: HashSet<String> = (0..100_000).map(listed).collect();
        assert_eq!(plates.len(), 100_000);
    }

    #[test]
    fn patterns_have_every_mask_and_match_what_is_made_of_them() {
        let masks: HashSet<(usize, u32)> = (0..MASKS).map(mask).collect();
        assert_eq!(masks.len(), MASKS as usize);
        for n in 0..1_000 {
            let matched = plate::PlateText::parse(&pattern(n, 'H')).expect("a plate");
            let pattern = plate::Pattern::parse(&pattern(n, '?')).expect("a pattern");
            assert!(pattern.matches(matched) && pattern.n_narrowed() >= 3, "{n}");
        }
    }

    #[test]
    fn one_read_in_a_hundred_is_wanted() {
        let wanted = (0..10_000).filter(|n| nth(*n, 1_000_000, 1_000, "load").1).count();
        assert_eq!(wanted, 100);
    }
}
