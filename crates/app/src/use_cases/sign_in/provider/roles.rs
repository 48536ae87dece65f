//! Roles by groups of the provider: given when a group is there, ended when it is gone. A privileged one waits for a person's
//! approval, as one that a person gives does.

use std::collections::BTreeSet;

use domain::access::GrantRole;
use domain::{Grant, GrantId, Person, Role};
use identity::oidc::{self, GroupRoles};

use crate::record::About;
use crate::use_cases::sign_in::SignInRefused;
use crate::{App, AskError, Ctx};

/// What stands as the reason of such a role.
const REASON: &str = "a group of the agency’s provider";

/// Brings somebody's roles in line with the groups that the provider says they are in. Roles that people gave stay.
pub(super) async fn follow(
    app: &App,
    person: &Person,
    groups: &[String],
    mapping: &GroupRoles,
) -> Result<(), SignInRefused> {
    let ctx = Ctx::server(person.agency, app.now());
    let wanted = oidc::roles(groups, mapping);
    let held = held(app, &ctx, person).await?;
    for grant in held.iter().filter(|grant| !wanted.contains(&grant.role)) {
        end(app, &ctx, person, grant).await?;
    }
    let has: BTreeSet<Role> = held.iter().map(|grant| grant.role).collect();
    for role in wanted.difference(&has) {
        give(app, &ctx, person, *role).await?;
    }
    Ok(())
}

async fn held(app: &App, ctx: &Ctx, person: &Person) -> Result<Vec<Grant>, AskError> {
    let standing = app.inner().store.standing(person.id).await;
    let standing = standing.map_err(AskError::failed("look up somebody's roles"))?;
    let grants = standing.map(|standing| standing.grants).unwrap_or_default();
    let lasts =
        |grant: &Grant| grant.by_provider && (grant.counts_at(ctx.now) || grant.waits(ctx.now));
    Ok(grants.into_iter().filter(lasts).collect())
}

async fn end(app: &App, ctx: &Ctx, person: &Person, grant: &Grant) -> Result<(), AskError> {
    let act = app.begin::<GrantRole>(ctx, About::one("grant", grant.id)).await?;
    let ended = app.inner().store.end_grant(act.permit(), grant.id, None, ctx.now).await;
    ended.map_err(AskError::failed("end a role"))?;
    let (role, login) = (grant.role, &person.login);
    act.done([format!(
        "grant {}, {role} of {login}, ended: the provider’s group is gone",
        grant.id
    )]);
    Ok(())
}

async fn give(app: &App, ctx: &Ctx, person: &Person, role: Role) -> Result<(), AskError> {
    let about = vec![format!("person {}", person.id), format!("role {role}")];
    let act = app.begin::<GrantRole>(ctx, About { objects: about, ..About::default() }).await?;
    let grant = Grant {
        id: GrantId::from_i64(0),
        person: person.id,
        role,
        reason: REASON.to_owned(),
        given_by: None,
        by_provider: true,
        given_at: ctx.now,
        approved_by: None,
        approved_at: (!role.is_privileged()).then_some(ctx.now),
        ends_at: None,
        ended_by: None,
        ended_at: None,
    };
    let given = app.inner().store.add_grant(act.permit(), &grant).await;
    let id = given.map_err(AskError::failed("give a role"))?;
    act.done([format!("grant {id}, {role} to {}, by the agency’s provider", person.login)]);
    Ok(())
}
