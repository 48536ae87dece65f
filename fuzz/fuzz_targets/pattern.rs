//! A pattern of plates: `?`, `*`, sets, look-alikes, one edit.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plate::Pattern;

fuzz_target!(|text: &str| {
    let _ = Pattern::parse(text);
});
