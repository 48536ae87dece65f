//! Tables of counts in which small numbers are withheld, so that nobody works them out from the rest.
//!
//! A count of people that is smaller than the threshold is withheld. That alone is not enough: with the totals beside it, a
//! cell that is withheld alone in its row is the total less the others. So more is withheld until every cell that had to be
//! can still be another number. Whether it can is decided exactly. A table with its totals is a flow: rows are fed by their
//! totals, cells carry from rows to columns, columns pour into theirs, the grand total closes the circle. Two tables that
//! agree in everything shown differ by circles of cells that were withheld; a cell is safe if such a circle goes through it.
//! Nothing that is withheld is ever nought, and everybody knows that: no circle may push a cell below one.

use std::collections::VecDeque;

/// A count as it is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// As it is.
    Count(u64),
    /// Withheld: it is at least one.
    Withheld,
}

/// A cell, a total of a row or column, or the grand total.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Cell {
    /// By row and column.
    At(usize, usize),
    /// The total of a row.
    Row(usize),
    /// The total of a column.
    Column(usize),
    /// The grand total.
    All,
}

/// A table of counts with its totals, and what of it is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    counts: Vec<Vec<u64>>,
    withheld: Vec<Cell>,
    n_columns: usize,
}

impl Table {
    /// A table of `n_columns`, in which no count from 1 to `threshold - 1` is shown, nor what would tell one. A row that is too
    /// short is filled up with nought.
    pub fn suppressed(mut counts: Vec<Vec<u64>>, n_columns: usize, threshold: u64) -> Self {
        for row in &mut counts {
            row.resize(n_columns, 0);
        }
        let mut table = Self { counts, withheld: Vec::new(), n_columns };
        let small = |cell: &Cell| (1..threshold).contains(&table.count(*cell));
        let must: Vec<Cell> = table.cells().filter(small).collect();
        table.withheld.clone_from(&must);
        while let Some(told) = must.iter().find(|cell| !table.is_safe(**cell)) {
            let Some(next) = table.next_to_withhold(*told) else { break };
            table.withheld.push(next);
        }
        table
    }

    /// What is shown of a cell.
    pub fn shown(&self, cell: Cell) -> Shown {
        if self.withheld.contains(&cell) { Shown::Withheld } else { Shown::Count(self.count(cell)) }
    }

    /// How many cells and totals are withheld.
    pub const fn n_withheld(&self) -> usize {
        self.withheld.len()
    }

    fn count(&self, cell: Cell) -> u64 {
        let at = |row: &Vec<u64>, column: usize| row.get(column).copied().unwrap_or(0);
        match cell {
            Cell::At(row, column) => self.counts.get(row).map_or(0, |row| at(row, column)),
            Cell::Row(row) => self.counts.get(row).map_or(0, |row| row.iter().sum()),
            Cell::Column(column) => self.counts.iter().map(|row| at(row, column)).sum(),
            Cell::All => self.counts.iter().flatten().sum(),
        }
    }

