//! A picture: JPEG, PNG or WebP, whole or not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vision::Frame;

fuzz_target!(|bytes: &[u8]| {
    let Ok(frame) = Frame::decode(bytes) else { return };
    assert!(frame.width_px > 0 && frame.height_px > 0);
});
