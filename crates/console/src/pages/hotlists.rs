//! `GET /hotlists`: the lists, their ages, their imports.

use app::views::HotlistRow;
use app::{App, ImportPhase, ImportStatus, list_hotlists};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::feed::FAILURES_TOLD;
use domain::{Priority, Staleness, Timestamp};

use super::hotlist::plates_waiting;
use crate::components::{Age, Moment, priority_word};
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// A hotlist as its pages show it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) category: &'static str,
    pub(crate) priority: &'static str,
    pub(crate) loudness: &'static str,
    pub(crate) source: String,
    pub(crate) n_entries: String,
    pub(crate) age: Option<Age>,
    pub(crate) imported_at: Option<Moment>,
    pub(crate) old: bool,
    pub(crate) import: String,
}

impl Row {
    pub(crate) fn of(row: &HotlistRow, now: Timestamp) -> Self {
        let list = &row.hotlist;
        let priority = list.category.priority();
        Self {
            id: list.id.to_i64(),
            name: list.name.clone(),
            category: list.category.label(),
            priority: priority_word(priority),
            loudness: loudness(priority),
            source: list.source.clone(),
            n_entries: words::number(list.n_entries),
            age: list.renewed_at.map(|at| Age::of(at, now)),
            imported_at: list.imported_at.map(|at| Moment::of(at, now)),
            old: row.staleness != Staleness::Fresh,
            import: match (&row.waiting, &row.import) {
                _ if row.plates_waiting.is_some_and(|n| n > 0) => {
                    plates_waiting(row.plates_waiting.unwrap_or_default())
                }
                (None, _) if failing(row) => "fetching fails again and again".to_owned(),
                (Some(_), _) => "a new list waits for a person to decide".to_owned(),
                (None, Some(import)) => Progress::of(import, now).says,
                (None, None) => "none since the server started".to_owned(),
            },
        }
    }
}

/// Whether fetching failed the last time.
fn failing(row: &HotlistRow) -> bool {
    row.feed.as_ref().is_some_and(|feed| feed.state.n_failed >= FAILURES_TOLD)
}

/// How loudly hits of a priority are told, in words.
pub(crate) const fn loudness(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "loudest, cannot be muted",
        Priority::Normal => "with a sound",
        Priority::Low => "quietly",
    }
}

/// How far an import is, or how it ended.
#[derive(Debug)]
pub(crate) struct Progress {
    pub(crate) running: bool,
    pub(crate) failed: bool,
    pub(crate) says: String,
    pub(crate) permille: Option<u64>,
    pub(crate) began: Moment,
    pub(crate) ended: Option<Moment>,
}

impl Progress {
    pub(crate) fn of(import: &ImportStatus, now: Timestamp) -> Self {
        let taken = words::count(import.n_taken, "row taken", "rows taken");
        let refused = format!("{} refused", words::number(import.n_refused));
        let dry = if import.dry_run { "Dry run: " } else { "" };
        let (running, failed, says, ended) = match &import.phase {
            ImportPhase::Reading => {
                let of = import.size_bytes.map(|all| format!(" of {}", words::size(all)));
                let read = words::size(import.n_bytes);
                let of = of.unwrap_or_default();
                (true, false, format!("{dry}reading, {read}{of}: {taken}, {refused}"), None)
            }
            ImportPhase::Swapping => (
                true,
                false,
                format!("{dry}putting the new list in force: {taken}, {refused}"),
                None,
            ),
            ImportPhase::Done { at } => {
                (false, false, format!("{dry}{taken}, {refused}"), Some(*at))
            }
            ImportPhase::Failed { at, why } => {
                (false, true, format!("{dry}nothing was imported: {why}"), Some(*at))
            }
        };
        let permille = import
            .size_bytes
            .and_then(|all| import.n_bytes.saturating_mul(1000).checked_div(all))
            .map(|permille| permille.min(1000));
        Self {
            running,
            failed,
            says,
            permille,
            began: Moment::of(import.started_at, now),
            ended: ended.map(|at| Moment::of(at, now)),
        }
    }
}

/// The hotlists.
#[derive(Template, Debug)]
#[template(path = "pages/hotlists.html")]
pub struct HotlistsPage {
    frame: Frame,
    hotlists: Vec<Row>,
}

impl HotlistsPage {
    /// The page of these lists.
    pub fn of(frame: Frame, hotlists: &[HotlistRow]) -> Self {
        let hotlists = hotlists.iter().map(|row| Row::of(row, frame.now)).collect();
        Self { frame, hotlists }
    }
}

/// `GET /hotlists`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let hotlists = list_hotlists(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &HotlistsPage::of(frame, &hotlists)))
}
