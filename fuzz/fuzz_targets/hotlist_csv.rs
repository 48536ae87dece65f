//! A hotlist's file, by every layout that comes with the program, in pieces of any size.
#![no_main]

use domain::Timestamp;
use hotfile::{Encoding, KnownTopic, Reader, Reading, presets};
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: (u8, u8, u8, &[u8])| {
    let (preset, encoding, size, bytes) = file;
    let all = presets();
    let Some(preset) = all.get(usize::from(preset) % all.len()) else { return };
    let mut layout = preset.layout().expect("what comes with the program is good");
    layout.encoding = Encoding::ALL[usize::from(encoding) % Encoding::ALL.len()];
    let topics = vec![KnownTopic { value: "VEH".to_owned(), number: 1, on: true }];
    let reading = Reading { zone: TimeZone::UTC, now: Timestamp::from_micros(0), topics };
    let mut reader = Reader::new(layout, reading).expect("what comes with the program is good");
    let mut changes = Vec::new();
    for piece in bytes.chunks(usize::from(size) + 1) {
        if reader.take(piece, false, &mut changes).is_err() {
            return;
        }
    }
    if reader.take(&[], true, &mut changes).is_err() {
        return;
    }
    let tally = reader.finish().tally;
    assert_eq!(changes.len() as u64, tally.n_taken + tally.n_removals);
    assert!(tally.refused.windows(2).all(|rows| rows[0].line <= rows[1].line));
});
