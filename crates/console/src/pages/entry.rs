//! `/entries/{id}`: one entry of the agency's own: its history, who decides, who ends it.

use app::custom_entries::{
    CustomHappened, CustomPage as Opened, approve_custom_entry, count_custom_entry,
    end_custom_entry, open_custom_entry, refuse_custom_entry,
};
use app::views::ReadCard;
use app::{App, AskError};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::CustomEntryId;
use domain::custom::{CustomDeed, CustomEnd};
use serde::Deserialize;

use super::entries::Row;
use super::hit::position;
use super::person_new::sentence;
use crate::components::{Moment, PlateLine};
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// What was typed.
#[derive(Deserialize, Default, Debug)]
pub(crate) struct Typed {
    #[serde(default)]
    why: String,
    #[serde(default)]
    how: String,
    #[serde(default)]
    note: String,
}

/// One entry.
#[derive(Template, Debug)]
#[template(path = "pages/entry.html")]
pub struct OneEntry {
    frame: Frame,
    row: Row,
    priority: &'static str,
    case_number: Option<String>,
    reference: Option<String>,
    caution: Option<String>,
    class: Option<&'static str>,
    offence: String,
    person: String,
    reason: String,
    audience: String,
    approver: String,
    area: Option<String>,
    counted: Option<String>,
    past: Option<Past>,
    history: Vec<(Moment, String, String)>,
    is_own: bool,
    may_decide: bool,
    may_count: bool,
    /// A partial plate is counted before it is approved.
    has_to_count: bool,
    may_end: bool,
    ends: Vec<(&'static str, &'static str, bool)>,
    why: Field,
    how_wrong: String,
    note: Field,
    trouble: String,
}

/// What of the past it fitted.
#[derive(Debug)]
struct Past {
    says: String,
    /// None where the reader may not open reads now.
    reads: Option<Vec<PastRow>>,
    left_out: Option<String>,
}

/// A read that it fitted.
#[derive(Debug)]
struct PastRow {
    address: String,
    plate: PlateLine,
    camera: String,
    passed: Moment,
}

impl PastRow {
    fn of(read: &ReadCard) -> Self {
        Self {
            address: format!("/reads/{}", read.read),
            plate: PlateLine::read(read.plate, &read.doubtful, read.jurisdiction),
            camera: read.camera_name.clone(),
            passed: Moment::in_full(read.captured_at),
        }
    }
}

impl OneEntry {
    /// The page of this entry.
    pub fn of(frame: Frame, opened: &Opened) -> Self {
        let (card, now) = (&opened.card, frame.now);
        let about = &card.entry.about;
        let counted = card.entry.life.counted();
        let is_unknown = about.wanted.class.is_unknown();
        let ends = CustomEnd::ALL.iter().map(|one| (one.word(), one.label(), false));
        Self {
            row: Row::of(card, now),
            priority: about.priority().word(),
            case_number: about.wanted.case_number.clone(),
            reference: about.wanted.reference.clone(),
            caution: about.wanted.caution.clone(),
            class: (!is_unknown).then(|| about.wanted.class.word()),
            offence: about.offence.clone(),
            person: about.person.clone(),
            reason: about.reason.clone(),
            audience: card.audience.clone(),
            approver: card.approver.clone(),
            area: area(opened),
            counted: counted.map(|(n_reads, days)| counted_in_words(n_reads, days)),
            past: past(opened),
            history: opened.history.iter().map(happened).collect(),
            is_own: opened.is_own,
            may_decide: opened.may_decide,
            may_count: opened.may_count,
            has_to_count: about.is_partial() && counted.is_none() && opened.may_count,
            may_end: opened.may_end,
            ends: ends.collect(),
            why: Field::default(),
            how_wrong: String::new(),
            note: Field::default(),
            trouble: String::new(),
            frame,
        }
    }

    fn refused(mut self, field: &str, why: &str, typed: &Typed) -> Self {
        let says = sentence(why);
        self.why.value.clone_from(&typed.why);
        self.note.value.clone_from(&typed.note);
        for (word, _, is_chosen) in &mut self.ends {
            *is_chosen = *word == typed.how;
        }
        match field {
            "why" => self.why.wrong = says,
            "how" => self.how_wrong = says,
            "note" => self.note.wrong = says,
            // Sentences about the entry are whole, or say what it is.
            "entry" => self.trouble = says,
            field => self.trouble = format!("{field}: {why}"),
        }
        self
    }
}

