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
}
