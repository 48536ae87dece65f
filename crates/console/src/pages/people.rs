//! `GET /people`: who has an account, what they hold, and which roles wait for somebody's approval.

use std::collections::{BTreeSet, HashMap};

use app::mail::MailTrouble;
use app::people::{PeoplePage as Listed, PersonRow, list_people, review_at};
use app::{App, Ctx};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Grant, Person, PersonId, Timestamp};
use policy::Action;
use policy::settings::SignIn;

use crate::components::{Age, Moment};
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// Whoever looks at a page: which buttons are of use to them. Use cases decide; a button that is missing permits nothing, and
/// one that is there may still be refused.
#[derive(Clone, Debug, Default)]
pub struct Viewer {
    id: Option<PersonId>,
    may: BTreeSet<Action>,
    rules: SignIn,
}

impl Viewer {
    /// Who acts.
    pub(crate) fn of(ctx: &Ctx) -> Self {
        let Some(person) = &ctx.person else { return Self::default() };
        let Some(policy) = &person.policy else { return Self::default() };
        let roles = person.standing.roles(ctx.now);
        let matrix = policy.bundle.matrix();
        let may = Action::ALL.iter().copied().filter(|action| {
            matrix.is_for_everybody(*action)
                || roles.iter().any(|role| matrix.permits(*role, *action))
        });
        Self {
            id: ctx.person_id(),
            may: may.collect(),
            rules: policy.bundle.settings().sign_in.clone(),
        }
    }

    /// Somebody who may do everything, for examples and tests.
    pub fn sample(id: i64) -> Self {
        Self {
            id: Some(PersonId::from_i64(id)),
            may: Action::ALL.iter().copied().collect(),
            rules: SignIn::default(),
        }
    }

    pub(crate) fn is(&self, id: PersonId) -> bool {
        self.id == Some(id)
    }

    pub(crate) fn may(&self, action: Action) -> bool {
        self.may.contains(&action)
    }

    pub(crate) const fn rules(&self) -> &SignIn {
        &self.rules
    }
}

/// In which state an account is, in words.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// One word.
    pub(crate) word: &'static str,
    /// Whether somebody has to look after it.
    pub(crate) waits: bool,
    /// Whether it cannot be used.
    pub(crate) is_off: bool,
    /// Since when, or until when.
    pub(crate) when: Option<(&'static str, Moment)>,
    /// Why.
    pub(crate) why: String,
}

impl Standing {
    pub(crate) fn of(row: &PersonRow, now: Timestamp) -> Self {
        let person = &row.person;
        let plain =
            |word| Self { word, waits: false, is_off: false, when: None, why: String::new() };
        let ends = person.ends_at.map(|at| ("ends", Moment::of(at, now)));
        if let Some(disabled) = &person.disabled {
            let when = Some(("since", Moment::of(disabled.at, now)));
            Self { is_off: true, when, why: disabled.why.clone(), ..plain("disabled") }
        } else if person.ends_at.is_some_and(|at| at <= now) {
            let when = person.ends_at.map(|at| ("", Moment::of(at, now)));
            Self { is_off: true, when, ..plain("ended") }
        } else if row.is_locked {
            let why = "password locked after failures".to_owned();
            Self { waits: true, when: ends, why, ..plain("locked") }
        } else if person.enrolled_at.is_none() {
            let when = ends.or_else(|| Some(("since", Moment::of(person.added_at, now))));
            Self { waits: true, when, ..plain("invited") }
        } else {
            Self { when: ends, ..plain("active") }
        }
    }
}

/// Somebody as the list shows them.
#[derive(Debug)]
pub(crate) struct Row {
    id: i64,
    name: String,
    login: String,
    is_outside: bool,
    roles: Vec<&'static str>,
    n_waiting: usize,
    standing: Standing,
    last_used: Option<Age>,
    is_review_due: bool,
}

impl Row {
    fn of(row: &PersonRow, viewer: &Viewer, now: Timestamp) -> Self {
        let person = &row.person;
        Self {
            id: person.id.to_i64(),
            name: person.name.clone(),
            login: person.login.to_string(),
            is_outside: person.is_outside,
            roles: row.roles.iter().map(|role| role.label()).collect(),
            n_waiting: row.n_waiting,
            standing: Standing::of(row, now),
            last_used: person.last_used_at.map(|at| Age::of(at, now)),
            is_review_due: person.is_usable(now)
                && review_at(person, viewer.rules.review_months) <= now,
        }
    }
}

/// A role that waits for somebody's approval.
#[derive(Debug)]
pub(crate) struct Waiting {
    grant: i64,
    role: &'static str,
    person: i64,
    name: String,
    reason: String,
    given_by: String,
    given: Age,
    ends: Option<Moment>,
    /// Why the viewer cannot approve it; empty where they can.
    not_you: &'static str,
}

impl Waiting {
    fn of(
        (grant, person): &(Grant, Person),
        names: &Names<'_>,
        viewer: &Viewer,
        now: Timestamp,
    ) -> Self {
        Self {
            grant: grant.id.to_i64(),
            role: grant.role.label(),
            person: person.id.to_i64(),
            name: person.name.clone(),
            reason: grant.reason.clone(),
            given_by: names.giver(grant),
            given: Age::of(grant.given_at, now),
            ends: grant.ends_at.map(Moment::in_full),
            not_you: not_you(grant, viewer),
        }
    }
}

