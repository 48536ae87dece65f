//! Checks a whole log from its tiles, as an outsider gets them: signatures, cosignatures, every hash and, for auditors,
//! every leaf.

use std::fmt;

use crate::bundle::{self, BundleError};
use crate::checkpoint::InvalidCheckpoint;
use crate::leaf::{InvalidLeaf, Leaf};
use crate::note::{Forged, InvalidNote};
use crate::policy::Policy;
use crate::tile::{TILE_LEVELS, TILE_WIDTH, TileKind, TileRef};
use crate::tree::{Frontier, perfect};
use crate::{Checkpoint, Hash, Note};

/// Where a log's files come from.
pub trait Source {
    /// Why a file could not be had.
    type Error;

    /// The file at a path such as `checkpoint` or `tile/0/000`.
    fn file(&mut self, path: &str) -> Result<Vec<u8>, Self::Error>;
}

/// How much of a log is checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// Hashes only: what the public may fetch.
    Hashes,
    /// Every leaf as well: for auditors.
    Leaves,
}

/// What was found right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sound {
    /// The state that was checked.
    pub checkpoint: Checkpoint,
    /// It, as it was signed: what to remember for the next time.
    pub note: Note,
    /// The witnesses whose cosignature fits: name and when, in seconds of Unix time.
    pub cosigned: Vec<(String, u64)>,
}

/// What was found wrong, first of all.
#[derive(Debug, thiserror::Error)]
pub enum Fault<E> {
    /// A file could not be had.
    #[error("`{path}` could not be fetched")]
    Missing {
        /// Which file.
        path: String,
        /// Why.
        #[source]
        err: E,
    },
    /// The checkpoint is no note.
    #[error("the checkpoint is no signed note")]
    Note(#[source] InvalidNote),
    /// The note is no checkpoint.
    #[error("the checkpoint cannot be read")]
    Checkpoint(#[source] InvalidCheckpoint),
    /// A signature of somebody who is believed does not fit.
    #[error("the checkpoint is forged")]
    Forged(#[source] Forged),
    /// No log that is believed has signed in its own name.
    #[error("the checkpoint of `{origin}` is not signed by a key of that name that is believed")]
    NotSigned {
        /// The log it is of.
        origin: String,
    },
    /// Too few witnesses have cosigned.
    #[error(
        "the checkpoint of {size} leaves is cosigned by too few of the witnesses that are believed"
    )]
    NoQuorum {
        /// The checkpoint's size.
        size: u64,
    },
    /// A tile is not as long as its width says.
    #[error("`{path}` has {n_bytes} bytes, expected {expected}")]
    TileLength {
        /// Which tile.
        path: String,
        /// How long it is.
        n_bytes: usize,
        /// How long it should be.
        expected: usize,
    },
    /// A bundle cannot be taken apart.
    #[error("`{path}` cannot be taken apart")]
    Bundle {
        /// Which bundle.
        path: String,
        /// Why.
        #[source]
        why: BundleError,
    },
    /// A leaf is not the one whose hash the tree holds.
    #[error("leaf {index} was changed: its hash is not the one in the tree")]
    Leaf {
        /// Which leaf.
        index: u64,
    },
    /// A leaf is none of ours.
    #[error("leaf {index} is not a record of this format")]
    NoLeaf {
        /// Which leaf.
        index: u64,
        /// Why.
        #[source]
        why: InvalidLeaf,
    },
    /// A tile of a higher level does not say what those below it say.
    #[error("leaves {first} to {last} were changed: `{path}` holds another hash for them")]
    Above {
        /// The first leaf that may have been changed.
        first: u64,
        /// The last one.
        last: u64,
        /// The tile above them.
        path: String,
    },
    /// The leaves lead to the signed root, and a tile of a higher level says otherwise.
    #[error("`{path}` was changed: leaves {first} to {last} are right and make another hash")]
    Tile {
        /// Which tile.
        path: String,
        /// The first leaf below the wrong hash.
        first: u64,
        /// The last one.
        last: u64,
    },
    /// All leaves together do not lead to the signed root.
    #[error("the log was rewritten: its {size} leaves do not lead to the root that was signed")]
    OtherRoot {
        /// How many leaves there are.
        size: u64,
    },
    /// The log did not grow out of the state that was seen earlier.
    #[error(
        "the log was rewritten since: its first {size} leaves are not those of the earlier checkpoint"
    )]
    NotGrown {
        /// The earlier size.
        size: u64,
    },
    /// The log is smaller than it was.
    #[error("the log was cut: it has {new} leaves and had {old}")]
    Shrunk {
        /// The earlier size.
        old: u64,
        /// Its size now.
        new: u64,
    },
    /// The earlier checkpoint is another log's.
    #[error("the earlier checkpoint is of `{earlier}`, this log is `{now}`")]
    OtherLog {
        /// The earlier checkpoint's log.
        earlier: String,
        /// This one.
        now: String,
    },
}

