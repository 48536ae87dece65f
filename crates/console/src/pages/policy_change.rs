//! `/policy/changes/{id}`: one change of the policy in plain words; a second person approves it here, or it is withdrawn.

use std::collections::BTreeMap;

use app::policy::{
    ChangePage as Opened, ChangeState, FILES, approve_change, open_change, policy_text,
    withdraw_change,
};
use app::{App, AskError};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::{BundleId, PersonId, Timestamp};
use policy::{Action, Change, File};
use serde::Deserialize;

use super::camera_key::Nothing;
use super::people::Viewer;
use super::person_new::sentence;
use crate::components::Moment;
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// A piece of what is said: plain, or the name of a setting or rule as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Says {
    pub(crate) text: String,
    pub(crate) is_name: bool,
}

impl Says {
    /// The pieces of a text in which names stand between backticks.
    pub(crate) fn of(text: &str) -> Vec<Self> {
        let pieces = text.split('`').enumerate();
        let pieces = pieces.map(|(at, text)| Self { text: text.to_owned(), is_name: at % 2 == 1 });
        pieces.filter(|piece| !piece.text.is_empty()).collect()
    }
}

/// One change.
#[derive(Debug)]
pub(crate) struct ChangeLine {
    pub(crate) says: Vec<Says>,
    pub(crate) touches_privacy: bool,
}

/// The changes of one text.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) file: String,
    pub(crate) lines: Vec<ChangeLine>,
}

const fn title(file: &File) -> &'static str {
    match file {
        File::Settings => "Settings",
        File::Rules => "Rules",
        File::Statute(_) => "Statutes",
        File::Clauses => "Clauses",
        File::Published => "Published text",
    }
}

/// Changes text by text.
pub(crate) fn sections(changes: &[Change]) -> Vec<Section> {
    let mut by_file: BTreeMap<&File, Vec<ChangeLine>> = BTreeMap::new();
    for change in changes {
        let says = Says::of(&sentence(&change.says));
        let touches_privacy = change.touches_privacy;
        by_file.entry(&change.file).or_default().push(ChangeLine { says, touches_privacy });
    }
    by_file
        .into_iter()
        .map(|(file, lines)| Section { title: title(file), file: file.to_string(), lines })
        .collect()
}

/// How a change stands, in a word and with its colour.
pub(crate) const fn state_word(state: ChangeState) -> (&'static str, &'static str) {
    match state {
        ChangeState::Waits => ("waits for approval", "doubt-chip"),
        ChangeState::Comes => ("approved, not yet in force", "doubt-chip"),
        ChangeState::Decides => ("in force", ""),
        ChangeState::Over => ("was in force", ""),
        ChangeState::Withdrawn => ("withdrawn", ""),
    }
}

/// Somebody's name; words for nobody.
pub(crate) fn named(names: &BTreeMap<PersonId, String>, id: Option<PersonId>) -> String {
    let Some(id) = id else { return "the server’s configuration".to_owned() };
    names.get(&id).cloned().unwrap_or_else(|| format!("person {id}"))
}

/// What a viewer may do about a change.
#[derive(Debug)]
pub(crate) struct Buttons {
    approve: bool,
    /// Why somebody who could approve others cannot approve this; may be empty.
    not_you: &'static str,
    withdraw: bool,
}

