//! Witnesses that lie, flood, drip and send elsewhere: each is answered with an error that names it, in bounded time.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up, it fails on")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ledger::key::KeyKind;
use ledger::witness::AddCheckpoint;
use ledger::{Checkpoint, Hash, SigningKey, VerifierKey};
use outbound::{Answer, AskWitnessError, WitnessClient};

/// Longer than any answer here takes; no test waits for it.
const PATIENCE: Duration = Duration::from_secs(30);
/// For those who never come to an end.
const HASTE: Duration = Duration::from_millis(300);

fn witness() -> SigningKey {
    SigningKey::from_seed("auditor.example", KeyKind::Cosigner, [9; 32]).unwrap()
}

fn key() -> VerifierKey {
    witness().verifier().clone()
}

fn request() -> AddCheckpoint {
    let root = Hash::of_leaf(b"one");
    let origin = "log.example".to_owned();
    let checkpoint = Checkpoint { origin, size: 7, root, extension: String::new() };
    let log = SigningKey::from_seed("log.example", KeyKind::Log, [1; 32]).unwrap();
    let mut note = checkpoint.to_note().unwrap();
    note.add(log.sign(note.text(), 0));
    AddCheckpoint { old: 3, proof: Vec::new(), note }
}

/// A server that reads one request's head and then does as it likes, for every connection. Counts them.
fn serve(act: impl Fn(&mut TcpStream) + Send + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            read_request(&mut stream);
            act(&mut stream);
        }
    });
    (format!("http://{at}"), calls)
}

/// Reads until the body's end, so that nothing unread resets the connection.
fn read_request(stream: &mut TcpStream) {
    let (mut read, end) = (Vec::new(), request().to_string());
    let mut part = [0; 4096];
    while !read.ends_with(end.as_bytes()) {
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return,
            Ok(n) => read.extend(part.iter().take(n)),
        }
    }
}

