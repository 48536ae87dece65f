//! What a log asks a witness.
#![no_main]

use ledger::Hash;
use ledger::key::{KeyKind, SigningKey};
use ledger::witness::{AddCheckpoint, Seen, consider};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(request) = AddCheckpoint::parse(bytes) else { return };
    assert_eq!(request.to_string().as_bytes(), bytes);
    let seed = *Hash::of_nothing().as_bytes();
    let log = SigningKey::from_seed("log.example", KeyKind::Log, seed).expect("a good name");
    // Nobody without the log's key gets a cosignature.
    assert!(consider(&request, Seen::nothing(), &[log.verifier().clone()]).is_err());
});
