//! `/account/alerts`: how one is told of hits: by which devices, by mail, and when not.

use app::telling::{
    DeviceSaid, OwnAlerts, RuleSaid, WishSaid, add_device as add, end_device as end, end_own_rule,
    keep_own_rule, own_alerts, test_device as test, wish as keep_wish,
};
use app::{App, AskError};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::telling::{Channel, Wish};
use domain::{DeviceId, QuietRuleId};
use serde::Deserialize;

use super::camera_key::Nothing;
use crate::components::{
    Age, Moment, QuietForm, RuleLine, Tick, ToldLine, TypedRule, categories, priorities, ticked,
};
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// Where the page is.
const HERE: &str = "/account/alerts";

/// A device.
#[derive(Debug)]
pub(crate) struct Device {
    id: i64,
    label: String,
    added: Moment,
    taken: Option<Age>,
}

/// Of which hits one is told over one way.
#[derive(Debug)]
pub(crate) struct Wanted {
    at_least: Vec<Tick>,
    categories: Vec<Tick>,
}

impl Wanted {
    fn of(wish: &Wish) -> Self {
        Self { at_least: priorities(wish.at_least), categories: categories(&wish.categories) }
    }
}

/// How one is told of hits.
#[derive(Template, Debug)]
#[template(path = "pages/account_alerts.html")]
pub struct OwnAlertsPage {
    frame: Frame,
    trouble: String,
    email: String,
    push_key: String,
    may_push: bool,
    may_mail: bool,
    sends_mail: bool,
    by_mail: bool,
    push: Wanted,
    mail: Wanted,
    devices: Vec<Device>,
    rules: Vec<RuleLine>,
    agencys_rules: Vec<RuleLine>,
    quiet: QuietForm,
    told: Vec<ToldLine>,
}

/// What of a quiet rule was written, and what is wrong with it.
type Written = (RuleSaid, String);

impl OwnAlertsPage {
    /// The page of these settings of somebody with this mail address.
    fn of(frame: Frame, own: &OwnAlerts, email: &str, (said, wrong): Written) -> Self {
        let now = frame.now;
        let ways: Vec<Channel> =
            own.allowed.iter().copied().filter(|one| *one != Channel::Webhook).collect();
        let token = frame.form_token.clone().unwrap_or_default();
        let quiet = QuietForm::of(&token, "/account/alerts/quiet", &ways, &said, wrong);
        let device = |card: &app::telling::DeviceCard| Device {
            id: card.id.to_i64(),
            label: card.label.clone(),
            added: Moment::of(card.added_at, now),
            taken: card.last_taken_at.map(|at| Age::of(at, now)),
        };
        let names = std::collections::HashMap::new();
        Self {
            trouble: String::new(),
            email: email.to_owned(),
            push_key: own.push_key.clone(),
            may_push: own.allowed.contains(&Channel::Push),
            may_mail: own.allowed.contains(&Channel::Mail),
            sends_mail: own.sends_mail,
            by_mail: own.wishes.mail.is_some(),
            push: Wanted::of(&own.wishes.push),
            mail: Wanted::of(&own.wishes.mail.clone().unwrap_or_default()),
            devices: own.devices.iter().map(device).collect(),
            rules: own.rules.iter().map(|one| RuleLine::of(one, now)).collect(),
            agencys_rules: own.agencys_rules.iter().map(|one| RuleLine::of(one, now)).collect(),
            quiet,
            told: own.told.iter().map(|one| ToldLine::of(one, &names, now)).collect(),
            frame,
        }
    }
}

/// What the form for a rule begins with.
pub(crate) fn evenings() -> RuleSaid {
    RuleSaid { from: "22:00".to_owned(), until: "06:00".to_owned(), ..RuleSaid::default() }
}

