//! A bundle of entries.
#![no_main]

use ledger::bundle::{entries, push};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|asked: (u16, &[u8])| {
    let (expected, bytes) = asked;
    let Ok(all) = entries(bytes, expected) else { return };
    let mut again = Vec::new();
    for entry in all {
        push(&mut again, entry).expect("what was read is not too long");
    }
    assert_eq!(again, bytes);
});
