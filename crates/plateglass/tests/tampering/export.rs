//! Files that were written out for an outsider, and changed on the way.

use std::collections::BTreeMap;

use app::export_log;
use ledger::audit::{Depth, audit};

use crate::scene::{Original, Scene};
use crate::tamper;
use crate::who::{Files, state_in, word};
use crate::{Deed, Noticed};

/// What is done to a file of the folder, and what its check says.
const CHANGES: [(&str, &str, Change, &str); 9] = [
    ("nothing", "checkpoint", |_| {}, "-"),
    ("a byte of an entry", "tile/entries/000", |bytes| bytes[40_000] ^= 1, "leaf"),
    ("a byte of a hash", "tile/0/000", |bytes| bytes[3_210] ^= 1, "leaf 100"),
    ("a byte of a hash above", "tile/1/000.p/1", |bytes| bytes[5] ^= 1, "tile"),
    ("a hash taken off a tile", "tile/0/000", |bytes| bytes.truncate(8_160), "tile length"),
    ("an entry taken off a bundle", "tile/entries/000", |bytes| bytes.truncate(9_000), "bundle"),
    ("a tile emptied", "tile/0/000", Vec::clear, "tile length"),
    ("a digit of the checkpoint", "checkpoint", |bytes| bytes[40] ^= 1, "forged"),
    ("the checkpoint's signature", "checkpoint", |bytes| bytes.truncate(120), "no note"),
];

type Change = fn(&mut Vec<u8>);

async fn exported(scene: &Scene) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let put = |path: &str, bytes: &[u8]| {
        files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    };
    export_log(&scene.app, &scene.admin(), scene.log(), put).await.unwrap();
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_changed_in_an_exported_folder_is_named() {
    let scene = Scene::copy_of(&Original::make().await).await;
    let good = exported(&scene).await;
    println!("\nchanged in an exported folder         a check says");
    for (what, path, change, expected) in CHANGES {
        let mut files = good.clone();
        change(files.get_mut(path).unwrap_or_else(|| panic!("there is no {path}")));
        let checked = audit(&mut Files(files), &scene.policy(true), Depth::Leaves, None, |_, _| {});
        let said = checked.map_or_else(|fault| word(&fault), |_| "-".to_owned());
        println!("{what:37} {said}");
        assert!(said.starts_with(expected), "{what}: {said}, expected {expected}");
    }
    for path in good.keys() {
        let mut files = good.clone();
        files.remove(path);
        let checked = audit(&mut Files(files), &scene.policy(true), Depth::Leaves, None, |_, _| {});
        assert_eq!(word(&checked.unwrap_err()), "file missing", "{path}");
    }
    println!("{:37} file missing", "any file taken out");
}

/// Two who were told different things need only compare: both are signed by the log's key, and no log has two roots of one size.
#[tokio::test(flavor = "multi_thread")]
async fn two_who_were_shown_different_histories_hold_the_proof_together() {
    let original = Original::make().await;
    let (honest, forked) = (Scene::copy_of(&original).await, Scene::copy_of(&original).await);
    tamper(&forked, Deed::ChangeAndSign).await;
    let (one, other) = (exported(&honest).await, exported(&forked).await);
    let (a, b) = (state_in(&one), state_in(&other));
    assert_eq!((&a.origin, a.size), (&b.origin, b.size));
    assert_ne!(a.root, b.root);
    for files in [one, other] {
        audit(&mut Files(files), &honest.policy(false), Depth::Leaves, None, |_, _| {}).unwrap();
    }
    let noticed: Noticed = honest.noticed(None).await;
    assert_eq!(noticed.words(), ["-"; 7]);
}
