//! A one-time code, as somebody types it, and a password beside it.
#![no_main]

use domain::Timestamp;
use identity::password::Rules;
use identity::totp::{Secret, Step, check};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, i64, u64)| {
    let (text, micros, last) = input;
    let (now, last) = (Timestamp::from_micros(micros), Step::from_number(last));
    if let Ok(step) = check(&Secret::from_bytes([7; 20]), text, now, Some(last)) {
        assert!(step > last && step.number().abs_diff(Step::at(now).number()) <= 1);
    }
    let _ = Rules::default().check(text, &["Ana Martínez", text]);
});
