//! A real HTTP server on this machine that takes what is posted to it, and answers as it is told.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver as Line, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// So long it is waited for what is to come.
const COMES_WITHIN: Duration = Duration::from_secs(20);
/// With which status it answers where it was not told.
const CREATED: u16 = 201;

/// Takes what is posted.
#[derive(Debug)]
pub struct Receiver {
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    taken: Line<Posted>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

/// What was posted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Posted {
    /// Where to.
    pub path: String,
    /// The headers, their names in small letters.
    pub headers: HashMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Posted {
    /// A header; empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Receiver {
    /// One that listens; it ends with the test's process.
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let (tell, taken) = mpsc::channel();
        let answers: Arc<Mutex<VecDeque<u16>>> = Arc::default();
        let statuses = Arc::clone(&answers);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let status = statuses.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                // Whoever breaks off was not waiting for an answer.
                drop(take(stream, &tell, status.unwrap_or(CREATED)));
            }
        });
        Self { port, taken, answers }
    }

    /// Answers what comes next with these statuses, one each; everything after that is taken.
    pub fn answers_next(&self, statuses: &[u16]) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).extend(statuses);
    }

    /// What was posted next; waits for it.
    pub fn next(&self) -> Posted {
        self.taken.recv_timeout(COMES_WITHIN).expect("something is posted in time")
    }

    /// Whether nothing was posted that was not asked for yet.
    pub fn is_quiet(&self) -> bool {
        self.taken.try_recv().is_err()
    }

    /// Where to post to.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

fn take(stream: TcpStream, tell: &Sender<Posted>, status: u16) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    lines.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = HashMap::new();
    loop {
        line.clear();
        lines.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    lines.read_exact(&mut body)?;
    drop(tell.send(Posted { path, headers, body }));
    let mut stream = stream;
    write!(stream, "HTTP/1.1 {status} As told\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}