fn whole(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

async fn ask(patience: Duration, at: &str) -> Result<Answer, AskWitnessError> {
    let answer = WitnessClient::new(patience).ask(at, &request(), &key()).await;
    if let Err(err) = &answer {
        assert!(err.to_string().contains("`auditor.example`"), "{err}");
    }
    answer
}

async fn answered(answer: String) -> Result<Answer, AskWitnessError> {
    let (at, _) = serve(move |stream| drop(stream.write_all(answer.as_bytes())));
    ask(PATIENCE, &at).await
}

#[tokio::test]
async fn only_the_witnesss_own_fitting_signature_is_taken() {
    let note = request().note;
    let other = SigningKey::from_seed("auditor.example", KeyKind::Cosigner, [8; 32]).unwrap();
    let of_another_key = format!("{}\n", other.sign(note.text(), 5));
    let of_another_text = format!("{}\n", witness().sign("other\n", 5));
    let good = witness().sign(note.text(), 5);
    for bad in
        [of_another_key.as_str(), &of_another_text, "", "ok\n", "\u{2014} auditor.example \n"]
    {
        let refused = answered(whole("200 OK", bad)).await.unwrap_err();
        assert!(matches!(refused, AskWitnessError::NoCosignature { .. }), "{bad}: {refused}");
    }
    let mixed = format!("garbage\n{of_another_key}{good}\n");
    assert_eq!(answered(whole("200 OK", &mixed)).await.unwrap(), Answer::Cosigned(good));
}

#[tokio::test]
async fn a_size_is_taken_only_when_it_can_be_asked_from() {
    for size in [0, 5, 7] {
        let behind = answered(whole("409 Conflict", &format!("{size}\n"))).await.unwrap();
        assert_eq!(behind, Answer::Behind { size });
    }
    for nonsense in
        ["", "\n", "x\n", "-1\n", "+5\n", "5", "5\n6\n", "99999999999999999999\n", "3\n"]
    {
        let refused = answered(whole("409 Conflict", nonsense)).await.unwrap_err();
        assert!(matches!(refused, AskWitnessError::NoSize { .. }), "{nonsense:?}: {refused}");
    }
    let ahead = answered(whole("409 Conflict", "8\n")).await.unwrap_err();
    assert!(matches!(ahead, AskWitnessError::AheadOfUs { size: 8, ours: 7, .. }), "{ahead}");
}

#[tokio::test]
async fn a_reason_is_one_short_line_of_plain_text() {
    let said = format!("no\u{1b}[31m{}\nsecond line\n", "o".repeat(5000));
    let refused = answered(whole("403 Forbidden", &said)).await.unwrap_err();
    let AskWitnessError::Refused { status: 403, reason, .. } = refused else { panic!("{refused}") };
    assert!(reason.starts_with("no\u{fffd}[31mooo") && reason.chars().count() == 300, "{reason}");
    let refused = answered(whole("500 Oops", "")).await.unwrap_err();
    assert!(refused.to_string().ends_with("with status 500: it gave no reason"), "{refused}");
}

#[tokio::test]
async fn nobody_is_sent_elsewhere() {
    let (elsewhere, calls) = serve(|stream| drop(stream.write_all(whole("200 OK", "").as_bytes())));
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let to =
            format!("HTTP/1.1 {status}\r\nlocation: {elsewhere}/\r\ncontent-length: 0\r\n\r\n");
        let refused = answered(to).await.unwrap_err();
        assert!(
            matches!(
                refused,
                AskWitnessError::Refused { .. } | AskWitnessError::Unreachable { .. }
            ),
            "{status}: {refused}"
        );
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_flood_is_cut_off() {
    let claimed = "HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\n";
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    for (head, part) in [
        (claimed, "x".repeat(1000)),
        (chunked, format!("3e8\r\n{}\r\n", "x".repeat(1000))),
        ("HTTP/1.1 200 OK\r\n", format!("x: {}\r\n", "x".repeat(1000))),
    ] {
        let (at, _) = serve(move |stream| {
            let mut sent = stream.write_all(head.as_bytes());
            // Ends when the client has hung up.
            while sent.is_ok() {
                sent = stream.write_all(part.as_bytes());
            }
        });
        let refused = ask(PATIENCE, &at).await.unwrap_err();
        assert!(matches!(refused, AskWitnessError::Unreachable { .. }), "{refused}");
    }
}

#[tokio::test]
async fn one_who_never_finishes_is_left_in_time() {
    let silent = "";
    let begun = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n";
    for head in [silent, begun] {
        let (at, _) = serve(move |stream| {
            let mut sent = stream.write_all(head.as_bytes());
            // A byte now and then, for as long as somebody listens.
            stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
            while sent.is_ok() {
                let listens = match stream.read(&mut [0]) {
                    Ok(n) => n > 0,
                    Err(err) => matches!(
                        err.kind(),
                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                    ),
                };
                if !listens {
                    return;
                }
                sent = stream.write_all(if head.is_empty() { b"" } else { b"x" });
            }
        });
        let refused = ask(HASTE, &at).await.unwrap_err();
        let AskWitnessError::Unreachable { err, .. } = refused else { panic!("{refused}") };
        assert!(matches!(*err, ureq::Error::Timeout(_)), "{err}");
    }
}

#[tokio::test]
async fn what_is_no_http_and_who_is_not_there_are_unreachable() {
    for garbage in ["\0\0\0\0", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 99999 no\r\n\r\n", ""] {
        let refused = answered(garbage.to_owned()).await.unwrap_err();
        assert!(matches!(refused, AskWitnessError::Unreachable { .. }), "{garbage:?}: {refused}");
    }
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for nowhere in [format!("http://{gone}"), "nonsense".to_owned(), String::new()] {
        let refused = ask(PATIENCE, &nowhere).await.unwrap_err();
        assert!(matches!(refused, AskWitnessError::Unreachable { .. }), "{nowhere:?}: {refused}");
    }
}
