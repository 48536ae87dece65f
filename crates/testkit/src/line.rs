//! One keep-alive connection to a server, blocking: what a camera has, and nothing that a test would have to trust.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// Longer than any answer takes on a machine that does other things too.
const ANSWERS_WITHIN: Duration = Duration::from_secs(60);

/// A connection.
#[derive(Debug)]
pub struct Line {
    host: String,
    stream: BufReader<TcpStream>,
}

/// An answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers as they came, without the status line.
    pub headers: String,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.lines().filter_map(|line| line.split_once(':'));
        found
            .into_iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Line {
    /// Connects to `host:port`.
    pub fn to(host: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWERS_WITHIN))?;
        Ok(Self { host: host.to_owned(), stream: BufReader::with_capacity(64 * 1024, stream) })
    }

    /// Sends a request and waits for its whole answer. `headers` are lines with their ends.
    pub fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> io::Result<Answer> {
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n{headers}\r\n",
            self.host,
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        self.stream.get_mut().write_all(&request)?;
        self.answer()
    }

    fn answer(&mut self) -> io::Result<Answer> {
        let mut first = String::new();
        self.stream.read_line(&mut first)?;
        let status = first.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status =
            status.ok_or_else(|| io::Error::new(io::ErrorKind::UnexpectedEof, "no answer"))?;
        let mut headers = String::new();
        loop {
            let from = headers.len();
            if self.stream.read_line(&mut headers)? == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "half an answer"));
            }
            if headers.get(from..).is_some_and(|line| line.trim().is_empty()) {
                break;
            }
        }
        let mut answer = Answer { status, headers, body: Vec::new() };
        let length =
            answer.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
        answer.body.resize(length, 0);
        self.stream.read_exact(&mut answer.body)?;
        Ok(answer)
    }
}
