//! Locking and opening accounts.

use domain::access::{LockAccount, ManagePeople, ReviewAccounts, UnlockAccount};
use domain::{Person, PersonId, Timestamp};

use jiff::ToSpan as _;
use jiff::tz::TimeZone;

use super::invite::mail_address;
use super::own_person;
use crate::record::About;
use crate::use_cases::add_camera::words;
use crate::{App, AskError, Ctx};

/// Disables an account at once and ends its sessions (`AUS-344.3.1a1`; CJIS AC-2(13): within 30 minutes of discovery).
pub async fn lock_person(app: &App, ctx: &Ctx, id: PersonId, why: &str) -> Result<(), AskError> {
    let act = app.begin::<LockAccount>(ctx, About::one("person", id)).await?;
    words("reason", why)?;
    if ctx.person_id() == Some(id) {
        let why = "is your own account".to_owned();
        return Err(AskError::Invalid { field: "person", why });
    }
    let person = own_person(app, ctx, id).await?;
    let disabled = app.inner().store.disable_person(act.permit(), id, why.trim(), ctx.now).await;
    disabled.map_err(AskError::failed("disable an account"))?;
    act.done([format!("person {id}, {}, disabled", person.named())]);
    Ok(())
}

/// Enables an account again.
pub async fn enable_person(app: &App, ctx: &Ctx, id: PersonId) -> Result<(), AskError> {
    let act = app.begin::<ManagePeople>(ctx, About::one("person", id)).await?;
    let person = own_person(app, ctx, id).await?;
    let enabled = app.inner().store.enable_person(act.permit(), id, ctx.now).await;
    enabled.map_err(AskError::failed("enable an account"))?;
    act.done([format!("person {id}, {}, enabled", person.named())]);
    Ok(())
}

/// Says where mail reaches somebody; an empty text: nowhere.
pub async fn change_email(app: &App, ctx: &Ctx, id: PersonId, email: &str) -> Result<(), AskError> {
    let act = app.begin::<ManagePeople>(ctx, About::one("person", id)).await?;
    let email = mail_address(email)?;
    let person = own_person(app, ctx, id).await?;
    let changed = app.inner().store.change_email(act.permit(), id, &email).await;
    changed.map_err(AskError::failed("change a mail address"))?;
    act.done([format!("person {id}, {}, mail address changed", person.named())]);
    Ok(())
}

/// Releases a password that failures locked (CJIS AC-7).
pub async fn release_password(app: &App, ctx: &Ctx, id: PersonId) -> Result<(), AskError> {
    let act = app.begin::<UnlockAccount>(ctx, About::one("person", id)).await?;
    let person = own_person(app, ctx, id).await?;
    let released = app.inner().store.release_password(id).await;
    let what = if released.map_err(AskError::failed("release a password"))? {
        "password released"
    } else {
        "password was not locked"
    };
    act.done([format!("person {id}, {}, {what}", person.named())]);
    Ok(())
}

/// Confirms that an account and its rights are still needed (CJIS AC-2j, AC-6(7): every year).
pub async fn confirm_account(app: &App, ctx: &Ctx, id: PersonId) -> Result<(), AskError> {
    let act = app.begin::<ReviewAccounts>(ctx, About::one("person", id)).await?;
    if ctx.person_id() == Some(id) {
        let why = "is your own account: somebody else has to confirm it".to_owned();
        return Err(AskError::Invalid { field: "person", why });
    }
    let person = own_person(app, ctx, id).await?;
    let noted = app.inner().store.person_reviewed(act.permit(), id, ctx.now).await;
    noted.map_err(AskError::failed("confirm an account"))?;
    act.done([format!("person {id}, {}, account and rights confirmed", person.named())]);
    Ok(())
}

/// When an account and its rights have to be confirmed again (CJIS AC-2j).
pub fn review_at(person: &Person, months: u32) -> Timestamp {
    let from = person.reviewed_at.unwrap_or(person.added_at);
    let due = jiff::Timestamp::from_microsecond(from.micros())
        .and_then(|from| from.to_zoned(TimeZone::UTC).checked_add(i64::from(months).months()));
    due.map_or(from, |due| Timestamp::from_micros(due.timestamp().as_microsecond()))
}
