//! `GET /precision`: how often alerts were right, by list and by camera.

use app::App;
use app::precision::{Precision, PrecisionAsk, precision};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::life::Finding;
use serde::Deserialize;

use crate::components::PrecisionLine;
use crate::error::PageError;
use crate::form::day;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// A table: what it is of, where its rows lead, and its rows.
#[derive(Debug)]
struct Part {
    id: &'static str,
    title: &'static str,
    section: &'static str,
    rows: Vec<PrecisionLine>,
}

/// A column that can be sorted by: its word, its name, whether the table is sorted by it.
type Column = (&'static str, &'static str, bool);

/// The page.
#[derive(Template, Debug)]
#[template(path = "pages/precision.html")]
pub struct PrecisionPage {
    frame: Frame,
    from: String,
    to: String,
    columns: Vec<Column>,
    parts: [Part; 2],
}

/// The columns in their order. Each is sorted by the largest first, names by the alphabet.
const COLUMNS: [(&str, &str); 11] = [
    ("name", "Name"),
    ("share", "Right"),
    ("interval", "95 % interval"),
    ("judged", "Judged"),
    ("misread", Finding::Misread.label()),
    ("wrong-state", Finding::WrongState.label()),
    ("stale-list", Finding::StaleList.label()),
    ("wrong-vehicle", Finding::WrongVehicle.label()),
    ("unknown", Finding::Unknown.label()),
    ("open", Finding::Open.label()),
    ("unreviewed", Finding::Unreviewed.label()),
];

impl PrecisionPage {
    /// The page of these figures, sorted by a column's word.
    pub fn of(frame: Frame, figures: &Precision, sort: &str) -> Self {
        let sort = COLUMNS.iter().map(|(word, _)| *word).find(|word| *word == sort);
        let sort = sort.unwrap_or("name");
        let sorted = |rows: &[app::precision::PrecisionRow]| {
            let mut rows: Vec<PrecisionLine> = rows.iter().map(PrecisionLine::of).collect();
            // They come by name; equal ones stay so.
            rows.sort_by(|one, other| key(other, sort).total_cmp(&key(one, sort)));
            rows
        };
        let part = |id, title, section, rows| Part { id, title, section, rows };
        Self {
            from: figures.from.to_string(),
            to: figures.to.to_string(),
            columns: COLUMNS.iter().map(|(word, name)| (*word, *name, *word == sort)).collect(),
            parts: [
                part("lists", "Lists", "hotlists", sorted(&figures.lists)),
                part("cameras", "Cameras", "cameras", sorted(&figures.cameras)),
            ],
            frame,
        }
    }
}

/// By what a row is sorted: the largest first.
fn key(line: &PrecisionLine, sort: &str) -> f64 {
    let share = line.row.share();
    let count = |n: u64| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    match sort {
        // What is too few to say comes last.
        "share" if share.is_too_few() => -1.0,
        "share" => share.value().unwrap_or(-1.0),
        "interval" if share.is_too_few() => -1.0,
        "interval" => share.interval().map_or(-1.0, |(low, _)| low),
        "judged" => count(share.of),
        word => Finding::parse(word).map_or(0.0, |found| count(line.row.n(found))),
    }
}

/// The period, and by what the tables are sorted.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Asked {
    from: String,
    to: String,
    sort: String,
}

/// `GET /precision`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let ask = PrecisionAsk { from: day(&asked.from)?, to: day(&asked.to)? };
    let figures = precision(&app, &staff.ctx, ask).await?;
    Ok(page(StatusCode::OK, &PrecisionPage::of(frame, &figures, &asked.sort)))
}
