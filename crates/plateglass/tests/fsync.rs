//! No 2xx leaves before the row and the picture that it acknowledges are on disk: seen in the system calls.
//!
//! A kill keeps the page cache, so it cannot show this. The same check fails when commits do not wait for the disk.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests say what they expected by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use testkit::line::Line;
use testkit::server::{Installation, Running};

/// What the calls said of one answer.
#[derive(Debug, Default)]
struct Answered {
    /// Files that had been written and not synced when the answer left.
    unsynced: BTreeSet<String>,
    /// Whether a day's file was synced since the request came.
    row: bool,
    /// Whether pictures were synced since the request came.
    pictures: bool,
}

/// Reads strace's lines: each answer to a post of reads, with what was on disk when it left.
fn answers(log: &str) -> Vec<Answered> {
    let mut unsynced = BTreeSet::new();
    let mut begun: std::collections::HashMap<&str, String> = std::collections::HashMap::new();
    let (mut row, mut pictures) = (false, false);
    let mut answers = Vec::new();
    for line in log.lines() {
        let Some((thread, call)) = line.trim_start().split_once(char::is_whitespace) else {
            continue;
        };
        let call = call.trim_start();
        // A sync counts when it returns, a write when it begins.
        let file = file_of(call);
        let ended = if call.contains("<unfinished") {
            if let Some(file) = &file {
                begun.insert(thread, file.clone());
            }
            None
        } else if call.starts_with("<...") {
            begun.remove(thread)
        } else {
            file.clone()
        };
        let is = |names: &[&str]| {
            names
                .iter()
                .any(|name| call.starts_with(name) || call.starts_with(&format!("<... {name}")))
        };
        if is(&["recvfrom", "read"]) && call.contains("POST /api/v1/reads") {
            (row, pictures) = (false, false);
        }
        if is(&["pwrite64", "write", "pwritev", "writev"])
            && let Some(file) = file.filter(|file| is_day(file) || is_picture(file))
        {
            unsynced.insert(file);
        }
        if is(&["fdatasync", "fsync"])
            && call.contains("= 0")
            && let Some(file) = ended
        {
            row |= is_day(&file);
            pictures |= is_picture(&file);
            unsynced.remove(&file);
        }
        if is(&["sendto", "write", "writev", "sendmsg"])
            && call.contains("HTTP/1.1 200")
            && call.contains("TCP")
        {
            answers.push(Answered { unsynced: unsynced.clone(), row, pictures });
        }
    }
    answers
}

/// The path that strace wrote behind the number of a call's first argument: `fdatasync(12</data/x-wal>)`.
fn file_of(call: &str) -> Option<String> {
    let (_, rest) = call.split_once('<').filter(|_| !call.starts_with("<..."))?;
    rest.split_once('>').map(|(file, _)| file.to_owned())
}

/// The write-ahead log of a day's file; the database itself is written by checkpoints, which need no answer to wait.
fn is_day(file: &str) -> bool {
    file.contains("/days/") && file.ends_with("-wal")
}

fn is_picture(file: &str) -> bool {
    file.contains("/pictures/")
}

fn body(n: u32, jpeg: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let picture = base64::engine::general_purpose::STANDARD.encode(jpeg);
    serde_json::json!({ "event_id": n.to_string(), "plate": "7ABC123", "confidence": 0.9, "plate_picture": picture })
        .to_string()
        .into_bytes()
}

fn plate_picture() -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(96, 48, |x, y| {
        image::Rgb([u8::try_from(x).unwrap(), u8::try_from(y).unwrap(), 90])
    });
    let mut jpeg = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut jpeg, image::ImageFormat::Jpeg).expect("a JPEG can be written");
    jpeg.into_inner()
}

fn traced(off: bool) -> Option<Vec<Answered>> {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let at = Installation::new(
        env!("CARGO_BIN_EXE_plateglass"),
        dir.path(),
        "[recognition]\nenabled = false",
    );
    at.start(&[]).stop();
    let key = at.add_camera("Lamar");
    let log = dir.path().join("calls.log").display().to_string();
    let calls = "trace=fdatasync,fsync,pwrite64,pwritev,write,writev,sendto,sendmsg,recvfrom,read";
    let strace = ["strace", "-D", "-f", "-yy", "-s", "160", "-e", calls, "-o", &log];
    if std::process::Command::new("strace").arg("-V").output().is_err() {
        return None;
    }
    let server: Running = if off {
        at.start_with(&strace, "PLATEGLASS_TEST_SYNCHRONOUS_OFF")
    } else {
        at.start(&strace)
    };
    let mut line = Line::to(&server.host).expect("the server listens");
    let header = format!("plateglass-camera-key: {key}\r\n");
    let jpeg = plate_picture();
    for n in 0..N_POSTS {
        let answer =
            line.ask("POST", "/api/v1/reads", &header, &body(n, &jpeg)).expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    drop(line);
    let pid = server.pid().to_string();
    server.stop();
    Some(answers(&whole_log(Path::new(&log), &pid)))
}

/// The log, once strace has written the server's end into it: it runs beside the server and may be a little behind.
fn whole_log(path: &Path, pid: &str) -> String {
    for _ in 0..200 {
        let log = std::fs::read_to_string(path).expect("strace wrote its log");
        if log
            .lines()
            .rev()
            .take(5)
            .any(|line| line.starts_with(pid) && line.contains("+++ exited"))
        {
            return log;
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "strace is a real process: there is nothing else to wait for"
        )]
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("strace did not write the server's end");
}

const N_POSTS: u32 = 5;

#[test]
fn no_answer_leaves_before_its_row_and_its_picture_are_on_disk() {
    let Some(answers) = traced(false) else {
        println!("skipped: strace is not installed");
        return;
    };
    assert_eq!(answers.len(), N_POSTS as usize);
    for answer in &answers {
        assert!(answer.unsynced.is_empty() && answer.row && answer.pictures, "{answer:?}");
    }
}

#[test]
fn the_same_check_fails_when_commits_do_not_wait_for_the_disk() {
    let Some(answers) = traced(true) else {
        println!("skipped: strace is not installed");
        return;
    };
    assert!(answers.iter().any(|answer| !answer.unsynced.is_empty() || !answer.row), "{answers:?}");
}
