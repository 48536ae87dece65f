//! What a state's switch answers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outbound::switch::{AnswerForm, Message};

fuzz_target!(|bytes: &[u8]| {
    let words = |word: &str| vec![word.to_owned()];
    let form = AnswerForm {
        echo: "REF".to_owned(),
        result: "RES".to_owned(),
        in_force: words("HIT"),
        not_in_force: words("NOREC"),
        waiting: words("WAIT"),
        reference: Some("SRF".to_owned()),
    };
    // What is taken for an answer is a message that repeats the question's reference.
    if let Ok(Some(_)) = form.read(bytes, "PG01") {
        let message = Message::parse(bytes).expect("an answer is a message");
        assert_eq!(message.field("REF"), Some("PG01"));
    }
});
