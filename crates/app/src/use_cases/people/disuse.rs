//! Accounts that nobody uses.

use std::time::Duration;

use domain::access::{ListPeople, LockAccount};
use domain::{Person, Timestamp};

use crate::error::BoxError;
use crate::record::{About, server_permit};
use crate::{App, Ctx};

/// A day.
const DAY: Duration = Duration::from_secs(86_400);

/// Disables every account that was not used for as long as its agency's bundle says (CJIS AC-2(3): 90 days, and then within a
/// week; here within an hour). Each is written down as the server's act, and can be undone by enabling the account.
pub async fn disable_unused(app: &App, now: Timestamp) -> Result<(), BoxError> {
    let store = &app.inner().store;
    for agency in store.agencies().await? {
        let Some(policy) = app.policy(agency.id) else { continue };
        let days = policy.bundle.settings().sign_in.inactive_days;
        let unused = |person: &Person| {
            person.is_usable(now) && now >= person.unused_since().plus(DAY * days)
        };
        let people = store.people(&server_permit::<ListPeople>(agency.id, now)?).await?;
        for person in people.into_iter().filter(unused) {
            let ctx = Ctx::server(agency.id, now);
            let act = app.begin::<LockAccount>(&ctx, About::one("person", person.id)).await?;
            let why = format!("not used for {days} days (CJIS AC-2(3))");
            store.disable_person(act.permit(), person.id, &why, now).await?;
            act.done([format!("person {}, {}, disabled: {why}", person.id, person.named())]);
        }
    }
    Ok(())
}
