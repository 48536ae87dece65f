//! An entry of the log, and the clear text of what it seals.
#![no_main]

use ledger::Leaf;
use ledger::disclosure::Disclosure;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|both: (&[u8], &str)| {
    let (entry, disclosure) = both;
    if let Some(disclosure) = Disclosure::parse(disclosure) {
        let _ = disclosure.said();
        if let Ok(leaf) = Leaf::parse(entry) {
            // Nobody finds a text whose digest stands there already.
            assert!(!leaf.proves(&disclosure));
        }
    }
    let Ok(leaf) = Leaf::parse(entry) else { return };
    let _ = leaf.kind();
    assert!(leaf.clear().count() >= 2);
});
