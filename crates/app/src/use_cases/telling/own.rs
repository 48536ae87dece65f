//! What somebody sets for themselves: their devices, of which hits they are told how, and when not.

use domain::access::OwnAccount;
use domain::telling::{Channel, Wish, Wishes};
use domain::{Category, DeviceId, PersonId, Priority, QuietRuleId, Timestamp};
use outbound::Subscription;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::{DeviceRow, NewDevice, NewTelling, QuietRuleRow, TellingRow, WhoIsTold};

use super::{RuleSaid, allowed, must_allow, telling};
use crate::alerts::uid;
use crate::record::About;
use crate::use_cases::add_camera::words;
use crate::use_cases::said::{me, wrong};
use crate::{App, AskError, Ctx};

/// About what a device's address and keys are sealed.
pub(crate) const DEVICE_SECRET: &str = "push device";
/// So many devices one person may have.
const DEVICES_MAX: usize = 10;
/// So many rules of their own.
const RULES_MAX: usize = 20;
/// So much of what one was told is shown.
const TOLD: u32 = 20;

/// Where a device's messages go, as it is kept.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptDevice {
    pub(crate) endpoint: String,
    pub(crate) key: String,
    pub(crate) auth: String,
}

/// A device as its owner sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeviceCard {
    /// Which.
    pub id: DeviceId,
    /// What its owner calls it.
    pub label: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// When a push service last took a message for it.
    pub last_taken_at: Option<Timestamp>,
}

/// How somebody is told of hits.
#[derive(Clone, PartialEq, Debug)]
pub struct OwnAlerts {
    /// Of which hits.
    pub wishes: Wishes,
    /// The ways out that the policy allows.
    pub allowed: Vec<Channel>,
    /// Whether mail is sent at all.
    pub sends_mail: bool,
    /// Their devices, oldest first.
    pub devices: Vec<DeviceCard>,
    /// Their own quiet rules.
    pub rules: Vec<QuietRuleRow>,
    /// Those of the agency, which hold for them too.
    pub agencys_rules: Vec<QuietRuleRow>,
    /// What they were told last, and what was kept quiet.
    pub told: Vec<TellingRow>,
    /// The server's public key, which browsers want to know.
    pub push_key: String,
}

/// What somebody asks to be told of, as it is written in a form.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct WishSaid {
    /// Whether they are told by mail.
    pub by_mail: bool,
    /// By mail: of what is at least this loud.
    pub mail_at_least: String,
    /// By mail: of these categories; none: of all.
    pub mail_categories: Vec<String>,
    /// By push messages: of what is at least this loud.
    pub push_at_least: String,
    /// By push messages: of these categories; none: of all.
    pub push_categories: Vec<String>,
}

/// A device, as its browser describes it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct DeviceSaid {
    /// What its owner calls it.
    pub label: String,
    /// Where its messages go.
    pub endpoint: String,
    /// Its public key, base64url.
    pub key: String,
    /// What both share, base64url.
    pub auth: String,
}

/// How one is told of hits.
pub async fn own_alerts(app: &App, ctx: &Ctx) -> Result<OwnAlerts, AskError> {
    let act = app.begin_in_person::<OwnAccount>(ctx, About::nothing_yet()).await?;
    let failed = || AskError::failed("look up how somebody is told");
    let (person, store) = (me(ctx)?, &app.inner().store);
    let wishes = store.wishes_of(person).await.map_err(failed())?.unwrap_or_default();
    let devices = store.devices_of(person).await.map_err(failed())?;
    let rules = store.quiet_rules(ctx.agency).await.map_err(failed())?;
    let (own, others): (Vec<_>, Vec<_>) = rules.into_iter().partition(|rule| rule.person.is_some());
    let own = own.into_iter().filter(|rule| rule.person == Some(person));
    let told = store.told_to(person, TOLD).await.map_err(failed())?;
    let alerts = OwnAlerts {
        wishes,
        allowed: allowed(app, ctx).await?,
        sends_mail: app.inner().config.mail.is_some(),
        devices: devices.into_iter().map(card).collect(),
        rules: own.collect(),
        agencys_rules: others,
        told,
        push_key: telling(app)?.pusher.public_key(),
    };
    act.done([]);
    Ok(alerts)
}

fn card(row: DeviceRow) -> DeviceCard {
    DeviceCard {
        id: row.id,
        label: row.label,
        added_at: row.added_at,
        last_taken_at: row.last_taken_at,
    }
}

/// Says of which hits one wants to be told.
pub async fn wish(app: &App, ctx: &Ctx, said: &WishSaid) -> Result<(), AskError> {
    let act = app.begin_in_person::<OwnAccount>(ctx, About::nothing_yet()).await?;
    let person = me(ctx)?;
    let push = wish_of(&said.push_at_least, &said.push_categories, "push")?;
    let mail = wish_of(&said.mail_at_least, &said.mail_categories, "mail")?;
    if said.by_mail {
        must_allow(app, ctx, Channel::Mail, "mail").await?;
        let signed_in = ctx.person.as_ref();
        if signed_in.is_none_or(|one| one.standing.person.email.is_empty()) {
            let why = "cannot be sent: your account has no mail address. Whoever runs the program enters one";
            return Err(wrong("mail", why));
        }
    }
    let wishes = Wishes { mail: said.by_mail.then_some(mail), push };
    let kept = app.inner().store.keep_wishes(ctx.agency, person, &wishes).await;
    kept.map_err(AskError::failed("keep what somebody wants to be told of"))?;
    let by_mail = if said.by_mail { "by mail too" } else { "not by mail" };
    act.done([format!("alerts of person {person}, {by_mail}")]);
    Ok(())
}

