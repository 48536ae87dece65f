//! Figures of the ledger: how long an outsider's check of a whole log takes.

use std::convert::Infallible;
use std::hint::black_box;
use std::io;
use std::path::Path;

use anyhow::Result;
use ledger::audit::{self, Depth, Source};
use ledger::key::{KeyKind, SigningKey};
use ledger::leaf::{ClearField, Draft, Kind, SealedField};
use ledger::policy::{Party, Policy};
use ledger::tile::{TILE_WIDTH, TileKind};
use ledger::tree::{Frontier, Subtrees, in_memory};
use ledger::{Checkpoint, Hash, TileRef, bundle};
use sha2::{Digest as _, Sha256};

use crate::plate_measure::{figure, memory_mb, reset_peak, timed};

const ORIGIN: &str = "bench.example/log";
/// What a million leaves may take on one core, in hashes and leaf by leaf.
const SECONDS_PER_MILLION_MAX: f64 = 10.0;

/// The log's folder, as an outsider fetched it.
struct Folder<'a>(&'a Path);

impl Source for Folder<'_> {
    type Error = io::Error;

    fn file(&mut self, path: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.0.join(path))
    }
}

/// Checks a log of so many thousand leaves, beside the plain SHA-256 of the same files.
pub(crate) fn verify(thousands: usize) -> Result<()> {
    let n = thousands * 1_000;
    let dir = tempfile::tempdir()?;
    let policy = write_log(dir.path(), n)?;
    let target = format!("≤ {:.1} s", SECONDS_PER_MILLION_MAX * n as f64 / 1e6);
    for (what, depth, files) in [
        ("hashes", Depth::Hashes, files_of(n, false)),
        ("hashes and leaves", Depth::Leaves, files_of(n, true)),
    ] {
        let (sha_s, n_bytes) = timed(|| sha_256_of(dir.path(), &files));
        let n_bytes = n_bytes?;
        reset_peak();
        let before_mb = memory_mb("VmRSS");
        let (s, sound) =
            timed(|| audit::audit(&mut Folder(dir.path()), &policy, depth, None, |_, _| ()));
        let size = sound?.checkpoint.size;
        let peak = memory_mb("VmHWM") - before_mb;
        let mb = n_bytes as f64 / 1e6;
        figure(
            &format!("{what} of {:.1} M leaves", size as f64 / 1e6),
            &format!("{s:.2} s"),
            &target,
            &format!("{mb:.0} MB in {} files, peak {peak:.1} MB", files.len()),
        );
        figure(
            "  baseline: SHA-256 of the same files",
            &format!("{sha_s:.2} s"),
            "",
            &format!("{:.1} times", s / sha_s),
        );
    }
    Ok(())
}

fn sha_256_of(folder: &Path, files: &[String]) -> io::Result<usize> {
    let mut n_bytes = 0;
    for file in files {
        let bytes = std::fs::read(folder.join(file))?;
        n_bytes += bytes.len();
        black_box(Sha256::digest(&bytes));
    }
    Ok(n_bytes)
}

fn files_of(n: usize, with_leaves: bool) -> Vec<String> {
    let tiles = TileRef::between(0, n as u64);
    let bundles = tiles.iter().filter(|tile| with_leaves && tile.kind == TileKind::Hashes(0));
    let bundles = bundles.map(|tile| TileRef::entries(tile.index, tile.width).to_string());
    tiles.iter().map(TileRef::to_string).chain(bundles).collect()
}

/// Writes a log as the server would, and gives whom to believe.
fn write_log(folder: &Path, n: usize) -> Result<Policy> {
    let key = SigningKey::from_seed(ORIGIN, KeyKind::Log, [1; 32])?;
    let witness = SigningKey::from_seed("witness.example", KeyKind::Cosigner, [2; 32])?;
    let mut hashes: Vec<Hash> = Vec::with_capacity(n);
    let mut edge = Frontier::default();
    let places: Vec<usize> = (0..n).collect();
    for (index, of_bundle) in (0_u64..).zip(places.chunks(usize::from(TILE_WIDTH))) {
        let mut bytes = Vec::new();
        for place in of_bundle {
            let entry = leaf(*place)?;
            let hash = Hash::of_leaf(&entry);
            hashes.push(hash);
            edge.push(hash);
            bundle::push(&mut bytes, &entry)?;
        }
        let width = u16::try_from(of_bundle.len())?;
        write(folder, &TileRef::entries(index, width).to_string(), &bytes)?;
    }
    write_tiles(folder, &hashes)?;
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: edge.size(),
        root: edge.root(),
        extension: String::new(),
    };
    let mut note = checkpoint.to_note().expect("the bench's origin can stand in a note");
    note.add(key.sign(note.text(), 0));
    note.add(witness.sign(note.text(), 1_700_000_000));
    write(folder, "checkpoint", note.to_string().as_bytes())?;
    let party = |key: &SigningKey| Party {
        name: key.verifier().name().to_owned(),
        key: key.verifier().clone(),
        url: None,
    };
    Ok(Policy::of_all(vec![party(&key)], vec![party(&witness)]))
}

fn write_tiles(folder: &Path, hashes: &[Hash]) -> Result<()> {
    let mut subtrees = in_memory(hashes);
    for tile in TileRef::between(0, hashes.len() as u64) {
        let TileKind::Hashes(level) = tile.kind else { continue };
        let first = tile.index * u64::from(TILE_WIDTH);
        let of_tile = (first..first + u64::from(tile.width)).flat_map(|place| {
            let Ok::<Hash, Infallible>(hash) = subtrees.hash(level * 8, place);
            *hash.as_bytes()
        });
        write(folder, &tile.to_string(), &of_tile.collect::<Vec<u8>>())?;
    }
    Ok(())
}

/// A leaf of the usual length: an act with its actor's pseudonyms and five sealed fields.
fn leaf(place: usize) -> Result<Vec<u8>> {
    let mut draft = Draft::new(Kind::Begin)
        .text(ClearField::Action, "search-reads")
        .text(ClearField::ActorKind, "person")
        .text(ClearField::Actor, format!("{place:032x}"))
        .text(ClearField::Role, "officer")
        .text(ClearField::Where, "console")
        .text(ClearField::Day, "2026-11-22")
        .text(ClearField::Purpose, "stolen-vehicle")
        .text(ClearField::Decision, "permit");
    let salt = (place as u128).to_be_bytes();
    for field in [
        SealedField::Name,
        SealedField::At,
        SealedField::Case,
        SealedField::Reason,
        SealedField::Query,
    ] {
        draft = draft.seal(field, &salt, "what somebody wrote");
    }
    Ok(draft.write()?.entry)
}

fn write(folder: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
    let path = folder.join(path);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, bytes)
}
