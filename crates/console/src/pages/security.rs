//! `/security`: the chief security officer's daily digest, with a button that locks an account at once.

use app::oversight::{Attempt, DayDigest, Odd, security_digest};
use app::people::lock_person;
use app::{App, AskError};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::PersonId;
use policy::Action;
use serde::Deserialize;

use super::people::Viewer;
use crate::components::Moment;
use crate::error::PageError;
use crate::form::{Checked, day};
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// Whom a line is about, and whether they can be locked from it.
#[derive(Debug)]
struct Who {
    id: Option<i64>,
    name: String,
    is_disabled: bool,
    can_lock: bool,
}

/// A line of the digest.
#[derive(Debug)]
struct Row {
    at: Moment,
    who: Who,
    what: String,
    address: String,
    leaf: Option<u64>,
}

/// A person, and how often they were refused something.
#[derive(Debug)]
struct Refused {
    who: Who,
    n: String,
}

/// The digest of a day.
#[derive(Template, Debug)]
#[template(path = "pages/security.html")]
pub struct SecurityPage {
    frame: Frame,
    day: String,
    before: String,
    after: Option<String>,
    counts: [(&'static str, String, bool); 6],
    failed: Vec<Row>,
    n_more: Option<String>,
    odd: Vec<Row>,
    locked: Vec<Row>,
    refused: Vec<Refused>,
    server: Vec<(Moment, String)>,
    trouble: String,
}

/// Why a sign-in failed, in words.
fn in_words(why: &str) -> String {
    match why {
        "wrong-password" => "wrong password".to_owned(),
        "wrong-code" => "right password, wrong code".to_owned(),
        "unknown-name" => "a name that nobody has".to_owned(),
        "password-locked" => "right password, but it is locked".to_owned(),
        other => other.replace('-', " "),
    }
}

const fn odd_in_words(odd: Odd) -> &'static str {
    match odd {
        Odd::NewAddress => "from an address seen for the first time",
        Odd::NewDevice => "from a device that they never used before",
        Odd::UnusualHour => "at an hour unusual for them",
    }
}

impl SecurityPage {
    /// The page of this day, for who looks at it.
    pub fn of(frame: Frame, digest: &DayDigest, viewer: &Viewer) -> Self {
        let who = |person: Option<PersonId>, called: &str| {
            let known = person.and_then(|id| digest.people.get(&id).map(|state| (id, state)));
            let is_disabled = known.is_some_and(|(_, state)| state.is_disabled);
            let can_lock = known.is_some_and(|(id, _)| !viewer.is(id)) && !is_disabled;
            Who {
                id: known.map(|(id, _)| id.to_i64()),
                name: known.map_or_else(|| called.to_owned(), |(_, state)| state.name.clone()),
                is_disabled,
                can_lock: can_lock && viewer.may(Action::LockAccount),
            }
        };
        let attempt = |one: &Attempt, what: String| Row {
            at: Moment::in_full(one.at),
            who: who(one.person, &one.account),
            what,
            address: one.address.clone(),
            leaf: one.leaf,
        };
        let failed: Vec<Row> =
            digest.failed.iter().map(|one| attempt(one, in_words(&one.why))).collect();
        let by_failures = digest.passwords_locked.iter();
        let by_failures =
            by_failures.map(|one| attempt(one, "password locked by failures".to_owned()));
        let by_somebody = digest.accounts_locked.iter().map(|line| Row {
            at: Moment::in_full(line.row.at),
            who: who(None, &line.name),
            what: "locked an account".to_owned(),
            address: line.address.clone(),
            leaf: Some(line.row.leaf),
        });
        let odd = digest.odd.iter().map(|one| Row {
            at: Moment::in_full(one.at),
            who: who(one.person, ""),
            what: one.odd.iter().map(|odd| odd_in_words(*odd)).collect::<Vec<_>>().join(", "),
            address: one.address.clone(),
            leaf: Some(one.leaf),
        });
        let n_refused: u64 = digest.refused.iter().map(|(_, n)| n).sum();
        let counts = [
            ("Sign-ins", digest.n_signed_in, false),
            ("Failed", digest.n_failed, true),
            ("Odd", digest.odd.len() as u64, true),
            ("Passwords locked", digest.passwords_locked.len() as u64, true),
            ("Accounts locked", digest.accounts_locked.len() as u64, false),
            ("Refusals", n_refused, true),
        ];
        let n_more = digest.n_failed.saturating_sub(failed.len() as u64);
        Self {
            day: digest.day.to_string(),
            before: digest.day.previous().to_string(),
            after: (digest.day < digest.today).then(|| digest.day.next().to_string()),
            counts: counts.map(|(what, n, warns)| (what, words::number(n), warns && n > 0)),
            failed,
            n_more: (n_more > 0).then(|| words::number(n_more)),
            odd: odd.collect(),
            locked: by_failures.chain(by_somebody).collect(),
            refused: digest
                .refused
                .iter()
                .map(|(id, n)| Refused { who: who(Some(*id), ""), n: words::number(*n) })
                .collect(),
            server: digest
                .server
                .iter()
                .map(|(what, at)| (Moment::in_full(*at), what.replace('-', " ")))
                .collect(),
            trouble: String::new(),
            frame,
        }
    }
}

/// Which day.
#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    day: String,
}

/// Whose account is locked, and on which day's page that was decided.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    person: String,
    #[serde(default)]
    day: String,
}

/// `GET /security`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Query(ask): Query<Ask>,
) -> Result<Response, PageError> {
    let digest = security_digest(&app, &staff.ctx, day(&ask.day)?).await?;
    Ok(page(StatusCode::OK, &SecurityPage::of(frame, &digest, &Viewer::of(&staff.ctx))))
}

/// `POST /security/lock`
pub(crate) async fn lock(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let on = day(&typed.day)?.ok_or_else(|| PageError::bad_form("no day was named"))?;
    let person = typed.person.parse().map_err(PageError::bad_form)?;
    let why = format!("the security digest of {on}");
    match lock_person(&app, &staff.ctx, PersonId::from_i64(person), &why).await {
        Ok(()) => Ok(Redirect::to(&format!("/security?day={on}")).into_response()),
        Err(AskError::Invalid { why, .. }) => {
            let digest = security_digest(&app, &staff.ctx, Some(on)).await?;
            let mut shown = SecurityPage::of(frame, &digest, &Viewer::of(&staff.ctx));
            shown.trouble = format!("This {why}.");
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}
