//! Logs over HTTP, from servers that are right and from servers that are hostile.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::mpsc;

use crate::folder_log::{FolderLog, verify_trusting};

/// How a server answers a request for this path, with these headers.
type Answer = Box<dyn Fn(&str, &str, &mut TcpStream) + Send>;

/// A server on loopback that answers until the test's process ends, and where its requests are told.
fn serve(answer: Answer) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if stream.read(&mut byte).unwrap_or(0) == 0 {
                    break;
                }
                request.push(byte[0]);
            }
            let request = String::from_utf8(request).unwrap();
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            answer(&path, &request, &mut stream);
            let _ = tell.send(request);
        }
    });
    (address, told)
}

fn reply(stream: &mut TcpStream, head: &str, body: &[u8]) {
    let n = body.len();
    let head = format!("HTTP/1.1 {head}\r\nContent-Length: {n}\r\nConnection: close\r\n\r\n");
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

fn of_folder(folder: PathBuf) -> Answer {
    Box::new(move |path, _, stream| {
        match std::fs::read(folder.join(path.trim_start_matches('/'))) {
            Ok(bytes) => reply(stream, "200 OK", &bytes),
            Err(_) => reply(stream, "404 Not Found", b"no"),
        }
    })
}

/// A server that is right but for one path.
fn but_for(log: &FolderLog, odd: &'static str, answer: Answer) -> String {
    let right = of_folder(log.path(""));
    serve(Box::new(move |path, request, stream| {
        if path == odd { answer(path, request, stream) } else { right(path, request, stream) }
    }))
    .0
}

#[test]
fn a_log_is_checked_over_http() {
    let log = FolderLog::of(600);
    let (address, _) = serve(of_folder(log.path("")));
    verify_trusting(&["log", &format!("{address}/"), "--leaves"]).is(0, &["600 leaves"]);
    log.flip("tile/0/001", 7);
    verify_trusting(&["log", &address]).is(1, &["leaves 256 to 511 were changed"]);
    std::fs::remove_file(log.path("tile/0/001")).unwrap();
    verify_trusting(&["log", &address]).is(2, &["`tile/0/001` could not be fetched", "404"]);
}

#[test]
fn a_server_that_never_stops_is_stopped() {
    let log = FolderLog::of(600);
    for (path, bound) in
        [("/checkpoint", "262144"), ("/tile/0/001", "8192"), ("/tile/entries/002.p/88", "5767256")]
    {
        let endless = but_for(
            &log,
            path,
            Box::new(|_, _, stream| {
                let mut going =
                    stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").is_ok();
                while going {
                    going = stream.write_all(&[b'x'; 4096]).is_ok();
                }
            }),
        );
        verify_trusting(&["log", &endless, "--leaves"])
            .is(1, &[&format!("more than {bound} bytes")]);
    }
    let boasting = but_for(
        &log,
        "/tile/0/000",
        Box::new(|_, _, stream| {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nshort");
        }),
    );
    verify_trusting(&["log", &boasting]).is(2, &["`tile/0/000` could not be fetched"]);
}

#[test]
fn a_server_that_drips_is_left() {
    let log = FolderLog::of(3);
    let (hold, held) = mpsc::channel();
    let address = but_for(
        &log,
        "/tile/0/000.p/3",
        Box::new(move |_, _, stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 96\r\n\r\nfirst bytes");
            let _ = hold.send(stream.try_clone());
        }),
    );
    let said = verify_trusting(&["log", &address, "--timeout", "1"]);
    said.is(2, &["`tile/0/000.p/3` could not be fetched", "timeout"]);
    assert!(held.recv().unwrap().is_ok());
}

#[test]
fn what_is_no_answer_is_not_checked() {
    let log = FolderLog::of(3);
    for rubbish in [
        "",
        "rubbish\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 503 x\r\n\r\n",
    ] {
        let address = but_for(
            &log,
            "/checkpoint",
            Box::new(move |_, _, stream| {
                let _ = stream.write_all(rubbish.as_bytes());
            }),
        );
        verify_trusting(&["log", &address]).is(2, &["`checkpoint` could not be fetched"]);
    }
    let nobody = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    verify_trusting(&["log", &address]).is(2, &["`checkpoint` could not be fetched"]);
}

#[test]
fn a_redirect_is_not_followed_and_no_header_goes_astray() {
    let log = FolderLog::of(3);
    let (elsewhere, asked_elsewhere) = serve(of_folder(log.path("")));
    let (address, asked) = serve(Box::new(move |path, _, stream| {
        reply(stream, &format!("302 Found\r\nLocation: {elsewhere}{path}"), b"");
    }));
    let headers = log.name("headers");
    std::fs::write(&headers, "Cookie: session=secret\n").unwrap();
    let said = verify_trusting(&["log", &address, "--header-file", &headers]);
    said.is(2, &["302", "redirects are not followed"]);
    assert!(asked.recv().unwrap().contains("session=secret"));
    assert!(asked_elsewhere.try_recv().is_err());
}

#[test]
fn an_auditors_cookie_opens_the_leaves() {
    let log = FolderLog::of(3);
    let entries = log.path("tile/entries/000.p/3");
    let guarded = but_for(
        &log,
        "/tile/entries/000.p/3",
        Box::new(move |_, request, stream| {
            if request.to_lowercase().contains("cookie: session=auditor\r\n") {
                reply(stream, "200 OK", &std::fs::read(&entries).unwrap());
            } else {
                reply(stream, "403 Forbidden", b"");
            }
        }),
    );
    verify_trusting(&["log", &guarded]).is(0, &["3 leaves"]);
    verify_trusting(&["log", &guarded, "--leaves"]).is(2, &["403"]);
    let headers = log.name("headers");
    std::fs::write(&headers, "Cookie: session=auditor\n").unwrap();
    verify_trusting(&["log", &guarded, "--leaves", "--header-file", &headers])
        .is(0, &["each checked"]);
    std::fs::write(&headers, "Bad name: secret\n").unwrap();
    let said = verify_trusting(&["log", &guarded, "--leaves", "--header-file", &headers]);
    said.is(2, &[]);
    assert!(!said.text.contains("secret"), "{}", said.text);
}
