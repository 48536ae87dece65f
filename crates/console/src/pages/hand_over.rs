//! `/queue/handover`: at the end of a shift, open hits are offered to somebody of the next one, who accepts them.

use std::collections::BTreeMap;

use app::{
    App, AskError, HandOverPage as Opened, Offer, OpenRow, accept_hits, hand_over_page, offer_hits,
};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::life::Stage;
use domain::{HitId, PersonId, Timestamp};
use policy::Action;
use serde::Deserialize;

use super::person_new::sentence;
use crate::components::{HitRow, Moment};
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// What the box of a hit is named: `hit-12`.
const BOX: &str = "hit-";

/// The hand-over's page.
#[derive(Template, Debug)]
#[template(path = "pages/hand_over.html")]
pub struct HandOverPage {
    frame: Frame,
    shift_ends: String,
    to_me: Vec<Row>,
    mine: Vec<Row>,
    waiting: Vec<Row>,
    takers: Vec<(String, String, bool)>,
    note: String,
    may_work: bool,
    trouble: String,
}

/// A hit.
#[derive(Debug)]
struct Row {
    hit: HitRow,
    label: &'static str,
    offer: Option<Offered>,
}

/// An offer.
#[derive(Debug)]
struct Offered {
    by: String,
    to: String,
    at: Moment,
    note: String,
}

impl Row {
    fn of(card: &app::views::HitCard, stage: Stage, offer: Option<&Offer>, now: Timestamp) -> Self {
        let offer = offer.map(|offer| Offered {
            by: offer.by.clone(),
            to: offer.to.clone(),
            at: Moment::of(offer.at, now),
            note: offer.note.clone(),
        });
        Self { hit: HitRow::of(card, now), label: stage.label(), offer }
    }

    fn of_open(row: &OpenRow, now: Timestamp) -> Self {
        Self::of(&row.card, row.stage, row.offer.as_ref(), now)
    }
}

impl HandOverPage {
    /// The page of what there is to hand over.
    pub fn of(frame: Frame, opened: &Opened) -> Self {
        Self::filled(frame, opened, &Typed::default())
    }

    fn filled(frame: Frame, opened: &Opened, typed: &Typed) -> Self {
        let now = frame.now;
        let open = |rows: &[OpenRow]| rows.iter().map(|row| Row::of_open(row, now)).collect();
        let to_me = opened.to_me.iter();
        let takers = opened.takers.iter().map(|one| {
            let word = one.id.to_string();
            let label = match &one.next_unit {
                Some(unit) => format!("{}, unit {unit} of the next shift", one.name),
                None => one.name.clone(),
            };
            let is_chosen = word == typed.to;
            (word, label, is_chosen)
        });
        Self {
            shift_ends: opened.shift_ends.clone(),
            to_me: to_me.map(|row| Row::of(&row.card, row.stage, Some(&row.offer), now)).collect(),
            mine: open(&opened.mine),
            waiting: open(&opened.waiting),
            takers: takers.collect(),
            note: typed.note.clone(),
            may_work: frame.may(Action::WorkHits),
            trouble: String::new(),
            frame,
        }
    }
}

/// `GET /queue/handover`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let opened = hand_over_page(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &HandOverPage::of(frame, &opened)))
}

/// What was typed. A box that was ticked comes with its hit's number in its name.
#[derive(Deserialize, Default)]
pub(crate) struct Typed {
    #[serde(default)]
    to: String,
    #[serde(default)]
    note: String,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

impl Typed {
    fn hits(&self) -> Result<Vec<HitId>, PageError> {
        let numbers = self.rest.keys().filter_map(|key| key.strip_prefix(BOX));
        let hit = |number: &str| number.parse().map(HitId::from_i64).map_err(PageError::bad_form);
        numbers.map(hit).collect()
    }
}

/// `POST /queue/handover`
pub(crate) async fn post_offer(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let hits = typed.hits()?;
    let to = match typed.to.as_str() {
        "" => PersonId::from_i64(0),
        id => PersonId::from_i64(id.parse().map_err(PageError::bad_form)?),
    };
    let done = offer_hits(&app, &staff.ctx, &hits, to, &typed.note).await;
    answer(&app, &staff, frame, &typed, done).await
}

/// `POST /queue/handover/accept`
pub(crate) async fn post_accept(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let hits = typed.hits()?;
    let done = accept_hits(&app, &staff.ctx, &hits).await;
    answer(&app, &staff, frame, &typed, done).await
}

async fn answer(
    app: &App,
    staff: &Staff,
    frame: Frame,
    typed: &Typed,
    done: Result<usize, AskError>,
) -> Result<Response, PageError> {
    match done {
        Ok(_) => Ok(Redirect::to("/queue/handover").into_response()),
        Err(AskError::Invalid { field, why }) => {
            let opened = hand_over_page(app, &staff.ctx).await?;
            let mut shown = HandOverPage::filled(frame, &opened, typed);
            shown.trouble = match field {
                "hit" => sentence(&why),
                "to" => format!("Nothing was handed over: who gets the hits {why}."),
                field => format!("Nothing was handed over: the {field} {why}."),
            };
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}
