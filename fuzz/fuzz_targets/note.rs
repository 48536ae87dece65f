//! A signed note, as a log or a witness hands it out; and a witness's answer, of which lines are picked.
#![no_main]

use ledger::key::{KeyKind, SigningKey};
use ledger::witness::cosignatures;
use ledger::{Hash, Note};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(note) = Note::parse(bytes) else { return };
    assert_eq!(note.to_string().as_bytes(), bytes);
    assert_eq!(note.verify(&[]), Ok(Vec::new()));
    let seed = *Hash::of_nothing().as_bytes();
    let witness = SigningKey::from_seed("w.example", KeyKind::Cosigner, seed).expect("a good name");
    // Nobody without the witness's key can make a line that fits.
    assert_eq!(cosignatures(&note, bytes, witness.verifier()), None);
});
