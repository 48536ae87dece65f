//! A file to changes of a list, on a thread of its own. Knows nothing of stores.

use std::io::Read;
use std::sync::atomic::Ordering;

use hotfile::{Change, FileFault, Layout, Reader, Reading, Summary};
use sha2::{Digest as _, Sha256};

use super::ImportError;
use crate::imports::Import;

/// Bytes read at once.
const PIECE_BYTES: usize = 256 * 1024;
/// Changes handed on at once: one transaction of the store.
pub(super) const CHANGES_AT_ONCE: usize = 5_000;

/// What was read.
pub(super) struct ReadFile {
    pub(super) summary: Summary,
    pub(super) n_bytes: u64,
    pub(super) sha256: [u8; 32],
}

impl From<FileFault> for ImportError {
    fn from(fault: FileFault) -> Self {
        match fault {
            FileFault::Layout { field, why } => Self::Layout { field, why },
            FileFault::Line { line, why } => Self::File { line, why },
        }
    }
}

/// Reads a file to its end, handing changes to `take` (which says false when nobody wants more).
pub(super) fn read_file(
    source: &mut dyn Read,
    layout: Layout,
    reading: Reading,
    import: &Import,
    mut take: impl FnMut(Vec<Change>) -> bool,
) -> Result<ReadFile, ImportError> {
    let mut reader = Reader::new(layout, reading)?;
    let mut sha256 = Sha256::new();
    let mut piece = vec![0; PIECE_BYTES];
    let mut changes = Vec::new();
    let mut n_bytes = 0;
    loop {
        let n = fill(source, &mut piece).map_err(|err| ImportError::Read { n_bytes, err })?;
        let read = piece.get(..n).unwrap_or_default();
        let ended = n == 0;
        n_bytes += n as u64;
        sha256.update(read);
        reader.take(read, ended, &mut changes)?;
        import.n_bytes.store(n_bytes, Ordering::Relaxed);
        import.n_taken.store(reader.tally().n_taken, Ordering::Relaxed);
        import.n_refused.store(reader.tally().n_refused, Ordering::Relaxed);
        while changes.len() >= CHANGES_AT_ONCE || (ended && !changes.is_empty()) {
            let rest = changes.split_off(changes.len().min(CHANGES_AT_ONCE));
            if !take(std::mem::replace(&mut changes, rest)) {
                return Err(ImportError::Failed {
                    doing: "store the entries",
                    err: "nobody takes them any more".into(),
                });
            }
        }
        if ended {
            let sha256 = sha256.finalize().into();
            return Ok(ReadFile { summary: reader.finish(), n_bytes, sha256 });
        }
    }
}

/// Reads until the piece is full or the file ends, so that small network pieces do not become small work.
fn fill(source: &mut dyn Read, piece: &mut [u8]) -> std::io::Result<usize> {
    let mut n = 0;
    while let Some(rest) = piece.get_mut(n..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(read) => n += read,
            Err(err) if err.kind() == std::io::ErrorKind::Interrupted => {}
            Err(err) => return Err(err),
        }
    }
    Ok(n)
}

#[cfg(test)]
mod tests {
    use domain::{HotlistId, Timestamp};
    use hotfile::Column;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::imports::Imports;

    #[test]
    fn a_source_that_breaks_off_imports_nothing() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
                into[..6].copy_from_slice(b"plate\n");
                Err(std::io::Error::other("the disk is gone"))
            }
        }
        let now = Timestamp::from_micros(0);
        let import = Imports::default().begin(HotlistId::from_i64(1), true, None, now).unwrap();
        let reading = Reading { zone: TimeZone::UTC, now, topics: Vec::new() };
        let layout = Layout::plain(Column::Number(1));
        let ended = read_file(&mut Broken, layout, reading, &import, |_| true).map(drop);
        assert_eq!(ended.unwrap_err().to_string(), "failed to read the file after 0 bytes");
    }
}
