//! A proof for who is offline, of our log or another.
#![no_main]

use ledger::proof::TlogProof;
use ledger::tree::check_inclusion;
use ledger::{Checkpoint, Hash};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(proof) = TlogProof::parse(bytes) else { return };
    assert_eq!(proof.to_string().as_bytes(), bytes);
    let Ok(checkpoint) = Checkpoint::parse(proof.note.text()) else { return };
    let leaf = Hash::of_leaf(proof.extra.as_deref().unwrap_or_default());
    let _ = check_inclusion(proof.index, checkpoint.size, leaf, &proof.path, checkpoint.root);
});
