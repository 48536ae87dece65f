//! `plateglass.toml`.
#![no_main]

use libfuzzer_sys::fuzz_target;

// The program's own, so its files are taken in here.
#[expect(dead_code, reason = "the program uses all of it, this target a part")]
#[path = "../../crates/plateglass/src/config/mod.rs"]
mod config;

fuzz_target!(|text: &str| {
    let Ok(config) = config::Config::parse(text) else { return };
    // What was accepted can be explained.
    assert!(!config::explain(&config).is_empty());
});
