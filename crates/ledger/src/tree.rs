//! Roots and proofs of RFC 6962 §2.1, checked as RFC 9162 §2.1.3.2 and §2.1.4.2 say.

use crate::Hash;

/// Where the hashes of whole subtrees come from: of the 2^`level` leaves from leaf `index` · 2^`level` on.
pub trait Subtrees {
    /// Why a hash could not be had.
    type Error;

    /// The hash of one whole subtree.
    fn hash(&mut self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

impl<F: FnMut(u8, u64) -> Result<Hash, E>, E> Subtrees for F {
    type Error = E;

    fn hash(&mut self, level: u8, index: u64) -> Result<Hash, E> {
        self(level, index)
    }
}

/// Longest proof there can be: one hash for each bit of a size, and one more for consistency.
pub const PROOF_HASHES_MAX: usize = 64;

/// The root of the first `size` leaves.
pub fn root<S: Subtrees>(size: u64, from: &mut S) -> Result<Hash, S::Error> {
    if size == 0 { Ok(Hash::of_nothing()) } else { range(0, size, from) }
}

/// The hash over leaves `low..high`, which is never empty.
fn range<S: Subtrees>(low: u64, high: u64, from: &mut S) -> Result<Hash, S::Error> {
    let n = high - low;
    if n.is_power_of_two() {
        let level = n.trailing_zeros();
        return from.hash(u8::try_from(level).unwrap_or(u8::MAX), low >> level);
    }
    let middle = low + split(n);
    let left = range(low, middle, from)?;
    Ok(Hash::of_node(left, range(middle, high, from)?))
}

/// The largest power of two below `n`, which is at least 2.
const fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// Proves that leaf `index` stands in the tree of `size` leaves. Nothing for an index that is not in it.
pub fn prove_inclusion<S: Subtrees>(
    index: u64,
    size: u64,
    from: &mut S,
) -> Result<Vec<Hash>, S::Error> {
    let mut path = Vec::new();
    let (mut low, mut high) = (0, size);
    if index >= size {
        return Ok(path);
    }
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(range(middle, high, from)?);
            high = middle;
        } else {
            path.push(range(low, middle, from)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// Proves that the tree of `old` leaves is the beginning of the tree of `new` leaves (`old` ≤ `new`).
pub fn prove_consistency<S: Subtrees>(
    old: u64,
    new: u64,
    from: &mut S,
) -> Result<Vec<Hash>, S::Error> {
    let mut path = Vec::new();
    if old == 0 || old >= new {
        return Ok(path);
    }
    let (mut low, mut high) = (0, new);
    while old < high {
        let middle = low + split(high - low);
        if old <= middle {
            path.push(range(middle, high, from)?);
            high = middle;
        } else {
            path.push(range(low, middle, from)?);
            low = middle;
        }
    }
    // The old tree's own last subtree is named unless it is the whole old tree, which who checks knows.
    if low != 0 {
        path.push(range(low, high, from)?);
    }
    path.reverse();
    Ok(path)
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ProofError {
    /// There is no such leaf in the tree.
    #[error("leaf {index} is not in a tree of {size}")]
    NoSuchLeaf {
        /// Which leaf.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// A tree cannot have shrunk.
    #[error("a tree of {new} leaves cannot have grown out of one of {old}")]
    Shrunk {
        /// The older size.
        old: u64,
        /// The newer size.
        new: u64,
    },
    /// Too few or too many hashes for these sizes.
    #[error("the proof has {found} hashes where these sizes take another number")]
    WrongLength {
        /// How many there are.
        found: usize,
    },
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    OtherRoot,
}

/// Checks that `leaf` stands at `index` in the tree of `size` leaves with this root.
pub fn check_inclusion(
    index: u64,
    size: u64,
    leaf: Hash,
    proof: &[Hash],
    root: Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    let wrong = ProofError::WrongLength { found: proof.len() };
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(wrong);
        }
        if at & 1 == 1 || at == last {
            hash = Hash::of_node(*sibling, hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = Hash::of_node(hash, *sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    match last {
        0 if hash == root => Ok(()),
        0 => Err(ProofError::OtherRoot),
        _ => Err(wrong),
    }
}

/// Checks that the tree of `old` leaves with `old_root` is the beginning of the tree of `new` leaves with `new_root`.
pub fn check_consistency(
    old: u64,
    old_root: Hash,
    new: u64,
    new_root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::Shrunk { old, new });
    }
    let wrong = ProofError::WrongLength { found: proof.len() };
    if old == new || old == 0 {
        let same = old_root == new_root || old != new;
        let known = old != 0 || old_root == Hash::of_nothing();
        return match (proof.is_empty(), same && known) {
            (false, _) => Err(wrong),
            (true, true) => Ok(()),
            (true, false) => Err(ProofError::OtherRoot),
        };
    }
    let whole = [old_root];
    let mut hashes = if old.is_power_of_two() { whole.iter() } else { [].iter() }.chain(proof);
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let first = *hashes.next().ok_or(wrong)?;
    let (mut before, mut after) = (first, first);
    for sibling in hashes {
        if last == 0 {
            return Err(wrong);
        }
        if at & 1 == 1 || at == last {
            before = Hash::of_node(*sibling, before);
            after = Hash::of_node(*sibling, after);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            after = Hash::of_node(after, *sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    match last {
        0 if before == old_root && after == new_root => Ok(()),
        0 => Err(ProofError::OtherRoot),
        _ => Err(wrong),
    }
}

/// A tree of which only the right edge is remembered: leaves are put at its end and its root is asked for.
#[derive(Clone, Debug, Default)]
pub struct Frontier {
    size: u64,
    /// The roots of the whole subtrees that the size is the sum of, largest first.
    edge: Vec<Hash>,
}

impl Frontier {
    /// How many leaves it has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Puts a leaf at its end.
    pub fn push(&mut self, leaf: Hash) {
        self.push_whole(0, leaf);
    }

    /// Puts the 2^`level` leaves under this hash at its end; the size must be a multiple of as many.
    pub fn push_whole(&mut self, level: u8, hash: Hash) {
        debug_assert!(self.size.trailing_zeros() >= u32::from(level) || self.size == 0);
        let mut hash = hash;
        let mut rest = self.size >> level;
        while rest & 1 == 1 {
            let Some(left) = self.edge.pop() else { break };
            hash = Hash::of_node(left, hash);
            rest >>= 1;
        }
        self.edge.push(hash);
        self.size += 1 << level;
    }

    /// Its root.
    pub fn root(&self) -> Hash {
        let from_the_right = self.edge.iter().rev().copied();
        from_the_right
            .reduce(|right, left| Hash::of_node(left, right))
            .unwrap_or_else(Hash::of_nothing)
    }
}

/// The root of a tree whose leaves' hashes are all at hand.
pub fn root_of(leaves: &[Hash]) -> Hash {
    let size = leaves.len() as u64;
    let Ok(root) = root(size, &mut in_memory(leaves));
    root
}

/// Subtrees of leaves that are all at hand.
pub fn in_memory(
    leaves: &[Hash],
) -> impl FnMut(u8, u64) -> Result<Hash, std::convert::Infallible> + '_ {
    |level, index| {
        let n = 1_usize.checked_shl(u32::from(level)).unwrap_or(0);
        let low = usize::try_from(index).unwrap_or(usize::MAX).saturating_mul(n);
        Ok(leaves.get(low..low.saturating_add(n)).map_or(Hash::of_nothing(), perfect))
    }
}

/// The root over a power of two of hashes.
pub(crate) fn perfect(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => Hash::of_nothing(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(more.len() / 2);
            Hash::of_node(perfect(left), perfect(right))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|n| Hash::of_leaf(&n.to_be_bytes())).collect()
    }

    fn root_at(all: &[Hash], size: u64) -> Hash {
        root_of(&all[..usize::try_from(size).unwrap()])
    }

    #[test]
    fn every_leaf_of_every_small_tree_is_proved_and_no_other() {
        for size in 1..=40 {
            let all = leaves(size);
            let root = root_of(&all);
            for index in 0..size {
                let Ok(proof) = prove_inclusion(index, size, &mut in_memory(&all));
                let leaf = all[usize::try_from(index).unwrap()];
                assert_eq!(check_inclusion(index, size, leaf, &proof, root), Ok(()));
                for other in (0..size).filter(|other| *other != index) {
                    assert!(check_inclusion(other, size, leaf, &proof, root).is_err());
                }
            }
        }
    }

    #[test]
    fn the_right_edge_is_enough_for_the_root() {
        let all = leaves(70);
        let mut edge = Frontier::default();
        for (n, leaf) in (0_u64..).zip(&all) {
            assert_eq!((edge.size(), edge.root()), (n, root_at(&all, n)));
            edge.push(*leaf);
        }
        let mut by_eights = Frontier::default();
        for (n, eight) in all.chunks_exact(8).enumerate() {
            by_eights.push_whole(3, perfect(eight));
            assert_eq!(by_eights.root(), root_at(&all, 8 * (n as u64 + 1)));
        }
        by_eights.push(all[64]);
        assert_eq!(by_eights.root(), root_at(&all, 65));
    }

    #[test]
    fn every_beginning_of_every_small_tree_is_proved() {
        for new in 0..=40 {
            let all = leaves(new);
            for old in 0..=new {
                let Ok(proof) = prove_consistency(old, new, &mut in_memory(&all));
                let (before, after) = (root_at(&all, old), root_of(&all));
                assert_eq!(
                    check_consistency(old, before, new, after, &proof),
                    Ok(()),
                    "{old} {new}"
                );
                let forged = Hash::of_leaf(b"forged");
                assert!(check_consistency(old, forged, new, after, &proof).is_err(), "{old} {new}");
                if old > 0 {
                    assert!(check_consistency(old, before, new, forged, &proof).is_err());
                }
            }
        }
    }

    /// The same proofs and roots as Go's `sumdb/tlog`, by way of its port.
    #[test]
    fn proofs_are_those_of_another_implementation() {
        use tlog_tiles::tlog;
        let size = 300_u64;
        let mut stored: Vec<tlog::Hash> = Vec::new();
        struct Stored<'a>(&'a [tlog::Hash]);
        impl tlog::HashReader for Stored<'_> {
            fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
                Ok(indexes.iter().map(|at| self.0[usize::try_from(*at).unwrap()]).collect())
            }
        }
        for n in 0..size {
            let more = tlog::stored_hashes(n, &n.to_be_bytes(), &Stored(&stored)).unwrap();
            stored.extend(more);
        }
        let (all, theirs) = (leaves(size), Stored(&stored));
        for n in [1, 2, 3, 64, 255, 256, 257, 300] {
            let root = tlog::tree_hash(n, &theirs).unwrap();
            assert_eq!(&root.0, root_at(&all, n).as_bytes());
            for index in (0..n).step_by(7) {
                let ours: Vec<[u8; 32]> = prove_inclusion(index, n, &mut in_memory(&all))
                    .unwrap_or_default()
                    .iter()
                    .map(|hash| *hash.as_bytes())
                    .collect();
                let other: Vec<[u8; 32]> = tlog::prove_record(n, index, &theirs)
                    .unwrap()
                    .iter()
                    .map(|hash| hash.0)
                    .collect();
                assert_eq!(ours, other);
            }
            for old in (1..=n).step_by(5) {
                let ours: Vec<[u8; 32]> = prove_consistency(old, n, &mut in_memory(&all))
                    .unwrap_or_default()
                    .iter()
                    .map(|hash| *hash.as_bytes())
                    .collect();
                let other: Vec<[u8; 32]> =
                    tlog::prove_tree(n, old, &theirs).unwrap().iter().map(|hash| hash.0).collect();
                assert_eq!(ours, other, "{old} {n}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_hashes_are_answered(
            index in any::<u64>(), old in any::<u64>(), size in any::<u64>(),
            proof in prop::collection::vec(prop::array::uniform32(any::<u8>()).prop_map(Hash::from_bytes), 0..70),
        ) {
            let some = Hash::of_leaf(b"some");
            prop_assert!(check_inclusion(index, size, some, &proof, some).is_err() || size == 1);
            let grown = check_consistency(old, some, size, some, &proof);
            prop_assert!(grown.is_err() || old == size, "{:?}", grown);
        }
    }
}
