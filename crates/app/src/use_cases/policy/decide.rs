//! Deciding about a proposed policy: a second person approves it, or it is withdrawn before it decides.

use domain::BundleId;
use domain::access::{ApprovePolicy, ManagePolicy};
use store::{BundleRow, SeenPolicy};

use super::changes::{predecessor, read_row};
use super::propose::compare;
use crate::record::About;
use crate::{App, AskError, Ctx};

/// Approves a policy that somebody else proposed. `digest` is that of the policy, `follows` that of the one that it was
/// compared with on the page from which it is approved: nobody approves what they have not seen.
pub async fn approve_change(
    app: &App,
    ctx: &Ctx,
    id: BundleId,
    digest: &str,
    follows: &str,
) -> Result<(), AskError> {
    let mut act = app.begin::<ApprovePolicy>(ctx, About::one("bundle", id)).await?;
    let by = ctx.person_id().ok_or_else(|| AskError::not_found("person", "nobody"))?;
    let failed = || AskError::failed("approve a policy");
    let store = &app.inner().store;
    let row = store.proposed_policy(act.permit(), id).await.map_err(failed())?;
    let row = row.ok_or_else(|| AskError::not_found("change of the policy", id))?;
    waits_for(&row, ctx)?;
    let begins = row.effective_at.max(ctx.now);
    let approved = store.approved_policies(ctx.agency).await.map_err(failed())?;
    let before = predecessor(&approved, begins, Some(id));
    let before = before.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    if row.digest != digest || before.digest != follows {
        return Err(invalid(
            "is not what you saw: the policy that it would follow is another by now",
        ));
    }
    if approved.iter().any(|other| other.effective_at == begins && other.id > id) {
        return Err(invalid(
            "would never decide: another one begins with it that was proposed later",
        ));
    }
    let compared = compare(app, ctx, &read_row(&row)?, &read_row(before)?).await?;
    if let Some(one) = compared.contradictions.first() {
        return Err(invalid(&format!("contradicts what is configured: {}", one.says)));
    }
    let seen = SeenPolicy {
        digest: digest.to_owned(),
        replaces: Some(before.id),
        touches_privacy: compared.changes.iter().any(|change| change.touches_privacy),
    };
    if !store.approve_policy(act.permit(), id, &seen, by, ctx.now).await.map_err(failed())? {
        return Err(invalid("was decided about by somebody else just now: look at it again"));
    }
    act.took_in(digest);
    act.done([format!("bundle {id}, policy {digest}, approved, decides from {begins}")]);
    app.load_policy(ctx.agency).await
}

/// Withdraws a policy before it decides.
pub async fn withdraw_change(app: &App, ctx: &Ctx, id: BundleId) -> Result<(), AskError> {
    let act = app.begin::<ManagePolicy>(ctx, About::one("bundle", id)).await?;
    let store = &app.inner().store;
    let gone = store.withdraw_policy(act.permit(), id, ctx.person_id(), ctx.now).await;
    if !gone.map_err(AskError::failed("withdraw a policy"))? {
        return Err(invalid("decides already, or was withdrawn: propose another one"));
    }
    act.done([format!("bundle {id}, withdrawn")]);
    app.load_policy(ctx.agency).await
}

/// Whether a proposal waits for this person.
fn waits_for(row: &BundleRow, ctx: &Ctx) -> Result<(), AskError> {
    if row.withdrawn_at.is_some() {
        return Err(invalid("was withdrawn"));
    }
    if row.approved_at.is_some() {
        return Err(invalid("is approved already"));
    }
    if row.proposed_by == ctx.person_id() {
        return Err(invalid("is your own proposal: somebody else has to approve it"));
    }
    Ok(())
}

fn invalid(why: &str) -> AskError {
    AskError::Invalid { field: "change", why: why.to_owned() }
}
