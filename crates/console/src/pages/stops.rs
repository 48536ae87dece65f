//! `/stops`: the facts of a quarter's stops, in sum, small counts withheld.

use app::App;
use app::stop_facts::{StopFigures, StopTable, StopsEntered, stop_figures};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::figures::Shown;
use domain::stop_facts::Subject;
use serde::Deserialize;

use crate::csv::{file, line};
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// Cells, each with the name of its column.
type Cells = Vec<(String, String)>;

/// A table as the page shows it.
#[derive(Debug)]
struct Part {
    id: &'static str,
    title: &'static str,
    columns: Vec<String>,
    /// Label, cells with their columns, total.
    rows: Vec<(String, Cells, String)>,
    totals: Cells,
    all: String,
}

/// The page.
#[derive(Template, Debug)]
#[template(path = "pages/stops.html")]
pub struct StopsPage {
    frame: Frame,
    quarter: String,
    quarters: Vec<String>,
    clause: String,
    withhold_below: u32,
    n_stops: String,
    n_entered: String,
    n_missing: String,
    running: String,
    running_says: String,
    parts: Vec<Part>,
}

/// What stands where a count is withheld.
const WITHHELD: &str = "withheld";

fn says(shown: Shown) -> String {
    match shown {
        Shown::Count(n) => words::number(n),
        Shown::Withheld => WITHHELD.to_owned(),
    }
}

const fn title(subject: Subject) -> &'static str {
    match subject {
        Subject::Driver => "The detained driver",
        Subject::Victim => "The victim",
        Subject::Offence => "The offence, and whether there was an investigation",
    }
}

impl Part {
    fn of(table: &StopTable) -> Self {
        let cells = |cells: &[Shown]| -> Cells {
            let columns = table.columns.iter().cloned();
            columns.zip(cells.iter().map(|one| says(*one))).collect()
        };
        let row = |(label, shown, total): &(String, Vec<Shown>, Shown)| {
            (label.clone(), cells(shown), says(*total))
        };
        Self {
            id: table.subject.word(),
            title: title(table.subject),
            columns: table.columns.clone(),
            rows: table.rows.iter().map(row).collect(),
            totals: cells(&table.totals),
            all: says(table.all),
        }
    }
}

impl StopsPage {
    /// The page of these figures.
    pub fn of(frame: Frame, figures: &StopFigures) -> Self {
        let (running, so_far) = figures.running;
        let missing = |stops: StopsEntered| stops.n_stops.saturating_sub(stops.n_entered);
        Self {
            quarter: figures.quarter.to_string(),
            quarters: figures.quarters.iter().map(ToString::to_string).collect(),
            clause: figures.clause.clone(),
            withhold_below: figures.withhold_below,
            n_stops: words::number(figures.stops.n_stops),
            n_entered: words::number(figures.stops.n_entered),
            n_missing: words::number(missing(figures.stops)),
            running: running.to_string(),
            running_says: format!(
                "{}, {} without facts so far",
                words::count(so_far.n_stops, "stop", "stops"),
                words::number(missing(so_far))
            ),
            parts: figures.tables.iter().map(Part::of).collect(),
            frame,
        }
    }
}

/// Which quarter.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Asked {
    quarter: String,
}

/// `GET /stops`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let figures = stop_figures(&app, &staff.ctx, &asked.quarter).await?;
    Ok(page(StatusCode::OK, &StopsPage::of(frame, &figures)))
}

/// `GET /stops.csv`
pub(crate) async fn csv(
    State(app): State<App>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let figures = stop_figures(&app, &staff.ctx, &asked.quarter).await?;
    Ok(file(&format!("stops-{}", figures.quarter), lines(&figures)))
}

/// A line for each count; totals are called `all`.
fn lines(figures: &StopFigures) -> String {
    let quarter = figures.quarter.to_string();
    let mut out = line(["quarter", "table", "row", "column", "stops"]);
    let count = |shown: Shown| match shown {
        Shown::Count(n) => n.to_string(),
        Shown::Withheld => WITHHELD.to_owned(),
    };
    for table in &figures.tables {
        let totals = ("all".to_owned(), table.totals.clone(), table.all);
        for (label, cells, total) in table.rows.iter().chain([&totals]) {
            let cells = table.columns.iter().zip(cells);
            let cells = cells.map(|(column, cell)| (column.as_str(), *cell));
            for (column, cell) in cells.chain([("all", *total)]) {
                let subject = table.subject.word();
                out.push_str(&line([&*quarter, subject, label, column, &*count(cell)]));
            }
        }
    }
    out
}
