//! The texts of a policy bundle, one of them from outside.
#![no_main]

use libfuzzer_sys::fuzz_target;
use policy::Bundle;

fuzz_target!(|asked: (u8, String)| {
    let (which, text) = asked;
    let Some((_, files)) = policy::shipped().first() else { return };
    let mut files = files.clone();
    match which % 5 {
        0 => files.settings = text.into(),
        1 => files.rules = text.into(),
        2 => files.clauses = text.into(),
        3 => files.published = text.into(),
        _ => drop(files.statutes.insert("US".to_owned(), text.into())),
    }
    match Bundle::read(&files) {
        Ok(bundle) => assert_eq!(bundle.digest().len(), 64),
        Err(faults) => assert!(!faults.is_empty()),
    }
});
