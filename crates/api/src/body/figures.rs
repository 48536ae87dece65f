//! What audits need of stops, and how often alerts were right.

use app::precision::{Precision, PrecisionRow};
use app::stop_facts::{StopFigures, StopTable};
use domain::figures::Shown;
use domain::life::Finding;
use serde::Serialize;
use utoipa::ToSchema;

/// A row of a table.
#[derive(Serialize, ToSchema)]
pub(crate) struct StopRowOut {
    label: String,
    /// A count for each column; null where it is withheld.
    counts: Vec<Option<u64>>,
    /// Null where it is withheld.
    total: Option<u64>,
}

/// A table of counts. What is withheld cannot be worked out from the rest.
#[derive(Serialize, ToSchema)]
pub(crate) struct StopTableOut {
    /// `driver`, `victim`, `offence`.
    table: &'static str,
    columns: Vec<String>,
    rows: Vec<StopRowOut>,
    totals: Vec<Option<u64>>,
    all: Option<u64>,
}

const fn count(shown: Shown) -> Option<u64> {
    match shown {
        Shown::Count(n) => Some(n),
        Shown::Withheld => None,
    }
}

impl From<StopTable> for StopTableOut {
    fn from(table: StopTable) -> Self {
        let row = |(label, counts, total): (String, Vec<Shown>, Shown)| StopRowOut {
            label,
            counts: counts.into_iter().map(count).collect(),
            total: count(total),
        };
        Self {
            table: table.subject.word(),
            columns: table.columns,
            rows: table.rows.into_iter().map(row).collect(),
            totals: table.totals.into_iter().map(count).collect(),
            all: count(table.all),
        }
    }
}

/// The facts of a quarter's stops.
#[derive(Serialize, ToSchema)]
pub(crate) struct StopFiguresOut {
    /// `2026-Q3`.
    quarter: String,
    clause: String,
    /// Counts of people below this are withheld.
    withhold_below: u32,
    n_stops: u64,
    /// Of how many of them the facts are entered.
    n_entered: u64,
    tables: Vec<StopTableOut>,
}

impl From<StopFigures> for StopFiguresOut {
    fn from(figures: StopFigures) -> Self {
        Self {
            quarter: figures.quarter.to_string(),
            clause: figures.clause,
            withhold_below: figures.withhold_below,
            n_stops: figures.stops.n_stops,
            n_entered: figures.stops.n_entered,
            tables: figures.tables.into_iter().map(StopTableOut::from).collect(),
        }
    }
}

/// How many hits were found so.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundOut {
    /// `right`, `misread`, `wrong-state`, `stale-list`, `wrong-vehicle`, `unknown`, `open`, `unreviewed`.
    finding: &'static str,
    n: u64,
}

/// How often the alerts of a list or a camera were right.
#[derive(Serialize, ToSchema)]
pub(crate) struct PrecisionRowOut {
    id: i64,
    name: String,
    /// Of how many hits people said whether they were right.
    n_judged: u64,
    /// Too few to say anything: `right` and `interval` are null.
    is_too_few: bool,
    /// The share that was right, 0–1.
    right: Option<f64>,
    /// Its 95 % interval (Wilson), 0–1.
    interval: Option<[f64; 2]>,
    found: Vec<FoundOut>,
}

impl From<PrecisionRow> for PrecisionRowOut {
    fn from(row: PrecisionRow) -> Self {
        let share = row.share();
        let is_enough = !share.is_too_few();
        let interval = share.interval().filter(|_| is_enough);
        let found = Finding::ALL.iter();
        Self {
            id: row.id,
            n_judged: share.of,
            is_too_few: !is_enough,
            right: share.value().filter(|_| is_enough),
            interval: interval.map(|(low, high)| [low, high]),
            found: found.map(|one| FoundOut { finding: one.word(), n: row.n(*one) }).collect(),
            name: row.name,
        }
    }
}

/// How often alerts were right.
#[derive(Serialize, ToSchema)]
pub(crate) struct PrecisionOut {
    #[schema(format = Date)]
    from: String,
    #[schema(format = Date)]
    to: String,
    lists: Vec<PrecisionRowOut>,
    cameras: Vec<PrecisionRowOut>,
}

impl From<Precision> for PrecisionOut {
    fn from(figures: Precision) -> Self {
        Self {
            from: figures.from.to_string(),
            to: figures.to.to_string(),
            lists: figures.lists.into_iter().map(PrecisionRowOut::from).collect(),
            cameras: figures.cameras.into_iter().map(PrecisionRowOut::from).collect(),
        }
    }
}
