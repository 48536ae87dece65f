//! The body of a camera's post: one read or many.
#![no_main]

use domain::CameraId;
use libfuzzer_sys::fuzz_target;

// The parser is the API's own and not for others to call, so its files are taken in here.
#[expect(dead_code, reason = "the API uses all of it, this target a part")]
#[path = "../../crates/api/src/error.rs"]
mod error;
#[path = "../../crates/api/src/body/read_in.rs"]
mod read_in;

fuzz_target!(|body: &[u8]| {
    let Err(refused) = read_in::parse(body, CameraId::from_i64(1)) else { return };
    // What was refused is explained.
    assert!(!refused.to_string().is_empty());
});
