//! A file to entries: the part of an import that computes. Knows nothing of stores.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::io::Read;
use std::sync::atomic::Ordering;

use domain::{HotlistEntry, ImportTally, RefusedRow};
use sha2::{Digest as _, Sha256};

use super::columns::{Columns, Refused};
use super::text::{ToUtf8, WrongEncoding};
use super::{Encoding, ImportError, Mapping};
use crate::imports::Import;
use crate::use_cases::rows::{Next, Row, Rows};

/// Bytes read at once.
const PIECE_BYTES: usize = 256 * 1024;
/// Entries handed on at once: one transaction of the store.
pub(super) const ENTRIES_AT_ONCE: usize = 5_000;
/// Refused rows that are listed; the others are counted.
pub(super) const REFUSED_LISTED_MAX: usize = 1_000;
/// Rows of a list: what the matcher counts and what fits in memory.
const ENTRIES_MAX: u64 = 50_000_000;

/// What was read.
pub(super) struct ReadFile {
    pub(super) tally: ImportTally,
    pub(super) n_duplicates: u64,
    pub(super) n_bytes: u64,
    pub(super) sha256: [u8; 32],
    pub(super) encoding: Encoding,
}

struct Reading<'a> {
    mapping: &'a Mapping,
    import: &'a Import,
    columns: Option<Columns>,
    tally: ImportTally,
    entries: Vec<HotlistEntry>,
    /// A hash of every entry's plate and state: 8 bytes a row, so that ten million take 80 MB while they are read.
    said: Vec<u64>,
    hasher: RandomState,
}

/// Reads a file to its end, handing entries to `take` (which says false when nobody wants more).
pub(super) fn read_file(
    source: &mut dyn Read,
    mapping: &Mapping,
    import: &Import,
    mut take: impl FnMut(Vec<HotlistEntry>) -> bool,
) -> Result<ReadFile, ImportError> {
    let delimiter = delimiter(mapping)?;
    let mut rows = Rows::new(delimiter);
    let mut sha256 = Sha256::new();
    let mut piece = vec![0; PIECE_BYTES];
    let mut reading = Reading::new(mapping, import);
    let mut n_bytes = 0;
    let mut to_utf8 = None;
    loop {
        let n = fill(source, &mut piece).map_err(|err| ImportError::Read { n_bytes, err })?;
        let read = piece.get(..n).unwrap_or_default();
        n_bytes += n as u64;
        sha256.update(read);
        import.n_bytes.store(n_bytes, Ordering::Relaxed);
        let (to, skip) = match &mut to_utf8 {
            Some(to) => (to, 0),
            none => {
                let (to, skip) = choose(mapping, read)?;
                (none.insert(to), skip)
            }
        };
        let mut text = to.convert(read.get(skip..).unwrap_or_default(), n == 0);
        let ended = n == 0;
        reading.take_rows(&mut rows, &mut text, ended)?;
        while reading.entries.len() >= ENTRIES_AT_ONCE || (ended && !reading.entries.is_empty()) {
            let rest = reading.entries.split_off(reading.entries.len().min(ENTRIES_AT_ONCE));
            if !take(std::mem::replace(&mut reading.entries, rest)) {
                return Err(failed("store the entries", "nobody takes them any more"));
            }
        }
        if ended {
            let encoding = to.found();
            let sha256 = sha256.finalize().into();
            return Ok(reading.finish(n_bytes, sha256, encoding));
        }
    }
}

fn choose(mapping: &Mapping, first: &[u8]) -> Result<(ToUtf8, usize), ImportError> {
    let head = first.get(..first.len().min(4_096)).unwrap_or_default();
    ToUtf8::choose(mapping.encoding, head)
        .map_err(|WrongEncoding(why)| ImportError::File { line: 1, why: why.to_owned() })
}

fn delimiter(mapping: &Mapping) -> Result<u8, ImportError> {
    let one = u8::try_from(mapping.delimiter).ok().filter(u8::is_ascii);
    one.filter(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'"' | b'\n' | b'\r' | 0)).ok_or_else(|| {
        ImportError::Mapping {
            field: "delimiter",
            why: "expected one ASCII character that is no letter, digit, quote or line break, such as , or ;".to_owned(),
        }
    })
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

fn failed(doing: &'static str, why: &'static str) -> ImportError {
    ImportError::Failed { doing, err: why.into() }
}

impl<'a> Reading<'a> {
    fn new(mapping: &'a Mapping, import: &'a Import) -> Self {
        Self {
            mapping,
            import,
            columns: None,
            tally: ImportTally::default(),
            entries: Vec::new(),
            said: Vec::new(),
            hasher: RandomState::new(),
        }
    }

    fn take_rows(
        &mut self,
        rows: &mut Rows,
        text: &mut &[u8],
        ended: bool,
    ) -> Result<(), ImportError> {
        loop {
            match rows.next(text, ended) {
                Next::Row(row) => self.take_row(&row)?,
                Next::TooLong { line, why } => self.refuse(line, why),
                Next::More | Next::End => break,
            }
        }
        self.import.n_taken.store(self.tally.n_taken, Ordering::Relaxed);
        self.import.n_refused.store(self.tally.n_refused, Ordering::Relaxed);
        Ok(())
    }

    fn take_row(&mut self, row: &Row<'_>) -> Result<(), ImportError> {
        let Some(columns) = &self.columns else {
            let header = self.mapping.header.then_some(row);
            self.columns = Some(Columns::find(self.mapping, header)?);
            return if header.is_some() { Ok(()) } else { self.take_row(row) };
        };
        match columns.entry(row) {
            Ok(entry) => {
                self.said.push(self.hasher.hash_one((&entry.plate, entry.jurisdiction)));
                self.entries.push(entry);
                self.tally.n_taken += 1;
                if self.tally.n_taken > ENTRIES_MAX {
                    let why = format!(
                        "the file has more than {ENTRIES_MAX} rows; split it into several lists"
                    );
                    return Err(ImportError::File { line: row.line, why });
                }
            }
            Err(Refused::Row(why)) => self.refuse(row.line, why),
            Err(Refused::File(why)) => return Err(ImportError::File { line: row.line, why }),
        }
        Ok(())
    }

    fn refuse(&mut self, line: u64, reason: String) {
        self.tally.n_refused += 1;
        if self.tally.refused.len() < REFUSED_LISTED_MAX {
            self.tally.refused.push(RefusedRow { line, reason });
        }
    }

    fn finish(mut self, n_bytes: u64, sha256: [u8; 32], encoding: Encoding) -> ReadFile {
        let n_said = self.said.len();
        self.said.sort_unstable();
        self.said.dedup();
        let n_duplicates = (n_said - self.said.len()) as u64;
        ReadFile { tally: self.tally, n_duplicates, n_bytes, sha256, encoding }
    }
}

#[cfg(test)]
mod tests;
