//! How the agency's hits are told outside the console.

use std::collections::HashMap;

use app::telling::{AddedWebhook, AlertsBoard, NewWebhookSaid, RuleSaid};
use app::views::{QuietRuleRow, TellingRow, TellingState, WebhookRow};
use domain::telling::Channel;
use domain::{Category, HitId, PersonId, Priority};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::area::AreaIo;
use super::page::PageOut;
use super::who::WhoOut;

type Names = HashMap<PersonId, String>;

/// A program that is told by a signed message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookIn {
    /// What people call it.
    name: String,
    #[schema(example = "https://dispatch.city.gov/plates")]
    url: String,
    /// The quietest priority that it is told of: `low`, `normal`, `high`.
    #[schema(example = "normal")]
    at_least: String,
}

impl From<WebhookIn> for NewWebhookSaid {
    fn from(said: WebhookIn) -> Self {
        Self { name: said.name, url: said.url, at_least: said.at_least }
    }
}

/// A webhook that was added.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookMadeOut {
    webhook: i64,
    /// What its program checks signatures with: shown here, and never again.
    secret: String,
}

impl From<AddedWebhook> for WebhookMadeOut {
    fn from(added: AddedWebhook) -> Self {
        Self { webhook: added.id.to_i64(), secret: added.secret.to_string() }
    }
}

/// When, where and what is kept quiet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuietRuleIn {
    /// The days on which its hours begin: `mon`–`sun`.
    days: Vec<String>,
    /// `HH:MM`, where the agency is.
    #[schema(example = "22:00")]
    from: String,
    /// `HH:MM`: of the next day where it is no later than `from`.
    #[schema(example = "06:00")]
    until: String,
    /// Only for cameras within; left out: for all.
    #[serde(default)]
    area: Option<AreaIo>,
    /// Only for these priorities; none: for all but the highest.
    #[serde(default)]
    priorities: Vec<String>,
    /// Only for these categories; none: for all that can be quiet.
    #[serde(default)]
    categories: Vec<String>,
    /// Over these ways: `push`, `mail`, `webhook`, `console`.
    channels: Vec<String>,
}

impl From<QuietRuleIn> for RuleSaid {
    fn from(said: QuietRuleIn) -> Self {
        let QuietRuleIn { days, from, until, area, priorities, categories, channels } = said;
        let (centre, radius) = area
            .map(|area| {
                (format!("{},{}", area.latitude, area.longitude), area.radius_m.to_string())
            })
            .unwrap_or_default();
        Self { days, from, until, centre, radius, priorities, categories, channels }
    }
}

/// A quiet rule that was added.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuietRuleMadeOut {
    pub(crate) rule: i64,
}

/// How hits are told, and what was.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlertsSetOut {
    /// The ways out of the server that the policy allows.
    allowed: Vec<&'static str>,
    webhooks: Vec<WebhookOut>,
    quiet_rules: Vec<QuietRuleOut>,
    /// What was told, newest first.
    told: PageOut<ToldOut>,
    /// For how many months that is kept.
    kept_months: u32,
}

impl From<AlertsBoard> for AlertsSetOut {
    fn from(board: AlertsBoard) -> Self {
        let AlertsBoard { allowed, webhooks, rules, told, kept_months, names } = board;
        Self {
            allowed: allowed.into_iter().map(Channel::word).collect(),
            webhooks: webhooks.into_iter().map(|one| WebhookOut::of(one, &names)).collect(),
            quiet_rules: rules.into_iter().map(|one| QuietRuleOut::of(&one, &names)).collect(),
            told: PageOut::of(told, |one| ToldOut::of(one, &names)),
            kept_months,
        }
    }
}

/// A program that is told.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookOut {
    webhook: i64,
    name: String,
    url: String,
    at_least: &'static str,
    added_by: WhoOut,
    #[schema(format = DateTime)]
    added_at: String,
}

impl WebhookOut {
    fn of(row: WebhookRow, names: &Names) -> Self {
        Self {
            webhook: row.id.to_i64(),
            name: row.about.name,
            url: row.about.url,
            at_least: row.about.at_least.word(),
            added_by: WhoOut::of(row.added_by, names.get(&row.added_by)),
            added_at: row.added_at.to_string(),
        }
    }
}

/// A quiet rule of the agency.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuietRuleOut {
    rule: i64,
    days: Vec<&'static str>,
    from: String,
    until: String,
    area: Option<AreaIo>,
    priorities: Vec<&'static str>,
    categories: Vec<&'static str>,
    channels: Vec<&'static str>,
    added_by: WhoOut,
    #[schema(format = DateTime)]
    added_at: String,
}

impl QuietRuleOut {
    fn of(row: &QuietRuleRow, names: &Names) -> Self {
        let rule = &row.rule;
        let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        Self {
            rule: row.id.to_i64(),
            days: rule.days.iter().map(|day| day.word()).collect(),
            from: time(rule.from),
            until: time(rule.until),
            area: rule.area.map(AreaIo::from),
            priorities: rule.priorities.iter().copied().map(Priority::word).collect(),
            categories: rule.categories.iter().copied().map(Category::word).collect(),
            channels: rule.channels.iter().copied().map(Channel::word).collect(),
            added_by: WhoOut::of(row.added_by, names.get(&row.added_by)),
            added_at: row.added_at.to_string(),
        }
    }
}

/// One message to somebody, or why there was none.
#[derive(Serialize, ToSchema)]
pub(crate) struct ToldOut {
    telling: i64,
    channel: &'static str,
    /// Of which hit; null: a test.
    hit: Option<i64>,
    /// Whether it is about a vehicle that was told of before.
    is_update: bool,
    priority: &'static str,
    category: Option<&'static str>,
    /// To whom; null: to a program.
    person: Option<WhoOut>,
    /// The device's or the program's name.
    target: Option<String>,
    #[schema(format = DateTime)]
    made_at: String,
    /// `waiting`, `sent`, `quiet`, `given-up`.
    state: &'static str,
    /// Waiting: when it is tried.
    #[schema(format = DateTime)]
    next_try_at: Option<String>,
    n_tries: u32,
    /// The status that was answered last.
    status: Option<u16>,
    /// What went wrong last, or why it is quiet.
    trouble: String,
    #[schema(format = DateTime)]
    done_at: Option<String>,
}

impl ToldOut {
    fn of(row: TellingRow, names: &Names) -> Self {
        let (state, next_try_at) = match row.state {
            TellingState::Waiting(at) => ("waiting", Some(at.to_string())),
            TellingState::Sent => ("sent", None),
            TellingState::Quiet => ("quiet", None),
            TellingState::GivenUp => ("given-up", None),
        };
        Self {
            telling: row.id.to_i64(),
            channel: row.channel.word(),
            hit: row.hit.map(HitId::to_i64),
            is_update: row.is_update,
            priority: row.priority.word(),
            category: row.category.map(Category::word),
            person: row.person.map(|id| WhoOut::of(id, names.get(&id))),
            target: row.target,
            made_at: row.made_at.to_string(),
            state,
            next_try_at,
            n_tries: row.n_tries,
            status: row.status,
            trouble: row.trouble,
            done_at: row.done_at.map(|at| at.to_string()),
        }
    }
}
