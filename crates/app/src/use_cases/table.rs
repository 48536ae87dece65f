//! CSV files that people hand in whole: the first row names the columns, and what is wrong is told by line.

use hotfile::{Next, Row, Rows};

/// Faults that are told; a file with more is another file.
pub(super) const FAULTS_MAX: usize = 50;

/// A row that cannot be taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowFault {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// Why, in words.
    pub why: String,
}

/// The names of a file's columns, in small letters.
pub(super) struct Names(Vec<String>);

impl Names {
    fn of(row: &Row<'_>) -> Self {
        let name =
            |nth| text(row, nth).unwrap_or_default().trim_start_matches('\u{feff}').to_lowercase();
        Self((0..row.n_columns()).map(name).collect())
    }

    /// The first column that is called one of these.
    pub(super) fn find(&self, wanted: &[&str]) -> Option<usize> {
        self.0.iter().position(|name| wanted.contains(&name.as_str()))
    }

    /// The same, or why the file cannot be taken without it.
    pub(super) fn need(&self, wanted: &[&str]) -> Result<usize, String> {
        self.find(wanted).ok_or_else(|| {
            let first = wanted.first().copied().unwrap_or_default();
            format!("the first row names no column `{first}`")
        })
    }
}

/// A cell as text without spaces around it.
pub(super) fn text(row: &Row<'_>, column: usize) -> Result<String, String> {
    let bytes = row.field(column).unwrap_or_default();
    let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())?;
    Ok(text.trim().to_owned())
}

/// What stands in a file's rows, and what is wrong with the others, the first of them.
pub(super) fn read<C, T>(
    file: &[u8],
    columns_of: impl Fn(&Names) -> Result<C, String>,
    mut take: impl FnMut(&Row<'_>, &C) -> Result<T, String>,
) -> (Vec<T>, Vec<RowFault>) {
    let mut rows = Rows::new(b',');
    let (mut rest, mut columns) = (file, None);
    let (mut read, mut faults) = (Vec::new(), Vec::new());
    while faults.len() < FAULTS_MAX {
        let (line, one) = match rows.next(&mut rest, true) {
            Next::End | Next::More => break,
            Next::TooLong { line, why } => (line, Err(why)),
            Next::Row(row) => match &columns {
                None => match columns_of(&Names::of(&row)) {
                    Ok(found) => {
                        columns = Some(found);
                        continue;
                    }
                    Err(why) => {
                        faults.push(RowFault { line: row.line, why });
                        break;
                    }
                },
                Some(columns) => (row.line, take(&row, columns)),
            },
        };
        match one {
            Ok(one) => read.push(one),
            Err(why) => faults.push(RowFault { line, why }),
        }
    }
    if columns.is_none() && faults.is_empty() {
        faults.push(RowFault { line: 1, why: "the file is empty".to_owned() });
    }
    (read, faults)
}
