//! `GET /reads`: the feed of reads, with thumbnails.

use app::views::{CameraRow, Page, ReadCard};
use app::{App, ReadsAsk, list_cameras, list_reads};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::{CameraId, ReadRef};
use serde::Deserialize;

use crate::components::ReadRow;
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// A camera to choose.
#[derive(Debug)]
pub(crate) struct Choice {
    id: i64,
    name: String,
    chosen: bool,
}

/// The feed of reads.
#[derive(Template, Debug)]
#[template(path = "pages/reads.html")]
pub struct ReadsPage {
    frame: Frame,
    reads: Vec<ReadRow>,
    cameras: Vec<Choice>,
    one_camera: bool,
    paged: bool,
    newest: String,
    older: Option<String>,
    /// That reads were left out, in words; empty where none was.
    left_out: String,
}

impl ReadsPage {
    /// The page of these reads; `chosen` is the camera they are limited to, `paged` says that newer ones are before it.
    pub fn of(
        frame: Frame,
        found: &Page<ReadCard>,
        cameras: &[CameraRow],
        chosen: Option<CameraId>,
        paged: bool,
    ) -> Self {
        let chosen = chosen.map(CameraId::to_i64);
        let newest = chosen.map_or_else(|| "/reads".to_owned(), |id| format!("/reads?camera={id}"));
        let mark = if chosen.is_some() { '&' } else { '?' };
        let choice = |row: &CameraRow| Choice {
            id: row.camera.id.to_i64(),
            name: row.camera.about.name.clone(),
            chosen: chosen == Some(row.camera.id.to_i64()),
        };
        Self {
            reads: found.items.iter().map(|read| ReadRow::of(read, frame.now)).collect(),
            cameras: cameras.iter().map(choice).collect(),
            one_camera: chosen.is_some(),
            paged,
            older: found.next.as_ref().map(|next| format!("{newest}{mark}before={next}")),
            newest,
            left_out: left_out(found.n_left_out),
            frame,
        }
    }
}

fn left_out(n: u64) -> String {
    match n {
        0 => String::new(),
        1 => "1 read of this page is left out: it was taken".to_owned(),
        n => format!("{} reads of this page are left out: they were taken", words::number(n)),
    }
}

/// Which reads. A form sends an empty camera for "all".
#[derive(Deserialize)]
pub(crate) struct Ask {
    before: Option<String>,
    camera: Option<String>,
}

/// `GET /reads`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(ask): Query<Ask>,
) -> Result<Response, PageError> {
    let camera = match ask.camera.as_deref() {
        None | Some("") => None,
        Some(id) => Some(CameraId::from_i64(id.parse().map_err(PageError::bad_form)?)),
    };
    let before = match ask.before.as_deref() {
        None | Some("") => None,
        Some(read) => Some(ReadRef::parse(read).map_err(PageError::bad_form)?),
    };
    let asked = ReadsAsk { before, camera, ..ReadsAsk::default() };
    let found = list_reads(&app, &staff.ctx, asked).await?;
    let cameras = list_cameras(&app, &staff.ctx).await?;
    let shown = ReadsPage::of(frame, &found, &cameras, camera, before.is_some());
    Ok(page(StatusCode::OK, &shown))
}
