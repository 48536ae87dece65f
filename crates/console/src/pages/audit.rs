//! `/audit`: who looked at what. What is looked for comes by a form, so that no plate stands in an address.

use app::oversight::{AuditAsk, AuditPage as Found, search_audit};
use app::people::list_people;
use app::{App, AskError};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Day, PersonId, Role};
use policy::Action;
use serde::Deserialize;

use super::person_new::sentence;
use crate::components::AuditRow;
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// What happens that is no action of the policy's, and is on record all the same.
const EVENTS: [(&str, &str); 6] = [
    ("state-work", "say what one works on"),
    ("sign-in", "sign in"),
    ("sign-out", "sign out"),
    ("confirm", "show again who one is"),
    ("password-locked", "a password locked by failures"),
    ("log-key-begins", "change the key of the log"),
];

/// What was typed.
#[derive(Deserialize, Clone, Default, Debug)]
pub struct Typed {
    #[serde(default)]
    pub(crate) person: String,
    #[serde(default)]
    pub(crate) role: String,
    #[serde(default)]
    pub(crate) action: String,
    #[serde(default)]
    pub(crate) decision: String,
    #[serde(default)]
    pub(crate) session: String,
    #[serde(default)]
    pub(crate) case_number: String,
    #[serde(default)]
    pub(crate) plate: String,
    #[serde(default)]
    pub(crate) from: String,
    #[serde(default)]
    pub(crate) to: String,
    #[serde(default)]
    pub(crate) before: String,
}

impl Typed {
    /// What is asked; else the field, and what is wrong with it.
    pub(crate) fn ask(&self) -> Result<AuditAsk, (&'static str, String)> {
        let day = |field, text: &str| match text.trim() {
            "" => Ok(None),
            text => Day::parse(text)
                .map(Some)
                .map_err(|_| (field, "write a day as 2026-11-21".to_owned())),
        };
        let number = |text: &str| text.trim().parse::<i64>().ok();
        Ok(AuditAsk {
            person: number(&self.person).map(PersonId::from_i64),
            role: self.role.clone(),
            action: self.action.clone(),
            decision: self.decision.clone(),
            session: self.session.clone(),
            case_number: self.case_number.clone(),
            plate: self.plate.clone(),
            from: day("from", &self.from)?,
            to: day("to", &self.to)?,
            before: self.before.trim().parse().ok(),
        })
    }
}

/// Something to choose.
#[derive(Debug)]
pub(crate) struct Choice {
    word: String,
    label: String,
    is_chosen: bool,
}

fn choices<'a>(all: impl IntoIterator<Item = (&'a str, &'a str)>, chosen: &str) -> Vec<Choice> {
    let one = |(word, label): (&str, &str)| Choice {
        word: word.to_owned(),
        label: label.to_owned(),
        is_chosen: word == chosen,
    };
    all.into_iter().map(one).collect()
}

/// What was found, in words.
#[derive(Debug)]
struct Listing {
    n: String,
    n_people: String,
    n_refused: String,
    rows: Vec<AuditRow>,
    next: Option<u64>,
}

/// The form and what was found.
#[derive(Template, Debug)]
#[template(path = "pages/audit.html")]
pub struct AuditPage {
    frame: Frame,
    people: Vec<Choice>,
    roles: Vec<Choice>,
    actions: Vec<Choice>,
    decisions: Vec<Choice>,
    session: Field,
    case_number: Field,
    plate: Field,
    from: Field,
    to: Field,
    trouble: String,
    found: Option<Listing>,
    is_filtered: bool,
}

impl AuditPage {
    /// The form as it was filled, and what was found.
    pub fn of(frame: Frame, typed: &Typed, found: &Found) -> Self {
        let now = frame.now;
        let (sum, rows) = (found.sum, AuditRow::all(&found.lines, now));
        let mut this = Self::empty(frame, typed, &found.people);
        this.found = Some(Listing {
            n: words::count(sum.n, "record", "records"),
            n_people: words::count(sum.n_people, "person", "people"),
            n_refused: words::count(sum.n_refused, "refusal", "refusals"),
            rows,
            next: found.next,
        });
        this
    }

    fn empty(frame: Frame, typed: &Typed, people: &[(PersonId, String)]) -> Self {
        let people: Vec<(String, &str)> =
            people.iter().map(|(id, name)| (id.to_string(), name.as_str())).collect();
        let people = people.iter().map(|(id, name)| (id.as_str(), *name));
        let actions = Action::ALL.iter().map(|one| (one.word(), one.label())).chain(EVENTS);
        let is_filtered = [
            &typed.person,
            &typed.role,
            &typed.action,
            &typed.decision,
            &typed.session,
            &typed.case_number,
            &typed.plate,
            &typed.from,
            &typed.to,
            &typed.before,
        ];
        Self {
            people: choices(people, typed.person.trim()),
            roles: choices(Role::ALL.iter().map(|one| (one.word(), one.label())), &typed.role),
            actions: choices(actions, &typed.action),
            decisions: choices([("permit", "permitted"), ("refuse", "refused")], &typed.decision),
            session: Field::of(&typed.session),
            case_number: Field::of(&typed.case_number),
            plate: Field::of(&typed.plate),
            from: Field::of(&typed.from),
            to: Field::of(&typed.to),
            trouble: String::new(),
            found: None,
            is_filtered: is_filtered.iter().any(|typed| !typed.trim().is_empty()),
            frame,
        }
    }

    fn refused(mut self, field: &str, why: &str) -> Self {
        let says = sentence(why);
        match field {
            "case_number" => self.case_number.wrong = says,
            "plate" => self.plate.wrong = says,
            "from" => self.from.wrong = says,
            "to" => self.to.wrong = says,
            _ => self.trouble = format!("These {field} {why}."),
        }
        self
    }
}

/// The form again, with what is wrong with it.
pub(crate) async fn again(
    app: &App,
    staff: &Staff,
    frame: Frame,
    typed: &Typed,
    (field, why): (&str, &str),
) -> Response {
    // Who may not see the list of people chooses nobody, and can still mend what is wrong.
    let people = list_people(app, &staff.ctx).await.map(|listed| listed.people);
    let people = people.unwrap_or_default();
    let people: Vec<(PersonId, String)> =
        people.into_iter().map(|row| (row.person.id, row.person.name)).collect();
    let shown = AuditPage::empty(frame, typed, &people).refused(field, why);
    page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

/// `GET /audit`: the newest records.
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let typed = Typed::default();
    let found = search_audit(&app, &staff.ctx, &AuditAsk::default()).await?;
    Ok(page(StatusCode::OK, &AuditPage::of(frame, &typed, &found)))
}

/// `POST /audit`: those that fit.
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let (field, why) = match typed.ask() {
        Err(wrong) => wrong,
        Ok(ask) => match search_audit(&app, &staff.ctx, &ask).await {
            Ok(found) => return Ok(page(StatusCode::OK, &AuditPage::of(frame, &typed, &found))),
            Err(AskError::Invalid { field, why }) => (field, why),
            Err(err) => return Err(err.into()),
        },
    };
    Ok(again(&app, &staff, frame, &typed, (field, &why)).await)
}
