//! A day, as it stands in paths and addresses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use domain::Day;

fuzz_target!(|text: &str| {
    let Ok(day) = Day::parse(text) else { return };
    assert_eq!(Day::parse(&day.to_string()), Ok(day));
});
