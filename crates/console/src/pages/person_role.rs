//! `POST /people/{id}/role`, `…/role/{grant}/end`, `/people/grants/{grant}/approve`: giving roles, ending and approving them.

use app::people::{GiveRole, approve_role, end_role, give_role};
use app::{App, AskError};
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::{Day, GrantId, PersonId, Role, Timestamp};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::camera_key::Nothing;
use super::person::{Typed, again};
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::Frame;
use crate::staff::Staff;

/// `POST /people/{id}/role`
pub(crate) async fn give(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let person = PersonId::from_i64(id);
    let policy = staff.ctx.person.as_ref().and_then(|person| person.policy.clone());
    let zone = policy.map_or(TimeZone::UTC, |policy| policy.zone.clone());
    let give = match read(person, &typed, &zone) {
        Ok(give) => give,
        Err(wrong) => return again(&app, &staff, frame, person, &typed, wrong).await,
    };
    match give_role(&app, &staff.ctx, give).await {
        Ok(_) => Ok(Redirect::to(&format!("/people/{id}")).into_response()),
        Err(AskError::Invalid { field, why }) => {
            again(&app, &staff, frame, person, &typed, (field, &why)).await
        }
        Err(err) => Err(err.into()),
    }
}

/// What was typed as a role to give; else the field, and what is wrong with it.
fn read(
    person: PersonId,
    typed: &Typed,
    zone: &TimeZone,
) -> Result<GiveRole, (&'static str, &'static str)> {
    let role = Role::parse(&typed.role).ok_or(("role", "choose one of the roles"))?;
    let last_day = typed.last_day.trim();
    let ends_at = if last_day.is_empty() {
        None
    } else {
        let end = Day::parse(last_day).ok().and_then(|day| end_of(day, zone));
        Some(end.ok_or(("ends_at", "write a day as 2026-12-31"))?)
    };
    Ok(GiveRole { person, role, reason: typed.reason.clone(), ends_at })
}

/// The first moment after a day at the agency.
fn end_of(day: Day, zone: &TimeZone) -> Option<Timestamp> {
    let after: jiff::civil::Date = day.next().to_string().parse().ok()?;
    let midnight = after.to_zoned(zone.clone()).ok()?;
    Some(Timestamp::from_micros(midnight.timestamp().as_microsecond()))
}

/// `POST /people/{id}/role/{grant}/end`
pub(crate) async fn end(
    State(app): State<App>,
    staff: Staff,
    Path((id, grant)): Path<(i64, i64)>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, PageError> {
    end_role(&app, &staff.ctx, GrantId::from_i64(grant)).await?;
    Ok(Redirect::to(&format!("/people/{id}")))
}

/// From whose page a role is approved; none: from the list.
#[derive(Deserialize)]
pub(crate) struct From {
    person: Option<i64>,
}

/// `POST /people/grants/{grant}/approve`
pub(crate) async fn approve(
    State(app): State<App>,
    staff: Staff,
    Path(grant): Path<i64>,
    Checked(from): Checked<From>,
) -> Result<Redirect, PageError> {
    approve_role(&app, &staff.ctx, GrantId::from_i64(grant)).await?;
    let back = from.person.map_or_else(|| "/people".to_owned(), |id| format!("/people/{id}"));
    Ok(Redirect::to(&back))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_ends_at_the_agencys_midnight() {
        let typed = |role: &str, last_day: &str| Typed {
            role: role.to_owned(),
            last_day: last_day.to_owned(),
            ..Typed::default()
        };
        let austin = TimeZone::get("America/Chicago").unwrap();
        let read = |role, day| read(PersonId::from_i64(1), &typed(role, day), &austin);
        let ends = read("officer", "2026-12-31").unwrap().ends_at;
        assert_eq!(ends, Some(Timestamp::parse("2027-01-01T06:00:00Z").unwrap()));
        assert_eq!(read("officer", " ").unwrap().ends_at, None);
        assert_eq!(read("god", "").unwrap_err().0, "role");
        assert_eq!(read("officer", "31.12.2026").unwrap_err().0, "ends_at");
    }
}
