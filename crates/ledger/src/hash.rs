//! SHA-256 hashes of the tree, as RFC 6962 §2.1 makes them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// Bytes in a hash.
pub const HASH_BYTES: usize = 32;

/// A hash of the tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; HASH_BYTES]);

impl Hash {
    /// Takes raw bytes.
    pub const fn from_bytes(bytes: [u8; HASH_BYTES]) -> Self {
        Self(bytes)
    }

    /// The raw bytes.
    pub const fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }

    /// The hash of a leaf: `SHA-256(0x00 || entry)`.
    pub fn of_leaf(entry: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0]).chain_update(entry).finalize().into())
    }

    /// The hash of an inner node: `SHA-256(0x01 || left || right)`.
    pub fn of_node(left: Self, right: Self) -> Self {
        let mut both = [1_u8; 1 + 2 * HASH_BYTES];
        if let Some((_, rest)) = both.split_first_mut() {
            let (first, second) = rest.split_at_mut(HASH_BYTES);
            first.copy_from_slice(&left.0);
            second.copy_from_slice(&right.0);
        }
        Self(Sha256::digest(both).into())
    }

    /// The root of the tree without leaves.
    pub fn of_nothing() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// Reads padded standard base64; none for anything but 32 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The hashes that stand one after the other in `bytes`; none if they do not come out even.
    pub fn all_of(bytes: &[u8]) -> Option<Vec<Self>> {
        let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
        rest.is_empty().then(|| hashes.iter().copied().map(Self).collect())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_tree_is_the_rfcs() {
        let hex: String =
            Hash::of_nothing().as_bytes().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn a_hash_reads_as_it_is_written() {
        let hash = Hash::of_leaf(b"hello");
        assert_eq!(Hash::parse(&hash.to_string()), Some(hash));
        assert_eq!(Hash::parse("aGVsbG8="), None);
    }
}
