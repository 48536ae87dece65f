//! `GET /people/{id}`: one person, the roles that they hold and held, and every decision about their account.

use app::App;
use app::people::{PersonPage as Opened, open_person, review_at};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Grant, PersonId, Role, Timestamp};
use policy::Action;
use serde::Deserialize;

use super::people::{Names, Standing, Viewer, not_you};
use super::person_new::sentence;
use crate::components::{Age, ExigentBar, Moment};
use crate::error::PageError;
use crate::form::Field;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// A role that somebody holds, will hold or held.
#[derive(Debug)]
pub(crate) struct GrantRow {
    id: i64,
    role: &'static str,
    reason: String,
    given_by: String,
    given: Moment,
    approved: String,
    ends: Option<Moment>,
    waits: bool,
    /// Why the viewer cannot approve it; empty where they can.
    not_you: &'static str,
    /// How and when it ended.
    ended: Option<(String, Moment)>,
}

impl GrantRow {
    fn of(grant: &Grant, names: &Names<'_>, viewer: &Viewer, now: Timestamp) -> Self {
        let ran_out = grant.ends_at.filter(|at| *at <= now && grant.ended_at.is_none());
        let ended = match (grant.ended_at, ran_out) {
            (Some(at), _) => Some((format!("by {}", ender(grant, names)), Moment::in_full(at))),
            (None, Some(at)) => Some(("by itself".to_owned(), Moment::in_full(at))),
            (None, None) => None,
        };
        Self {
            id: grant.id.to_i64(),
            role: grant.role.label(),
            reason: grant.reason.clone(),
            given_by: names.giver(grant),
            given: Moment::in_full(grant.given_at),
            approved: match (grant.approved_by, grant.approved_at) {
                (Some(_), Some(_)) => names.of(grant.approved_by),
                (None, Some(_)) => "not asked for".to_owned(),
                _ => String::new(),
            },
            ends: grant.ends_at.map(Moment::in_full),
            waits: grant.waits(now),
            not_you: not_you(grant, viewer),
            ended,
        }
    }
}

/// Who ended a role. One that the provider gave ends when the group is gone, or by a person's word.
fn ender(grant: &Grant, names: &Names<'_>) -> String {
    if grant.by_provider && grant.ended_by.is_none() {
        names.giver(grant)
    } else {
        names.of(grant.ended_by)
    }
}

/// What was typed about a person.
#[derive(Deserialize, Default, Debug)]
pub struct Typed {
    /// The role's word.
    #[serde(default)]
    pub(crate) role: String,
    /// Why it is given.
    #[serde(default)]
    pub(crate) reason: String,
    /// Its last day.
    #[serde(default)]
    pub(crate) last_day: String,
    /// Where mail is to reach them; none: it was not typed.
    pub(crate) email: Option<String>,
    /// Why the account is locked.
    #[serde(default)]
    pub(crate) why: String,
}

/// A role to choose.
#[derive(Debug)]
pub(crate) struct Choice {
    word: &'static str,
    label: &'static str,
    is_privileged: bool,
    is_chosen: bool,
}

/// What a viewer may do about somebody.
#[derive(Debug)]
pub(crate) struct Buttons {
    give: bool,
    lock: bool,
    enable: bool,
    email: bool,
    release: bool,
    /// The account is locked by looks without a case number that were completed too late.
    release_looks: bool,
    invite: bool,
    confirm: bool,
}

/// One person.
#[derive(Template, Debug)]
#[template(path = "pages/person.html")]
pub struct OnePerson {
    frame: Frame,
    id: i64,
    name: String,
    login: String,
    email: String,
    email_field: Field,
    is_outside: bool,
    standing: Standing,
    added: Moment,
    added_by: String,
    enrolled: Option<Moment>,
    last_used: Option<Age>,
    reviewed: Option<Moment>,
    review: Moment,
    is_review_due: bool,
    is_me: bool,
    exigent: Option<ExigentBar>,
    buttons: Buttons,
    now: Vec<GrantRow>,
    before: Vec<GrantRow>,
    roles: Vec<Choice>,
    role_wrong: String,
    reason: Field,
    last_day: Field,
    today: String,
    why: Field,
    trouble: String,
}

