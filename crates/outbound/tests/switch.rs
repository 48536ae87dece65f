//! A switch over HTTP: what is sent, what is answered, and what a switch that misbehaves comes to.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up, it fails on")]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use outbound::switch::{
    ANSWER_BYTES_MAX, AnswerForm, AskSwitchError, HttpSwitch, HttpSwitchSettings, InvalidAnswer,
    Question, QuestionForm, Reply, StateSwitch as _, SwitchTls,
};
use testkit::StrictSwitch;

const FORM: &str =
    "XQ.{ori}.{state}.TXT LIC/{plate}.OPR/{operator}.PUR/{purpose}.SYS/{system}.REF/{reference}";

fn question() -> Question {
    let [system, ori, operator, purpose, plate, state, reference] =
        ["NCIC", "TX2270000", "TX-0042", "C", "7ABC123", "TX", "PG01"].map(str::to_owned);
    Question { system, ori, operator, purpose, plate, state, reference }
}

/// A switch that answers every message with this; what it was sent.
fn serve(answer: String) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let (told, asked) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut read, mut part) = (Vec::new(), [0; 4096]);
            while !String::from_utf8_lossy(&read).ends_with("REF/PG01") {
                match stream.read(&mut part) {
                    Ok(0) | Err(_) => break,
                    Ok(n) => read.extend(part.iter().take(n)),
                }
            }
            told.send(String::from_utf8_lossy(&read).into_owned()).unwrap();
            // One that reads a part and goes away closes the line.
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (format!("http://{at}/messages"), asked)
}

fn whole(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn switch(url: String) -> HttpSwitch {
    switch_over(url, SwitchTls::default())
}

fn switch_over(url: String, tls: SwitchTls) -> HttpSwitch {
    let words = |word: &str| vec![word.to_owned()];
    let answer = AnswerForm {
        echo: "REF".to_owned(),
        result: "RES".to_owned(),
        in_force: words("HIT"),
        not_in_force: words("NOREC"),
        waiting: words("WAIT"),
        reference: Some("SRF".to_owned()),
    };
    HttpSwitch::new(HttpSwitchSettings {
        url,
        token: Some("s3cret".to_owned()),
        tls,
        timeout: Duration::from_secs(10),
        question: QuestionForm::parse(FORM).unwrap(),
        answer,
    })
    .unwrap()
}

fn asked(status: &str, body: &str) -> Result<Reply, AskSwitchError> {
    let (url, _asked) = serve(whole(status, body));
    switch(url).ask(&question())
}

#[test]
fn a_question_goes_with_its_reference_and_its_token_and_is_answered() {
    let answer = "XR.TX.TX2270000.TXT REF/PG01.RES/HIT.SRF/V1\nSTOLEN\n";
    let (url, sent) = serve(whole("200 OK", answer));
    let switch = switch(url);
    for _ in 0..2 {
        let Ok(Reply::Answered(read, bytes)) = switch.ask(&question()) else {
            panic!("it was answered")
        };
        assert_eq!((read.in_force, read.reference.as_str()), (true, "V1"));
        assert_eq!(bytes, answer.as_bytes());
        let sent = sent.recv().unwrap().to_lowercase();
        assert!(sent.contains("idempotency-key: pg01\r\n"), "{sent}");
        assert!(sent.contains("authorization: bearer s3cret\r\n"), "{sent}");
        let message = "xq.tx2270000.tx.txt lic/7abc123.opr/tx-0042.pur/c.sys/ncic.ref/pg01";
        assert!(sent.ends_with(message), "{sent}");
    }
}

#[test]
fn what_is_still_to_come_is_waited_for_and_a_refusal_is_not_repeated() {
    assert!(matches!(asked("202 Accepted", ""), Ok(Reply::Waiting)));
    let wait = "XR.TX.TX2270000.TXT REF/PG01.RES/WAIT";
    assert!(matches!(asked("200 OK", wait), Ok(Reply::Waiting)));
    for (status, may_pass) in
        [("503 Busy", true), ("429 Slower", true), ("403 No", false), ("302 Elsewhere", false)]
    {
        let err = asked(status, "").unwrap_err();
        assert_eq!(err.may_pass(), may_pass, "{status}: {err}");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gone = switch(format!("http://{nobody}/")).ask(&question()).unwrap_err();
    assert!(gone.may_pass(), "{gone}");
}

#[test]
fn an_answer_that_is_none_is_told_without_its_words() {
    let of = |body: &str| match asked("200 OK", body) {
        Err(AskSwitchError::Unreadable(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(of("<html>7ABC123</html>"), InvalidAnswer::NoHead);
    let other = "XR.TX.TX2270000.TXT REF/PG02.RES/HIT";
    assert_eq!(of(other), InvalidAnswer::OtherQuestion);
    assert_eq!(of(&"X".repeat(ANSWER_BYTES_MAX + 1)), InvalidAnswer::TooLong);
    assert_eq!(of(&"X".repeat(ANSWER_BYTES_MAX * 40)), InvalidAnswer::TooLong);
}

#[test]
fn a_switch_that_asks_for_a_certificate_is_shown_ours_and_answers_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let answer = "XR.TX.TX2270000.TXT REF/PG01.RES/HIT.SRF/V1";
    let Some(strict) = StrictSwitch::open(folder.path(), answer) else { return };
    let ask = |authority: Option<&Vec<u8>>, certificate| {
        let tls = SwitchTls { authority: authority.cloned(), certificate };
        switch_over(strict.url.clone(), tls).ask(&question())
    };
    let taken = ask(Some(&strict.authority), Some(strict.taken.clone()));
    assert!(matches!(taken, Ok(Reply::Answered(..))), "{taken:?}");
    assert_eq!(strict.n_answered(), 1);
    for other in [None, Some(strict.foreign.clone())] {
        let refused = ask(Some(&strict.authority), other).unwrap_err();
        assert!(matches!(refused, AskSwitchError::Certificate(_)), "{refused:?}");
        assert!(refused.to_string().contains("does not take our certificate"), "{refused}");
        assert!(!refused.may_pass(), "asking again changes nothing");
    }
    // Nor is it shown to a switch that nobody vouches for.
    let stranger = ask(None, Some(strict.taken.clone())).unwrap_err();
    assert!(matches!(stranger, AskSwitchError::Unreachable(_)), "{stranger:?}");
    assert_eq!(strict.n_answered(), 1);
}