    /// Every cell and total.
    fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        let (n_rows, n_columns) = (self.counts.len(), self.n_columns);
        let inner = (0..n_rows).flat_map(move |row| (0..n_columns).map(move |c| Cell::At(row, c)));
        let rows = (0..n_rows).map(Cell::Row);
        inner.chain(rows).chain((0..n_columns).map(Cell::Column)).chain([Cell::All])
    }

    /// From where to where a cell carries: nodes are the source, the sink, the rows, the columns.
    fn ends(&self, cell: Cell) -> (usize, usize) {
        let (source, sink) = (0, 1);
        let row = |row: usize| 2 + row;
        let column = |column: usize| 2 + self.counts.len() + column;
        match cell {
            Cell::At(r, c) => (row(r), column(c)),
            Cell::Row(r) => (source, row(r)),
            Cell::Column(c) => (column(c), sink),
            Cell::All => (sink, source),
        }
    }

    /// Whether a cell could be another number, by everything that is shown: a circle of withheld cells goes through it.
    fn is_safe(&self, cell: Cell) -> bool {
        let (from, to) = self.ends(cell);
        // One more here, and the circle closes without this cell; or one less here.
        self.leads(to, from, cell) || (self.count(cell) > 1 && self.leads(from, to, cell))
    }

    /// Whether withheld cells, but for this one, lead from a node to another: along a cell by one more, against it by one less.
    fn leads(&self, from: usize, to: usize, without: Cell) -> bool {
        let mut reached = vec![false; 2 + self.counts.len() + self.n_columns];
        let mut next = VecDeque::from([from]);
        while let Some(node) = next.pop_front() {
            if node == to {
                return true;
            }
            for cell in self.withheld.iter().filter(|one| **one != without) {
                let (tail, head) = self.ends(*cell);
                let along = (tail == node).then_some(head);
                let against = (head == node && self.count(*cell) > 1).then_some(tail);
                for node in along.into_iter().chain(against) {
                    if let Some(is_reached) = reached.get_mut(node).filter(|one| !**one) {
                        *is_reached = true;
                        next.push_back(node);
                    }
                }
            }
        }
        false
    }

    /// What is withheld next, so that a cell that could be worked out cannot: the smallest number that helps, or else the
    /// smallest of all that is left. Inner cells go before totals, which people look for first.
    fn next_to_withhold(&self, told: Cell) -> Option<Cell> {
        let left = self.cells().filter(|one| !self.withheld.contains(one) && self.count(*one) > 0);
        let mut left: Vec<Cell> = left.collect();
        let is_total = |cell: &Cell| !matches!(cell, Cell::At(..));
        left.sort_by_key(|cell| (is_total(cell), self.count(*cell)));
        let helps = |cell: &&Cell| {
            let mut tried = self.clone();
            tried.withheld.push(**cell);
            tried.is_safe(told)
        };
        let touches = |cell: &&Cell| {
            let ((a, b), (c, d)) = (self.ends(**cell), self.ends(told));
            a == c || b == d || a == d || b == c
        };
        let best = left.iter().find(helps).or_else(|| left.iter().find(touches));
        best.or(left.first()).copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(counts: &[&[u64]], threshold: u64) -> String {
        let n_columns = counts.first().map_or(0, |row| row.len());
        let table =
            Table::suppressed(counts.iter().map(|r| r.to_vec()).collect(), n_columns, threshold);
        let say = |cell| match table.shown(cell) {
            Shown::Count(n) => n.to_string(),
            Shown::Withheld => "·".to_owned(),
        };
        let rows = (0..counts.len()).map(|row| {
            let cells = (0..n_columns).map(|c| say(Cell::At(row, c)));
            cells.chain([say(Cell::Row(row))]).collect::<Vec<_>>().join(" ")
        });
        let totals = (0..n_columns).map(|c| say(Cell::Column(c))).chain([say(Cell::All)]);
        rows.chain([totals.collect::<Vec<_>>().join(" ")]).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn large_numbers_and_nought_are_shown() {
        assert_eq!(shown(&[&[12, 0], &[7, 9]], 5), "12 0 12 | 7 9 16 | 19 9 28");
        assert_eq!(shown(&[&[0, 0]], 5), "0 0 0 | 0 0 0");
    }

    #[test]
    fn clause_aus_344_6b11_a_small_number_is_never_withheld_alone() {
        // The 2 would be 21 less 12 less 7: another of its row and the two below go with it.
        assert_eq!(shown(&[&[12, 2, 7], &[9, 11, 8]], 5), "12 · · 21 | 9 · · 28 | 21 13 15 49");
    }

    #[test]
    fn clause_aus_344_6b11_few_stops_show_nothing_but_that_there_were_some() {
        assert_eq!(shown(&[&[1, 0], &[0, 1]], 5), "· 0 · | 0 · · | · · ·");
        assert_eq!(shown(&[&[3]], 5), "· · | · ·");
    }

    /// Every table that agrees with what is shown, where nobody knows more than that what is withheld is at least one and the
    /// grand total is not above `most`.
    fn readings(table: &Table, cells: &[Cell], most: u64) -> Vec<Table> {
        let inner = cells.iter().filter(|cell| matches!(cell, Cell::At(..)));
        let mut all: Vec<Vec<u64>> = vec![Vec::new()];
        for cell in inner {
            let values: Vec<u64> = match table.shown(*cell) {
                Shown::Count(n) => vec![n],
                Shown::Withheld => (1..=most).collect(),
            };
            let longer = all.iter().flat_map(|one| {
                values.iter().map(|value| one.iter().copied().chain([*value]).collect())
            });
            all = longer.filter(|one: &Vec<u64>| one.iter().sum::<u64>() <= most).collect();
        }
        let n_columns = table.n_columns;
        let tables = all.into_iter().map(|one| {
            let counts = one.chunks(n_columns).map(<[u64]>::to_vec).collect();
            Table { counts, withheld: Vec::new(), n_columns }
        });
        let agrees = |other: &Table| {
            cells.iter().all(|cell| match table.shown(*cell) {
                Shown::Count(n) => other.count(*cell) == n,
                Shown::Withheld => other.count(*cell) >= 1,
            })
        };
        tables.filter(agrees).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        /// Tried on every table that could stand behind what is shown, and not by the rule that withheld.
        #[test]
        fn clause_aus_344_6b11_nobody_works_a_small_number_out(
            counts in proptest::collection::vec(proptest::collection::vec(0_u64..4, 3), 1..3), threshold in 2_u64..4,
        ) {
            let table = Table::suppressed(counts, 3, threshold);
            let cells: Vec<Cell> = table.cells().collect();
            let all = readings(&table, &cells, table.count(Cell::All) + 1);
            for cell in cells.iter().filter(|cell| (1..threshold).contains(&table.count(**cell))) {
                prop_assert_eq!(table.shown(*cell), Shown::Withheld);
                let is_other = |one: &Table| one.count(*cell) != table.count(*cell);
                prop_assert!(all.iter().any(is_other), "{cell:?} of {table:?} can be worked out");
            }
        }

        #[test]
        fn large_tables_come_to_an_end(
            counts in proptest::collection::vec(proptest::collection::vec(0_u64..30, 4), 0..12), threshold in 1_u64..12,
        ) {
            let table = Table::suppressed(counts.clone(), 4, threshold);
            for cell in table.cells() {
                if let Shown::Count(n) = table.shown(cell) {
                    prop_assert!(n == 0 || n >= threshold);
                }
            }
        }
    }
}
