//! Inserting many rows by few statements.

use super::{Db, Text, Tx, Value};

/// Rows that one statement inserts at most. With fewer than 20 columns that stays below both engines' bounds on
/// arguments (32,766 and 65,535).
const ROWS_MAX: usize = 512;

/// An insert of many rows: one prepared statement for each power of two, so that any number of rows takes few statements
/// and each is prepared once a connection (a batch of 100 is 64 + 32 + 4).
#[derive(Clone, Debug)]
pub(crate) struct MultiRow {
    /// By the exponent: 1, 2, 4, … 512 rows.
    texts: Vec<Text>,
}

impl MultiRow {
    /// `before` is the statement up to and with `VALUES`, `after` what follows the rows.
    pub(crate) fn new(is_sqlite: bool, before: &str, n_columns: usize, after: &str) -> Self {
        let sizes = std::iter::successors(Some(1), |n| Some(n * 2)).take_while(|n| *n <= ROWS_MAX);
        let texts = sizes.map(|n_rows| text(is_sqlite, before, n_columns, n_rows, after).into());
        Self { texts: texts.collect() }
    }

    /// Cuts `rows` into as many rows as a statement takes, each with its text.
    fn cut<'a, T>(&'a self, mut rows: &'a [T]) -> impl Iterator<Item = (&'a Text, &'a [T])> {
        std::iter::from_fn(move || {
            let exponent =
                usize::try_from(rows.len().checked_ilog2()?).ok()?.min(self.texts.len() - 1);
            let (now, later) = rows.split_at_checked(1 << exponent)?;
            rows = later;
            Some((self.texts.get(exponent)?, now))
        })
    }

    /// Inserts `rows` within a transaction; how many were inserted.
    pub(crate) async fn insert<T>(
        &self,
        tx: &mut Tx,
        rows: &[T],
        mut values: impl FnMut(&T, &mut Vec<Value>),
    ) -> Result<u64, sqlx::Error> {
        let mut n = 0;
        for (text, rows) in self.cut(rows) {
            let mut arguments = Vec::new();
            rows.iter().for_each(|row| values(row, &mut arguments));
            n += tx.execute(text, arguments).await?;
        }
        Ok(n)
    }

    /// Inserts `rows` by one statement that is its own transaction, if one statement is enough for them.
    pub(crate) async fn insert_at_once<T>(
        &self,
        db: &Db,
        rows: &[T],
        mut values: impl FnMut(&T, &mut Vec<Value>),
    ) -> Option<Result<u64, sqlx::Error>> {
        let (text, all) = self.cut(rows).next().filter(|(_, now)| now.len() == rows.len())?;
        let mut arguments = Vec::new();
        all.iter().for_each(|row| values(row, &mut arguments));
        Some(db.execute(text, arguments).await)
    }
}

/// On SQLite the places are `?`: it finds the number of a named place (`$n` is a name to it) by walking all names, which
/// makes binding 500 rows take as long as storing 20,000.
fn text(is_sqlite: bool, before: &str, n_columns: usize, n_rows: usize, after: &str) -> String {
    let place = |n: usize| if is_sqlite { "?".to_owned() } else { format!("${n}") };
    let row = |row: usize| {
        let places = (1..=n_columns).map(|column| place(row * n_columns + column));
        format!("({})", places.collect::<Vec<_>>().join(","))
    };
    let rows = (0..n_rows).map(row).collect::<Vec<_>>().join(",");
    format!("{before} {rows}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_for_each_engine() {
        assert_eq!(
            text(false, "INSERT INTO t VALUES", 2, 2, ""),
            "INSERT INTO t VALUES ($1,$2),($3,$4)"
        );
        assert_eq!(text(true, "INSERT INTO t VALUES", 2, 1, " X"), "INSERT INTO t VALUES (?,?) X");
    }

    proptest::proptest! {
        #[test]
        fn every_row_is_inserted_once_by_few_statements(n in 0_usize..3_000) {
            let rows: Vec<usize> = (0..n).collect();
            let insert = MultiRow::new(true, "", 1, "");
            let cut: Vec<&[usize]> = insert.cut(&rows).map(|(_, rows)| rows).collect();
            proptest::prop_assert_eq!(&cut.concat(), &rows);
            proptest::prop_assert!(cut.len() <= n / ROWS_MAX + 9);
        }
    }
}
