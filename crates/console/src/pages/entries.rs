//! `GET /entries`: the agency's own entries, and the queue of those that wait for approval.

use app::custom_entries::{CustomBoard, CustomCard, custom_entries};
use app::{App, AskError};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::Timestamp;
use domain::custom::CustomState;
use policy::Action;
use serde::Deserialize;

use crate::components::{Entry, Moment};
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// An entry in a list.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) wanted: Entry,
    pub(crate) category: &'static str,
    pub(crate) is_partial: bool,
    pub(crate) is_covert: bool,
    pub(crate) author: String,
    pub(crate) asked: Moment,
    pub(crate) expires: Moment,
    pub(crate) state: &'static str,
    pub(crate) waits: bool,
    pub(crate) is_over: bool,
}

impl Row {
    pub(crate) fn of(card: &CustomCard, now: Timestamp) -> Self {
        let about = &card.entry.about;
        Self {
            id: card.entry.id.to_i64(),
            wanted: Entry::of(&about.wanted, None),
            category: about.category.label(),
            is_partial: about.is_partial(),
            is_covert: about.covert,
            author: card.author.clone(),
            asked: Moment::of(card.entry.asked_at, now),
            expires: Moment::in_full(about.expires_at),
            state: card.state.label(),
            waits: card.state == CustomState::Waiting,
            is_over: !matches!(card.state, CustomState::Waiting | CustomState::Active),
        }
    }
}

/// Which entries. A form sends an empty field for all.
#[derive(Deserialize, Default, Debug)]
pub struct Ask {
    #[serde(default)]
    state: String,
}

/// The entries.
#[derive(Template, Debug)]
#[template(path = "pages/entries.html")]
pub struct EntriesPage {
    frame: Frame,
    rows: Vec<Row>,
    /// Word, label, how many, and whether it is the one that is shown.
    states: Vec<(&'static str, &'static str, usize, bool)>,
    n_all: usize,
    is_all: bool,
    may_ask: bool,
}

impl EntriesPage {
    /// The page of these entries; `state` is the word of the one that was asked for.
    pub fn of(frame: Frame, board: &CustomBoard, state: &str) -> Self {
        let states = board.counts.iter();
        let states = states.map(|(one, n)| (one.word(), one.label(), *n, one.word() == state));
        Self {
            rows: board.entries.iter().map(|card| Row::of(card, frame.now)).collect(),
            states: states.collect(),
            n_all: board.counts.iter().map(|(_, n)| n).sum(),
            is_all: state.is_empty(),
            may_ask: frame.may(Action::AskCustomEntry),
            frame,
        }
    }
}

/// `GET /entries`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(ask): Query<Ask>,
) -> Result<Response, PageError> {
    let state = match ask.state.as_str() {
        "" => None,
        word => Some(CustomState::parse(word).ok_or_else(|| AskError::Invalid {
            field: "state",
            why: "is none that an entry can be in".to_owned(),
        })?),
    };
    let board = custom_entries(&app, &staff.ctx, state).await?;
    Ok(page(StatusCode::OK, &EntriesPage::of(frame, &board, &ask.state)))
}
