//! A log's or a witness's key, as somebody publishes it.
#![no_main]

use ledger::VerifierKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(key) = VerifierKey::parse(text) else { return };
    assert_eq!(VerifierKey::parse(&key.to_string()), Ok(key));
});
