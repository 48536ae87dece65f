//! The policy: what is in force, for whoever wants to know what decides about them; and how it is changed, by two people.

mod changes;
mod configured;
mod decide;
mod propose;

pub use changes::{ChangePage, ChangeRow, ChangeState, list_changes, open_change, policy_text};
pub use decide::{approve_change, withdraw_change};
pub use propose::{Base, Compared, FILES, Outcome, Proposing, Unsound, propose_policy};

pub(crate) use configured::configured;

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
    /// What will decide after it, and from when on.
    pub next: Option<(Arc<InForce>, Timestamp)>,
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
    Ok(PolicyPage {
        since: begun.map(|row| row.effective_at),
        next: app.next_policy(ctx.agency),
        in_force,
    })
}