impl<E> Fault<E> {
    /// Whether it says that the log is not what it should be; the others say that it could not be checked.
    pub const fn is_tampering(&self) -> bool {
        !matches!(self, Self::Missing { .. })
    }
}

/// Checks the signatures of a checkpoint.
pub fn check_note<E>(note: Note, policy: &Policy) -> Result<Sound, Fault<E>> {
    let keys = policy.keys();
    let verified = note.verify(&keys).map_err(Fault::Forged)?;
    let checkpoint = Checkpoint::parse(note.text()).map_err(Fault::Checkpoint)?;
    if !policy.is_signed(&verified, &checkpoint.origin) {
        return Err(Fault::NotSigned { origin: checkpoint.origin });
    }
    if !policy.has_quorum(&verified) {
        return Err(Fault::NoQuorum { size: checkpoint.size });
    }
    let cosigned = verified.iter().filter_map(|one| Some((one.key.name().to_owned(), one.at?)));
    Ok(Sound { cosigned: cosigned.collect(), checkpoint, note })
}

/// Checks a whole log. `earlier` is a checkpoint that was checked before: the log must have grown out of it. `went_on` is
/// told how many leaves have been checked.
pub fn audit<S: Source>(
    source: &mut S,
    policy: &Policy,
    depth: Depth,
    earlier: Option<&Checkpoint>,
    mut went_on: impl FnMut(u64, u64),
) -> Result<Sound, Fault<S::Error>> {
    let bytes = fetch(source, "checkpoint")?;
    let sound = check_note(Note::parse(&bytes).map_err(Fault::Note)?, policy)?;
    let size = sound.checkpoint.size;
    if let Some(earlier) = earlier {
        is_later(earlier, &sound.checkpoint)?;
    }
    let mut tree = Grown { frontier: Frontier::default(), earlier, roots: Vec::new() };
    for index in 0..size.div_ceil(u64::from(TILE_WIDTH)) {
        let first = index * u64::from(TILE_WIDTH);
        let width = u16::try_from((size - first).min(u64::from(TILE_WIDTH))).unwrap_or(TILE_WIDTH);
        let hashes = fetch_hashes(source, TileRef::hashes(0, index, width))?;
        if depth == Depth::Leaves {
            check_leaves(source, index, width, &hashes)?;
        }
        tree.take(&hashes)?;
        went_on(first + u64::from(width), size);
    }
    let leads_to_root = tree.frontier.root() == sound.checkpoint.root;
    match check_above(source, size, tree.roots) {
        Ok(()) if leads_to_root => Ok(sound),
        Err(Fault::Above { path, first, last }) if leads_to_root => {
            Err(Fault::Tile { path, first, last })
        }
        // The tiles above only say where.
        Err(Fault::Above { path, first, last }) => Err(Fault::Above { path, first, last }),
        Err(why) if leads_to_root => Err(why),
        _ => Err(Fault::OtherRoot { size }),
    }
}

fn is_later<E>(earlier: &Checkpoint, now: &Checkpoint) -> Result<(), Fault<E>> {
    if earlier.origin != now.origin {
        return Err(Fault::OtherLog { earlier: earlier.origin.clone(), now: now.origin.clone() });
    }
    if earlier.size > now.size {
        return Err(Fault::Shrunk { old: earlier.size, new: now.size });
    }
    Ok(())
}

/// The tree as it grows.
struct Grown<'a> {
    frontier: Frontier,
    earlier: Option<&'a Checkpoint>,
    /// The roots of the whole tiles so far.
    roots: Vec<Hash>,
}

