//! What an agency sets for everybody: its programs that are told, its quiet rules; and the log of everything that was told.

use std::collections::HashMap;
use std::time::Duration;

use domain::access::{ListPeople, ManageTelling, ReadDeliveries};
use domain::telling::Channel;
use domain::{PersonId, Priority, QuietRuleId, TellingId, Timestamp, WebhookId};
use outbound::WebhookSecret;
use store::{NewTelling, NewWebhook, QuietRuleRow, TellingRow, WebhookRow, WhoIsTold};
use zeroize::Zeroizing;

use super::{RuleSaid, WEBHOOK_SECRET, allowed, must_allow, telling};
use crate::alerts::uid;
use crate::error::BoxError;
use crate::policies::InForce;
use crate::record::About;
use crate::use_cases::add_camera::words;
use crate::use_cases::said::{me, wrong};
use crate::views::Page;
use crate::{App, AskError, Ctx};

/// So many webhooks an agency may have.
const WEBHOOKS_MAX: usize = 20;
/// So many quiet rules.
const RULES_MAX: usize = 50;
/// Tellings on one page of the log.
const LOGGED: u32 = 50;
/// Seconds of a day.
const DAY_S: u64 = 24 * 3600;
/// Days of the longest month: a log that is kept for months is kept for no less.
const MONTH_DAYS: u64 = 31;
/// Tellings that are forgotten in one round; the next follows within a minute.
const FORGOTTEN: u32 = 2000;

/// How an agency's hits are told.
#[derive(Clone, PartialEq, Debug)]
pub struct AlertsBoard {
    /// The ways out that the policy allows.
    pub allowed: Vec<Channel>,
    /// The programs that are told. Their secrets are not among it.
    pub webhooks: Vec<WebhookRow>,
    /// The agency's own quiet rules.
    pub rules: Vec<QuietRuleRow>,
    /// What was told, newest first.
    pub told: Page<TellingRow>,
    /// For how many months it stands here.
    pub kept_months: u32,
    /// Everybody's name.
    pub names: HashMap<PersonId, String>,
}

/// A webhook to add, as it is written in a form.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct NewWebhookSaid {
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// The word of the quietest priority that it is told of.
    pub at_least: String,
}

/// A webhook that was added; its secret is shown here and never again.
#[derive(Debug)]
pub struct AddedWebhook {
    /// Which.
    pub id: WebhookId,
    /// What people call it.
    pub name: String,
    /// What its program checks signatures with.
    pub secret: Zeroizing<String>,
}

/// How an agency's hits are told, and what was.
pub async fn alerts_board(
    app: &App,
    ctx: &Ctx,
    before: Option<TellingId>,
) -> Result<AlertsBoard, AskError> {
    let act = app.begin_in_person::<ReadDeliveries>(ctx, About::nothing_yet()).await?;
    let failed = || AskError::failed("look up how hits are told");
    let store = &app.inner().store;
    let told = store.tellings(act.permit(), before, LOGGED + 1).await.map_err(failed())?;
    let told = Page::cut(told, LOGGED, |one| one.id.to_string());
    let people = store.people(&act.leave().permit::<ListPeople>()?).await.map_err(failed())?;
    let mut webhooks = store.webhooks(ctx.agency).await.map_err(failed())?;
    for webhook in &mut webhooks {
        webhook.about.sealed.clear();
    }
    let rules = store.quiet_rules(ctx.agency).await.map_err(failed())?;
    let board = AlertsBoard {
        allowed: allowed(app, ctx).await?,
        webhooks,
        rules: rules.into_iter().filter(|rule| rule.person.is_none()).collect(),
        told,
        kept_months: kept_months(app, ctx).await?,
        names: people.into_iter().map(|one| (one.id, one.name)).collect(),
    };
    act.done(board.told.items.iter().map(|one| format!("alert {}", one.id)).collect::<Vec<_>>());
    Ok(board)
}

/// Adds a program that is told. Its secret is made here.
pub async fn add_webhook(
    app: &App,
    ctx: &Ctx,
    said: &NewWebhookSaid,
) -> Result<AddedWebhook, AskError> {
    let act = app.begin_in_person::<ManageTelling>(ctx, About::nothing_yet()).await?;
    let (by, telling) = (me(ctx)?, telling(app)?);
    must_allow(app, ctx, Channel::Webhook, "url").await?;
    words("name", &said.name)?;
    let url = said.url.trim();
    telling.reach.check(url).map_err(|why| wrong("url", why.to_string()))?;
    let at_least = Priority::parse(&said.at_least);
    let at_least = at_least.ok_or_else(|| wrong("at_least", "is missing: choose a priority"))?;
    let (store, failed) = (&app.inner().store, || AskError::failed("keep a webhook"));
    if store.webhooks(ctx.agency).await.map_err(failed())?.len() >= WEBHOOKS_MAX {
        let why = format!("is one too many: {WEBHOOKS_MAX} are the most, remove one first");
        return Err(wrong("name", why));
    }
    let secret = WebhookSecret::from_bytes(app.inner().chance.bits_256());
    let new = NewWebhook {
        name: said.name.trim().to_owned(),
        url: url.to_owned(),
        at_least,
        sealed: telling.sealer.seal(WEBHOOK_SECRET, secret.expose_bytes()),
    };
    let id = store.add_webhook(act.permit(), &new, by).await.map_err(failed())?;
    act.done([format!("webhook {id}, “{}”, added", new.name)]);
    Ok(AddedWebhook { id, name: new.name, secret: secret.expose() })
}

