//! `GET /cameras`: the cameras, and when each was last heard from.

use std::time::Duration;

use app::views::CameraRow;
use app::{App, list_cameras};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Mounting, Timestamp};

use crate::components::{Age, Heading, Moment};
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// A fixed camera on a street that sees no car for so long has more likely lost its power than its traffic.
const SILENT_AFTER: Duration = Duration::from_secs(15 * 60);

/// A camera as the list shows it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) site: String,
    pub(crate) mounting: &'static str,
    pub(crate) heading: Option<Heading>,
    pub(crate) last_seen: Option<Age>,
    pub(crate) silent: bool,
    pub(crate) n_reads_today: String,
    pub(crate) disabled: Option<Moment>,
    /// How many sign-offs it waits for, in words; empty where it waits for none.
    pub(crate) waits: String,
}

impl Row {
    pub(crate) fn of(row: &CameraRow, now: Timestamp) -> Self {
        let camera = &row.camera;
        let silent = row.silent_for.is_some_and(|silent| silent > SILENT_AFTER);
        Self {
            id: camera.id.to_i64(),
            name: camera.about.name.clone(),
            site: camera.about.site.clone(),
            mounting: mounting(camera.about.mounting),
            heading: camera.about.heading_deg.map(Heading::of),
            last_seen: camera.last_seen_at.map(|at| Age::of(at, now)),
            silent: silent && camera.disabled_at.is_none(),
            n_reads_today: words::number(row.n_reads_today),
            disabled: camera.disabled_at.map(|at| Moment::of(at, now)),
            waits: waits(row.waits_for.len()),
        }
    }
}

fn waits(n_missing: usize) -> String {
    match n_missing {
        0 => String::new(),
        1 => "waits for 1 sign-off".to_owned(),
        n => format!("waits for {n} sign-offs"),
    }
}

/// How a camera is mounted, in words.
pub(crate) const fn mounting(mounting: Mounting) -> &'static str {
    match mounting {
        Mounting::Fixed => "fixed, on a pole or building",
        Mounting::Trailer => "on a trailer",
        Mounting::Vehicle => "on a vehicle",
    }
}

/// The cameras.
#[derive(Template, Debug)]
#[template(path = "pages/cameras.html")]
pub struct CamerasPage {
    frame: Frame,
    cameras: Vec<Row>,
}

impl CamerasPage {
    /// The page of these cameras.
    pub fn of(frame: Frame, cameras: &[CameraRow]) -> Self {
        let cameras = cameras.iter().map(|row| Row::of(row, frame.now)).collect();
        Self { frame, cameras }
    }
}

/// `GET /cameras`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let cameras = list_cameras(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &CamerasPage::of(frame, &cameras)))
}
