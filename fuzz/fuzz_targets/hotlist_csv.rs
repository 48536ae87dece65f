//! A hotlist's file, in any encoding, in pieces of any size.
#![no_main]

use libfuzzer_sys::fuzz_target;

// The parser is the import's own and not for others to call, so its files are taken in here.
#[expect(dead_code, reason = "the import uses all of it, this target a part")]
#[path = "../../crates/app/src/use_cases/import_hotlist/mapping.rs"]
mod mapping;
#[expect(dead_code, reason = "the import uses all of it, this target a part")]
#[path = "../../crates/app/src/use_cases/rows.rs"]
mod rows;
#[expect(dead_code, reason = "the import uses all of it, this target a part")]
#[path = "../../crates/app/src/use_cases/import_hotlist/text.rs"]
mod text;

use mapping::Encoding;
use rows::{COLUMNS_MAX, Next, Rows};
use text::ToUtf8;

fuzz_target!(|file: (u8, u8, &[u8])| {
    let (encoding, size, bytes) = file;
    let encoding = match encoding % 4 {
        0 => Encoding::Detect,
        1 => Encoding::Utf8,
        2 => Encoding::Utf16,
        _ => Encoding::Latin1,
    };
    let Ok((mut text, mark)) = ToUtf8::choose(encoding, bytes) else { return };
    let mut rows = Rows::new(b',');
    let mut line_before = 0;
    let mut take = |piece: &[u8], last: bool| {
        let mut rest = text.convert(piece, last);
        loop {
            match rows.next(&mut rest, last) {
                Next::Row(row) => {
                    assert!(row.line >= line_before && row.n_columns() <= COLUMNS_MAX);
                    assert!((0..row.n_columns()).all(|column| row.field(column).is_some()));
                    line_before = row.line;
                }
                Next::TooLong { line, .. } => line_before = line,
                Next::More | Next::End => return,
            }
        }
    };
    for piece in bytes.get(mark..).unwrap_or_default().chunks(usize::from(size) + 1) {
        take(piece, false);
    }
    take(&[], true);
});