async fn shown(
    app: &App,
    staff: &Staff,
    frame: Frame,
    written: Written,
) -> Result<OwnAlertsPage, PageError> {
    let own = own_alerts(app, &staff.ctx).await?;
    let person = staff.ctx.person.as_deref().ok_or(PageError::SignedOut)?;
    Ok(OwnAlertsPage::of(frame, &own, &person.standing.person.email, written))
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
            let mut again = shown(app, staff, frame, (evenings(), String::new())).await?;
            again.trouble = in_words(field, &why);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &again))
        }
        Err(err) => Err(err.into()),
    }
}

/// What is wrong with a field, in a sentence.
pub(crate) fn in_words(field: &str, why: &str) -> String {
    let what = match field {
        "label" | "name" => "The name",
        "url" => "The address",
        "device" => "This device",
        "webhook" => "The webhook",
        "alert" => "This alert",
        "mail" => "Mail",
        "push" => "The wish for push messages",
        "at_least" => "The priority",
        "days" => "The choice of days",
        "from" => "The beginning",
        "until" => "The end",
        "centre" => "The middle of the area",
        "radius" => "The radius",
        "priorities" => "The choice of priorities",
        "categories" => "The choice of categories",
        "channels" => "The choice of what is quiet",
        _ => "What was sent",
    };
    format!("{what} {why}.")
}

/// `GET /account/alerts`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let own = shown(&app, &staff, frame, (evenings(), String::new())).await?;
    Ok(page(StatusCode::OK, &own))
}

/// What one wants to be told of.
#[derive(Deserialize)]
pub(crate) struct TypedWish {
    #[serde(default)]
    by_mail: String,
    #[serde(default)]
    mail_at_least: String,
    #[serde(default)]
    push_at_least: String,
    #[serde(flatten)]
    rest: std::collections::BTreeMap<String, String>,
}

/// `POST /account/alerts`
pub(crate) async fn wish(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<TypedWish>,
) -> Result<Response, PageError> {
    let said = WishSaid {
        by_mail: typed.by_mail == "yes",
        mail_categories: ticked(&typed.rest, "mail-"),
        push_categories: ticked(&typed.rest, "push-"),
        mail_at_least: typed.mail_at_least,
        push_at_least: typed.push_at_least,
    };
    let done = keep_wish(&app, &staff.ctx, &said).await;
    answer(&app, &staff, frame, done).await
}

/// What a browser says of itself.
#[derive(Deserialize)]
pub(crate) struct TypedDevice {
    #[serde(default)]
    label: String,
    #[serde(default)]
    endpoint: String,
    #[serde(default)]
    key: String,
    #[serde(default)]
    auth: String,
}

/// `POST /account/alerts/devices`
pub(crate) async fn add_device(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<TypedDevice>,
) -> Result<Response, PageError> {
    let TypedDevice { label, endpoint, key, auth } = typed;
    let said = DeviceSaid { label, endpoint, key, auth };
    let done = add(&app, &staff.ctx, &said).await;
    answer(&app, &staff, frame, done).await
}

/// `POST /account/alerts/devices/{id}/remove`
pub(crate) async fn end_device(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, PageError> {
    let done = end(&app, &staff.ctx, DeviceId::from_i64(id)).await;
    answer(&app, &staff, frame, done).await
}

/// `POST /account/alerts/devices/{id}/test`
pub(crate) async fn test_device(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, PageError> {
    let done = test(&app, &staff.ctx, DeviceId::from_i64(id)).await;
    answer(&app, &staff, frame, done).await
}

/// `POST /account/alerts/quiet`
pub(crate) async fn keep_rule(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<TypedRule>,
) -> Result<Response, PageError> {
    let said = typed.said();
    match keep_own_rule(&app, &staff.ctx, &said).await {
        Err(AskError::Invalid { field, why }) => {
            let written = (said, in_words(field, &why));
            let again = shown(&app, &staff, frame, written).await?;
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &again))
        }
        done => answer(&app, &staff, frame, done).await,
    }
}

/// `POST /account/alerts/quiet/{id}/end`
pub(crate) async fn end_rule(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, PageError> {
    let done = end_own_rule(&app, &staff.ctx, QuietRuleId::from_i64(id)).await;
    answer(&app, &staff, frame, done).await
}
