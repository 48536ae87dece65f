//! Tiles: the tree cut into pieces of 256 hashes, each with an address (C2SP tlog-tiles).

use std::collections::HashMap;
use std::fmt;

use crate::tree::{Subtrees, perfect};
use crate::{Hash, hash::HASH_BYTES};

/// Hashes in a whole tile.
pub const TILE_WIDTH: u16 = 256;
/// Levels of the tree in one tile.
pub(crate) const TILE_LEVELS: u8 = 8;
/// Bytes of a whole tile.
pub const TILE_BYTES: usize = TILE_WIDTH as usize * HASH_BYTES;

/// What a tile holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TileKind {
    /// Hashes, of this level of tiles: 0 holds the leaves' own.
    Hashes(u8),
    /// The entries themselves, in a bundle.
    Entries,
}

/// Which tile: its kind, its place in its row, how many of its 256 are there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TileRef {
    /// What it holds.
    pub kind: TileKind,
    /// Its place in its row, from 0.
    pub index: u64,
    /// How many it holds, 1–256; fewer than 256 only at the row's end.
    pub width: u16,
}

/// A path that names no tile.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "`{path}` names no tile: expected tile/<level>/<number> or tile/entries/<number>, with .p/<width> for a partial one"
)]
pub struct InvalidTilePath {
    path: String,
}

impl TileRef {
    /// A tile of hashes.
    pub const fn hashes(level: u8, index: u64, width: u16) -> Self {
        Self { kind: TileKind::Hashes(level), index, width }
    }

    /// A bundle of entries.
    pub const fn entries(index: u64, width: u16) -> Self {
        Self { kind: TileKind::Entries, index, width }
    }

    /// Whether all 256 are there.
    pub const fn is_whole(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// Reads the path that [`Display`](fmt::Display) writes; any other spelling is refused, so that a tile has one address.
    pub fn parse(path: &str) -> Result<Self, InvalidTilePath> {
        let invalid = || InvalidTilePath { path: path.chars().take(80).collect() };
        let tile = Self::parts(path).ok_or_else(invalid)?;
        if tile.to_string() == path { Ok(tile) } else { Err(invalid()) }
    }

    fn parts(path: &str) -> Option<Self> {
        let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes(level.parse().ok().filter(|level| *level < 64)?),
        };
        let (number, width) = match rest.split_once(".p/") {
            None => (rest, TILE_WIDTH),
            Some((number, width)) => {
                (number, width.parse().ok().filter(|w| (1..TILE_WIDTH).contains(w))?)
            }
        };
        let mut index = 0_u64;
        for group in number.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let digits: u64 = digits.parse().ok().filter(|d| *d < 1_000)?;
            index = index.checked_mul(1_000)?.checked_add(digits)?;
        }
        Some(Self { kind, index, width })
    }

    /// The tiles of hashes that the tree of `new` leaves has and the one of `old` leaves had not, lowest level first.
    pub fn between(old: u64, new: u64) -> Vec<Self> {
        let mut tiles = Vec::new();
        for level in 0_u8.. {
            let shift = u32::from(level) * u32::from(TILE_LEVELS);
            let (before, now) =
                (old.checked_shr(shift).unwrap_or(0), new.checked_shr(shift).unwrap_or(0));
            if now == 0 {
                break;
            }
            if now == before {
                continue;
            }
            for index in before / 256..now.div_ceil(256) {
                let width = (now - index * 256).min(256);
                tiles.push(Self::hashes(level, index, u16::try_from(width).unwrap_or(TILE_WIDTH)));
            }
        }
        tiles
    }
}

impl fmt::Display for TileRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![self.index % 1_000];
        let mut rest = self.index / 1_000;
        while rest > 0 {
            groups.push(rest % 1_000);
            rest /= 1_000;
        }
        while let Some(group) = groups.pop() {
            if groups.is_empty() {
                write!(f, "{group:03}")?;
            } else {
                write!(f, "x{group:03}/")?;
            }
        }
        if self.is_whole() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

/// Tiles of a tree that are at hand. Asked for a subtree whose tile is not, it answers which tile is wanted: whoever
/// drives a proof fetches it, puts it in and begins anew. A proof needs about two tiles for each 256-fold of the size.
#[derive(Clone, Debug)]
pub struct Tiles {
    size: u64,
    held: HashMap<(u8, u64), Vec<Hash>>,
}

impl Tiles {
    /// None yet, of the tree of `size` leaves.
    pub fn new(size: u64) -> Self {
        Self { size, held: HashMap::new() }
    }

