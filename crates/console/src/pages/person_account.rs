//! `POST /people/{id}/lock`, `/enable`, `/release`, `/invite`, `/confirm`, `/email`: the decisions about somebody's account.

use app::people::{
    change_email, confirm_account, enable_person, invite_again, lock_person, open_person,
    release_exigent_looks, release_password,
};
use app::{App, AskError, may_send};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::PersonId;
use domain::access::ManagePeople;

use super::camera_key::{Nothing, server};
use super::person::{Typed, again};
use super::person_new::InvitedPage;
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;

fn back(id: i64) -> Redirect {
    Redirect::to(&format!("/people/{id}"))
}

/// `POST /people/{id}/lock`
pub(crate) async fn lock(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let person = PersonId::from_i64(id);
    match lock_person(&app, &staff.ctx, person, &typed.why).await {
        Ok(()) => Ok(back(id).into_response()),
        Err(AskError::Invalid { field, why }) => {
            let field = if field == "reason" { "why" } else { field };
            again(&app, &staff, frame, person, &typed, (field, &why)).await
        }
        Err(err) => Err(err.into()),
    }
}

/// `POST /people/{id}/enable`
pub(crate) async fn enable(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, PageError> {
    enable_person(&app, &staff.ctx, PersonId::from_i64(id)).await?;
    Ok(back(id))
}

/// `POST /people/{id}/email`
pub(crate) async fn email(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let person = PersonId::from_i64(id);
    match change_email(&app, &staff.ctx, person, typed.email.as_deref().unwrap_or_default()).await {
        Ok(()) => Ok(back(id).into_response()),
        Err(AskError::Invalid { field, why }) => {
            again(&app, &staff, frame, person, &typed, (field, &why)).await
        }
        Err(err) => Err(err.into()),
    }
}

/// `POST /people/{id}/release`
pub(crate) async fn release(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, PageError> {
    release_password(&app, &staff.ctx, PersonId::from_i64(id)).await?;
    Ok(back(id))
}

/// `POST /people/{id}/release-looks`
pub(crate) async fn release_looks(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, PageError> {
    let person = PersonId::from_i64(id);
    match release_exigent_looks(&app, &staff.ctx, person).await {
        Ok(()) => Ok(back(id).into_response()),
        Err(AskError::Invalid { field, why }) => {
            again(&app, &staff, frame, person, &Typed::default(), (field, &why)).await
        }
        Err(err) => Err(err.into()),
    }
}

/// `POST /people/{id}/invite`
pub(crate) async fn invite(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    headers: HeaderMap,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, PageError> {
    may_send::<ManagePeople>(&app, &staff.ctx).await?;
    let person = PersonId::from_i64(id);
    let opened = open_person(&app, &staff.ctx, person).await?;
    let invitation = invite_again(&app, &staff.ctx, person).await?;
    let name = &opened.row.person.name;
    let shown = InvitedPage::of(frame, name, &invitation, true, &server(&headers));
    Ok(page(StatusCode::CREATED, &shown))
}

/// `POST /people/{id}/confirm`
pub(crate) async fn confirm(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, PageError> {
    confirm_account(&app, &staff.ctx, PersonId::from_i64(id)).await?;
    Ok(back(id))
}