/// Removes a program: it is told of nothing more.
pub async fn end_webhook(app: &App, ctx: &Ctx, id: WebhookId) -> Result<(), AskError> {
    let act = app.begin_in_person::<ManageTelling>(ctx, About::one("webhook", id)).await?;
    let ended = app.inner().store.end_webhook(act.permit(), id, me(ctx)?).await;
    if !ended.map_err(AskError::failed("remove a webhook"))? {
        return Err(AskError::not_found("webhook", id));
    }
    act.done([format!("webhook {id}, removed")]);
    Ok(())
}

/// Sends a test to a program.
pub async fn test_webhook(app: &App, ctx: &Ctx, id: WebhookId) -> Result<(), AskError> {
    let act = app.begin_in_person::<ManageTelling>(ctx, About::one("webhook", id)).await?;
    must_allow(app, ctx, Channel::Webhook, "webhook").await?;
    let failed = || AskError::failed("write down a test");
    let store = &app.inner().store;
    let all = store.webhooks(ctx.agency).await.map_err(failed())?;
    if all.iter().all(|webhook| webhook.id != id) {
        return Err(AskError::not_found("webhook", id));
    }
    let new = NewTelling {
        uid: uid(app.inner().chance.as_ref()),
        priority: Priority::Normal,
        category: None,
        who: WhoIsTold::Webhook(id),
        quiet: None,
    };
    store.keep_test(ctx.agency, &new, ctx.now).await.map_err(failed())?;
    telling(app)?.poke();
    act.done([format!("webhook {id}, tested")]);
    Ok(())
}

/// Has something told again that came to its end, with the id that it had.
pub async fn tell_again(app: &App, ctx: &Ctx, id: TellingId) -> Result<(), AskError> {
    let act = app.begin_in_person::<ManageTelling>(ctx, About::one("alert", id)).await?;
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    // What a policy lets an alert say leaves for no longer than reads are kept.
    let kept = Duration::from_secs(u64::from(policy.bundle.settings().retention.days) * DAY_S);
    let again = app.inner().store.tell_again(act.permit(), id, ctx.now.minus(kept)).await;
    if !again.map_err(AskError::failed("have something told again"))? {
        let why = "cannot be sent again: it is on its way, it is a mail, it is older than reads are kept, or whom it went to was removed";
        return Err(wrong("alert", why));
    }
    telling(app)?.poke();
    act.done([format!("alert {id}, sent again")]);
    Ok(())
}

/// For how many months the log is kept: two of the policy's audits reach back so far. One audit looks at the months behind it, and
/// whoever looks at the audit before it still finds what it looked at. Nothing of a read stands in the log.
fn months_of(policy: &InForce) -> u32 {
    policy.bundle.settings().audit.months.saturating_mul(2)
}

async fn kept_months(app: &App, ctx: &Ctx) -> Result<u32, AskError> {
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    Ok(months_of(&policy))
}

/// Forgets what was told longer ago than the log is kept.
pub async fn forget_tellings(app: &App, now: Timestamp) -> Result<(), BoxError> {
    let store = &app.inner().store;
    for agency in store.agencies().await? {
        let Some(policy) = app.policy(agency.id) else { continue };
        let months = u64::from(months_of(&policy));
        let kept = Duration::from_secs(months * MONTH_DAYS * DAY_S);
        store.forget_tellings(agency.id, now.minus(kept), FORGOTTEN).await?;
    }
    Ok(())
}

/// Adds a quiet rule for everybody of the agency and for its programs.
pub async fn keep_agencys_rule(
    app: &App,
    ctx: &Ctx,
    said: &RuleSaid,
) -> Result<QuietRuleId, AskError> {
    let act = app.begin_in_person::<ManageTelling>(ctx, About::nothing_yet()).await?;
    let (by, rule) = (me(ctx)?, said.read()?);
    let (store, failed) = (&app.inner().store, || AskError::failed("keep a quiet rule"));
    let rules = store.quiet_rules(ctx.agency).await.map_err(failed())?;
    if rules.iter().filter(|one| one.person.is_none()).count() >= RULES_MAX {
        return Err(wrong("days", format!("is one too many: {RULES_MAX} rules are the most")));
    }
    let id = store.add_quiet_rule(ctx.agency, None, &rule, (by, ctx.now)).await;
    let id = id.map_err(failed())?;
    act.done([format!("quiet rule {id}, added")]);
    Ok(id)
}

/// Ends a quiet rule of the agency.
pub async fn end_agencys_rule(app: &App, ctx: &Ctx, id: QuietRuleId) -> Result<(), AskError> {
    let act = app.begin_in_person::<ManageTelling>(ctx, About::one("quiet rule", id)).await?;
    let ended = app.inner().store.end_quiet_rule(ctx.agency, id, false, (me(ctx)?, ctx.now)).await;
    if !ended.map_err(AskError::failed("end a quiet rule"))? {
        return Err(AskError::not_found("quiet rule", id));
    }
    act.done([format!("quiet rule {id}, ended")]);
    Ok(())
}