    /// The tree's size.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The tile that holds hash `index` of this level of tiles, as wide as this tree makes it.
    pub fn wanted(&self, level: u8, index: u64) -> TileRef {
        let shift = u32::from(level) * u32::from(TILE_LEVELS);
        let in_row = self.size.checked_shr(shift).unwrap_or(0);
        let tile = index / u64::from(TILE_WIDTH);
        let width = in_row.saturating_sub(tile * u64::from(TILE_WIDTH)).min(u64::from(TILE_WIDTH));
        TileRef::hashes(level, tile, u16::try_from(width).unwrap_or(TILE_WIDTH))
    }

    /// Puts in a tile's bytes; whether they are what the tile's width takes.
    pub fn put(&mut self, tile: TileRef, bytes: &[u8]) -> bool {
        let (TileKind::Hashes(level), Some(hashes)) = (tile.kind, Hash::all_of(bytes)) else {
            return false;
        };
        let fits = hashes.len() == usize::from(tile.width);
        if fits {
            self.held.insert((level, tile.index), hashes);
        }
        fits
    }
}

impl Subtrees for Tiles {
    /// The tile that is wanted first.
    type Error = TileRef;

    fn hash(&mut self, level: u8, index: u64) -> Result<Hash, TileRef> {
        let (row, height) = (level / TILE_LEVELS, u32::from(level % TILE_LEVELS));
        let first = index << height;
        let wanted = self.wanted(row, first);
        let held = self.held.get(&(row, wanted.index)).ok_or(wanted)?;
        let offset = usize::try_from(first % u64::from(TILE_WIDTH)).unwrap_or(usize::MAX);
        held.get(offset..offset + (1 << height)).map(perfect).ok_or(wanted)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tree;

    #[test]
    fn paths_are_c2sps() {
        let path = |tile: TileRef| tile.to_string();
        assert_eq!(path(TileRef::hashes(0, 1_234_067, 256)), "tile/0/x001/x234/067");
        assert_eq!(path(TileRef::hashes(1, 0, 17)), "tile/1/000.p/17");
        assert_eq!(path(TileRef::entries(273, 112)), "tile/entries/273.p/112");
    }

    #[test]
    fn another_spelling_is_refused() {
        for path in [
            "tile/0/1",
            "tile/0/0001",
            "tile/00/001",
            "tile/0/x000/001",
            "tile/0/001.p/256",
            "tile/0/001.p/0",
            "tile/0/001.p/017",
            "tile/64/000",
            "tile/data/000",
            "/tile/0/000",
            "tile/0/x1/000",
            "tile/0/+01",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
        ] {
            assert!(TileRef::parse(path).is_err(), "{path}");
        }
    }

    #[test]
    fn a_tree_is_computed_from_its_tiles_alone() {
        let n = 70_000_u64;
        let leaves: Vec<Hash> = (0..n).map(|n| Hash::of_leaf(&n.to_be_bytes())).collect();
        let mut rows = vec![leaves.clone()];
        while rows.last().is_some_and(|row| row.len() >= 256) {
            let (whole, _) = rows.last().unwrap().as_chunks::<256>();
            rows.push(whole.iter().map(|tile| perfect(tile)).collect());
        }
        let mut tiles = Tiles::new(n);
        let mut n_fetched = 0;
        let proof = loop {
            match tree::prove_inclusion(65_535, n, &mut tiles) {
                Ok(proof) => break proof,
                Err(tile) => {
                    let TileKind::Hashes(level) = tile.kind else { panic!("a tile of hashes") };
                    let from = usize::try_from(tile.index).unwrap() * 256;
                    let hashes = &rows[usize::from(level)][from..from + usize::from(tile.width)];
                    let bytes: Vec<u8> = hashes.iter().flat_map(|hash| *hash.as_bytes()).collect();
                    assert!(tiles.put(tile, &bytes));
                    n_fetched += 1;
                }
            }
        };
        assert_eq!(
            tree::check_inclusion(65_535, n, leaves[65_535], &proof, tree::root_of(&leaves)),
            Ok(())
        );
        assert!(n_fetched <= 5, "{n_fetched} tiles");
    }

    #[test]
    fn what_is_new_between_two_sizes_is_listed() {
        let paths = |old, new| {
            TileRef::between(old, new).iter().map(TileRef::to_string).collect::<Vec<_>>()
        };
        assert_eq!(paths(0, 3), ["tile/0/000.p/3"]);
        assert_eq!(paths(255, 257), ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
        assert_eq!(paths(257, 257), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn a_path_reads_as_it_is_written(level in 0_u8..64, index in any::<u64>(), width in 1_u16..=256, entries: bool) {
            let tile = if entries { TileRef::entries(index, width) } else { TileRef::hashes(level, index, width) };
            prop_assert_eq!(TileRef::parse(&tile.to_string()), Ok(tile));
        }

        #[test]
        fn any_path_is_answered(path in "(tile/)?[0-9a-z/.]{0,40}") {
            if let Ok(tile) = TileRef::parse(&path) {
                prop_assert_eq!(tile.to_string(), path);
            }
        }
    }
}