impl Grown<'_> {
    fn take<E>(&mut self, hashes: &[Hash]) -> Result<(), Fault<E>> {
        self.compare()?;
        let begins = self.frontier.size();
        let root = (hashes.len() == usize::from(TILE_WIDTH)).then(|| perfect(hashes));
        let compares_within = self.earlier.is_some_and(|earlier| {
            (1..u64::from(TILE_WIDTH)).contains(&earlier.size.wrapping_sub(begins))
        });
        match root {
            Some(root) if !compares_within => self.frontier.push_whole(TILE_LEVELS, root),
            _ => {
                for hash in hashes {
                    self.frontier.push(*hash);
                    self.compare()?;
                }
            }
        }
        self.roots.extend(root);
        self.compare()
    }

    fn compare<E>(&self) -> Result<(), Fault<E>> {
        match self.earlier {
            Some(earlier)
                if earlier.size == self.frontier.size() && earlier.root != self.frontier.root() =>
            {
                Err(Fault::NotGrown { size: earlier.size })
            }
            _ => Ok(()),
        }
    }
}

fn check_leaves<S: Source>(
    source: &mut S,
    index: u64,
    width: u16,
    hashes: &[Hash],
) -> Result<(), Fault<S::Error>> {
    let path = TileRef::entries(index, width).to_string();
    let bytes = fetch(source, &path)?;
    let entries = bundle::entries(&bytes, width).map_err(|why| Fault::Bundle { path, why })?;
    for ((entry, hash), index) in entries.iter().zip(hashes).zip(index * u64::from(TILE_WIDTH)..) {
        if Hash::of_leaf(entry) != *hash {
            return Err(Fault::Leaf { index });
        }
        Leaf::parse(entry).map_err(|why| Fault::NoLeaf { index, why })?;
    }
    Ok(())
}

/// Compares the tiles of the higher levels with what those below them make.
fn check_above<S: Source>(
    source: &mut S,
    size: u64,
    mut below: Vec<Hash>,
) -> Result<(), Fault<S::Error>> {
    let mut leaves_each = u64::from(TILE_WIDTH);
    for level in 1_u8.. {
        if below.is_empty() {
            break;
        }
        let mut above = Vec::new();
        for (index, computed) in (0_u64..).zip(below.chunks(usize::from(TILE_WIDTH))) {
            let width = u16::try_from(computed.len()).unwrap_or(TILE_WIDTH);
            let said = fetch_hashes(source, TileRef::hashes(level, index, width))?;
            let differs = said.iter().zip(computed).position(|(said, computed)| said != computed);
            if let Some(place) = differs {
                let first = (index * u64::from(TILE_WIDTH) + place as u64) * leaves_each;
                let path = TileRef::hashes(level, index, width).to_string();
                let last = (first + leaves_each - 1).min(size - 1);
                return Err(Fault::Above { first, last, path });
            }
            if computed.len() == usize::from(TILE_WIDTH) {
                above.push(perfect(computed));
            }
        }
        leaves_each = leaves_each.saturating_mul(u64::from(TILE_WIDTH));
        below = above;
    }
    Ok(())
}

fn fetch<S: Source>(source: &mut S, path: &str) -> Result<Vec<u8>, Fault<S::Error>> {
    source.file(path).map_err(|err| Fault::Missing { path: path.to_owned(), err })
}

fn fetch_hashes<S: Source>(source: &mut S, tile: TileRef) -> Result<Vec<Hash>, Fault<S::Error>> {
    debug_assert!(matches!(tile.kind, TileKind::Hashes(_)));
    let path = tile.to_string();
    let bytes = fetch(source, &path)?;
    let expected = usize::from(tile.width) * crate::hash::HASH_BYTES;
    let n_bytes = bytes.len();
    let hashes = Hash::all_of(&bytes).filter(|_| n_bytes == expected);
    hashes.ok_or(Fault::TileLength { path, n_bytes, expected })
}

impl fmt::Display for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Checkpoint { origin, size, .. } = &self.checkpoint;
        write!(f, "{origin} is sound: {size} leaves lead to the signed root")?;
        if self.cosigned.is_empty() {
            f.write_str("; no witness has cosigned it, so its operator could have rewritten it")
        } else {
            let names: Vec<&str> = self.cosigned.iter().map(|(name, _)| name.as_str()).collect();
            write!(f, ", cosigned by {}", names.join(", "))
        }
    }
}
