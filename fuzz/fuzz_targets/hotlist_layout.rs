//! The layout of a hotlist's files.
#![no_main]

use hotfile::Layout;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(faults) = Layout::parse(text) {
        assert!(!faults.is_empty());
    }
});
