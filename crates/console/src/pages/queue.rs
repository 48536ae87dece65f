//! `GET /queue`: the crime centre's queue, every hit with which something is still to be done.

use app::{App, Queue, QueueAsk, hit_queue};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::HitId;
use policy::Action;
use serde::Deserialize;

use crate::components::{HitRow, LifeBar};
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// The queue.
#[derive(Template, Debug)]
#[template(path = "pages/queue.html")]
pub struct QueuePage {
    frame: Frame,
    hits: Vec<HitRow>,
    counts: Vec<(&'static str, &'static str, String)>,
    wait: String,
    next: Option<String>,
    older: bool,
}

impl QueuePage {
    /// The page of this queue; `older` where it is not its beginning.
    pub fn of(frame: Frame, queue: Queue, older: bool) -> Self {
        let may_take = queue.may.contains(&Action::WorkHits);
        let token = frame.form_token.clone().filter(|_| may_take);
        let row = |row: &app::QueueRow| {
            HitRow::of(&row.card, frame.now).in_queue(LifeBar::of(row, token.as_deref(), frame.now))
        };
        let hits = queue.page.items.iter().map(row).collect();
        let counts = queue.counts.iter();
        Self {
            hits,
            counts: counts
                .map(|(stage, n)| (stage.word(), stage.label(), words::number(*n)))
                .collect(),
            wait: words::count(queue.wait.as_secs() / 60, "minute", "minutes"),
            next: queue.page.next,
            older,
            frame,
        }
    }
}

/// Which page of the queue.
#[derive(Deserialize)]
pub(crate) struct Ask {
    before: Option<i64>,
}

/// `GET /queue`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(ask): Query<Ask>,
) -> Result<Response, PageError> {
    let before = ask.before.map(HitId::from_i64);
    let queue = hit_queue(&app, &staff.ctx, QueueAsk { before, ..QueueAsk::default() }).await?;
    Ok(page(StatusCode::OK, &QueuePage::of(frame, queue, before.is_some())))
}
