//! Giving roles, and taking them back.

use domain::access::{ApproveGrant, GrantRole};
use domain::{Grant, GrantId, PersonId, Role, Timestamp};

use super::own_person;
use crate::record::About;
use crate::use_cases::add_camera::words;
use crate::{App, AskError, Ctx};

/// A role to give.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GiveRole {
    /// To whom.
    pub person: PersonId,
    /// Which.
    pub role: Role,
    /// Why.
    pub reason: String,
    /// When it ends by itself.
    pub ends_at: Option<Timestamp>,
}

/// Gives a role. A privileged one counts once somebody else has approved it; nobody gives one to themselves.
pub async fn give_role(app: &App, ctx: &Ctx, give: GiveRole) -> Result<Grant, AskError> {
    let about = vec![format!("person {}", give.person), format!("role {}", give.role)];
    let act = app.begin::<GrantRole>(ctx, About { objects: about, ..About::default() }).await?;
    words("reason", &give.reason)?;
    if give.ends_at.is_some_and(|ends_at| ends_at <= ctx.now) {
        let why = "is in the past".to_owned();
        return Err(AskError::Invalid { field: "ends_at", why });
    }
    if ctx.person_id() == Some(give.person) {
        let why = "is your own account: somebody else has to give you roles".to_owned();
        return Err(AskError::Invalid { field: "person", why });
    }
    let person = own_person(app, ctx, give.person).await?;
    let grant = Grant {
        id: GrantId::from_i64(0),
        person: give.person,
        role: give.role,
        reason: give.reason.trim().to_owned(),
        given_by: ctx.person_id(),
        by_provider: false,
        given_at: ctx.now,
        approved_by: None,
        approved_at: (!give.role.is_privileged()).then_some(ctx.now),
        ends_at: give.ends_at,
        ended_by: None,
        ended_at: None,
    };
    let given = app.inner().store.add_grant(act.permit(), &grant).await;
    let id = given.map_err(AskError::failed("give a role"))?;
    act.done([format!("grant {id}, {} to {}", grant.role, person.named())]);
    Ok(Grant { id, ..grant })
}

/// Approves a role that somebody else gave to a third.
pub async fn approve_role(app: &App, ctx: &Ctx, id: GrantId) -> Result<(), AskError> {
    let act = app.begin::<ApproveGrant>(ctx, About::one("grant", id)).await?;
    let by = ctx.person_id().ok_or_else(|| AskError::not_found("person", "nobody"))?;
    let approved = app.inner().store.approve_grant(act.permit(), id, by, ctx.now).await;
    if !approved.map_err(AskError::failed("approve a role"))? {
        let why = "does not wait for you: it counts, has ended, is your own, or was given by you";
        return Err(AskError::Invalid { field: "grant", why: why.to_owned() });
    }
    act.done([format!("grant {id}, approved")]);
    Ok(())
}

/// Ends a role at once.
pub async fn end_role(app: &App, ctx: &Ctx, id: GrantId) -> Result<(), AskError> {
    let act = app.begin::<GrantRole>(ctx, About::one("grant", id)).await?;
    let ended = app.inner().store.end_grant(act.permit(), id, ctx.person_id(), ctx.now).await;
    if !ended.map_err(AskError::failed("end a role"))? {
        return Err(AskError::not_found("role that has not ended", id));
    }
    act.done([format!("grant {id}, ended")]);
    Ok(())
}
