//! A browser's answer about a passkey, and a stored one.
#![no_main]

use identity::passkey::{Passkeys, StoredPasskey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let passkeys = Passkeys::new("plates.example", "https://plates.example", "Plateglass")
        .expect("a good name");
    let begun = passkeys.begin_nameless().expect("nothing is needed to ask");
    let _ = passkeys.claimed(text);
    assert!(passkeys.finish_sign_in(&begun.state, text, &[]).is_err());
    assert!(passkeys.finish_registration(text, text).is_err());
    let Some(stored) = StoredPasskey::parse(text) else { return };
    assert!(StoredPasskey::parse(&stored.text()).is_some());
});
