//! Cases in a CSV file: the newest `*.csv` of a folder, read whole, and held until there is another one.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use csv::{ByteRecord, ReaderBuilder};

/// The longest number of a case, in characters.
pub const NUMBER_CHARS_MAX: usize = 64;
/// The largest file, in bytes: two million cases.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bad lines that are named; those beyond are counted.
const NAMED_MAX: usize = 20;

/// A line that holds no case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadLine {
    /// Its number, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub says: String,
}

/// What a file of cases held. The numbers themselves are told to nobody.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CasesRead {
    /// The file's name.
    pub file: String,
    /// Cases.
    pub n_cases: usize,
    /// Lines that hold none.
    pub n_bad: usize,
    /// The first of those.
    pub bad: Vec<BadLine>,
}

/// A text that holds no cases.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidCases {
    /// The column is not there.
    #[error("line 1 has no column `{0}`")]
    NoColumn(String),
    /// Not a single case.
    #[error("it holds no case at all")]
    Empty,
}

/// Why the newest file could not be read. What was read before is held on to.
#[derive(Debug, thiserror::Error)]
pub enum ReadCasesError {
    /// The folder or the file cannot be opened or read.
    #[error("failed to read `{path}`")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        err: std::io::Error,
    },
    /// There is no `*.csv` in the folder.
    #[error("`{0}` holds no file whose name ends with .csv")]
    NoFile(PathBuf),
    /// The file is larger than any list of cases.
    #[error("`{path}` has {n_bytes} bytes, more than {FILE_BYTES_MAX}")]
    TooLarge {
        /// Which.
        path: PathBuf,
        /// How large it is.
        n_bytes: u64,
    },
    /// The file changed while it was read: somebody is still writing it.
    #[error("`{0}` changed while it was read")]
    Changing(PathBuf),
    /// It holds no cases.
    #[error("`{path}` cannot be taken")]
    Invalid {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        err: InvalidCases,
    },
}

/// A number as it is compared: without spaces around it, letters in either case.
fn plain(number: &str) -> String {
    number.trim().to_ascii_uppercase()
}

/// Reads the cases of a CSV text that has a line of headings; `column` is the heading of the numbers.
pub fn read_cases(
    bytes: &[u8],
    column: &str,
) -> Result<(HashSet<String>, CasesRead), InvalidCases> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(bytes);
    let no_column = || InvalidCases::NoColumn(column.to_owned());
    let headings = reader.byte_headers().map_err(|_| no_column())?;
    let named = |heading: &[u8]| {
        std::str::from_utf8(heading).is_ok_and(|one| one.trim().eq_ignore_ascii_case(column))
    };
    let at = headings.iter().position(named).ok_or_else(no_column)?;
    let (mut numbers, mut read, mut record) =
        (HashSet::new(), CasesRead::default(), ByteRecord::new());
    // Nothing fails here but what is no CSV at all, and in memory nothing else can: then the rest cannot be told apart.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        match number(record.get(at)) {
            Ok(number) => drop(numbers.insert(number)),
            Err(says) => {
                read.n_bad += 1;
                if read.bad.len() < NAMED_MAX {
                    let at = record.position().map_or(0, csv::Position::byte);
                    let line = line_at(bytes, usize::try_from(at).unwrap_or(usize::MAX));
                    read.bad.push(BadLine { line, says: says.to_owned() });
                }
            }
        }
    }
    if numbers.is_empty() {
        return Err(InvalidCases::Empty);
    }
    read.n_cases = numbers.len();
    Ok((numbers, read))
}

/// The line of a record that begins at a byte, counted from 1. A record is said to begin with the rest of the break before it.
fn line_at(bytes: &[u8], at: usize) -> u64 {
    let (before, after) = bytes.split_at(at.min(bytes.len()));
    let n_before = before.iter().filter(|byte| **byte == b'\n').count();
    let breaks = after.iter().take_while(|byte| matches!(**byte, b'\r' | b'\n'));
    let n_rest = breaks.filter(|byte| **byte == b'\n').count();
    1 + u64::try_from(n_before + n_rest).unwrap_or(u64::MAX)
}

fn number(field: Option<&[u8]>) -> Result<String, &'static str> {
    let field = field.ok_or("it has fewer columns than the first line")?;
    let text = std::str::from_utf8(field).map_err(|_| "its number is not UTF-8")?;
    let number = plain(text);
    if number.is_empty() {
        return Err("it has no number");
    }
    if number.chars().count() > NUMBER_CHARS_MAX {
        return Err("its number is longer than 64 characters");
    }
    if number.chars().any(char::is_control) {
        return Err("its number holds a control character");
    }
    Ok(number)
}

/// What tells one state of a file from another.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Stamp {
    path: PathBuf,
    n_bytes: u64,
    changed: SystemTime,
}

#[derive(Debug, Default)]
struct Held {
    stamp: Option<Stamp>,
    numbers: Option<HashSet<String>>,
}

/// The cases of a folder.
#[derive(Debug)]
pub struct CsvCases {
    folder: PathBuf,
    column: String,
    held: Mutex<Held>,
}

