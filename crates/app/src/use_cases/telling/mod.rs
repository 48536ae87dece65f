//! How people and programs are told of hits: what each sets for themselves, what the agency sets, and where links lead.

mod agency;
mod link;
mod own;
mod rule;

pub use agency::{
    AddedWebhook, AlertsBoard, NewWebhookSaid, add_webhook, alerts_board, end_agencys_rule,
    end_webhook, forget_tellings, keep_agencys_rule, tell_again, test_webhook,
};
pub use link::{hit_of_link, is_link};
pub use own::{
    DeviceCard, DeviceSaid, OwnAlerts, WishSaid, add_device, end_device, end_own_rule,
    keep_own_rule, own_alerts, test_device, wish,
};
pub use rule::RuleSaid;

pub(crate) use own::{DEVICE_SECRET, KeptDevice};

use domain::telling::Channel;

use super::said::wrong;
use crate::alerts::Telling;
use crate::{App, AskError, Ctx};

/// About what a webhook's secret is sealed.
pub(crate) const WEBHOOK_SECRET: &str = "webhook secret";

/// The ways out that the agency's policy allows.
pub(super) async fn allowed(app: &App, ctx: &Ctx) -> Result<Vec<Channel>, AskError> {
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let allowed = &policy.bundle.settings().channels.allowed;
    Ok(Channel::LEAVING.into_iter().filter(|channel| allowed.contains(channel)).collect())
}

/// Refuses a way out that the policy does not allow.
async fn must_allow(
    app: &App,
    ctx: &Ctx,
    channel: Channel,
    field: &'static str,
) -> Result<(), AskError> {
    if allowed(app, ctx).await?.contains(&channel) {
        return Ok(());
    }
    let way = channel.label().to_lowercase();
    Err(wrong(field, format!("cannot be: the agency’s policy allows no alerts by {way}")))
}

/// What telling needs; a command beside the server has none of it.
fn telling(app: &App) -> Result<&Telling, AskError> {
    app.inner().telling.as_ref().ok_or_else(|| AskError::not_found("server that tells", "here"))
}
