//! The manifest beside a model.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vision::{DetectorManifest, ReaderManifest};

fuzz_target!(|text: &str| {
    let _ = DetectorManifest::parse("fuzzed", text);
    let _ = ReaderManifest::parse("fuzzed", text);
});
