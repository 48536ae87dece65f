//! `GET /hotlists/{id}`: one list, its age, and how its import is going.

use app::views::HotlistRow;
use app::{App, open_hotlist};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::HotlistId;

use super::hotlists::{Progress, Row};
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// One hotlist.
#[derive(Template, Debug)]
#[template(path = "pages/hotlist.html")]
pub struct OneHotlist {
    frame: Frame,
    row: Row,
    import: Option<Progress>,
    running: bool,
}

impl OneHotlist {
    /// The page of this list.
    pub fn of(frame: Frame, list: &HotlistRow) -> Self {
        let import = list.import.as_ref().map(|import| Progress::of(import, frame.now));
        let running = import.as_ref().is_some_and(|import| import.running);
        Self { row: Row::of(list, frame.now), import, running, frame }
    }
}

/// `GET /hotlists/{id}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let list = open_hotlist(&app, &staff.ctx, HotlistId::from_i64(id)).await?;
    Ok(page(StatusCode::OK, &OneHotlist::of(frame, &list)))
}
