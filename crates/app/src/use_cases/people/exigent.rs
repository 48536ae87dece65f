//! Looks that could not wait for a case number: completed by who looked; where that was too late, released by somebody else.

use domain::access::{OwnAccount, UnlockAccount};
use domain::{ExigentId, ExigentLook, PersonId};
use ledger::leaf::{ClearField, Kind, SealedField};
use policy::CaseCheck;
use policy::settings::Verify;

use super::work::kept;
use super::{own_person, working_on};
use crate::record::{About, Says};
use crate::{App, AskError, Ctx};

/// The signed-in person's looks whose case number is still to come, the one that is due first first. Shows nothing of anyone.
pub fn open_exigent_looks(ctx: &Ctx) -> Vec<ExigentLook> {
    let looks = ctx.person.iter().flat_map(|signed_in| &signed_in.standing.exigent);
    looks.filter(|look| look.is_open()).cloned().collect()
}

/// Completes a look of one's own with its case number. The number is written into the ledger, beside the number of the look's
/// leaf; what one still works on by the same statement has it from now on.
pub async fn complete_exigent_look(
    app: &App,
    ctx: &Ctx,
    id: ExigentId,
    number: &str,
) -> Result<(), AskError> {
    let act = app.begin::<OwnAccount>(ctx, About::one("exigent look", id)).await?;
    let none = || AskError::not_found("look without a case number", id);
    let signed_in = ctx.person.as_ref().ok_or_else(none)?;
    let person = signed_in.standing.person.id;
    let mut own = signed_in.standing.exigent.iter();
    let look = own.find(|look| look.id == id && look.is_open()).ok_or_else(none)?;
    let number = number.trim();
    let check = checked(app, ctx, number).await?;
    let says = Says::of(app, ctx);
    let mut draft = says
        .who(Kind::Event, "complete-look")
        .text(ClearField::Purpose, look.purpose.as_str())
        .number(ClearField::Of, look.leaf);
    if let Some(check) = check {
        draft = draft.text(ClearField::CaseCheck, check.word());
    }
    app.record(ctx, says.seal(draft, SealedField::Case, number)).await?;
    let done = app.inner().store.complete_exigent_look(act.permit(), id, person, ctx.now).await;
    if !done.map_err(AskError::failed("complete a look"))? {
        return Err(none());
    }
    go_on_with(app, ctx, person, look, number, check).await?;
    act.done([format!("exigent look {id}, completed")]);
    Ok(())
}

/// Whether a number can complete a look, and what the case system said of it.
async fn checked(app: &App, ctx: &Ctx, number: &str) -> Result<Option<CaseCheck>, AskError> {
    let policy = ctx.person.as_ref().and_then(|signed_in| signed_in.policy.as_ref());
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let rules = &policy.bundle.settings().case_number;
    let invalid = |why: String| AskError::Invalid { field: "case_number", why };
    if !rules.fits(number) {
        return Err(invalid(format!("is not written as ours are, such as {}", rules.example)));
    }
    let check = app.check_case(ctx.agency, policy.bundle.settings(), number).await;
    if rules.verify == Verify::Must && check != Some(CaseCheck::Verified) {
        let why = match check {
            Some(CaseCheck::Unknown) => "is none that the case system knows",
            _ => "cannot be looked up: the case system does not answer",
        };
        return Err(invalid(why.to_owned()));
    }
    Ok(check)
}

/// Puts the number beside what was stated, in the session in which it was.
async fn go_on_with(
    app: &App,
    ctx: &Ctx,
    person: PersonId,
    look: &ExigentLook,
    number: &str,
    check: Option<CaseCheck>,
) -> Result<(), AskError> {
    let failed = || AskError::failed("put a case number beside what somebody works on");
    let store = &app.inner().store;
    for session in store.sessions_of(person, ctx.now).await.map_err(failed())? {
        let Some(mut work) = session.work.as_deref().and_then(working_on) else { continue };
        if work.stated_at == look.stated_at {
            work.case_number = Some(number.to_owned());
            work.case_check = check.map(|check| (check, app.now()));
            work.exigent = false;
            store.set_work(&session.hash, Some(&kept(&work))).await.map_err(failed())?;
        }
    }
    Ok(())
}

/// Releases the account of somebody else who completed looks too late.
pub async fn release_exigent_looks(app: &App, ctx: &Ctx, id: PersonId) -> Result<(), AskError> {
    let act = app.begin::<UnlockAccount>(ctx, About::one("person", id)).await?;
    let invalid = |why: &str| AskError::Invalid { field: "person", why: why.to_owned() };
    if ctx.person_id() == Some(id) {
        return Err(invalid("is your own account: somebody else has to release it"));
    }
    let person = own_person(app, ctx, id).await?;
    let failed = || AskError::failed("release an account");
    let store = &app.inner().store;
    let looks = store.exigent_looks_of(id).await.map_err(failed())?;
    if looks.iter().any(|look| look.is_open() && look.locks_at(ctx.now)) {
        return Err(invalid("has looks that must be completed with a case number first"));
    }
    let released = store.release_exigent_looks(act.permit(), id, ctx.person_id(), ctx.now).await;
    let what = match released.map_err(failed())? {
        0 => "was not locked by a look without a case number".to_owned(),
        n => format!("released after {n} looks that were completed too late"),
    };
    act.done([format!("person {id}, {}, {what}", person.named())]);
    Ok(())
}
