//! `GET /hits`: the live list. With `before`, an older page of it that stands still.

use app::views::{HitCard, Page};
use app::{App, HitsAsk, list_hits};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::HitId;
use serde::Deserialize;

use crate::components::HitRow;
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// The live list.
#[derive(Template, Debug)]
#[template(path = "pages/hits.html")]
pub struct HitsPage {
    frame: Frame,
    hits: Vec<HitRow>,
    last: i64,
    next: Option<String>,
    older: bool,
}

impl HitsPage {
    /// The page of these hits; `older` where it is not the live one.
    pub fn of(frame: Frame, found: Page<HitCard>, older: bool) -> Self {
        let hits: Vec<HitRow> = found.items.iter().map(|hit| HitRow::of(hit, frame.now)).collect();
        let last = hits.iter().map(|hit| hit.newest).max().unwrap_or(0);
        Self { frame, hits, last, next: found.next, older }
    }
}

/// Which page of the list.
#[derive(Deserialize)]
pub(crate) struct Ask {
    before: Option<i64>,
}

/// `GET /hits`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(ask): Query<Ask>,
) -> Result<Response, PageError> {
    let before = ask.before.map(HitId::from_i64);
    let found =
        list_hits(&app, &staff.ctx, HitsAsk { before, grouped: true, ..HitsAsk::default() })
            .await?;
    Ok(page(StatusCode::OK, &HitsPage::of(frame, found, before.is_some())))
}