impl OnePerson {
    /// The page of this person, for who looks at it.
    pub fn of(frame: Frame, opened: &Opened, viewer: &Viewer) -> Self {
        Self::filled(frame, opened, viewer, &Typed::default())
    }

    /// The same with what was typed.
    pub fn filled(frame: Frame, opened: &Opened, viewer: &Viewer, typed: &Typed) -> Self {
        let (row, now) = (&opened.row, frame.now);
        let person = &row.person;
        let names = Names(&opened.names);
        let review = review_at(person, viewer.rules().review_months);
        let (held, ended): (Vec<&Grant>, Vec<&Grant>) =
            opened.grants.iter().partition(|grant| grant.counts_at(now) || grant.waits(now));
        let rows = |grants: Vec<&Grant>| -> Vec<GrantRow> {
            grants.into_iter().map(|grant| GrantRow::of(grant, &names, viewer, now)).collect()
        };
        let choice = |role: Role| Choice {
            word: role.word(),
            label: role.label(),
            is_privileged: role.is_privileged(),
            is_chosen: role.word() == typed.role,
        };
        let is_me = viewer.is(person.id);
        let others = |action| viewer.may(action) && !is_me;
        Self {
            id: person.id.to_i64(),
            name: person.name.clone(),
            login: person.login.to_string(),
            email: person.email.clone(),
            email_field: Field::of(typed.email.as_ref().unwrap_or(&person.email)),
            is_outside: person.is_outside,
            standing: Standing::of(row, now),
            added: Moment::in_full(person.added_at),
            added_by: names.of(person.added_by),
            enrolled: person.enrolled_at.map(Moment::in_full),
            last_used: person.last_used_at.map(|at| Age::of(at, now)),
            reviewed: person.reviewed_at.map(Moment::in_full),
            review: Moment::in_full(review),
            is_review_due: review <= now && person.is_usable(now),
            is_me,
            exigent: ExigentBar::of_looks(&opened.exigent, now),
            buttons: Buttons {
                give: others(Action::GrantRole),
                lock: others(Action::LockAccount) && person.disabled.is_none(),
                enable: viewer.may(Action::ManagePeople) && person.disabled.is_some(),
                email: viewer.may(Action::ManagePeople),
                release: viewer.may(Action::UnlockAccount) && row.is_locked,
                release_looks: others(Action::UnlockAccount)
                    && opened.exigent.iter().any(|look| look.locks_at(now))
                    && !opened.exigent.iter().any(|look| look.is_open() && look.locks_at(now)),
                invite: viewer.may(Action::ManagePeople) && person.is_usable(now),
                confirm: others(Action::ReviewAccounts) && person.is_usable(now),
            },
            now: rows(held),
            before: rows(ended),
            roles: Role::ALL.map(choice).into(),
            role_wrong: String::new(),
            reason: Field::of(&typed.reason),
            last_day: Field::of(&typed.last_day),
            today: now.day().to_string(),
            why: Field::of(&typed.why),
            trouble: String::new(),
            frame,
        }
    }

    /// The same with what was found wrong with it.
    #[must_use]
    pub fn refused(mut self, field: &str, why: &str) -> Self {
        let says = sentence(why);
        match field {
            "role" => self.role_wrong = says,
            "reason" => self.reason.wrong = says,
            "ends_at" => self.last_day.wrong = says,
            "email" => self.email_field.wrong = says,
            "why" => self.why.wrong = says,
            "person" => self.trouble = format!("This {why}."),
            other => self.trouble = format!("{other}: {why}"),
        }
        self
    }
}

/// The page again with what was typed and what is wrong with it.
pub(crate) async fn again(
    app: &App,
    staff: &Staff,
    frame: Frame,
    id: PersonId,
    typed: &Typed,
    (field, why): (&str, &str),
) -> Result<Response, PageError> {
    let opened = open_person(app, &staff.ctx, id).await?;
    let shown = OnePerson::filled(frame, &opened, &Viewer::of(&staff.ctx), typed);
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown.refused(field, why)))
}

/// `GET /people/{id}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let opened = open_person(&app, &staff.ctx, PersonId::from_i64(id)).await?;
    let shown = OnePerson::of(frame, &opened, &Viewer::of(&staff.ctx));
    Ok(page(StatusCode::OK, &shown))
}
