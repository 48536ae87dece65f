//! A moment from a camera or a hotlist.
#![no_main]

use libfuzzer_sys::fuzz_target;
use domain::Timestamp;

fuzz_target!(|text: &str| {
    let Ok(moment) = Timestamp::parse(text) else { return };
    assert_eq!(Timestamp::parse(&moment.to_string()), Ok(moment));
});
