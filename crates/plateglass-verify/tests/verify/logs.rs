//! Whole logs, in folders.

use crate::folder_log::{FolderLog, log_key, trust, verify_trusting, witness_key};
use crate::verify;

fn check(log: &FolderLog, more: &[&str]) -> crate::Said {
    let folder = log.name("");
    verify_trusting(&[&["log", folder.as_str()], more].concat())
}

#[test]
fn a_right_log_is_sound_in_hashes_and_in_leaves() {
    let log = FolderLog::of(600);
    check(&log, &[])
        .is(0, &["log.example/1 is sound", "600 leaves", "witness.example on 2023-11-14"]);
    check(&log, &["--leaves"]).is(0, &["600 leaves, each checked"]);
    for n in [0, 1, 255, 256, 257] {
        check(&FolderLog::of(n), &["--leaves"]).is(0, &[&format!("its {n} leaves")]);
    }
}

#[test]
fn one_changed_byte_anywhere_is_found_and_its_place_named() {
    let log = FolderLog::of(600);
    let checkpoint = std::fs::read_to_string(log.path("checkpoint")).unwrap();
    let after = |words: &str| checkpoint.find(words).unwrap() + words.len();
    let cases: [(&str, usize, &[&str], &[&str]); 10] = [
        (
            "checkpoint",
            after("log.example/1\n"),
            &[],
            &["the checkpoint is forged", "`log.example/1` is bad"],
        ),
        ("checkpoint", 0, &[], &["forged"]),
        ("checkpoint", after("— log.example/1 ") + 20, &[], &["`log.example/1` is bad"]),
        ("checkpoint", after("— witness.example ") + 40, &[], &["`witness.example` is bad"]),
        ("tile/0/001", 32 * 3, &[], &["leaves 256 to 511 were changed", "`tile/1/000.p/2`"]),
        ("tile/0/001", 32 * 3, &["--leaves"], &["leaf 259 was changed"]),
        ("tile/0/002.p/88", 0, &[], &["600 leaves do not lead to the root"]),
        ("tile/0/002.p/88", 32 * 87, &["--leaves"], &["leaf 599 was changed"]),
        (
            "tile/1/000.p/2",
            40,
            &[],
            &["`tile/1/000.p/2` was changed", "leaves 256 to 511 are right"],
        ),
        ("tile/entries/000", 10, &["--leaves"], &["leaf 0 was changed"]),
    ];
    for (file, at, more, words) in cases {
        log.flip(file, at);
        check(&log, more).is(1, words);
        log.flip(file, at);
    }
    log.flip("tile/entries/002.p/88", 0);
    check(&log, &["--leaves"]).is(1, &["`tile/entries/002.p/88` cannot be taken apart"]);
    log.flip("tile/entries/002.p/88", 0);
    check(&log, &["--leaves"]).is(0, &[]);
}

#[test]
fn a_file_that_is_cut_or_longer_than_it_can_be_is_wrong() {
    let log = FolderLog::of(600);
    let whole = std::fs::read(log.path("tile/0/001")).unwrap();
    std::fs::write(log.path("tile/0/001"), &whole[1..]).unwrap();
    check(&log, &[]).is(1, &["`tile/0/001` has 8191 bytes, expected 8192"]);
    std::fs::write(log.path("tile/0/001"), [whole.as_slice(), b"x"].concat()).unwrap();
    check(&log, &[]).is(1, &["`tile/0/001`", "more than 8192 bytes"]);
}

#[test]
fn what_is_missing_is_not_called_wrong() {
    for (file, more) in [
        ("checkpoint", &[][..]),
        ("tile/0/001", &[]),
        ("tile/1/000.p/2", &[]),
        ("tile/entries/002.p/88", &["--leaves"]),
    ] {
        let log = FolderLog::of(600);
        std::fs::remove_file(log.path(file)).unwrap();
        check(&log, more).is(2, &[&format!("`{file}` could not be fetched"), "No such file"]);
    }
    let log = FolderLog::of(600);
    std::fs::remove_file(log.path("tile/1/000.p/2")).unwrap();
    log.flip("tile/0/000", 0);
    // Without the tile above it is not known where; that it is wrong is known all the same.
    check(&log, &[]).is(1, &["do not lead to the root"]);
}

#[test]
fn a_log_must_grow_out_of_what_is_remembered() {
    for seen in [511, 512, 513, 600] {
        let mut log = FolderLog::of(seen);
        let file = log.name("seen");
        let remember = ["--remember", file.as_str()];
        check(&log, &remember).is(0, &[&format!("its {seen} leaves")]);
        check(&log, &remember).is(0, &[&format!("grew out of the {seen} leaves")]);
        log.grow(900);
        check(&log, &remember).is(0, &["its 900 leaves", &format!("out of the {seen} leaves")]);
        let remembered = std::fs::read_to_string(&file).unwrap();
        assert_eq!(remembered, log.note().to_string());
        log.grow(1000);
        log.rewrite(899);
        check(&log, &remember).is(1, &["rewritten since", "its first 900 leaves"]);
        log.cut(900);
        check(&log, &remember).is(1, &["rewritten since", "its first 900 leaves"]);
        log.cut(500);
        check(&log, &remember).is(1, &["the log was cut: it has 500 leaves and had 900"]);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), remembered);
    }
}

#[test]
fn what_is_remembered_is_believed_only_with_its_signature() {
    let log = FolderLog::of(3);
    let file = log.name("seen");
    std::fs::write(&file, log.note().to_string().replace("\n3\n", "\n2\n")).unwrap();
    check(&log, &["--remember", &file]).is(2, &["cannot be used", "`log.example/1` is bad"]);
    check(&log, &["--remember", &log.name("")]).is(2, &["cannot be used"]);
}

#[test]
fn only_who_is_named_is_believed() {
    let log = FolderLog::of(3);
    let (folder, key) = (log.name(""), log_key().verifier().to_string());
    verify(&["log", &folder, "--key", &key]).is(0, &["no witness", "could have rewritten"]);
    let other = witness_key().verifier().to_string();
    assert_eq!(verify(&["log", &folder]).code, 2);
    verify(&["log", &folder, "--key", &other]).is(2, &["key of the other kind"]);
    verify(&["log", &folder, "--key", "rubbish"]).is(2, &["`rubbish` is no key"]);
    let stranger =
        ledger::SigningKey::from_seed("log.example/2", ledger::key::KeyKind::Log, [9; 32]);
    let stranger = stranger.unwrap().verifier().to_string();
    verify(&["log", &folder, "--key", &stranger]).is(1, &["is not signed by a key of that name"]);
    let second =
        ledger::SigningKey::from_seed("witness.example", ledger::key::KeyKind::Cosigner, [8; 32]);
    let second = second.unwrap().verifier().to_string();
    check(&log, &["--witness", &second]).is(1, &["cosigned by too few"]);
    let policy = log.name("policy");
    let text = format!(
        "log {key}\nwitness A {other}\nwitness B {second}\ngroup any-of any A B\nquorum any-of\n"
    );
    std::fs::write(&policy, &text).unwrap();
    verify(&["log", &folder, "--policy", &policy]).is(0, &["cosigned by witness.example"]);
    std::fs::write(&policy, text.replace(" any A", " all A")).unwrap();
    verify(&["log", &folder, "--policy", &policy]).is(1, &["cosigned by too few"]);
    std::fs::write(&policy, "quorum nobody").unwrap();
    verify(&["log", &folder, "--policy", &policy]).is(2, &["failed to understand", "line 1"]);
    assert_eq!(trust()[1], key);
}
