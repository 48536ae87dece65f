//! The policy in force, for whoever wants to know what decides about them.

use std::sync::Arc;

use domain::Timestamp;
use domain::access::ListPolicy;

use crate::record::About;
use crate::{App, AskError, Ctx, InForce};

/// The policy in force.
#[derive(Clone, Debug)]
pub struct PolicyPage {
    /// What decides.
    pub in_force: Arc<InForce>,
    /// Since when; none where it is not the newest that was kept.
    pub since: Option<Timestamp>,
}

/// The policy that decides now, and since when.
pub async fn open_policy(app: &App, ctx: &Ctx) -> Result<PolicyPage, AskError> {
    let act = app.begin::<ListPolicy>(ctx, About::nothing_yet()).await?;
    let in_force = app.policy(ctx.agency);
    let in_force = in_force.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let digest = in_force.bundle.digest();
    let kept = app.inner().store.approved_policies(ctx.agency).await;
    let kept = kept.map_err(AskError::failed("look up since when a policy decides"))?;
    let begun = kept.iter().find(|row| row.digest == digest && row.effective_at <= ctx.now);
    act.done([format!("bundle {digest}")]);
    Ok(PolicyPage { since: begun.map(|row| row.effective_at), in_force })
}
