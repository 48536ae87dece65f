//! Rows of a delimited file, with a bound on what one row may take.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// Bytes of one row. Notes in hotlists are a few hundred characters; a longer row is a file gone wrong.
pub const ROW_BYTES_MAX: usize = 64 * 1024;
/// Columns of one row.
pub const COLUMNS_MAX: usize = 256;

/// One row's fields.
#[derive(Debug)]
pub struct Row<'a> {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// Whether a line end stands behind it: without one the file may have been cut in it.
    pub ended: bool,
    text: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Row<'a> {
    /// A row whose fields are what stands at `ends` of `text`.
    pub(crate) fn of(line: u64, ended: bool, text: &'a [u8], ends: &'a [usize]) -> Self {
        Self { line, ended, text, ends }
    }

    /// The bytes of a column, counted from 0; none past the row's end.
    pub fn field(&self, column: usize) -> Option<&'a [u8]> {
        let end = *self.ends.get(column)?;
        let start =
            column.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..end)
    }

    /// How many columns it has.
    pub fn n_columns(&self) -> usize {
        self.ends.len()
    }
}

/// What came of a piece of the file.
#[derive(Debug)]
pub enum Next<'a> {
    /// A row.
    Row(Row<'a>),
    /// A row that is too long, or has too many columns: skipped to its end.
    TooLong {
        /// The line on which it begins.
        line: u64,
        /// Why, in words.
        why: String,
    },
    /// The piece is used up: give the next one.
    More,
    /// The file's end.
    End,
}

/// Splits a delimited file into rows.
#[derive(Debug)]
pub struct Rows {
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    n_text: usize,
    n_ends: usize,
    begins_on: u64,
    /// Something of the row has been used, if only a quote.
    begun: bool,
    /// The last byte that was used is a line end.
    at_line_end: bool,
    too_long: Option<String>,
}

impl Rows {
    /// Of fields between delimiters, quoted where they hold one.
    pub fn new(delimiter: u8) -> Self {
        Self::with_quote(delimiter, Some(b'"'))
    }

    /// Of fields between delimiters, in these quotes where they hold one, or never.
    pub fn with_quote(delimiter: u8, quote: Option<u8>) -> Self {
        let mut reader = ReaderBuilder::new();
        reader.delimiter(delimiter).quoting(quote.is_some());
        reader.quote(quote.unwrap_or(b'"'));
        Self {
            reader: reader.build(),
            text: vec![0; ROW_BYTES_MAX],
            ends: vec![0; COLUMNS_MAX],
            n_text: 0,
            n_ends: 0,
            begins_on: 1,
            begun: false,
            at_line_end: false,
            too_long: None,
        }
    }

    /// The next row of `piece`, from which what was used is taken away; `last` says that nothing comes after it.
    pub fn next(&mut self, piece: &mut &[u8], last: bool) -> Next<'_> {
        loop {
            if piece.is_empty() && !last {
                return Next::More;
            }
            if !self.begun {
                self.begins_on = self.first_line_of(piece);
            }
            let text = self.text.get_mut(self.n_text..).unwrap_or_default();
            let ends = self.ends.get_mut(self.n_ends..).unwrap_or_default();
            let (result, n_read, n_text, n_ends) = self.reader.read_record(piece, text, ends);
            let (used, rest) = piece.split_at_checked(n_read).unwrap_or_default();
            self.begun |= used.iter().any(|byte| !is_line_end(*byte));
            self.at_line_end = used.last().map_or(self.at_line_end, |byte| is_line_end(*byte));
            *piece = rest;
            self.n_text += n_text;
            self.n_ends += n_ends;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.skip(format!(
                    "the row is longer than {} KiB (or a quote that begins in it is never closed)",
                    ROW_BYTES_MAX / 1024
                )),
                ReadRecordResult::OutputEndsFull => {
                    self.skip(format!("the row has more than {COLUMNS_MAX} columns"));
                }
                ReadRecordResult::Record => return self.row(),
                ReadRecordResult::End => return Next::End,
            }
        }
    }

    /// Line ends before a row are the reader's, not the row's.
    fn first_line_of(&self, piece: &[u8]) -> u64 {
        let blank = piece.iter().take_while(|byte| is_line_end(**byte));
        self.reader.line() + blank.filter(|byte| **byte == b'\n').count() as u64
    }

    fn skip(&mut self, why: String) {
        (self.n_text, self.n_ends) = (0, 0);
        self.too_long.get_or_insert(why);
    }

    fn row(&mut self) -> Next<'_> {
        let (n_text, n_ends) = (self.n_text, self.n_ends);
        (self.n_text, self.n_ends, self.begun) = (0, 0, false);
        if let Some(why) = self.too_long.take() {
            return Next::TooLong { line: self.begins_on, why };
        }
        Next::Row(Row {
            line: self.begins_on,
            ended: self.at_line_end,
            text: self.text.get(..n_text).unwrap_or_default(),
            ends: self.ends.get(..n_ends).unwrap_or_default(),
        })
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_give_the_same_rows_in_pieces_of_any_size(
            file in "[ab,\"\r\n\\x00\u{e9}]{0,200}", size in 1_usize..70,
        ) {
            let file = file.as_bytes();
            prop_assert_eq!(rows(file, size), rows(file, file.len().max(1)));
        }
    }

    /// Every row as `line:field|field`, with the file handed over in pieces of `size`.
    fn rows(file: &[u8], size: usize) -> Vec<String> {
        let mut rows = Rows::new(b',');
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
    fn rows_are_the_same_in_pieces_of_any_size() {
        let file = b"a,b\n\r\n\"c\nd\",\"e\"\"f\"\r\ng,\n,h";
        let expected = ["1:a|b", "3:c\nd|e\"f", "5:g|", "6:|h"];
        for size in [1, 2, 3, 7, 100] {
            assert_eq!(rows(file, size), expected, "pieces of {size}");
        }
    }

    #[test]
    fn a_row_that_is_too_long_is_skipped_and_named_by_its_line() {
        let file = [b"a,b\n".to_vec(), vec![b'x'; 10_000_000], b"\nc,d\n".to_vec()].concat();
        let expected = [
            "1:a|b",
            "2:the row is longer than 64 KiB (or a quote that begins in it is never closed)",
            "3:c|d",
        ];
        assert_eq!(rows(&file, 8_192), expected);
        let wide = [b"a\n".to_vec(), vec![b','; 300], b"\nb\n".to_vec()].concat();
        assert_eq!(rows(&wide, 64), ["1:a", "2:the row has more than 256 columns", "3:b"]);
    }
}
