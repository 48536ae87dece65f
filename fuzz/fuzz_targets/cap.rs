//! Messages of AMBER alerts, and the plates in their words.
#![no_main]

use domain::{Said, Timestamp};
use hotfile::{PROPOSALS_MAX, proposals, read_cap, spelled};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let now = Timestamp::from_micros(1_795_000_000_000_000);
    if let Ok(file) = read_cap(bytes, now) {
        assert!(file.refused.len() as u64 <= file.n_refused);
        for message in &file.messages {
            look(&message.said);
        }
    }
    let text = String::from_utf8_lossy(bytes).into_owned();
    look(&[Said { part: "description".to_owned(), language: String::new(), text }]);
});

/// Every proposal stands in the text as the plate that it is said to be.
fn look(said: &[Said]) {
    let found = proposals(said);
    assert!(found.len() <= PROPOSALS_MAX);
    for one in found {
        let (part, from, until) = one.place.expect("it was read somewhere");
        assert_eq!(spelled(&said[part].text[from..until]), Ok(one.plate));
    }
}