fn counted_in_words(n_reads: u64, days: u32) -> String {
    let reads = if n_reads == 1 { "read" } else { "reads" };
    format!("{} {reads} of the last {days} days would have matched", words::number(n_reads))
}

fn area(opened: &Opened) -> Option<String> {
    let area = opened.card.entry.about.area?;
    let (n_inside, n_unknown) = opened.cameras.unwrap_or_default();
    let cameras = if n_inside == 1 { "camera" } else { "cameras" };
    let (radius, centre) = (words::number(u64::from(area.radius_m)), position(area.centre));
    let inside = format!("{radius} m around {centre}: {n_inside} {cameras}");
    Some(match n_unknown {
        0 => inside,
        n => format!("{inside}; {n} of unknown position raise no hits of it"),
    })
}

fn past(opened: &Opened) -> Option<Past> {
    let past = opened.past.as_ref()?;
    let reads = if past.n_reads == 1 { "read" } else { "reads" };
    let left_out = match past.n_left_out {
        0 => None,
        1 => Some("1 read was made at a protected event and is left out.".to_owned()),
        n => Some(format!("{n} reads were made at a protected event and are left out.")),
    };
    Some(Past {
        says: format!(
            "{} {reads} of the {} hours before it was approved fit.",
            words::number(past.n_reads),
            past.hours
        ),
        reads: past.reads.as_ref().map(|reads| reads.iter().map(PastRow::of).collect()),
        left_out,
    })
}

fn happened(done: &CustomHappened) -> (Moment, String, String) {
    let said = match &done.deed {
        CustomDeed::Asked => "asked for it".to_owned(),
        CustomDeed::Counted { n_reads, days } => {
            format!("counted: {}", counted_in_words(*n_reads, *days))
        }
        CustomDeed::Approved { why } => format!("approved it: {why}"),
        CustomDeed::Refused { why } => format!("refused it: {why}"),
        CustomDeed::Matched { n_reads, hours } => {
            let n_reads = words::number(*n_reads);
            format!("matched it against the past: {n_reads} of the last {hours} hours")
        }
        CustomDeed::Ended { how, note } => {
            format!("ended it ({}): {note}", how.label().to_lowercase())
        }
    };
    (Moment::in_full(done.at), done.by.clone(), said)
}

/// `GET /entries/{id}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let opened = open_custom_entry(&app, &staff.ctx, CustomEntryId::from_i64(id)).await?;
    Ok(page(StatusCode::OK, &OneEntry::of(frame, &opened)))
}

/// `POST /entries/{id}/count`
pub(crate) async fn count(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let id = CustomEntryId::from_i64(id);
    let done = count_custom_entry(&app, &staff.ctx, id).await.map(drop);
    answer(&app, &staff, frame, id, &typed, done).await
}

/// `POST /entries/{id}/approve`
pub(crate) async fn approve(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let id = CustomEntryId::from_i64(id);
    let done = approve_custom_entry(&app, &staff.ctx, id, &typed.why).await;
    answer(&app, &staff, frame, id, &typed, done).await
}

/// `POST /entries/{id}/refuse`
pub(crate) async fn refuse(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let id = CustomEntryId::from_i64(id);
    let done = refuse_custom_entry(&app, &staff.ctx, id, &typed.why).await;
    answer(&app, &staff, frame, id, &typed, done).await
}

/// `POST /entries/{id}/end`
pub(crate) async fn end(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let id = CustomEntryId::from_i64(id);
    let done = end_custom_entry(&app, &staff.ctx, id, &typed.how, &typed.note).await;
    answer(&app, &staff, frame, id, &typed, done).await
}

async fn answer(
    app: &App,
    staff: &Staff,
    frame: Frame,
    id: CustomEntryId,
    typed: &Typed,
    done: Result<(), AskError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/entries/{id}")).into_response()),
        Err(AskError::Invalid { field, why }) => {
            let opened = open_custom_entry(app, &staff.ctx, id).await?;
            let shown = OneEntry::of(frame, &opened).refused(field, &why, typed);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}
