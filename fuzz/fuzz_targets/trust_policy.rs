//! A policy: whom to believe.
#![no_main]

use ledger::policy::Policy;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(policy) = Policy::parse(text) else { return };
    assert!(!policy.is_signed(&[], "log.example"));
    // A quorum that nobody has to be in is `none` alone.
    assert_ne!(policy.has_quorum(&[]), policy.needs_witnesses());
});
