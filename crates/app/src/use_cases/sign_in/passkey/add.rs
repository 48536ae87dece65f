//! Adding a passkey to one's own account, and removing one.

use domain::PasskeyId;
use domain::access::ChangeFactors;
use identity::passkey::{PasskeyRefused, StoredPasskey};
use store::NewPasskey;

use super::{About as Asks, Ceremony, handle, keep, keys_of, not_begun, passkeys, stored, take};
use crate::record::{About, Act};
use crate::use_cases::add_camera::words;
use crate::use_cases::sign_in::{SignInRefused, StepToken};
use crate::{App, AskError, Ctx, SignedIn};

/// So many passkeys one person may have.
const PASSKEYS_MAX: usize = 10;

fn signed_in(ctx: &Ctx) -> Result<&SignedIn, SignInRefused> {
    ctx.person.as_deref().ok_or(SignInRefused::Lost)
}

/// Asks a device for a passkey of somebody who is signed in and has just shown who they are.
pub async fn begin_adding_passkey(app: &App, ctx: &Ctx) -> Result<Ceremony, SignInRefused> {
    let act = app.begin::<ChangeFactors>(ctx, About::nothing_yet()).await?;
    let signed_in = signed_in(ctx)?;
    let person = &signed_in.standing.person;
    let keys = keys_of(app, person.id).await?;
    if keys.len() >= PASSKEYS_MAX {
        let why = format!("is one too many: {PASSKEYS_MAX} are the most, remove one first");
        return Err(AskError::Invalid { field: "passkey", why }.into());
    }
    let existing: Vec<StoredPasskey> = keys.iter().filter_map(stored).collect();
    let passkeys = passkeys(app)?;
    let begun =
        passkeys.begin_registration(handle(app, person), person.login.as_str(), &existing)?;
    let within = Some(signed_in.session);
    let ceremony = keep(app, Asks::Adding, Some(person.id), within, begun).await?;
    act.done(["asked a device for a passkey".to_owned()]);
    Ok(ceremony)
}

/// Takes the device's answer: the passkey signs in from then on. Its owner gives it a name.
pub async fn add_passkey(
    app: &App,
    ctx: &Ctx,
    token: &StepToken,
    answer: &str,
    label: &str,
) -> Result<(), SignInRefused> {
    let act = app.begin::<ChangeFactors>(ctx, About::nothing_yet()).await?;
    match added(app, ctx, &act, token, answer, label).await {
        Ok(said) => {
            act.done([said]);
            Ok(())
        }
        Err(refused) => {
            act.failed();
            Err(refused)
        }
    }
}

async fn added(
    app: &App,
    ctx: &Ctx,
    act: &Act<ChangeFactors>,
    token: &StepToken,
    answer: &str,
    label: &str,
) -> Result<String, SignInRefused> {
    words("label", label)?;
    let signed_in = signed_in(ctx)?;
    let person = signed_in.standing.person.id;
    let state = take(app, Asks::Adding, token, Some(person), Some(signed_in.session)).await?;
    let state = state.ok_or_else(not_begun)?;
    let key = passkeys(app)?.finish_registration(&state, answer)?;
    let new = new(&key, label, ctx);
    let added = app.inner().store.add_passkey(act.permit(), person, &new).await;
    let id = added.map_err(SignInRefused::failed("add a passkey"))?;
    let id = id.ok_or(PasskeyRefused::Unknown)?;
    Ok(format!("passkey {id}, “{}”, added", new.label))
}

pub(super) fn new(key: &StoredPasskey, label: &str, ctx: &Ctx) -> NewPasskey {
    NewPasskey {
        credential: key.credential_id().to_vec(),
        passkey: key.text(),
        label: label.trim().to_owned(),
        added_at: ctx.now,
    }
}

/// Removes one of one's own passkeys: it signs in no more. The last second factor stays until there is another.
pub async fn remove_passkey(app: &App, ctx: &Ctx, id: PasskeyId) -> Result<(), SignInRefused> {
    let act = app.begin::<ChangeFactors>(ctx, About::one("passkey", id)).await?;
    let person = signed_in(ctx)?.standing.person.id;
    let keys = keys_of(app, person).await?;
    let key = keys.iter().find(|key| key.id == id);
    let key = key.ok_or_else(|| AskError::not_found("passkey", id))?;
    let store = &app.inner().store;
    let has_app = store.authenticator(person).await;
    let has_app = has_app.map_err(SignInRefused::failed("look up an authenticator"))?.is_some();
    if keys.len() == 1 && !has_app {
        let why = "is your only second factor: add another passkey first".to_owned();
        return Err(AskError::Invalid { field: "passkey", why }.into());
    }
    let removed = store.remove_passkey(act.permit(), person, id).await;
    if !removed.map_err(SignInRefused::failed("remove a passkey"))? {
        return Err(AskError::not_found("passkey", id).into());
    }
    act.done([format!("passkey {id}, “{}”, removed", key.label)]);
    Ok(())
}