impl CsvCases {
    /// The newest `*.csv` of a folder; `column` is the heading of the numbers.
    pub fn new(folder: impl Into<PathBuf>, column: impl Into<String>) -> Self {
        Self { folder: folder.into(), column: column.into(), held: Mutex::default() }
    }

    /// Whether a number is among the cases that were read last; none when none ever were.
    pub fn has(&self, number: &str) -> Option<bool> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.numbers.as_ref().map(|numbers| numbers.contains(&plain(number)))
    }

    /// Reads the newest file when it is another than the last time, whole, and only then lets go of what was read before; what
    /// it held. Blocks.
    pub fn refresh(&self) -> Result<Option<CasesRead>, ReadCasesError> {
        let stamp = newest(&self.folder)?;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.stamp.as_ref() == Some(&stamp) {
            return Ok(None);
        }
        if stamp.n_bytes > FILE_BYTES_MAX {
            return Err(ReadCasesError::TooLarge { path: stamp.path, n_bytes: stamp.n_bytes });
        }
        let io = |err| ReadCasesError::Io { path: stamp.path.clone(), err };
        let bytes = std::fs::read(&stamp.path).map_err(io)?;
        if stamp_of(&stamp.path).as_ref() != Ok(&stamp) || bytes.len() as u64 != stamp.n_bytes {
            return Err(ReadCasesError::Changing(stamp.path));
        }
        let (numbers, read) = read_cases(&bytes, &self.column)
            .map_err(|err| ReadCasesError::Invalid { path: stamp.path.clone(), err })?;
        let file = stamp.path.file_name().map(|name| name.to_string_lossy().into_owned());
        *held = Held { stamp: Some(stamp), numbers: Some(numbers) };
        Ok(Some(CasesRead { file: file.unwrap_or_default(), ..read }))
    }
}

/// The file of a folder that changed last; of those that changed together, the last by name.
fn newest(folder: &Path) -> Result<Stamp, ReadCasesError> {
    let io = |err| ReadCasesError::Io { path: folder.to_owned(), err };
    let mut newest: Option<Stamp> = None;
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let is_csv = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"));
        // One that went away meanwhile is not the newest any more.
        let Some(stamp) = is_csv.then(|| stamp_of(&path).ok()).flatten() else { continue };
        let order = |one: &Stamp| (one.changed, one.path.clone());
        if newest.as_ref().is_none_or(|before| order(before) < order(&stamp)) {
            newest = Some(stamp);
        }
    }
    newest.ok_or_else(|| ReadCasesError::NoFile(folder.to_owned()))
}

fn stamp_of(path: &Path) -> Result<Stamp, std::io::ErrorKind> {
    let about = std::fs::metadata(path).map_err(|err| err.kind())?;
    if !about.is_file() {
        return Err(std::io::ErrorKind::InvalidInput);
    }
    let changed = about.modified().map_err(|err| err.kind())?;
    Ok(Stamp { path: path.to_owned(), n_bytes: about.len(), changed })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<(Vec<String>, CasesRead), InvalidCases> {
        let (numbers, read) = read_cases(text.as_bytes(), "case_number")?;
        let mut numbers: Vec<String> = numbers.into_iter().collect();
        numbers.sort_unstable();
        Ok((numbers, read))
    }

    #[test]
    fn numbers_are_read_and_bad_lines_are_named() {
        let text = "\u{feff}opened,Case_Number\r\n2026-01-01,26-0000001\r\n2026-01-02, ap-26-x1 \r\n\
                    2026-01-03,\r\n2026-01-04\r\n2026-01-05,\"26-0000\n002\"\r\n";
        let (numbers, read) = read(text).unwrap();
        assert_eq!(numbers, ["26-0000001", "AP-26-X1"]);
        let bad: Vec<_> = read.bad.iter().map(|one| (one.line, one.says.as_str())).collect();
        assert_eq!(
            bad,
            [
                (4, "it has no number"),
                (5, "it has fewer columns than the first line"),
                (6, "its number holds a control character"),
            ]
        );
    }

    #[test]
    fn what_holds_no_cases_is_refused() {
        let no_column = Err(InvalidCases::NoColumn("case_number".to_owned()));
        assert_eq!(read("number\n26-0000001\n"), no_column);
        assert_eq!(read(""), no_column);
        assert_eq!(read("case_number\n\n"), Err(InvalidCases::Empty));
    }

    proptest! {
        /// Whatever the bytes: every line is taken or counted, and nothing is taken that is no number.
        #[test]
        fn any_bytes_are_read_or_refused(rows in prop::collection::vec("[a-z0-9,\" \u{e9}\t-]{0,80}", 0..40), tail in prop::collection::vec(any::<u8>(), 0..20)) {
            let mut bytes = format!("case_number\n{}\n", rows.join("\n")).into_bytes();
            bytes.extend(tail);
            if let Ok((numbers, read)) = read_cases(&bytes, "case_number") {
                prop_assert_eq!(numbers.len(), read.n_cases);
                prop_assert!(read.bad.len() <= read.n_bad && read.bad.len() <= NAMED_MAX);
                for number in numbers {
                    prop_assert!(!number.is_empty() && number == plain(&number));
                    prop_assert!(number.chars().count() <= NUMBER_CHARS_MAX && !number.chars().any(char::is_control));
                }
            }
        }
    }
}
