//! `/alerts`: how the agency's hits are told: its programs, its quiet rules, and the log of everything that was told.

use app::telling::{
    AddedWebhook, AlertsBoard, NewWebhookSaid, RuleSaid, add_webhook as add, alerts_board,
    end_agencys_rule, end_webhook as end, keep_agencys_rule, tell_again, test_webhook as test,
};
use app::{App, AskError};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::telling::Channel;
use domain::{Priority, QuietRuleId, TellingId, WebhookId};
use policy::Action;
use serde::Deserialize;

use super::alerts_own::{evenings, in_words};
use super::camera_key::Nothing;
use crate::components::{Moment, QuietForm, RuleLine, Tick, ToldLine, TypedRule, priorities};
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// Where the page is.
const HERE: &str = "/alerts";

/// A program that is told.
#[derive(Debug)]
pub(crate) struct Webhook {
    id: i64,
    name: String,
    url: String,
    at_least: &'static str,
    added: Moment,
    by: String,
}

/// How the agency's hits are told.
#[derive(Template, Debug)]
#[template(path = "pages/alerts.html")]
pub struct AlertsPage {
    frame: Frame,
    trouble: String,
    /// Whether the reader may change what stands here; otherwise they read it.
    may_change: bool,
    may_open: bool,
    /// How long the log is kept.
    kept: String,
    may_webhook: bool,
    webhooks: Vec<Webhook>,
    typed: NewWebhookSaid,
    at_least: Vec<Tick>,
    rules: Vec<RuleLine>,
    quiet: QuietForm,
    told: Vec<ToldLine>,
    next: Option<String>,
    older: bool,
}

/// A webhook that was added, with its secret.
#[derive(Template)]
#[template(path = "pages/webhook_made.html")]
pub struct WebhookPage {
    frame: Frame,
    name: String,
    secret: String,
}

impl WebhookPage {
    /// The page that shows it, once.
    pub fn of(frame: Frame, added: &AddedWebhook) -> Self {
        Self { frame, name: added.name.clone(), secret: added.secret.to_string() }
    }
}

impl AlertsPage {
    /// The page of this board; `older` where its log is not the newest.
    pub fn of(frame: Frame, board: &AlertsBoard, older: bool) -> Self {
        Self::with(frame, board, older, (&evenings(), String::new()))
    }

    fn with(
        frame: Frame,
        board: &AlertsBoard,
        older: bool,
        (said, wrong): (&RuleSaid, String),
    ) -> Self {
        let now = frame.now;
        let token = frame.form_token.clone().unwrap_or_default();
        let webhook = |row: &app::views::WebhookRow| Webhook {
            id: row.id.to_i64(),
            name: row.about.name.clone(),
            url: row.about.url.clone(),
            at_least: match row.about.at_least {
                Priority::High => "the highest priority alone",
                Priority::Normal => "normal and highest priority",
                Priority::Low => "every priority",
            },
            added: Moment::of(row.added_at, now),
            by: board.names.get(&row.added_by).cloned().unwrap_or_default(),
        };
        let told = board.told.items.iter().map(|row| ToldLine::of(row, &board.names, now));
        Self {
            trouble: String::new(),
            may_change: frame.may(Action::ManageTelling),
            may_open: frame.may(Action::OpenHit),
            kept: words::count(board.kept_months.into(), "month", "months"),
            may_webhook: board.allowed.contains(&Channel::Webhook),
            webhooks: board.webhooks.iter().map(webhook).collect(),
            typed: NewWebhookSaid::default(),
            at_least: priorities(Priority::Low),
            rules: board.rules.iter().map(|one| RuleLine::of(one, now)).collect(),
            quiet: QuietForm::of(&token, "/alerts/quiet", &board.allowed, said, wrong),
            told: told.collect(),
            next: board.told.next.clone(),
            older,
            frame,
        }
    }
}

/// Which page of the log.
#[derive(Deserialize)]
pub(crate) struct Ask {
    before: Option<i64>,
}

/// `GET /alerts`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(ask): Query<Ask>,
) -> Result<Response, PageError> {
    let board = alerts_board(&app, &staff.ctx, ask.before.map(TellingId::from_i64)).await?;
    Ok(page(StatusCode::OK, &AlertsPage::of(frame, &board, ask.before.is_some())))
}

/// What follows on a form: the page anew, or what is wrong.
async fn answer<T>(
    app: &App,
    staff: &Staff,
    frame: Frame,
    done: Result<T, AskError>,
) -> Result<Response, PageError> {
    match done {
        Ok(_) => Ok(Redirect::to(HERE).into_response()),
        Err(AskError::Invalid { field, why }) => {
            let board = alerts_board(app, &staff.ctx, None).await?;
            let mut again = AlertsPage::of(frame, &board, false);
            again.trouble = in_words(field, &why);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &again))
        }
        Err(err) => Err(err.into()),
    }
}

/// What was typed of a webhook.
#[derive(Deserialize)]
pub(crate) struct TypedWebhook {
    #[serde(default)]
    name: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    at_least: String,
}

/// `POST /alerts/webhooks`
pub(crate) async fn add_webhook(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<TypedWebhook>,
) -> Result<Response, PageError> {
    let TypedWebhook { name, url, at_least } = typed;
    let said = NewWebhookSaid { name, url, at_least };
    match add(&app, &staff.ctx, &said).await {
        Ok(added) => Ok(page(StatusCode::CREATED, &WebhookPage::of(frame, &added))),
        Err(AskError::Invalid { field, why }) => {
            let board = alerts_board(&app, &staff.ctx, None).await?;
            let mut again = AlertsPage::of(frame, &board, false);
            again.trouble = in_words(field, &why);
            again.at_least = priorities(Priority::parse(&said.at_least).unwrap_or(Priority::Low));
            again.typed = said;
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &again))
        }
        Err(err) => Err(err.into()),
    }
}

/// `POST /alerts/webhooks/{id}/remove`
pub(crate) async fn end_webhook(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, PageError> {
    let done = end(&app, &staff.ctx, WebhookId::from_i64(id)).await;
    answer(&app, &staff, frame, done).await
}

/// `POST /alerts/webhooks/{id}/test`
pub(crate) async fn test_webhook(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, PageError> {
    let done = test(&app, &staff.ctx, WebhookId::from_i64(id)).await;
    answer(&app, &staff, frame, done).await
}

/// `POST /alerts/told/{id}/again`
pub(crate) async fn again(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, PageError> {
    let done = tell_again(&app, &staff.ctx, TellingId::from_i64(id)).await;
    answer(&app, &staff, frame, done).await
}

/// `POST /alerts/quiet`
pub(crate) async fn keep_rule(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<TypedRule>,
) -> Result<Response, PageError> {
    let said = typed.said();
    match keep_agencys_rule(&app, &staff.ctx, &said).await {
        Err(AskError::Invalid { field, why }) => {
            let board = alerts_board(&app, &staff.ctx, None).await?;
            let written = (&said, in_words(field, &why));
            let again = AlertsPage::with(frame, &board, false, written);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &again))
        }
        done => answer(&app, &staff, frame, done).await,
    }
}

/// `POST /alerts/quiet/{id}/end`
pub(crate) async fn end_rule(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, PageError> {
    let done = end_agencys_rule(&app, &staff.ctx, QuietRuleId::from_i64(id)).await;
    answer(&app, &staff, frame, done).await
}
