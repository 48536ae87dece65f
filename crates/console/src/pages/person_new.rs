//! `GET` and `POST /people/new`: invite somebody; and the page that shows an invitation's link, once.

use app::people::{Invitation, Inviting, invite};
use app::{App, AskError, may_send};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::access::ManagePeople;
use serde::Deserialize;

use super::camera_key::server;
use super::people::Viewer;
use crate::components::Moment;
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// The form, as empty or as filled as it is.
#[derive(Template, Debug)]
#[template(path = "pages/person_new.html")]
pub struct PersonForm {
    frame: Frame,
    trouble: String,
    login: Field,
    name: Field,
    email: Field,
    is_outside: bool,
    is_temporary: bool,
    temporary_hours: u32,
}

impl PersonForm {
    /// The empty form.
    pub fn empty(frame: Frame, viewer: &Viewer) -> Self {
        Self::filled(frame, viewer, &Typed::default())
    }

    /// The form as it was filled, with what was found wrong.
    pub fn refused(frame: Frame, viewer: &Viewer, typed: &Typed, field: &str, why: &str) -> Self {
        let mut form = Self::filled(frame, viewer, typed);
        let why = sentence(why);
        match field {
            "login" => form.login.wrong = why,
            "name" => form.name.wrong = why,
            "email" => form.email.wrong = why,
            other => form.trouble = format!("{other}: {why}"),
        }
        form
    }

    fn filled(frame: Frame, viewer: &Viewer, typed: &Typed) -> Self {
        Self {
            frame,
            trouble: String::new(),
            login: Field::of(&typed.login),
            name: Field::of(&typed.name),
            email: Field::of(&typed.email),
            is_outside: typed.outside.is_some(),
            is_temporary: typed.temporary.is_some(),
            temporary_hours: viewer.rules().temporary_hours,
        }
    }
}

/// What a use case found wrong, as a sentence beside its field.
pub(crate) fn sentence(why: &str) -> String {
    if ["is ", "has ", "holds "].iter().any(|verb| why.starts_with(verb)) {
        return format!("It {why}.");
    }
    let mut letters = why.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let end = if why.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{}{}{end}", first.unwrap_or_default(), letters.as_str())
}

/// What was typed.
#[derive(Deserialize, Default, Debug)]
pub struct Typed {
    #[serde(default)]
    login: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    outside: Option<String>,
    temporary: Option<String>,
}

/// An invitation, shown once.
#[derive(Template)]
#[template(path = "pages/invited.html")]
pub struct InvitedPage {
    frame: Frame,
    person: i64,
    name: String,
    again: bool,
    address: String,
    works_for: String,
    until: Moment,
}

impl InvitedPage {
    /// The page that shows an invitation's link; `again` where the person had an account before. `server` is the address it
    /// is reached by.
    pub fn of(
        frame: Frame,
        name: &str,
        invitation: &Invitation,
        again: bool,
        server: &str,
    ) -> Self {
        let hours = invitation.expires_at.since(frame.now).as_secs().div_ceil(3600);
        Self {
            person: invitation.person.to_i64(),
            name: name.to_owned(),
            again,
            address: format!("{server}/invitation/{}", *invitation.token),
            works_for: words::count(hours, "hour", "hours"),
            until: Moment::in_full(invitation.expires_at),
            frame,
        }
    }
}

/// `GET /people/new`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    may_send::<ManagePeople>(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &PersonForm::empty(frame, &Viewer::of(&staff.ctx))))
}

/// `POST /people/new`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    headers: HeaderMap,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let who = Inviting {
        login: typed.login.clone(),
        name: typed.name.clone(),
        email: typed.email.clone(),
        is_outside: typed.outside.is_some(),
        is_temporary: typed.temporary.is_some(),
    };
    match invite(&app, &staff.ctx, who).await {
        Ok(invitation) => {
            let name = typed.name.trim();
            let shown = InvitedPage::of(frame, name, &invitation, false, &server(&headers));
            Ok(page(StatusCode::CREATED, &shown))
        }
        Err(AskError::Invalid { field, why }) => {
            let viewer = Viewer::of(&staff.ctx);
            let form = PersonForm::refused(frame, &viewer, &typed, field, &why);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &form))
        }
        Err(err) => Err(err.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn what_is_wrong_is_a_sentence() {
        assert_eq!(sentence("is no mail address"), "It is no mail address.");
        assert_eq!(sentence("choose who"), "Choose who.");
        assert_eq!(sentence("“x” was given"), "“x” was given.");
        assert_eq!(sentence(""), ".");
    }
}
