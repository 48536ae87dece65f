//! The list of a state's operators.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outbound::switch::{is_value, read_operators};

fuzz_target!(|text: &str| {
    if let Ok(known) = read_operators(text) {
        assert!(known.values().all(|one| is_value(one)));
    }
});
