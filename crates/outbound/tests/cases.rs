//! Case systems: a real server on this machine, and real files.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up, it fails on")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, SystemTime};

use outbound::{AskCasesError, CsvCases, HttpCases, ReadCasesError};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);
const HASTE: Duration = Duration::from_millis(300);

/// A server that answers each request as it likes, and tells what it was asked: request line and headers.
fn serve(act: impl Fn(&str, &mut TcpStream) + Send + 'static) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let head: Vec<String> =
                lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            let head = head.join("\n");
            act(&head, &mut stream);
            drop(tell.send(head));
        }
    });
    (format!("http://{at}/api/cases/{{number}}?from=alpr"), told)
}

fn answers(status: &'static str) -> impl Fn(&str, &mut TcpStream) + Send {
    move |_, stream| {
        drop(write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\n{{}}"));
    }
}

#[tokio::test]
async fn a_server_is_asked_for_the_number_with_the_token() {
    let (at, told) = serve(|head, stream| {
        let status = if head.contains("/26-0000001?") { "200 OK" } else { "404 Not Found" };
        answers(status)(head, stream);
    });
    let cases = HttpCases::new(&at, Some("t0ken".to_owned()), PATIENCE).unwrap();
    assert!(cases.has(" 26-0000001 ").await.unwrap());
    let asked = told.recv().unwrap();
    assert!(asked.starts_with("GET /api/cases/26-0000001?from=alpr HTTP/1.1\n"), "{asked}");
    assert!(asked.lines().any(|line| line.eq_ignore_ascii_case("authorization: Bearer t0ken")));
    assert!(!cases.has("26/../0000001").await.unwrap());
    let asked = told.recv().unwrap();
    assert!(asked.starts_with("GET /api/cases/26%2F%2E%2E%2F0000001?from=alpr "), "{asked}");
}

#[tokio::test]
async fn what_is_neither_yes_nor_no_is_no_answer() {
    for (status, number) in [
        ("500 Internal Server Error", 500),
        ("401 Unauthorized", 401),
        ("204 No Content", 204),
        ("302 Found\r\nlocation: http://127.0.0.1:1/", 302),
    ] {
        let (at, _told) = serve(answers(status));
        let asked = HttpCases::new(&at, None, PATIENCE).unwrap().has("26-1").await;
        assert!(matches!(asked, Err(AskCasesError::Status(got)) if got == number), "{asked:?}");
    }
    let (at, _told) = serve(|_, _| std::thread::park());
    let asked = HttpCases::new(&at, None, HASTE).unwrap().has("26-1").await;
    assert!(matches!(asked, Err(AskCasesError::Unreachable(_))), "{asked:?}");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let at = format!("http://{closed}/{{number}}");
    let asked = HttpCases::new(&at, None, PATIENCE).unwrap().has("26-1").await;
    assert!(matches!(asked, Err(AskCasesError::Unreachable(_))), "{asked:?}");
}

/// Writes a file that changed so many seconds after the first.
fn drop_file(dir: &TempDir, name: &str, text: &str, seconds: u64) {
    let path = dir.path().join(name);
    fs::write(&path, text).unwrap();
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds);
    fs::File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
}

#[test]
fn the_newest_file_of_a_folder_is_read_when_it_changes() {
    let dir = tempfile::tempdir().unwrap();
    let cases = CsvCases::new(dir.path(), "case_number");
    assert!(matches!(cases.refresh(), Err(ReadCasesError::NoFile(_))));
    assert_eq!(cases.has("26-1"), None);
    drop_file(&dir, "a.csv", "case_number\n26-1\n26-2\n\"\"\n", 1);
    drop_file(&dir, "notes.txt", "case_number\n26-9\n", 9);
    let read = cases.refresh().unwrap().unwrap();
    assert_eq!((read.file.as_str(), read.n_cases, read.n_bad), ("a.csv", 2, 1));
    assert_eq!(read.bad[0].line, 4);
    assert_eq!((cases.has("26-1"), cases.has("26-3")), (Some(true), Some(false)));
    assert_eq!(cases.refresh().unwrap(), None, "it has not changed");
    drop_file(&dir, "b.csv", "case_number\n26-3\n", 2);
    assert_eq!(cases.refresh().unwrap().unwrap().file, "b.csv");
    assert_eq!((cases.has("26-1"), cases.has("26-3")), (Some(false), Some(true)));
    drop_file(&dir, "b.csv", "case_number\n26-4\n", 3);
    assert_eq!(cases.refresh().unwrap().unwrap().n_cases, 1);
    assert_eq!(cases.has("26-4"), Some(true));
}

#[test]
fn a_file_that_cannot_be_taken_leaves_what_was_read_before() {
    let dir = tempfile::tempdir().unwrap();
    let cases = CsvCases::new(dir.path(), "case_number");
    drop_file(&dir, "a.csv", "case_number\n26-1\n", 1);
    cases.refresh().unwrap();
    drop_file(&dir, "b.csv", "number\n26-2\n", 2);
    let refused = cases.refresh().unwrap_err();
    assert!(matches!(&refused, ReadCasesError::Invalid { path, .. } if path.ends_with("b.csv")));
    assert_eq!((cases.has("26-1"), cases.has("26-2")), (Some(true), Some(false)));
    dir.close().unwrap();
    assert!(matches!(cases.refresh(), Err(ReadCasesError::Io { .. })));
    assert_eq!(cases.has("26-1"), Some(true));
}
