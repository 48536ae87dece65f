//! The public name of a read: agency, day, id.
#![no_main]

use libfuzzer_sys::fuzz_target;
use domain::ReadRef;

fuzz_target!(|text: &str| {
    let Ok(read) = ReadRef::parse(text) else { return };
    assert_eq!(ReadRef::parse(&read.to_string()), Ok(read));
});
