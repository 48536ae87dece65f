//! A reason in a person's own words.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use policy::Bundle;
use policy::reason::{Rules, judge};

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let (_, files) = policy::shipped().first().expect("some are shipped");
    Rules::of(Bundle::read(files).expect("it can be read").settings())
});

fuzz_target!(|text: &str| {
    let verdict = judge(text, &RULES);
    // What is masked once stays as it is.
    assert_eq!(judge(&verdict.masked, &RULES).masked, verdict.masked);
});
