//! A camera's key, as its header holds it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use domain::CameraKey;

fuzz_target!(|text: &str| {
    let Some(key) = CameraKey::parse(text) else { return };
    // A key never prints itself.
    assert!(!format!("{key:?}").contains(text));
});
