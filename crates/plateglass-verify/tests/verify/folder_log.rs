//! A log in a folder, written with our own crate: what a server publishes.

use std::path::PathBuf;

use ledger::key::{KeyKind, SigningKey};
use ledger::leaf::{ClearField, Draft, Kind, SealedField, Written};
use ledger::tile::{TILE_WIDTH, TileKind};
use ledger::tree::{Subtrees, in_memory, prove_inclusion, root_of};
use ledger::{Checkpoint, Hash, Note, TileRef, bundle};

/// The log's name.
pub(crate) const ORIGIN: &str = "log.example/1";
/// When it is cosigned: 2023-11-14.
pub(crate) const COSIGNED_AT: u64 = 1_700_000_000;

/// A log in a temporary folder.
pub(crate) struct FolderLog {
    dir: tempfile::TempDir,
    pub(crate) leaves: Vec<Written>,
}

impl FolderLog {
    /// A log of so many leaves, written to its folder.
    pub(crate) fn of(n: usize) -> Self {
        let mut log = Self { dir: tempfile::tempdir().unwrap(), leaves: Vec::new() };
        log.grow(n);
        log
    }

    /// Grows to so many leaves and publishes.
    pub(crate) fn grow(&mut self, n: usize) {
        for place in self.leaves.len()..n {
            self.leaves.push(leaf(place, "sign-in"));
        }
        self.publish();
    }

    /// Makes one leaf another, as somebody who holds the log's key could.
    pub(crate) fn rewrite(&mut self, place: usize) {
        self.leaves[place] = leaf(place, "nothing");
        self.publish();
    }

    /// Forgets all leaves from `n` on.
    pub(crate) fn cut(&mut self, n: usize) {
        self.leaves.truncate(n);
        self.publish();
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    pub(crate) fn name(&self, file: &str) -> String {
        self.path(file).to_str().unwrap().to_owned()
    }

    /// Changes one byte of a file.
    pub(crate) fn flip(&self, file: &str, at: usize) {
        let mut bytes = std::fs::read(self.path(file)).unwrap();
        bytes[at] ^= 1;
        std::fs::write(self.path(file), bytes).unwrap();
    }

    pub(crate) fn hashes(&self) -> Vec<Hash> {
        self.leaves.iter().map(|leaf| Hash::of_leaf(&leaf.entry)).collect()
    }

    /// The checkpoint, signed and cosigned.
    pub(crate) fn note(&self) -> Note {
        let (size, root) = (self.leaves.len() as u64, root_of(&self.hashes()));
        let checkpoint =
            Checkpoint { origin: ORIGIN.to_owned(), size, root, extension: String::new() };
        let mut note = checkpoint.to_note().unwrap();
        note.add(log_key().sign(note.text(), 0));
        note.add(witness_key().sign(note.text(), COSIGNED_AT));
        note
    }

    pub(crate) fn prove(&self, index: u64) -> Vec<Hash> {
        let hashes = self.hashes();
        let Ok(path) = prove_inclusion(index, hashes.len() as u64, &mut in_memory(&hashes));
        path
    }

    fn publish(&self) {
        let (size, hashes) = (self.leaves.len() as u64, self.hashes());
        let mut subtrees = in_memory(&hashes);
        for tile in TileRef::between(0, size) {
            let TileKind::Hashes(level) = tile.kind else { continue };
            let first = tile.index * u64::from(TILE_WIDTH);
            let of_tile = (first..first + u64::from(tile.width)).flat_map(|place| {
                let Ok(hash) = subtrees.hash(level * 8, place);
                *hash.as_bytes()
            });
            self.write(&tile.to_string(), &of_tile.collect::<Vec<u8>>());
        }
        for (index, leaves) in (0_u64..).zip(self.leaves.chunks(usize::from(TILE_WIDTH))) {
            let mut bytes = Vec::new();
            leaves.iter().for_each(|leaf| bundle::push(&mut bytes, &leaf.entry).unwrap());
            let tile = TileRef::entries(index, u16::try_from(leaves.len()).unwrap());
            self.write(&tile.to_string(), &bytes);
        }
        self.write("checkpoint", self.note().to_string().as_bytes());
    }

    fn write(&self, file: &str, bytes: &[u8]) {
        std::fs::create_dir_all(self.path(file).parent().unwrap()).unwrap();
        std::fs::write(self.path(file), bytes).unwrap();
    }
}

fn leaf(place: usize, action: &str) -> Written {
    let salt = (place as u128).to_be_bytes();
    Draft::new(Kind::Event)
        .text(ClearField::Action, action)
        .number(ClearField::Number, place as u64)
        .seal(SealedField::Name, &salt, format!("person {place}"))
        .seal(SealedField::Address, &[7; 16], "192.0.2.7")
        .write()
        .unwrap()
}

pub(crate) fn log_key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, KeyKind::Log, [1; 32]).unwrap()
}

pub(crate) fn witness_key() -> SigningKey {
    SigningKey::from_seed("witness.example", KeyKind::Cosigner, [2; 32]).unwrap()
}

/// The arguments that say whom to believe.
pub(crate) fn trust() -> [String; 4] {
    let (log, witness) = (log_key(), witness_key());
    [
        "--key".to_owned(),
        log.verifier().to_string(),
        "--witness".to_owned(),
        witness.verifier().to_string(),
    ]
}

/// The arguments with [`trust`] after them.
pub(crate) fn verify_trusting(args: &[&str]) -> crate::Said {
    let trust = trust();
    let all: Vec<&str> = args.iter().copied().chain(trust.iter().map(String::as_str)).collect();
    crate::verify(&all)
}
