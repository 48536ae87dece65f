//! Who has an account.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use domain::access::ListPeople;
use domain::{ExigentLook, Grant, Person, PersonId, Role, Timestamp};
use store::MailTrouble;

use super::own_person;
use crate::record::About;
use crate::{App, AskError, Ctx};

/// So long mail that was not sent is shown.
const UNSENT_SHOWN: Duration = Duration::from_secs(14 * 86_400);
/// So many are shown.
const UNSENT_MAX: i64 = 20;

/// Somebody in the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonRow {
    /// Who.
    pub person: Person,
    /// The roles that they hold now.
    pub roles: BTreeSet<Role>,
    /// How many roles wait for somebody's approval.
    pub n_waiting: usize,
    /// Whether their password is locked.
    pub is_locked: bool,
}

/// Everybody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PeoplePage {
    /// By name.
    pub people: Vec<PersonRow>,
    /// Roles that wait for approval, with whom they are for.
    pub waiting: Vec<(Grant, Person)>,
    /// Everybody's name, for who gave what.
    pub names: HashMap<PersonId, String>,
    /// Mail of the last two weeks that was tried and not sent, newest first.
    pub unsent: Vec<MailTrouble>,
}

/// One person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonPage {
    /// Who, with their roles.
    pub row: PersonRow,
    /// Every role that they were given, newest first.
    pub grants: Vec<Grant>,
    /// Looks without a case number that are not completed, or were too late and lock the account.
    pub exigent: Vec<ExigentLook>,
    /// Everybody's name.
    pub names: HashMap<PersonId, String>,
    /// The moment at which it was so.
    pub now: Timestamp,
}

/// Everybody in the agency.
pub async fn list_people(app: &App, ctx: &Ctx) -> Result<PeoplePage, AskError> {
    let act = app.begin::<ListPeople>(ctx, About::nothing_yet()).await?;
    let failed = || AskError::failed("list people");
    let store = &app.inner().store;
    let people = store.people(act.permit()).await.map_err(failed())?;
    let grants = store.grants(act.permit()).await.map_err(failed())?;
    let locked = store.locked_passwords(act.permit()).await.map_err(failed())?;
    let since = ctx.now.minus(UNSENT_SHOWN);
    let unsent = store.mail_troubles(act.permit(), since, UNSENT_MAX).await.map_err(failed())?;
    act.done(people.iter().map(|person| format!("person {}", person.id)).collect::<Vec<_>>());
    let locked: HashSet<PersonId> = locked.into_iter().collect();
    let by_id: HashMap<PersonId, &Person> = people.iter().map(|one| (one.id, one)).collect();
    let waiting = grants.iter().filter(|grant| grant.waits(ctx.now));
    let waiting = waiting
        .filter_map(|one| by_id.get(&one.person).map(|person| (one.clone(), (*person).clone())));
    Ok(PeoplePage {
        unsent,
        waiting: waiting.collect(),
        names: people.iter().map(|one| (one.id, one.name.clone())).collect(),
        people: people.iter().map(|one| row(one, &grants, &locked, ctx.now)).collect(),
    })
}

/// One person of the agency.
pub async fn open_person(app: &App, ctx: &Ctx, id: PersonId) -> Result<PersonPage, AskError> {
    let act = app.begin::<ListPeople>(ctx, About::one("person", id)).await?;
    let failed = || AskError::failed("open a person");
    let store = &app.inner().store;
    let person = own_person(app, ctx, id).await?;
    let people = store.people(act.permit()).await.map_err(failed())?;
    let mut grants = store.grants(act.permit()).await.map_err(failed())?;
    let locked = store.locked_passwords(act.permit()).await.map_err(failed())?;
    act.done([format!("person {id}")]);
    grants.retain(|grant| grant.person == id);
    grants.reverse();
    let locked = locked.into_iter().collect();
    let exigent = store.exigent_looks_of(id).await.map_err(failed())?;
    Ok(PersonPage {
        exigent,
        row: row(&person, &grants, &locked, ctx.now),
        grants,
        names: people.into_iter().map(|one| (one.id, one.name)).collect(),
        now: ctx.now,
    })
}

fn row(person: &Person, grants: &[Grant], locked: &HashSet<PersonId>, now: Timestamp) -> PersonRow {
    let own = || grants.iter().filter(|grant| grant.person == person.id);
    PersonRow {
        roles: own().filter(|grant| grant.counts_at(now)).map(|grant| grant.role).collect(),
        n_waiting: own().filter(|grant| grant.waits(now)).count(),
        is_locked: locked.contains(&person.id),
        person: person.clone(),
    }
}
