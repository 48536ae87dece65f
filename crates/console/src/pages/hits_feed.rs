//! `GET /hits/feed`: the hits after one, as a fragment. What the live list asks when it hears that something changed.

use app::views::{HitCard, Page};
use app::{App, HitsAsk, list_hits};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::{HitId, Timestamp};
use serde::Deserialize;

use crate::components::HitRow;
use crate::error::PageError;
use crate::frame::page;
use crate::staff::Staff;

/// The most that one answer holds; the script asks on with `before`.
const HITS_MAX: u32 = 200;

/// New hits.
#[derive(Template, Debug)]
#[template(path = "pages/hits_feed.html")]
pub struct HitsFeed {
    hits: Vec<HitRow>,
    last: i64,
    next: Option<String>,
}

impl HitsFeed {
    /// The fragment of these hits, which came after the one numbered `after`.
    pub fn of(found: Page<HitCard>, after: i64, now: Timestamp) -> Self {
        let hits: Vec<HitRow> = found.items.iter().map(|hit| HitRow::of(hit, now)).collect();
        let last = hits.iter().map(|hit| hit.newest).fold(after, i64::max);
        Self { hits, last, next: found.next }
    }
}

/// After which hit; or only the number of the newest.
#[derive(Deserialize)]
pub(crate) struct Ask {
    after: Option<i64>,
    before: Option<i64>,
    latest: Option<u8>,
}

/// `GET /hits/feed`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    Query(ask): Query<Ask>,
) -> Result<Response, PageError> {
    let only_number = ask.latest.is_some();
    let asked = HitsAsk {
        after: ask.after.map(HitId::from_i64),
        before: ask.before.map(HitId::from_i64),
        limit: if only_number { 1 } else { HITS_MAX },
        grouped: !only_number,
    };
    let found = list_hits(&app, &staff.ctx, asked).await?;
    let mut feed = HitsFeed::of(found, ask.after.unwrap_or(0), staff.ctx.now);
    if only_number {
        feed.hits.clear();
        feed.next = None;
    }
    Ok(page(StatusCode::OK, &feed))
}
