//! People: who has an account, which roles they hold, what they work on.

mod accounts;
mod disuse;
mod exigent;
mod invite;
mod list;
mod roles;
mod work;

pub use accounts::{
    change_email, confirm_account, enable_person, lock_person, release_password, review_at,
};
pub use disuse::disable_unused;
pub use exigent::{complete_exigent_look, open_exigent_looks, release_exigent_looks};
pub use invite::{Invitation, Inviting, first_person, invite, invite_again};
pub use list::{PeoplePage, PersonPage, PersonRow, list_people, open_person};
pub use roles::{GiveRole, approve_role, end_role, give_role};
pub use work::{PurposeChoice, StateWork, WorkState, state_work, work_state};

pub(crate) use work::{KeptWith, still_working_on, working_on};

use domain::access::ListPeople;
use domain::{AgencyId, Login, Person, PersonId};

use crate::record::About;
use crate::{App, AskError, Ctx};

/// Whether an agency has anybody with an account.
pub async fn has_anybody(app: &App, agency: AgencyId) -> Result<bool, AskError> {
    let there = app.inner().store.has_people(agency).await;
    there.map_err(AskError::failed("look for people"))
}

/// Somebody of the agency by the name with which they sign in: for commands on the server, which name people so.
pub async fn by_login(app: &App, ctx: &Ctx, login: &str) -> Result<Option<PersonId>, AskError> {
    let act = app.begin::<ListPeople>(ctx, About::nothing_yet()).await?;
    let Ok(login) = Login::parse(login) else { return Ok(None) };
    let found = app.inner().store.person_by_login(&login).await;
    let found = found.map_err(AskError::failed("look up a person"))?;
    let found = found.filter(|person| person.agency == ctx.agency).map(|person| person.id);
    act.done(found.map(|id| format!("person {id}")));
    Ok(found)
}

/// Somebody of the context's own agency.
pub(crate) async fn own_person(app: &App, ctx: &Ctx, id: PersonId) -> Result<Person, AskError> {
    let person = app.inner().store.person(id).await;
    let person = person.map_err(AskError::failed("look up a person"))?;
    let person = person.filter(|person| person.agency == ctx.agency);
    person.ok_or_else(|| AskError::not_found("person", id))
}
