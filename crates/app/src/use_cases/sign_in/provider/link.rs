//! How a provider's subject comes to be somebody here: by an invitation, or, where the configuration says so, once, by a mail
//! address that the provider verified. From then on by the subject alone.

use domain::{AgencyId, Person, PersonId};
use identity::oidc::Claims;
use ledger::leaf::{Kind, SealedField};
use store::Subject;

use super::ProviderConfig;
use crate::record::Says;
use crate::use_cases::sign_in::{Door, SignInRefused};
use crate::{App, Ctx, Origin, Part};

fn subject(claims: &Claims) -> Subject<'_> {
    Subject { issuer: &claims.issuer, subject: &claims.subject }
}

async fn person(app: &App, agency: AgencyId, id: PersonId) -> Result<Person, SignInRefused> {
    let person = app.inner().store.person(id).await;
    let person = person.map_err(SignInRefused::failed("look up a person"))?;
    person.filter(|person| person.agency == agency).ok_or(SignInRefused::NotLinked)
}

/// Who a subject is.
pub(super) async fn find(
    app: &App,
    agency: AgencyId,
    config: &ProviderConfig,
    claims: &Claims,
) -> Result<Person, SignInRefused> {
    let linked = app.inner().store.person_of_subject(subject(claims)).await;
    match linked.map_err(SignInRefused::failed("look up a provider's subject"))? {
        Some(id) => person(app, agency, id).await,
        None if config.links_by_email => by_email(app, agency, claims).await,
        None => Err(SignInRefused::NotLinked),
    }
}

/// The one person with the address that the provider verified. An address that two have is nobody's.
async fn by_email(app: &App, agency: AgencyId, claims: &Claims) -> Result<Person, SignInRefused> {
    let failed = || SignInRefused::failed("link somebody with a provider's subject");
    let now = app.now();
    let email = claims.email.as_ref().filter(|email| email.verified && !email.address.is_empty());
    let email = email.ok_or(SignInRefused::NotLinked)?;
    let found = app.inner().store.people_by_email(agency, &email.address).await;
    let Ok([person]) = <[Person; 1]>::try_from(found.map_err(failed())?) else {
        return Err(SignInRefused::NotLinked);
    };
    if !person.is_usable(now) {
        return Err(SignInRefused::NotLinked);
    }
    let ctx = Ctx::server(agency, now);
    record(app, &ctx, "link-provider", &person).await?;
    let linked = app.inner().store.link_subject(subject(claims), person.id, now).await;
    if linked.map_err(failed())? { Ok(person) } else { Err(SignInRefused::NotLinked) }
}

/// Somebody who was invited comes to their account by the provider.
pub(super) async fn enrol(
    app: &App,
    agency: AgencyId,
    invitation: &[u8; 32],
    claims: &Claims,
    door: &Door,
) -> Result<Person, SignInRefused> {
    let failed = || SignInRefused::failed("enrol somebody with a provider's subject");
    let (store, now) = (&app.inner().store, app.now());
    let id = store.invitation(invitation, now).await.map_err(failed())?;
    let invited = person(app, agency, id.ok_or(SignInRefused::Lost)?).await?;
    if !invited.is_usable(now) {
        return Err(SignInRefused::NotLinked);
    }
    let origin = Origin { part: Part::Console, session: None, address: door.address };
    let ctx = Ctx { origin, agency, ..Ctx::nobody(now) };
    record(app, &ctx, "enrol", &invited).await?;
    let enrolled = store.enrol_with_subject(invitation, subject(claims), now).await;
    enrolled.map_err(failed())?.map(|_| invited).ok_or(SignInRefused::NotLinked)
}

async fn record(
    app: &App,
    ctx: &Ctx,
    action: &'static str,
    person: &Person,
) -> Result<(), SignInRefused> {
    let says = Says::of(app, ctx);
    let named = format!("{}, provider", person.named());
    let draft = says.seal(says.who(Kind::Event, action), SealedField::Objects, named);
    Ok(app.record(ctx, draft).await.map(drop)?)
}