/// Why somebody cannot approve a role; empty where they can.
pub(crate) fn not_you(grant: &Grant, viewer: &Viewer) -> &'static str {
    if !viewer.may(Action::ApproveGrant) {
        "Your roles do not approve roles."
    } else if viewer.is(grant.person) {
        "Is for you: somebody else has to approve it."
    } else if grant.given_by.is_some_and(|by| viewer.is(by)) {
        "You gave it: somebody else has to approve it."
    } else {
        ""
    }
}

/// Everybody's name.
pub(crate) struct Names<'a>(pub(crate) &'a HashMap<PersonId, String>);

impl Names<'_> {
    /// The name of who did something; nobody is a command on the server.
    pub(crate) fn of(&self, id: Option<PersonId>) -> String {
        match id {
            None => "a command on the server".to_owned(),
            Some(id) => self.0.get(&id).cloned().unwrap_or_else(|| format!("person {id}")),
        }
    }

    /// Who gave a role.
    pub(crate) fn giver(&self, grant: &Grant) -> String {
        if grant.by_provider {
            "the agency’s provider".to_owned()
        } else {
            self.of(grant.given_by)
        }
    }
}

/// A mail that was tried and not sent.
#[derive(Debug)]
pub(crate) struct Unsent {
    person: i64,
    name: String,
    subject: String,
    why: String,
    next: Option<Moment>,
}

impl Unsent {
    fn of(mail: &MailTrouble, names: &Names<'_>, now: Timestamp) -> Self {
        Self {
            person: mail.person.to_i64(),
            name: names.of(Some(mail.person)),
            subject: mail.subject.clone(),
            why: mail.trouble.clone(),
            next: mail.next_try_at.map(|at| Moment::of(at, now)),
        }
    }
}

/// Everybody.
#[derive(Template, Debug)]
#[template(path = "pages/people.html")]
pub struct PeoplePage {
    frame: Frame,
    people: Vec<Row>,
    waiting: Vec<Waiting>,
    n_due: usize,
    unsent: Vec<Unsent>,
    may_manage: bool,
}

impl PeoplePage {
    /// The page of these people, for who looks at it.
    pub fn of(frame: Frame, listed: &Listed, viewer: &Viewer) -> Self {
        let now = frame.now;
        let names = Names(&listed.names);
        let people: Vec<Row> = listed.people.iter().map(|row| Row::of(row, viewer, now)).collect();
        let waiting = listed.waiting.iter().map(|one| Waiting::of(one, &names, viewer, now));
        Self {
            waiting: waiting.collect(),
            n_due: people.iter().filter(|row| row.is_review_due).count(),
            unsent: listed.unsent.iter().map(|one| Unsent::of(one, &names, now)).collect(),
            may_manage: viewer.may(Action::ManagePeople),
            people,
            frame,
        }
    }
}

/// `GET /people`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let listed = list_people(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &PeoplePage::of(frame, &listed, &Viewer::of(&staff.ctx))))
}

#[cfg(test)]
mod tests {
    use domain::{AgencyId, Disabled, Login};

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn somebody() -> PersonRow {
        let person = Person {
            id: PersonId::from_i64(7),
            agency: AgencyId::from_i64(1),
            login: Login::parse("d.chen").unwrap(),
            name: "D. Chen".to_owned(),
            email: String::new(),
            is_outside: false,
            ends_at: None,
            added_at: at("2025-11-21T12:00:00Z"),
            added_by: None,
            enrolled_at: Some(at("2025-11-22T12:00:00Z")),
            last_used_at: None,
            disabled: None,
            reviewed_at: None,
            enabled_at: None,
        };
        PersonRow { person, roles: BTreeSet::new(), n_waiting: 0, is_locked: false }
    }

    #[test]
    fn an_account_has_one_word_for_its_state() {
        let now = at("2026-11-21T12:00:00Z");
        let word = |change: fn(&mut PersonRow)| {
            let mut row = somebody();
            change(&mut row);
            Standing::of(&row, now).word
        };
        assert_eq!(word(|_| ()), "active");
        assert_eq!(word(|row| row.person.enrolled_at = None), "invited");
        assert_eq!(word(|row| row.is_locked = true), "locked");
        assert_eq!(word(|row| row.person.ends_at = Some(at("2026-11-21T12:00:00Z"))), "ended");
        let disabled = |row: &mut PersonRow| {
            row.is_locked = true;
            row.person.disabled =
                Some(Disabled { at: at("2026-11-20T12:00:00Z"), why: "lost badge".to_owned() });
        };
        assert_eq!(word(disabled), "disabled");
    }

    #[test]
    fn a_review_is_due_after_its_months_and_counts_from_the_last() {
        let mut row = somebody();
        assert_eq!(review_at(&row.person, 12), at("2026-11-21T12:00:00Z"));
        row.person.reviewed_at = Some(at("2026-02-28T00:00:00Z"));
        assert_eq!(review_at(&row.person, 6), at("2026-08-28T00:00:00Z"));
    }

    #[test]
    fn nobody_approves_what_they_gave_or_hold() {
        let grant = Grant {
            id: domain::GrantId::from_i64(1),
            person: PersonId::from_i64(7),
            role: domain::Role::Auditor,
            reason: "audit".to_owned(),
            given_by: Some(PersonId::from_i64(2)),
            by_provider: false,
            given_at: at("2026-11-21T12:00:00Z"),
            approved_by: None,
            approved_at: None,
            ends_at: None,
            ended_by: None,
            ended_at: None,
        };
        assert!(not_you(&grant, &Viewer::sample(7)).starts_with("Is for you"));
        assert!(not_you(&grant, &Viewer::sample(2)).starts_with("You gave it"));
        assert_eq!(not_you(&grant, &Viewer::sample(3)), "");
        assert!(not_you(&grant, &Viewer::default()).starts_with("Your roles"));
    }
}
