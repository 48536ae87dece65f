//! Rows of a file whose fields have fixed places on a line.

use crate::rows::{Next, ROW_BYTES_MAX, Row};

/// Where a field stands on a line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    /// The first character, counted from 1.
    pub start: u16,
    /// How many characters.
    pub length: u16,
}

/// Splits a file of fixed places into rows. Places count characters, not bytes, so that an accent shifts nothing.
#[derive(Debug)]
pub struct FixedRows {
    places: Vec<Place>,
    /// How long every line has to be, where the layout says so.
    width: Option<usize>,
    /// Lines that begin so are none of the list's.
    ignore: Vec<String>,
    line: Vec<u8>,
    n_lines: u64,
    too_long: bool,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl FixedRows {
    /// Of lines on which the fields stand at `places`; every line is `width` characters long, where that is known, but those that
    /// begin with a text of `ignore`, which are passed over.
    pub fn new(places: Vec<Place>, width: Option<u16>, ignore: Vec<String>) -> Self {
        Self {
            places,
            width: width.map(usize::from),
            ignore,
            line: Vec::new(),
            n_lines: 0,
            too_long: false,
            text: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// The next row of `piece`, from which what was used is taken away; `last` says that nothing comes after it. A row's columns
    /// are its fields in the order of the places.
    pub fn next(&mut self, piece: &mut &[u8], last: bool) -> Next<'_> {
        loop {
            let Some(end) = piece.iter().position(|byte| *byte == b'\n') else {
                self.keep(piece);
                *piece = &[];
                return match (last, self.is_passed_over()) {
                    (false, _) => Next::More,
                    (true, true) => Next::End,
                    (true, false) => self.row(false),
                };
            };
            let (line, rest) = piece.split_at(end);
            self.keep(line);
            *piece = rest.get(1..).unwrap_or_default();
            if self.is_passed_over() {
                self.line.clear();
                self.n_lines += 1;
                continue;
            }
            return self.row(true);
        }
    }

    /// Whether the line is blank (a lone 0x1A ends files of old systems), or none of the list's.
    fn is_passed_over(&self) -> bool {
        let blank = self.line.iter().all(|byte| matches!(byte, b' ' | b'\r' | 0x1A));
        let begins = |begin: &String| self.line.starts_with(begin.as_bytes());
        !self.too_long && (blank || self.ignore.iter().any(begins))
    }

    fn keep(&mut self, part: &[u8]) {
        if self.line.len() + part.len() > ROW_BYTES_MAX {
            self.too_long = true;
            self.line.clear();
        }
        if !self.too_long {
            self.line.extend_from_slice(part);
        }
    }

    fn row(&mut self, ended: bool) -> Next<'_> {
        self.n_lines += 1;
        let line = self.n_lines;
        let mut bytes = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.too_long) {
            let why = format!("the row is longer than {} KiB", ROW_BYTES_MAX / 1024);
            return Next::TooLong { line, why };
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        let starts = starts_of(&bytes);
        let n_chars = starts.as_ref().map_or(bytes.len(), |starts| starts.len() - 1);
        if let Some(width) = self.width.filter(|width| *width != n_chars) {
            let why = format!("the row is {n_chars} characters long, and {width} are expected");
            return Next::TooLong { line, why };
        }
        self.text.clear();
        self.ends.clear();
        for place in &self.places {
            let from = usize::from(place.start.saturating_sub(1)).min(n_chars);
            let to = (from + usize::from(place.length)).min(n_chars);
            let byte = |char: usize| match &starts {
                Some(starts) => starts.get(char).copied().unwrap_or(bytes.len()),
                None => char,
            };
            self.text.extend_from_slice(bytes.get(byte(from)..byte(to)).unwrap_or_default());
            self.ends.push(self.text.len());
        }
        bytes.clear();
        self.line = bytes;
        Next::Row(Row::of(line, ended, &self.text, &self.ends))
    }
}

/// Where each character begins, and where the last one ends; none where a byte is a character, or where the text is broken (which
/// is found when its fields are read).
fn starts_of(bytes: &[u8]) -> Option<Vec<usize>> {
    if bytes.is_ascii() {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    Some(text.char_indices().map(|(at, _)| at).chain([text.len()]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(file: &[u8], size: usize, width: Option<u16>) -> Vec<String> {
        let places = vec![Place { start: 1, length: 3 }, Place { start: 5, length: 2 }];
        let mut rows = FixedRows::new(places, width, vec!["HDR".to_owned()]);
        let mut out = Vec::new();
        let mut pieces = file.chunks(size);
        let mut piece = pieces.next().unwrap_or_default();
        let mut last = false;
        loop {
            match rows.next(&mut piece, last) {
                Next::Row(row) => {
                    let fields = (0..row.n_columns()).map(|column| row.field(column).unwrap());
                    let fields: Vec<_> = fields.map(String::from_utf8_lossy).collect();
                    out.push(format!("{}:{}", row.line, fields.join("|")));
                }
                Next::TooLong { line, why } => out.push(format!("{line}:{why}")),
                Next::More => match pieces.next() {
                    Some(next) => piece = next,
                    None => last = true,
                },
                Next::End => return out,
            }
        }
    }

    #[test]
    fn fields_are_cut_by_characters_and_short_rows_end_early() {
        let file = "ABC TX\r\n\r\nDÉF NV\nGH".as_bytes();
        for size in [1, 2, 5, 100] {
            assert_eq!(rows(file, size, None), ["1:ABC|TX", "3:DÉF|NV", "4:GH|"]);
        }
    }

    #[test]
    fn a_row_of_another_length_is_refused_where_the_length_is_known() {
        let all = rows(b"HDR20261122\nABC TX\nAB TX\nDEF NV\nHDR", 100, Some(6));
        let wrong = "3:the row is 5 characters long, and 6 are expected";
        assert_eq!(all, ["2:ABC|TX", wrong, "4:DEF|NV"]);
    }

    #[test]
    fn a_row_that_never_ends_takes_no_memory() {
        let file = [vec![b'x'; 10_000_000], b"\nABC TX\n".to_vec()].concat();
        assert_eq!(rows(&file, 8_192, None), ["1:the row is longer than 64 KiB", "2:ABC|TX"]);
    }

    proptest! {
        #[test]
        fn any_bytes_give_the_same_rows_in_pieces_of_any_size(
            file in proptest::collection::vec(proptest::sample::select(b"AB \r\n\xC3\x89\xFF\0".to_vec()), 0..120),
            size in 1_usize..20,
        ) {
            prop_assert_eq!(rows(&file, size, None), rows(&file, file.len().max(1), None));
        }
    }
}
