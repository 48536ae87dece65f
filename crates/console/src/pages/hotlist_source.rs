//! `GET` and `POST /hotlists/{id}/source`: how a hotlist's files are read.

use app::{App, AskError, HotlistSource, Preset, open_hotlist, presets, set_hotlist_source};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{FreshFor, Hotlist, HotlistId};
use serde::Deserialize;

use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// A layout's text with its faults; the form is no longer than this.
pub(crate) const FORM_BYTES_MAX: usize = 256 * 1024;
/// Lines of the text that are shown at once.
const ROWS: std::ops::RangeInclusive<usize> = 6..=30;

/// What was typed.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    preset: String,
    #[serde(default)]
    layout: String,
    #[serde(default)]
    drop_percent: String,
    #[serde(default)]
    stale_hours: String,
    #[serde(default, rename = "do")]
    act: String,
}

/// How a hotlist is read.
#[derive(Template, Debug)]
#[template(path = "pages/hotlist_source.html")]
pub struct SourcePage {
    frame: Frame,
    id: i64,
    name: String,
    layouts: &'static [Preset],
    layout: Field,
    rows: usize,
    drop_percent: Field,
    stale_hours: Field,
    default_hours: String,
    trouble: String,
}

impl SourcePage {
    /// The page as the list stands.
    pub fn of(frame: Frame, list: &Hotlist) -> Self {
        let hours = list.stale_hours.map(|hours| hours.to_string()).unwrap_or_default();
        let typed = Typed {
            preset: String::new(),
            layout: list.layout.clone().unwrap_or_default(),
            drop_percent: list.drop_percent.to_string(),
            stale_hours: hours,
            act: String::new(),
        };
        Self::typed(frame, list, &typed)
    }

    fn typed(frame: Frame, list: &Hotlist, typed: &Typed) -> Self {
        let preset = Preset::of(&typed.preset).map(|preset| preset.text);
        let layout = preset.unwrap_or(&typed.layout);
        let field = |value: &str| Field { value: value.to_owned(), wrong: String::new() };
        let hours = u64::from(FreshFor::default_hours(list.category));
        Self {
            frame,
            id: list.id.to_i64(),
            name: list.name.clone(),
            layouts: presets(),
            rows: layout.lines().count().clamp(*ROWS.start(), *ROWS.end()),
            layout: field(layout),
            drop_percent: field(&typed.drop_percent),
            stale_hours: field(&typed.stale_hours),
            default_hours: words::count(hours, "hour", "hours"),
            trouble: String::new(),
        }
    }

    /// Says what is wrong beside the field that it is wrong in.
    fn wrong(&mut self, field: &str, why: String) {
        match field {
            "layout" => self.layout.wrong = why,
            "drop_percent" => self.drop_percent.wrong = why,
            "stale_hours" => self.stale_hours.wrong = why,
            _ => self.trouble = why,
        }
    }
}

/// What is to be set; a number that is none is said with its field.
fn source(typed: &Typed) -> Result<HotlistSource, (&'static str, String)> {
    let number = |field, text: &str| {
        text.trim().parse::<u32>().map_err(|_| (field, "expected a whole number".to_owned()))
    };
    let stale_hours = match typed.stale_hours.trim() {
        "" => None,
        text => Some(number("stale_hours", text)?),
    };
    Ok(HotlistSource {
        layout: Some(typed.layout.replace("\r\n", "\n")),
        drop_percent: number("drop_percent", &typed.drop_percent)?,
        stale_hours,
    })
}

/// `GET /hotlists/{id}/source`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let list = open_hotlist(&app, &staff.ctx, HotlistId::from_i64(id)).await?;
    Ok(page(StatusCode::OK, &SourcePage::of(frame, &list.hotlist)))
}

/// `POST /hotlists/{id}/source`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let id = HotlistId::from_i64(id);
    let list = open_hotlist(&app, &staff.ctx, id).await?.hotlist;
    if typed.act == "show" {
        return Ok(page(StatusCode::OK, &SourcePage::typed(frame, &list, &typed)));
    }
    let wrong = match source(&typed) {
        Err(wrong) => wrong,
        Ok(source) => match set_hotlist_source(&app, &staff.ctx, id, source).await {
            Ok(()) => return Ok(Redirect::to(&format!("/hotlists/{id}")).into_response()),
            Err(AskError::Invalid { field, why }) => (field, why),
            Err(err) => return Err(err.into()),
        },
    };
    let typed = Typed { preset: String::new(), ..typed };
    let mut shown = SourcePage::typed(frame, &list, &typed);
    shown.wrong(wrong.0, wrong.1);
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
}
