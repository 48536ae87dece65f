//! Receipts, and other logs' proofs.

use ledger::Receipt;
use ledger::batch::{BatchProof, Salter, hash_of, root};
use ledger::disclosure::Disclosure;
use ledger::leaf::{ClearField, Draft, Kind, SealedField};
use ledger::proof::TlogProof;

use crate::folder_log::{FolderLog, verify_trusting};

fn receipt_of(log: &FolderLog, index: usize) -> Receipt {
    let written = &log.leaves[index];
    let name = written.disclosures.iter().filter(|(field, _)| *field == SealedField::Name);
    Receipt {
        entry: written.entry.clone(),
        disclosures: name.map(|(_, one)| one.clone()).collect(),
        of_batch: None,
        index: index as u64,
        path: log.prove(index as u64),
        note: log.note(),
    }
}

fn write(log: &FolderLog, name: &str, bytes: impl AsRef<[u8]>) -> String {
    std::fs::write(log.path(name), bytes).unwrap();
    log.name(name)
}

#[test]
fn a_receipt_says_what_it_shows_and_no_more() {
    let log = FolderLog::of(600);
    let file = write(&log, "a.tlog-proof", receipt_of(&log, 300).to_string());
    let said = verify_trusting(&["receipt", &file]);
    let lines: Vec<&str> = said.text.lines().collect();
    assert_eq!(said.code, 0, "{}", said.text);
    assert_eq!(
        lines[0],
        format!(
            "`{file}` is right: leaf 300 of the 600 of log.example/1 is this event `sign-in`; \
             cosigned by witness.example on 2023-11-14"
        )
    );
    assert_eq!(
        lines[1..],
        [
            "  action: \"sign-in\"",
            "  kind: \"event\"",
            "  n: 300",
            "  v: 1",
            "  name (sealed): \"person 300\"",
            "  1 more sealed and not shown"
        ]
    );
    verify_trusting(&["receipt", "--quiet", &file]).is(0, &["leaf 300"]);
}

#[test]
fn one_thing_of_a_batch_is_shown() {
    let mut log = FolderLog::of(2);
    let salter = Salter::new(&[6; 32]);
    let records: Vec<_> =
        (0_u8..5).map(|id| salter.record(&[id], &format!("{{\"id\":{id}}}"))).collect();
    let hashes: Vec<_> = records.iter().map(hash_of).collect();
    let draft = Draft::new(Kind::Reads).number(ClearField::Number, 5);
    let draft = draft.text(ClearField::Root, root(&hashes).to_string());
    log.leaves.push(draft.write().unwrap());
    log.grow(4);
    let of_batch = BatchProof::of(records[3].clone(), 3, &hashes);
    let receipt = Receipt { of_batch, ..receipt_of(&log, 2) };
    let file = write(&log, "b.tlog-proof", receipt.to_string());
    let said = verify_trusting(&["receipt", &file]);
    assert!(said.text.contains("  number 4 of the batch of 5: {\"id\":3}\n"), "{}", said.text);
}

#[test]
fn a_receipt_with_any_byte_changed_is_wrong() {
    let log = FolderLog::of(40);
    let text = receipt_of(&log, 7).to_string().into_bytes();
    for at in (0..text.len()).step_by(17) {
        let mut changed = text.clone();
        changed[at] ^= 1;
        let said = verify_trusting(&["receipt", "--quiet", &write(&log, "c", changed)]);
        assert_eq!(said.code, 1, "byte {at}: {}", said.text);
    }
}

#[test]
fn what_is_wrong_with_a_receipt_is_said() {
    let log = FolderLog::of(40);
    let right = receipt_of(&log, 7);
    let other = Receipt { index: 8, ..right.clone() };
    let file = write(&log, "c", other.to_string());
    verify_trusting(&["receipt", &file]).is(1, &["leaf 8 is not the one", "another root"]);
    let invented = Disclosure::of_field(&[1; 16], "name", &"\u{1b}[2Jsomebody".into());
    let other = Receipt { disclosures: vec![invented], ..right.clone() };
    let file = write(&log, "d", other.to_string());
    verify_trusting(&["receipt", &file]).is(1, &["clear text 1 is not what the leaf seals"]);
    let missing = log.name("nowhere");
    verify_trusting(&["receipt", &missing]).is(2, &["failed to read", "No such file"]);
    let fine = write(&log, "e", right.to_string());
    let all = verify_trusting(&["receipt", "--quiet", &fine, &missing, &file]);
    assert_eq!((all.code, all.text.lines().count()), (1, 3), "{}", all.text);
    assert_eq!(verify_trusting(&["receipt", "--quiet", &fine, &missing]).code, 2);
}

#[test]
fn another_logs_proof_is_checked_against_its_file() {
    let log = FolderLog::of(300);
    let proof = TlogProof { extra: None, index: 270, path: log.prove(270), note: log.note() };
    let file = write(&log, "foreign.tlog-proof", proof.to_string());
    let leaf = write(&log, "leaf", &log.leaves[270].entry);
    let check = |file: &str, leaf: &str| verify_trusting(&["proof", file, "--leaf", leaf]);
    check(&file, &leaf).is(0, &["leaf 270 of the 300 of log.example/1", "2023-11-14"]);
    log.flip("leaf", 3);
    check(&file, &leaf).is(1, &["leaf 270 is not", "another root"]);
    check(&leaf, &leaf).is(1, &["line 1 is not"]);
    check(&file, &log.name("nowhere")).is(2, &["failed to read"]);
    verify_trusting(&["receipt", &file]).is(1, &["not a receipt of Plateglass"]);
}