/// One change.
#[derive(Template, Debug)]
#[template(path = "pages/policy_change.html")]
pub struct OneChange {
    frame: Frame,
    id: i64,
    title: String,
    digest: String,
    follows: String,
    state: (&'static str, &'static str),
    is_decided: bool,
    waits: bool,
    reason: String,
    proposed_by: String,
    proposed: Moment,
    approved: Option<(String, Moment)>,
    withdrawn: Option<(String, Moment)>,
    begins: Moment,
    is_late: bool,
    touches_privacy: bool,
    is_first: bool,
    sections: Vec<Section>,
    contradictions: Vec<(String, Vec<Says>)>,
    files: [&'static str; 4],
    buttons: Buttons,
    trouble: String,
}

impl OneChange {
    /// The page of a change, for who looks at it.
    pub fn of(frame: Frame, opened: &Opened, viewer: &Viewer) -> Self {
        let row = &opened.row;
        let name = |id| named(&opened.names, id);
        let told = |one: &Option<(Option<PersonId>, Timestamp)>| {
            one.map(|(by, at)| (name(by), Moment::in_full(at)))
        };
        let waits = row.state == ChangeState::Waits;
        let is_mine = row.proposed.0.is_some_and(|by| viewer.is(by));
        let may_approve = viewer.may(Action::ApprovePolicy) && waits;
        let contradictions = opened.now.iter().flat_map(|now| &now.contradictions);
        let contradictions: Vec<_> = contradictions
            .map(|one| (one.setting.clone(), Says::of(&sentence(&one.says))))
            .collect();
        let changes = opened.now.as_ref().map(|now| &now.changes).or(opened.changes.as_ref());
        Self {
            id: row.id.to_i64(),
            title: opened.title.clone(),
            digest: row.digest.clone(),
            follows: opened.now.as_ref().map(|now| now.follows.clone()).unwrap_or_default(),
            state: state_word(row.state),
            is_decided: !matches!(row.state, ChangeState::Waits | ChangeState::Comes),
            waits,
            reason: row.reason.clone(),
            proposed_by: name(row.proposed.0),
            proposed: Moment::in_full(row.proposed.1),
            approved: told(&row.approved),
            withdrawn: told(&row.withdrawn),
            begins: Moment::in_full(row.begins),
            is_late: waits && row.begins <= frame.now,
            touches_privacy: changes.is_some_and(|all| all.iter().any(|one| one.touches_privacy)),
            is_first: changes.is_none(),
            sections: changes.map(|all| sections(all)).unwrap_or_default(),
            buttons: Buttons {
                approve: may_approve && !is_mine && contradictions.is_empty(),
                not_you: if may_approve && is_mine {
                    "You proposed it: somebody else has to approve it."
                } else {
                    ""
                },
                withdraw: viewer.may(Action::ManagePolicy)
                    && matches!(row.state, ChangeState::Waits | ChangeState::Comes),
            },
            contradictions,
            files: FILES,
            trouble: String::new(),
            frame,
        }
    }
}

/// `GET /policy/changes/{id}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let opened = open_change(&app, &staff.ctx, BundleId::from_i64(id)).await?;
    Ok(page(StatusCode::OK, &OneChange::of(frame, &opened, &Viewer::of(&staff.ctx))))
}

/// What the page showed that is approved.
#[derive(Deserialize)]
pub(crate) struct Seen {
    #[serde(default)]
    digest: String,
    #[serde(default)]
    follows: String,
}

/// `POST /policy/changes/{id}/approve`
pub(crate) async fn approve(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(seen): Checked<Seen>,
) -> Result<Response, PageError> {
    let bundle = BundleId::from_i64(id);
    let done = approve_change(&app, &staff.ctx, bundle, &seen.digest, &seen.follows).await;
    after(&app, &staff, frame, bundle, done).await
}

/// `POST /policy/changes/{id}/withdraw`
pub(crate) async fn withdraw(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, PageError> {
    let bundle = BundleId::from_i64(id);
    let done = withdraw_change(&app, &staff.ctx, bundle).await;
    after(&app, &staff, frame, bundle, done).await
}

/// Back to the change; with what was wrong where something was.
async fn after(
    app: &App,
    staff: &Staff,
    frame: Frame,
    id: BundleId,
    done: Result<(), AskError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/policy/changes/{id}")).into_response()),
        Err(AskError::Invalid { why, .. }) => {
            let opened = open_change(app, &staff.ctx, id).await?;
            let mut shown = OneChange::of(frame, &opened, &Viewer::of(&staff.ctx));
            shown.trouble = sentence(&why);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}

/// `GET /policy/changes/{id}/{name}`: a text of it.
pub(crate) async fn text(
    State(app): State<App>,
    staff: Staff,
    Path((id, name)): Path<(i64, String)>,
) -> Result<Response, PageError> {
    let text = policy_text(&app, &staff.ctx, BundleId::from_i64(id), &name).await?;
    // The name is one of four by now.
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_apart_from_words() {
        let pieces = Says::of("`retention.days` changes from 30 to 7");
        let pieces: Vec<_> =
            pieces.iter().map(|piece| (piece.text.as_str(), piece.is_name)).collect();
        assert_eq!(pieces, [("retention.days", true), (" changes from 30 to 7", false)]);
    }
}
