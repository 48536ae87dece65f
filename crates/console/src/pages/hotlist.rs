//! `GET /hotlists/{id}`: one list, its age, and how its import is going.

use std::time::Duration;

use app::precision::{PrecisionRow, precision_of_list};
use app::views::{HotlistRow, TopicRow};
use app::{App, open_hotlist};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Category, HotlistId, Staleness, Timestamp};
use policy::Action;

use super::hotlist_import::layout_name;
use super::hotlists::{Progress, Row};
use crate::components::{FeedCard, Moment, PrecisionLine};
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// One hotlist.
#[derive(Template, Debug)]
#[template(path = "pages/hotlist.html")]
pub struct OneHotlist {
    frame: Frame,
    row: Row,
    import: Option<Progress>,
    running: bool,
    layout: Option<String>,
    limits: String,
    /// Why it raises no hits.
    silent: Option<String>,
    /// Why it is called stale.
    stale: Option<String>,
    waiting: Option<Waiting>,
    topics: Vec<TopicLine>,
    feed: Option<FeedCard>,
    /// Plates of AMBER alerts that wait for a person, in words; none where no alert ever came.
    alerts: Option<(bool, String)>,
    /// Whether AMBER alerts go into it.
    takes_alerts: bool,
    precision: Option<PrecisionLine>,
}

/// A new version that waits for a person.
#[derive(Debug)]
pub(crate) struct Waiting {
    version: i64,
    file_name: String,
    n_before: String,
    n_after: String,
    since: Moment,
}

/// A topic of the list.
#[derive(Debug)]
pub(crate) struct TopicLine {
    number: u32,
    name: String,
    value: String,
    /// The category, or why it cannot be switched on.
    told_as: String,
    may: bool,
    on: bool,
    n_rows: String,
    switched: Option<Moment>,
}

impl TopicLine {
    fn of(row: &TopicRow, now: Timestamp) -> Self {
        let topic = &row.topic;
        Self {
            number: topic.number,
            name: if topic.name.is_empty() { "none said".to_owned() } else { topic.name.clone() },
            value: topic.value.clone(),
            told_as: match &row.may {
                Ok(category) => category.label().to_owned(),
                Err(why) => why.clone(),
            },
            may: row.may.is_ok(),
            on: topic.on,
            n_rows: words::number(topic.n_rows),
            switched: topic.switched.map(|(at, _)| Moment::of(at, now)),
        }
    }
}

/// How many plates wait for a person, in words.
pub(crate) fn plates_waiting(n: usize) -> String {
    let n = u64::try_from(n).unwrap_or(u64::MAX);
    words::count(n, "plate waits for a person", "plates wait for a person")
}

/// How long a limit is past, in words.
fn past(since: Duration) -> String {
    match since.as_secs() / 3600 {
        0 => "less than an hour".to_owned(),
        hours => words::count(hours, "hour", "hours"),
    }
}

/// The limits of a list, in words.
fn limits(list: &HotlistRow) -> String {
    let hours = |limit: Duration| words::count(limit.as_secs() / 3600, "hour", "hours");
    let Some((limits, clause)) = &list.limits else {
        return "there is no policy in force".to_owned();
    };
    let own = format!("stale after {}", hours(limits.own));
    let law = limits.by_law.map(|law| {
        let by = clause.as_deref().map(|clause| format!(" ({clause})")).unwrap_or_default();
        format!("; raises no hits after {}{by}", hours(law))
    });
    let shrink = list.hotlist.drop_percent;
    format!(
        "{own}{}; waits for a person when it is smaller by more than {shrink} %",
        law.unwrap_or_default()
    )
}

impl OneHotlist {
    /// The page of this list.
    pub fn of(frame: Frame, list: &HotlistRow) -> Self {
        let import = list.import.as_ref().map(|import| Progress::of(import, frame.now));
        let running = import.as_ref().is_some_and(|import| import.running);
        let (silent, stale) = match list.staleness {
            Staleness::Fresh => (None, None),
            Staleness::Stale { since } => {
                (None, Some(format!("It is {} past its limit.", past(since))))
            }
            Staleness::PastLaw { since } => {
                let clause = list.limits.as_ref().and_then(|(_, clause)| clause.as_deref());
                let by = clause.map(|clause| format!(" ({clause})")).unwrap_or_default();
                (Some(format!("It is {} older than the law allows{by}.", past(since))), None)
            }
        };
        let waiting = list.waiting.as_ref().map(|one| Waiting {
            version: one.version.to_i64(),
            file_name: one.file_name.clone(),
            n_before: words::number(one.n_before),
            n_after: words::number(one.n_after),
            since: Moment::of(one.since, frame.now),
        });
        Self {
            row: Row::of(list, frame.now),
            import,
            running,
            layout: list.hotlist.layout.as_deref().map(layout_name),
            limits: limits(list),
            silent,
            stale,
            waiting,
            topics: list.topics.iter().map(|topic| TopicLine::of(topic, frame.now)).collect(),
            feed: list.feed.as_ref().map(|feed| FeedCard::of(feed, frame.now)),
            alerts: list.plates_waiting.map(|n| (n > 0, plates_waiting(n))),
            takes_alerts: list.hotlist.category == Category::AmberAlert,
            precision: None,
            frame,
        }
    }

    /// The same with how often its alerts were right.
    #[must_use]
    pub fn with_precision(self, row: Option<&PrecisionRow>) -> Self {
        Self { precision: row.map(PrecisionLine::of), ..self }
    }
}

/// `GET /hotlists/{id}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let id = HotlistId::from_i64(id);
    let list = open_hotlist(&app, &staff.ctx, id).await?;
    let precision = match frame.may(Action::ReadPrecision) {
        true => precision_of_list(&app, &staff.ctx, id).await?,
        false => None,
    };
    let shown = OneHotlist::of(frame, &list).with_precision(precision.as_ref());
    Ok(page(StatusCode::OK, &shown))
}
