//! The text of a plate, from a camera, a hotlist or a person.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plate::PlateText;

fuzz_target!(|text: &str| {
    let Ok(plate) = PlateText::parse(text) else { return };
    // What was accepted is in the one form there is.
    assert_eq!(PlateText::parse(&plate.expose()), Ok(plate));
});
