//! A receipt.
#![no_main]

use ledger::Receipt;
use ledger::policy::Policy;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(receipt) = Receipt::parse(bytes) else { return };
    assert_eq!(Receipt::parse(receipt.to_string().as_bytes()), Ok(receipt.clone()));
    // Where no log is believed, nothing is shown.
    assert!(receipt.check(&Policy::default()).is_err());
});
