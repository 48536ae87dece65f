//! `GET /account`: one's own account: roles, training, sessions, ways in, tokens, what one works on. `POST /account/sessions/{word}/end` ends
//! one of one's own sessions.

use app::sign_in::{
    PasskeyCard, SessionCard, WaysIn, end_other_session, own_sessions, own_ways_in,
    passkeys_work_at,
};
use app::tokens::{TokenCard, scopes_for};
use app::training::standing;
use app::{App, InForce, SignedIn, WorkingOn};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use domain::{Standing, Timestamp};
use policy::Offence;
use policy::offences::category;

use super::camera_key::Nothing;
use super::policy::grade;
use super::training::{InWords, state};
use crate::components::{Age, LookRow, Moment};
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// A role that one holds, or will hold.
#[derive(Debug)]
pub(crate) struct RoleRow {
    label: &'static str,
    reason: String,
    ends: Option<Moment>,
    waits: bool,
}

/// One of one's sessions.
#[derive(Debug)]
pub(crate) struct Session {
    word: String,
    is_this: bool,
    begun: Moment,
    used: Age,
    expires: Moment,
    address: String,
    browser: String,
}

/// One of one's passkeys.
#[derive(Debug)]
pub(crate) struct Passkey {
    id: i64,
    label: String,
    added: Moment,
    used: Option<Age>,
}

/// One of one's tokens.
#[derive(Debug)]
pub(crate) struct Token {
    id: i64,
    name: String,
    shown: String,
    may: String,
    expires: Moment,
    used: Option<Age>,
}

/// What one can sign in with, and what machines can ask with in one's name.
#[derive(Debug)]
pub struct Ways {
    pub(crate) has_password: bool,
    pub(crate) has_app: bool,
    pub(crate) n_recovery_codes: u64,
    pub(crate) passkeys: Vec<Passkey>,
    pub(crate) tokens: Vec<Token>,
    /// Why there can be no passkeys here; empty where there can.
    pub(crate) no_passkeys: String,
    pub(crate) makes_tokens: bool,
}

impl Ways {
    /// These ways, as a page shows them.
    pub fn of(ways: &WaysIn, no_passkeys: &str, makes_tokens: bool, now: Timestamp) -> Self {
        let passkey = |card: &PasskeyCard| Passkey {
            id: card.id.to_i64(),
            label: card.label.clone(),
            added: Moment::of(card.added_at, now),
            used: card.last_used_at.map(|at| Age::of(at, now)),
        };
        let token = |card: &TokenCard| Token {
            id: card.id.to_i64(),
            name: card.name.clone(),
            shown: card.shown.clone(),
            may: card.scopes.iter().map(|action| action.label()).collect::<Vec<_>>().join(", "),
            expires: Moment::in_full(card.expires_at),
            used: card.last_used_at.map(|at| Age::of(at, now)),
        };
        Self {
            has_password: ways.has_password,
            has_app: ways.has_app,
            n_recovery_codes: ways.n_recovery_codes,
            passkeys: ways.passkeys.iter().map(passkey).collect(),
            tokens: ways.tokens.iter().map(token).collect(),
            no_passkeys: no_passkeys.to_owned(),
            makes_tokens,
        }
    }
}

/// What one works on.
#[derive(Debug)]
pub(crate) struct Work {
    purpose: String,
    case_number: Option<String>,
    offence: Option<String>,
    reason: Option<String>,
    stated: Age,
}

/// One's own account.
#[derive(Template, Debug)]
#[template(path = "pages/account.html")]
pub struct AccountPage {
    frame: Frame,
    name: String,
    login: String,
    email: String,
    ends: Option<Moment>,
    shown: Option<Age>,
    roles: Vec<RoleRow>,
    training: Vec<(String, String, InWords)>,
    sessions: Vec<Session>,
    n_others: usize,
    ways: Ways,
    work: Option<Work>,
    looks: Vec<LookRow>,
}

impl AccountPage {
    /// The page of somebody who is signed in.
    pub(crate) fn of_signed_in(
        frame: Frame,
        signed_in: &SignedIn,
        sessions: &[SessionCard],
        ways: Ways,
    ) -> Self {
        let policy = signed_in.policy.as_deref();
        let mut shown =
            Self::of(frame, &signed_in.standing, policy, signed_in.work.as_ref(), sessions, ways);
        shown.shown = Some(Age::of(signed_in.authenticated_at, shown.frame.now));
        shown
    }

