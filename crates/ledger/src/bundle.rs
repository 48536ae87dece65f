//! Bundles of entries: each a length of two bytes, big-endian, and the entry (C2SP tlog-tiles, "Log entries").

use crate::tile::TILE_WIDTH;

/// Longest entry, in bytes: its length is written in 16 bits.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// A bundle that is not one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BundleError {
    /// It ends within an entry.
    #[error("entry {place} of the bundle is cut off")]
    CutOff {
        /// Which entry, from 0.
        place: usize,
    },
    /// There are more or fewer entries than there should be.
    #[error("the bundle holds {found} entries, expected {expected}")]
    OtherNumber {
        /// How many there are, counted up to one too many.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
}

/// An entry that is too long for a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("an entry of {n_bytes} bytes is too long: at most {ENTRY_BYTES_MAX}")]
pub struct EntryTooLong {
    /// How long it is.
    pub n_bytes: usize,
}

/// Puts an entry at a bundle's end.
pub fn push(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), EntryTooLong> {
    let n_bytes = entry.len();
    let length = u16::try_from(n_bytes).map_err(|_| EntryTooLong { n_bytes })?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The entries of a bundle that should hold `expected` of them.
pub fn entries(mut bytes: &[u8], expected: u16) -> Result<Vec<&[u8]>, BundleError> {
    let expected = usize::from(expected.min(TILE_WIDTH));
    let mut all = Vec::with_capacity(expected);
    while !bytes.is_empty() {
        let place = all.len();
        if place == expected {
            return Err(BundleError::OtherNumber { found: place + 1, expected });
        }
        let cut_off = BundleError::CutOff { place };
        let (length, rest) = bytes.split_first_chunk::<2>().ok_or(cut_off)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, rest) = rest.split_at_checked(length).ok_or(cut_off)?;
        all.push(entry);
        bytes = rest;
    }
    if all.len() == expected {
        Ok(all)
    } else {
        Err(BundleError::OtherNumber { found: all.len(), expected })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_entry_that_is_too_long_is_refused_whole() {
        let mut bundle = Vec::new();
        let too_long = vec![b'x'; ENTRY_BYTES_MAX + 1];
        assert_eq!(push(&mut bundle, &too_long), Err(EntryTooLong { n_bytes: 65_536 }));
        assert!(bundle.is_empty());
        push(&mut bundle, &too_long[..ENTRY_BYTES_MAX]).unwrap();
    }

    proptest! {
        #[test]
        fn a_bundle_reads_as_it_is_written(all in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..256)) {
            let mut bundle = Vec::new();
            for entry in &all {
                push(&mut bundle, entry).unwrap();
            }
            let n = u16::try_from(all.len()).unwrap();
            prop_assert_eq!(entries(&bundle, n).unwrap(), all.iter().map(Vec::as_slice).collect::<Vec<_>>());
            prop_assert!(entries(&bundle, n + 1).is_err());
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300), n in any::<u16>()) {
            let _ = entries(&bytes, n);
        }
    }
}
