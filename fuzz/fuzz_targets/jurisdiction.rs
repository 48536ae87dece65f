//! A code of a state or province, in either system.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plate::{CodeSystem, Jurisdiction};

fuzz_target!(|text: &str| {
    let _ = Jurisdiction::parse(text, CodeSystem::Ncic);
    let _ = Jurisdiction::parse(text, CodeSystem::Postal);
});
