//! From a body that arrives bit by bit to a reader on another thread, with little in between.

use std::io::{self, Read};

use bytes::{Buf as _, Bytes};
use tokio::sync::mpsc;

/// Pieces of a body (mostly 8–64 KiB each) that may wait: enough to keep the reader busy, little enough to hold.
const PIECES_WAITING_MAX: usize = 16;

/// The end into which a body is written. Dropped without [`PipeWriter::finish`], it has broken off: half a file is never
/// taken for a whole one.
#[derive(Debug)]
pub struct PipeWriter(mpsc::Sender<Piece>);

#[derive(Debug)]
enum Piece {
    Some(Bytes),
    End,
    Broken(String),
}

/// The end from which it is read; blocks, so use it off the runtime's threads.
#[derive(Debug)]
pub struct PipeReader {
    pieces: mpsc::Receiver<Piece>,
    piece: Bytes,
    ended: bool,
}

/// A writer and its reader.
pub fn pipe() -> (PipeWriter, PipeReader) {
    let (sender, receiver) = mpsc::channel(PIECES_WAITING_MAX);
    (PipeWriter(sender), PipeReader { pieces: receiver, piece: Bytes::new(), ended: false })
}

impl PipeWriter {
    /// Writes a piece, waiting while the reader is behind; false when nobody reads any more.
    pub async fn write(&self, piece: Bytes) -> bool {
        self.0.send(Piece::Some(piece)).await.is_ok()
    }

    /// Says that the body is whole.
    pub async fn finish(self) {
        drop(self.0.send(Piece::End).await);
    }

    /// Says why the body broke off.
    pub async fn fail(self, why: String) {
        drop(self.0.send(Piece::Broken(why)).await);
    }
}

impl Read for PipeReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let broken = |why| io::Error::new(io::ErrorKind::UnexpectedEof, why);
        while self.piece.is_empty() && !self.ended {
            match self.pieces.blocking_recv() {
                Some(Piece::Some(piece)) => self.piece = piece,
                Some(Piece::End) => self.ended = true,
                Some(Piece::Broken(why)) => return Err(broken(why)),
                None => return Err(broken("the upload broke off".to_owned())),
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

    async fn read_of(write: impl AsyncFnOnce(PipeWriter)) -> (Vec<u8>, Result<usize, String>) {
        let (writer, mut reader) = pipe();
        let read = tokio::task::spawn_blocking(move || {
            let mut all = Vec::new();
            let end = reader.read_to_end(&mut all).map_err(|err| err.to_string());
            (all, end)
        });
        assert!(writer.write(Bytes::from_static(b"ab")).await);
        assert!(writer.write(Bytes::from_static(b"c")).await);
        write(writer).await;
        read.await.unwrap()
    }

    #[tokio::test]
    async fn what_is_written_is_read() {
        let (all, end) = read_of(async |writer| writer.finish().await).await;
        assert_eq!((all.as_slice(), end), (&b"abc"[..], Ok(3)));
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_an_error() {
        let (_, end) = read_of(async |writer| writer.fail("no route".to_owned()).await).await;
        assert_eq!(end, Err("no route".to_owned()));
        let (_, end) = read_of(async |writer| drop(writer)).await;
        assert_eq!(end, Err("the upload broke off".to_owned()));
    }
}