    /// The page of this account.
    pub fn of(
        frame: Frame,
        standing: &Standing,
        policy: Option<&InForce>,
        work: Option<&WorkingOn>,
        sessions: &[SessionCard],
        ways: Ways,
    ) -> Self {
        let now = frame.now;
        let person = &standing.person;
        let grants = standing.grants.iter();
        let grants = grants.filter(|grant| grant.counts_at(now) || grant.waits(now));
        let roles = grants.map(|grant| RoleRow {
            label: grant.role.label(),
            reason: grant.reason.clone(),
            ends: grant.ends_at.map(Moment::in_full),
            waits: grant.waits(now),
        });
        Self {
            name: person.name.clone(),
            login: person.login.to_string(),
            email: person.email.clone(),
            ends: person.ends_at.map(Moment::in_full),
            shown: None,
            roles: roles.collect(),
            training: policy.map(|policy| training(standing, policy, now)).unwrap_or_default(),
            sessions: sessions.iter().map(|one| session(one, now)).collect(),
            n_others: sessions.iter().filter(|one| !one.is_this).count(),
            ways,
            work: work.map(|work| in_words(work, policy, now)),
            looks: looks(standing, policy, now),
            frame,
        }
    }
}

/// Every course of the bundle: its label, the clause that asks for it, and how one stands to it.
fn training(own: &Standing, policy: &InForce, now: Timestamp) -> Vec<(String, String, InWords)> {
    let today = policy.day(now);
    let courses = policy.bundle.settings().training.iter();
    let says = courses.map(|(word, course)| {
        let stands = standing(course, word, &own.completions, today);
        (course.label.clone(), course.clause.clone(), state(stands, course, today))
    });
    says.collect()
}

/// Looks whose case number is still to come.
fn looks(own: &Standing, policy: Option<&InForce>, now: Timestamp) -> Vec<LookRow> {
    let settings = policy.map(|policy| policy.bundle.settings());
    let open = own.exigent.iter().filter(|look| look.is_open());
    open.map(|look| LookRow::of(look, settings, now)).collect()
}

fn session(card: &SessionCard, now: Timestamp) -> Session {
    let known =
        |text: &str, not: &str| if text.is_empty() { not.to_owned() } else { text.to_owned() };
    Session {
        word: card.session.clone(),
        is_this: card.is_this,
        begun: Moment::of(card.begun_at, now),
        used: Age::of(card.used_at, now),
        expires: Moment::of(card.expires_at, now),
        address: known(&card.address, "not known"),
        browser: known(&card.browser, "did not say"),
    }
}

fn offence(offence: &Offence) -> String {
    let grade = grade(offence.grade);
    category(&offence.category).map_or_else(|| grade.to_owned(), |one| format!("{one}, {grade}"))
}

fn in_words(work: &WorkingOn, policy: Option<&InForce>, now: Timestamp) -> Work {
    let purpose = policy.and_then(|policy| policy.bundle.settings().purpose(&work.purpose));
    Work {
        purpose: purpose.map_or_else(|| work.purpose.clone(), |purpose| purpose.label.clone()),
        case_number: work.case_number.clone(),
        offence: work.offence.as_ref().map(offence),
        reason: work.reason.clone(),
        stated: Age::of(work.stated_at, now),
    }
}

/// `GET /account`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let sessions = own_sessions(&app, &staff.ctx).await?;
    let ways = own_ways_in(&app, &staff.ctx).await?;
    let no_passkeys = passkeys_work_at(&app).err().unwrap_or_default();
    let makes_tokens = !scopes_for(&staff.ctx).is_empty();
    let ways = Ways::of(&ways, no_passkeys, makes_tokens, frame.now);
    let signed_in = staff.ctx.person.as_deref().ok_or(PageError::SignedOut)?;
    Ok(page(StatusCode::OK, &AccountPage::of_signed_in(frame, signed_in, &sessions, ways)))
}

/// `POST /account/sessions/{word}/end`
pub(crate) async fn end_session(
    State(app): State<App>,
    staff: Staff,
    Path(word): Path<String>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, PageError> {
    end_other_session(&app, &staff.ctx, &word).await?;
    Ok(Redirect::to("/account"))
}