fn wish_of(at_least: &str, categories: &[String], field: &'static str) -> Result<Wish, AskError> {
    let at_least = Priority::parse(at_least);
    let at_least =
        at_least.ok_or_else(|| wrong(field, "names no priority: choose one of the list"))?;
    let read = categories
        .iter()
        .map(|word| Category::parse(word).ok_or_else(|| wrong(field, "names what is no category")));
    Ok(Wish { at_least, categories: read.collect::<Result<_, _>>()? })
}

/// Adds a device to which one is told of hits.
pub async fn add_device(app: &App, ctx: &Ctx, said: &DeviceSaid) -> Result<DeviceId, AskError> {
    let act = app.begin_in_person::<OwnAccount>(ctx, About::nothing_yet()).await?;
    let (person, telling) = (me(ctx)?, telling(app)?);
    must_allow(app, ctx, Channel::Push, "device").await?;
    words("label", &said.label)?;
    let endpoint = said.endpoint.trim();
    let checked = telling.reach.check_push(endpoint);
    checked.map_err(|why| wrong("device", format!("cannot be told: its address {why}")))?;
    let read = Subscription::read(endpoint, &said.key, &said.auth);
    let read = read.map_err(|why| wrong("device", format!("cannot be told: {why}")))?;
    let store = &app.inner().store;
    let failed = || AskError::failed("keep a device");
    if store.devices_of(person).await.map_err(failed())?.len() >= DEVICES_MAX {
        let why = format!("is one too many: {DEVICES_MAX} are the most, remove one first");
        return Err(wrong("device", why));
    }
    let kept =
        KeptDevice { endpoint: read.endpoint().to_owned(), key: read.key(), auth: read.auth() };
    let kept = serde_json::to_vec(&kept).map_err(AskError::failed("keep a device"))?;
    let new = NewDevice {
        person,
        label: said.label.trim().to_owned(),
        digest: Sha256::digest(endpoint.as_bytes()).into(),
        sealed: telling.sealer.seal(DEVICE_SECRET, &kept),
    };
    let id = store.add_device(ctx.agency, &new, ctx.now).await.map_err(failed())?;
    act.done([format!("device {id}, added")]);
    Ok(id)
}

/// Removes one of one's own devices.
pub async fn end_device(app: &App, ctx: &Ctx, id: DeviceId) -> Result<(), AskError> {
    let act = app.begin_in_person::<OwnAccount>(ctx, About::one("device", id)).await?;
    let ended = app.inner().store.end_device(me(ctx)?, id, ctx.now).await;
    if !ended.map_err(AskError::failed("remove a device"))? {
        return Err(AskError::not_found("device", id));
    }
    act.done([format!("device {id}, removed")]);
    Ok(())
}

/// Sends a test to one of one's own devices.
pub async fn test_device(app: &App, ctx: &Ctx, id: DeviceId) -> Result<(), AskError> {
    let act = app.begin_in_person::<OwnAccount>(ctx, About::one("device", id)).await?;
    must_allow(app, ctx, Channel::Push, "device").await?;
    let person = me(ctx)?;
    is_own(app, person, id).await?;
    let new = NewTelling {
        uid: uid(app.inner().chance.as_ref()),
        priority: Priority::Normal,
        category: None,
        who: WhoIsTold::Device(person, id),
        quiet: None,
    };
    let kept = app.inner().store.keep_test(ctx.agency, &new, ctx.now).await;
    kept.map_err(AskError::failed("write down a test"))?;
    telling(app)?.poke();
    act.done([format!("device {id}, tested")]);
    Ok(())
}

async fn is_own(app: &App, person: PersonId, id: DeviceId) -> Result<(), AskError> {
    let own = app.inner().store.devices_of(person).await;
    let own = own.map_err(AskError::failed("list somebody's devices"))?;
    let is_there = own.iter().any(|device| device.id == id);
    is_there.then_some(()).ok_or_else(|| AskError::not_found("device", id))
}

/// Adds a quiet rule of one's own.
pub async fn keep_own_rule(app: &App, ctx: &Ctx, said: &RuleSaid) -> Result<QuietRuleId, AskError> {
    let act = app.begin_in_person::<OwnAccount>(ctx, About::nothing_yet()).await?;
    let (person, rule) = (me(ctx)?, said.read()?);
    let (store, failed) = (&app.inner().store, || AskError::failed("keep a quiet rule"));
    if rule.channels.contains(&Channel::Webhook) {
        return Err(wrong("channels", "names webhooks, which are the agency’s"));
    }
    let rules = store.quiet_rules(ctx.agency).await.map_err(failed())?;
    if rules.iter().filter(|one| one.person == Some(person)).count() >= RULES_MAX {
        return Err(wrong("days", format!("is one too many: {RULES_MAX} rules are the most")));
    }
    let id = store.add_quiet_rule(ctx.agency, Some(person), &rule, (person, ctx.now)).await;
    let id = id.map_err(failed())?;
    act.done([format!("quiet rule {id}, added")]);
    Ok(id)
}

/// Ends a quiet rule of one's own.
pub async fn end_own_rule(app: &App, ctx: &Ctx, id: QuietRuleId) -> Result<(), AskError> {
    let act = app.begin_in_person::<OwnAccount>(ctx, About::one("quiet rule", id)).await?;
    let ended = app.inner().store.end_quiet_rule(ctx.agency, id, true, (me(ctx)?, ctx.now)).await;
    if !ended.map_err(AskError::failed("end a quiet rule"))? {
        return Err(AskError::not_found("quiet rule", id));
    }
    act.done([format!("quiet rule {id}, ended")]);
    Ok(())
}
