//! What somebody with the database's password, and the key that signs the log, can do to it; and who notices, and when.
//!
//! The table that these tests print is the honest one: without a witness, and to somebody who remembers nothing, a log that
//! was rewritten as a whole and signed anew looks as good as before. What a witness has cosigned is never changed unnoticed.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests say what they expected by panicking, and this one prints its table"
)]

mod export;
mod scene;
mod who;
mod witness_gone;

use ledger::Hash;
use ledger::disclosure::Disclosure;
use testkit::Meddler;

use crate::scene::{CUT, NEWEST, OLD, Original, Scene, WINDOW, forged};
use crate::who::{COLUMNS, Noticed};

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Deed {
    Nothing,
    Change,
    ChangeWithHash,
    ChangeWithHashInNewestTile,
    ChangeConsistently,
    ChangeAndSign,
    Delete,
    DeleteAndSign,
    Swap,
    SwapAndSign,
    InsertAndSign,
    CutConsistently,
    CutAndSign,
    CutGrowAndSign,
    ChangeCheckpoint,
    ChangeClearText,
    ChangeInWindow,
    Fork,
}

/// Every deed, in words, and who notices it as what: in the order of [`COLUMNS`], `-` for who does not.
const TABLE: [(Deed, &str, [&str; 7]); 18] = [
    (Deed::Nothing, "nothing", ["-", "-", "-", "-", "-", "-", "-"]),
    (
        Deed::Change,
        "an entry changed",
        ["-", "leaf 100", "leaf 100", "leaf 100", "leaf 100", "-", "leaf 100"],
    ),
    (
        Deed::ChangeWithHash,
        "an entry and its hash changed",
        ["-", "leaves 0-255", "leaves 0-255", "not grown", "not grown", "-", "leaf 100"],
    ),
    (
        Deed::ChangeWithHashInNewestTile,
        "the same in the newest tile",
        ["changed", "other root", "other root", "not grown", "other root", "refuses", "-"],
    ),
    (
        Deed::ChangeConsistently,
        "an entry and all hashes changed",
        ["changed", "other root", "other root", "not grown", "not grown", "refuses", "leaf 100"],
    ),
    (
        Deed::ChangeAndSign,
        "the same, signed anew with the key",
        ["-", "-", "no quorum", "not grown", "not grown", "refuses", "-"],
    ),
    (
        Deed::Delete,
        "an entry deleted",
        ["-", "file missing", "file missing", "file missing", "file missing", "-", "gone"],
    ),
    (
        Deed::DeleteAndSign,
        "deleted, the rest moved up, signed anew",
        ["-", "-", "no quorum", "not grown", "not grown", "refuses", "-"],
    ),
    (
        Deed::Swap,
        "two entries swapped",
        ["-", "leaf 100", "leaf 100", "leaf 100", "leaf 100", "-", "leaf 100"],
    ),
    (
        Deed::SwapAndSign,
        "swapped with all hashes, signed anew",
        ["-", "-", "no quorum", "not grown", "not grown", "refuses", "-"],
    ),
    (
        Deed::InsertAndSign,
        "an entry put in, signed anew",
        ["-", "-", "no quorum", "not grown", "not grown", "refuses", "-"],
    ),
    (
        Deed::CutConsistently,
        "the newest entries cut off",
        [
            "changed",
            "file missing",
            "file missing",
            "file missing",
            "file missing",
            "is ahead",
            "-",
        ],
    ),
    (
        Deed::CutAndSign,
        "cut off, signed anew",
        ["-", "-", "no quorum", "shrunk", "-", "is ahead", "-"],
    ),
    (
        Deed::CutGrowAndSign,
        "cut off, others put there, signed anew",
        ["-", "-", "no quorum", "not grown", "-", "refuses", "-"],
    ),
    (
        Deed::ChangeCheckpoint,
        "the checkpoint's row changed",
        ["changed", "forged", "forged", "forged", "forged", "-", "forged"],
    ),
    (Deed::ChangeClearText, "the clear text changed", ["-", "-", "-", "-", "-", "-", "clear text"]),
    (
        Deed::ChangeInWindow,
        "an entry that no witness has seen, all hashes",
        ["-", "-", "-", "-", "-", "-", "-"],
    ),
    (
        Deed::Fork,
        "another history for one auditor, signed",
        ["-", "-", "no quorum", "not grown", "not grown", "-", "-"],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_noticed_by_whom_and_when() {
    let original = Original::make().await;
    let mut found = Vec::new();
    for (deed, words, expected) in TABLE {
        let noticed = noticed_of(&original, deed).await;
        found.push((words, noticed, expected));
    }
    print(&found);
    for (words, noticed, expected) in &found {
        assert_eq!(noticed.words(), *expected, "{words}: who notices, in the order of the columns");
    }
    what_a_witness_cosigned_is_never_changed_unnoticed(&found);
}

/// The guarantee: whoever asks for the witness's word notices everything that was done to what it had seen.
fn what_a_witness_cosigned_is_never_changed_unnoticed(found: &[(&str, Noticed, [&str; 7])]) {
    for ((deed, words, _), (_, noticed, _)) in TABLE.iter().zip(found) {
        let [_, without, with, ..] = noticed.words();
        // No tree holds the clear text; and the window that no witness has seen is said to be open.
        let is_seen = !matches!(deed, Deed::Nothing | Deed::ChangeClearText | Deed::ChangeInWindow);
        assert_eq!(with != "-", is_seen, "{words}");
        // Without a witness, what is rewritten as a whole and signed passes. That is what it costs to have none.
        let passes = words.contains("signed") || !is_seen;
        assert_eq!(without == "-", passes, "{words}");
    }
}

fn print(found: &[(&str, Noticed, [&str; 7])]) {
    println!("\nwhat was done{:34}", "");
    for (number, (who, when)) in COLUMNS.iter().enumerate() {
        println!("  ({}) noticed by {who}, {when}", number + 1);
    }
    println!(
        "{:46} (1)          (2)          (3)          (4)          (5)          (6)          (7)",
        ""
    );
    for (words, noticed, _) in found {
        let cells: Vec<String> = noticed.words().iter().map(|cell| format!("{cell:12}")).collect();
        println!("{words:46} {}", cells.join(" "));
    }
}

async fn noticed_of(original: &Original, deed: Deed) -> Noticed {
    let scene = Scene::copy_of(original).await;
    if deed == Deed::Fork {
        let elsewhere = Scene::copy_of(original).await;
        tamper(&elsewhere, Deed::ChangeAndSign).await;
        let shown = elsewhere.published().await;
        return scene.noticed(Some(shown)).await;
    }
    tamper(&scene, deed).await;
    scene.noticed(None).await
}

async fn tamper(scene: &Scene, deed: Deed) {
    let meddler = Meddler::open(&scene.dir().join("store")).await;
    let log = scene.log();
    let entries = meddler.entries(log).await;
    if let Some((other, is_signed)) = another_history(entries.clone(), deed) {
        meddler.rewrite(log, &other).await;
        if is_signed {
            let checkpoint = scene.sign(&other);
            meddler.replace_checkpoints(log, other.len() as u64, &checkpoint).await;
        }
    }
    change_rows(&meddler, scene, deed, &entries).await;
    meddler.close().await;
}

fn at(leaf: u64) -> usize {
    usize::try_from(leaf).unwrap()
}

/// The entries of another history, and whether it is signed anew with the stolen key.
fn another_history(mut entries: Vec<Vec<u8>>, deed: Deed) -> Option<(Vec<Vec<u8>>, bool)> {
    match deed {
        Deed::ChangeConsistently | Deed::ChangeAndSign => {
            entries[at(OLD)] = forged(&entries[at(OLD)]);
        }
        Deed::ChangeInWindow => entries[at(WINDOW)] = forged(&entries[at(WINDOW)]),
        Deed::DeleteAndSign => drop(entries.remove(at(OLD))),
        Deed::SwapAndSign => entries.swap(at(OLD), at(OLD) + 1),
        Deed::InsertAndSign => entries.insert(at(OLD), forged(&entries[at(OLD)])),
        Deed::CutConsistently | Deed::CutAndSign => entries.truncate(at(CUT)),
        Deed::CutGrowAndSign => entries[at(CUT)..].iter_mut().for_each(|one| *one = forged(one)),
        _ => return None,
    }
    let unsigned = [Deed::ChangeConsistently, Deed::CutConsistently, Deed::ChangeInWindow];
    Some((entries, !unsigned.contains(&deed)))
}

/// Changes single rows, and nothing that hangs on them.
async fn change_rows(meddler: &Meddler, scene: &Scene, deed: Deed, entries: &[Vec<u8>]) {
    let log = scene.log();
    match deed {
        Deed::Change => meddler.put_entry(log, OLD, &forged(&entries[at(OLD)])).await,
        Deed::ChangeWithHash | Deed::ChangeWithHashInNewestTile => {
            let leaf = if deed == Deed::ChangeWithHash { OLD } else { NEWEST };
            let entry = forged(&entries[at(leaf)]);
            meddler.put_entry(log, leaf, &entry).await;
            meddler.put_hash(log, leaf, Hash::of_leaf(&entry)).await;
        }
        Deed::Delete => meddler.delete_entry(log, OLD).await,
        Deed::Swap => {
            meddler.put_entry(log, OLD, &entries[at(OLD) + 1]).await;
            meddler.put_entry(log, OLD + 1, &entries[at(OLD)]).await;
        }
        // Clear text goes by itself some day; that of other leaves would give them away.
        Deed::DeleteAndSign | Deed::SwapAndSign => meddler.forget_clear(log, OLD).await,
        Deed::ChangeCheckpoint => {
            let (size, note) = meddler.checkpoint(log).await;
            let root = note.lines().nth(2).unwrap();
            let other = note.replace(root, &Hash::of_leaf(b"other").to_string());
            meddler.replace_checkpoints(log, size, &other).await;
        }
        Deed::ChangeClearText => {
            let name = Disclosure::of_field(&[1; 16], "name", &"nobody".into());
            meddler.put_clear(log, OLD, "name", name.encoded()).await;
        }
        _ => {}
    }
}
