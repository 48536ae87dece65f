//! From a body that arrives bit by bit to a reader on another thread, with little in between.

use std::io::{self, Read};

use bytes::{Buf as _, Bytes};
use tokio::sync::mpsc;

/// Pieces of a body (mostly 8–64 KiB each) that may wait: enough to keep the reader busy, little enough to hold.
const PIECES_WAITING_MAX: usize = 16;

/// The end into which a body is written.
#[derive(Debug)]
pub struct PipeWriter(mpsc::Sender<io::Result<Bytes>>);

/// The end from which it is read; blocks, so use it off the runtime's threads.
#[derive(Debug)]
pub struct PipeReader {
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    piece: Bytes,
}

/// A writer and its reader.
pub fn pipe() -> (PipeWriter, PipeReader) {
    let (sender, receiver) = mpsc::channel(PIECES_WAITING_MAX);
    (PipeWriter(sender), PipeReader { pieces: receiver, piece: Bytes::new() })
}

impl PipeWriter {
    /// Writes a piece, waiting while the reader is behind; false when nobody reads any more.
    pub async fn write(&self, piece: Bytes) -> bool {
        self.0.send(Ok(piece)).await.is_ok()
    }

    /// Tells the reader that the body broke off, so that half a file is not taken for a whole one.
    pub async fn fail(self, why: String) {
        drop(self.0.send(Err(io::Error::new(io::ErrorKind::UnexpectedEof, why))).await);
    }
}

impl Read for PipeReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.piece = piece?,
                None => return Ok(0),
            }
        }
        let n = self.piece.len().min(into.len());
        self.piece.copy_to_slice(into.split_at_mut(n).0);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_written_is_read_and_a_break_is_an_error() {
        let (writer, mut reader) = pipe();
        let read = tokio::task::spawn_blocking(move || {
            let mut all = Vec::new();
            let end = reader.read_to_end(&mut all).map_err(|err| err.to_string());
            (all, end)
        });
        assert!(writer.write(Bytes::from_static(b"ab")).await);
        assert!(writer.write(Bytes::from_static(b"c")).await);
        writer.fail("the connection closed".to_owned()).await;
        let (all, end) = read.await.unwrap();
        assert_eq!((all.as_slice(), end), (&b"abc"[..], Err("the connection closed".to_owned())));
    }
}
