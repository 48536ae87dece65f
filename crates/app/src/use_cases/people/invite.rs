//! Inviting somebody (CJIS AC-2: accounts are made for who is named, by who may).

use std::time::Duration;

use domain::access::{GrantRole, ManagePeople};
use domain::{AgencyId, Grant, GrantId, Login, NewPerson, PersonId, Role, Timestamp};
use identity::invitation::InvitationToken;

use super::own_person;
use crate::record::About;
use crate::use_cases::add_camera::words;
use crate::use_cases::sign_in::{INVITATION_LASTS, limits};
use crate::{App, AskError, Ctx};

/// Whom to invite.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inviting {
    /// The name with which they will sign in.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Where mail reaches them; may be empty.
    pub email: String,
    /// Whether they belong to another organisation.
    pub is_outside: bool,
    /// Whether the account ends by itself (CJIS AC-2(2)).
    pub is_temporary: bool,
}

/// An invitation; its secret is shown here and never again.
#[derive(Debug)]
pub struct Invitation {
    /// For whom.
    pub person: PersonId,
    /// What its link ends with.
    pub token: zeroize::Zeroizing<String>,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// Invites somebody.
pub async fn invite(app: &App, ctx: &Ctx, who: Inviting) -> Result<Invitation, AskError> {
    let new = checked(app, ctx, &who)?;
    let about = About { objects: vec![format!("account {}", new.login)], ..About::default() };
    let act = app.begin::<ManagePeople>(ctx, about).await?;
    let added = app.inner().store.add_person(act.permit(), &new, ctx.person_id(), ctx.now).await;
    let id = added.map_err(AskError::failed("add a person"))?.ok_or_else(|| AskError::Invalid {
        field: "login",
        why: format!("“{}” was given to somebody before, and is never given again", new.login),
    })?;
    let invitation = make(app, id, ctx.now).await?;
    act.done([format!("person {id}, {} ({}), invited", new.name, new.login)]);
    Ok(invitation)
}

/// Makes another invitation for somebody: to come to their account, or to choose everything anew when they lost it. What
/// they sign in with now works until they use it.
pub async fn invite_again(app: &App, ctx: &Ctx, id: PersonId) -> Result<Invitation, AskError> {
    let act = app.begin::<ManagePeople>(ctx, About::one("person", id)).await?;
    let person = own_person(app, ctx, id).await?;
    let invitation = make(app, id, ctx.now).await?;
    act.done([format!("person {id}, {}, invited again", person.named())]);
    Ok(invitation)
}

/// Makes an agency's first account, or another when all are lost: by a command on the server, whose word counts in place of
/// two people's (there is no default account).
pub async fn first_person(
    app: &App,
    agency: AgencyId,
    who: Inviting,
    roles: &[Role],
    reason: &str,
) -> Result<Invitation, AskError> {
    let ctx = Ctx::command(agency, app.now());
    let invitation = invite(app, &ctx, who).await?;
    for role in roles {
        let about = vec![format!("person {}", invitation.person), format!("role {role}")];
        let act =
            app.begin::<GrantRole>(&ctx, About { objects: about, ..About::default() }).await?;
        let grant = Grant {
            id: GrantId::from_i64(0),
            person: invitation.person,
            role: *role,
            reason: reason.to_owned(),
            given_by: None,
            by_provider: false,
            given_at: ctx.now,
            approved_by: None,
            approved_at: Some(ctx.now),
            ends_at: None,
            ended_by: None,
            ended_at: None,
        };
        let given = app.inner().store.add_grant(act.permit(), &grant).await;
        let id = given.map_err(AskError::failed("give a role"))?;
        act.done([format!("grant {id}, {role} to person {}", invitation.person)]);
    }
    Ok(invitation)
}

fn checked(app: &App, ctx: &Ctx, who: &Inviting) -> Result<NewPerson, AskError> {
    let invalid = |field, why: String| AskError::Invalid { field, why };
    let login = Login::parse(&who.login).map_err(|err| invalid("login", err.to_string()))?;
    words("name", &who.name)?;
    let email = mail_address(&who.email)?;
    let hours = u64::from(limits(app, ctx.agency).temporary_hours);
    let ends_at = who.is_temporary.then(|| ctx.now.plus(Duration::from_secs(hours * 3600)));
    let name = who.name.trim().to_owned();
    Ok(NewPerson { login, name, email, is_outside: who.is_outside, ends_at })
}

/// A mail address that was typed, or none.
pub(super) fn mail_address(typed: &str) -> Result<String, AskError> {
    let email = typed.trim();
    let looks_right = email.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !email.contains(char::is_whitespace)
    });
    if email.is_empty() || looks_right {
        Ok(email.to_owned())
    } else {
        Err(AskError::Invalid { field: "email", why: "is no mail address".to_owned() })
    }
}

async fn make(app: &App, person: PersonId, now: Timestamp) -> Result<Invitation, AskError> {
    let token = InvitationToken::from_random(app.inner().chance.bits_256());
    let expires_at = now.plus(INVITATION_LASTS);
    let hash = token.hash();
    let kept = app.inner().store.add_invitation(&hash, person, now, expires_at).await;
    kept.map_err(AskError::failed("keep an invitation"))?;
    Ok(Invitation { person, token: token.expose(), expires_at })
}
