//! A place for a file on its way: on disk, because it may be large, and sealed under a key that is held in memory alone and goes
//! with it. The file has no name, so that nothing is left of it after a crash.

use std::fs::File;
use std::io::{self, Read, Seek as _, Write};

use camino::Utf8Path;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::Chance;

/// Bytes that are sealed together.
const PIECE_BYTES: usize = 64 * 1024;
/// What sealing adds to each.
const TAG_BYTES: usize = 16;

/// What seals the pieces: each under its own number, which is used once because the key is.
struct Pieces {
    cipher: XChaCha20Poly1305,
    n: u64,
}

impl Pieces {
    fn nonce(&mut self) -> XNonce {
        let mut nonce = [0_u8; 24];
        nonce[..8].copy_from_slice(&self.n.to_le_bytes());
        self.n += 1;
        XNonce::from(nonce)
    }
}

/// Takes a file in.
pub struct Spool {
    file: File,
    key: Zeroizing<[u8; 32]>,
    pieces: Pieces,
    piece: Zeroizing<Vec<u8>>,
    n_bytes: u64,
    n_bytes_max: u64,
}

/// A file that was taken in, to be read once.
pub struct Spooled {
    file: File,
    pieces: Pieces,
    piece: Zeroizing<Vec<u8>>,
    at: usize,
    n_left: u64,
    /// The file's size in bytes.
    pub n_bytes: u64,
}

impl Spool {
    /// A place in this folder, for so many bytes at most.
    pub fn in_dir(dir: &Utf8Path, n_bytes_max: u64, chance: &Chance) -> io::Result<Self> {
        let mut key = Zeroizing::new([0_u8; 32]);
        chance(&mut *key);
        let file = tempfile::tempfile_in(dir)?;
        let pieces = Pieces { cipher: XChaCha20Poly1305::new((&*key).into()), n: 0 };
        let piece = Zeroizing::new(Vec::with_capacity(PIECE_BYTES));
        Ok(Self { file, key, pieces, piece, n_bytes: 0, n_bytes_max })
    }

    fn put(&mut self) -> io::Result<()> {
        let payload = Payload { msg: &self.piece, aad: b"" };
        let nonce = self.pieces.nonce();
        let sealed = self.pieces.cipher.encrypt(&nonce, payload);
        let sealed = sealed.map_err(|_| io::Error::other("a piece could not be sealed"))?;
        self.piece.clear();
        self.file.write_all(&sealed)
    }

    /// Ends it; from now on it is read.
    pub fn finish(mut self) -> io::Result<Spooled> {
        if !self.piece.is_empty() {
            self.put()?;
        }
        self.file.rewind()?;
        let pieces = Pieces { cipher: XChaCha20Poly1305::new((&*self.key).into()), n: 0 };
        Ok(Spooled {
            file: self.file,
            pieces,
            piece: Zeroizing::default(),
            at: 0,
            n_left: self.n_bytes,
            n_bytes: self.n_bytes,
        })
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let free = PIECE_BYTES - self.piece.len();
        let taken = bytes.get(..free.min(bytes.len())).unwrap_or_default();
        let n = u64::try_from(taken.len()).unwrap_or(u64::MAX);
        if self.n_bytes.saturating_add(n) > self.n_bytes_max {
            let says = format!("the file has more than {} bytes", self.n_bytes_max);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, says));
        }
        self.piece.extend_from_slice(taken);
        self.n_bytes += n;
        if self.piece.len() == PIECE_BYTES {
            self.put()?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Spooled {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() {
            self.next_piece()?;
        }
        let left = self.piece.get(self.at..).unwrap_or_default();
        let n = left.len().min(into.len());
        if let (Some(to), Some(from)) = (into.get_mut(..n), left.get(..n)) {
            to.copy_from_slice(from);
        }
        self.at += n;
        Ok(n)
    }
}

impl Spooled {
    fn next_piece(&mut self) -> io::Result<()> {
        let n = usize::try_from(self.n_left).unwrap_or(usize::MAX).min(PIECE_BYTES);
        self.at = 0;
        if n == 0 {
            self.piece = Zeroizing::default();
            return Ok(());
        }
        let mut sealed = vec![0; n + TAG_BYTES];
        self.file.read_exact(&mut sealed)?;
        let nonce = self.pieces.nonce();
        let clear = self.pieces.cipher.decrypt(&nonce, Payload { msg: &sealed, aad: b"" });
        let changed = || io::Error::new(io::ErrorKind::InvalidData, "the file was changed on disk");
        self.piece = Zeroizing::new(clear.map_err(|_| changed())?);
        self.n_left -= u64::try_from(n).unwrap_or(u64::MAX);
        Ok(())
    }
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Spool({} bytes)", self.n_bytes)
    }
}

impl std::fmt::Debug for Spooled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Spooled({} bytes)", self.n_bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::SeekFrom;
    use std::sync::Arc;

    use super::*;

    fn spool(dir: &tempfile::TempDir, n_bytes_max: u64) -> Spool {
        let dir = Utf8Path::from_path(dir.path()).unwrap();
        let chance: Chance = Arc::new(|bytes: &mut [u8]| bytes.fill(7));
        Spool::in_dir(dir, n_bytes_max, &chance).unwrap()
    }

    #[test]
    fn a_file_comes_out_as_it_went_in_whatever_its_size() {
        let dir = tempfile::tempdir().unwrap();
        for n in [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES + 17] {
            let bytes: Vec<u8> = (0..n).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let mut spool = spool(&dir, u64::MAX);
            spool.write_all(&bytes).unwrap();
            let mut spooled = spool.finish().unwrap();
            assert_eq!(spooled.n_bytes, n as u64);
            let mut back = Vec::new();
            spooled.read_to_end(&mut back).unwrap();
            assert_eq!(back, bytes, "{n}");
        }
    }

    #[test]
    fn nothing_of_it_stands_on_disk_in_clear_and_a_change_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let mut spool = spool(&dir, u64::MAX);
        spool.write_all(&b"LKW4873,".repeat(20_000)).unwrap();
        let mut spooled = spool.finish().unwrap();
        let mut on_disk = Vec::new();
        spooled.file.read_to_end(&mut on_disk).unwrap();
        assert!(!on_disk.windows(7).any(|seven| seven == b"LKW4873"));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "it has no name");
        spooled.file.seek(SeekFrom::Start(10)).unwrap();
        spooled.file.write_all(&[1]).unwrap();
        spooled.file.rewind().unwrap();
        let err = spooled.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(err.kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn more_than_it_may_hold_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut spool = spool(&dir, 10);
        spool.write_all(b"0123456789").unwrap();
        let err = spool.write_all(b"a").unwrap_err();
        assert_eq!(err.kind(), io::ErrorKind::FileTooLarge);
    }
}
