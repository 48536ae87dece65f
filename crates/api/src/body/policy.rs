//! Changes of the policy.

use std::collections::BTreeMap;

use app::policy::{
    Base, ChangePage, ChangeRow, ChangeState, Compared, PolicyPage, Proposing, Unsound,
};
use domain::{PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::who::WhoOut;
use crate::error::ApiError;
use crate::query::must_be_day;

type Names = BTreeMap<PersonId, String>;

/// Another policy that somebody wants.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProposeIn {
    /// What it begins with: the word of a policy that comes with the program; left out, the policy in force.
    #[serde(default)]
    base: Option<String>,
    /// Texts that take the place of the base's: `bundle.toml`, `rules.cedar`, `clauses.toml`, `published.md`.
    #[serde(default)]
    texts: BTreeMap<String, String>,
    /// From which day on it is to decide, at the agency.
    #[schema(format = Date)]
    day: String,
    /// Why.
    reason: String,
    /// Whether only to say what it would change.
    #[serde(default)]
    only_look: bool,
}

impl ProposeIn {
    pub(crate) fn ask(self) -> Result<Proposing, ApiError> {
        let texts = self.texts.into_iter().map(|(name, text)| (name, text.into_bytes()));
        Ok(Proposing {
            base: self.base.map_or(Base::InForce, Base::Shipped),
            texts: texts.collect(),
            day: must_be_day("day", &self.day)?,
            reason: self.reason,
            only_look: self.only_look,
        })
    }
}

/// What was seen of a change, by who approves it: nobody approves what they have not seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApproveIn {
    /// `digest` of the change.
    pub(crate) digest: String,
    /// `now.follows` of the change.
    pub(crate) follows: String,
}

/// A change that was proposed.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProposedOut {
    pub(crate) change: i64,
}

/// Who did something, and when.
#[derive(Serialize, ToSchema)]
pub(crate) struct DoneOut {
    /// Null: it came with the agency's configuration.
    by: Option<WhoOut>,
    #[schema(format = DateTime)]
    at: String,
}

impl DoneOut {
    fn of((by, at): (Option<PersonId>, Timestamp), names: &Names) -> Self {
        Self { by: by.map(|by| WhoOut::of(by, names.get(&by))), at: at.to_string() }
    }
}

/// A change of the policy.
#[derive(Serialize, ToSchema)]
pub(crate) struct PolicyChangeOut {
    change: i64,
    digest: String,
    /// `waits`, `comes`, `decides`, `over`, `withdrawn`.
    state: &'static str,
    reason: String,
    proposed: DoneOut,
    approved: Option<DoneOut>,
    withdrawn: Option<DoneOut>,
    /// From when on it decides; until it is approved, at the earliest.
    #[schema(format = DateTime)]
    begins: String,
    /// Whether something in it touches privacy: for the quarterly audit.
    touches_privacy: bool,
}

impl PolicyChangeOut {
    pub(crate) fn of(row: &ChangeRow, names: &Names) -> Self {
        Self {
            change: row.id.to_i64(),
            digest: row.digest.clone(),
            state: match row.state {
                ChangeState::Waits => "waits",
                ChangeState::Comes => "comes",
                ChangeState::Decides => "decides",
                ChangeState::Over => "over",
                ChangeState::Withdrawn => "withdrawn",
            },
            reason: row.reason.clone(),
            proposed: DoneOut::of(row.proposed, names),
            approved: row.approved.map(|done| DoneOut::of(done, names)),
            withdrawn: row.withdrawn.map(|done| DoneOut::of(done, names)),
            begins: row.begins.to_string(),
            touches_privacy: row.touches_privacy,
        }
    }
}

/// One difference between two policies.
#[derive(Serialize, ToSchema)]
pub(crate) struct DifferenceOut {
    file: String,
    what: String,
    /// In plain words.
    says: String,
    touches_privacy: bool,
}

fn differences(all: &[policy::Change]) -> Vec<DifferenceOut> {
    let one = |one: &policy::Change| DifferenceOut {
        file: one.file.to_string(),
        what: one.what.clone(),
        says: one.says.clone(),
        touches_privacy: one.touches_privacy,
    };
    all.iter().map(one).collect()
}

/// A published prohibition, and what is configured that breaks it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContradictionOut {
    setting: String,
    says: String,
}

/// A policy beside the one that it would follow.
#[derive(Serialize, ToSchema)]
pub(crate) struct ComparedOut {
    title: String,
    digest: String,
    /// The digest of the one that it would follow.
    follows: String,
    differences: Vec<DifferenceOut>,
    /// While there is one it cannot be approved.
    contradictions: Vec<ContradictionOut>,
}

impl From<&Compared> for ComparedOut {
    fn from(compared: &Compared) -> Self {
        let contradictions = compared
            .contradictions
            .iter()
            .map(|one| ContradictionOut { setting: one.setting.clone(), says: one.says.clone() });
        Self {
            title: compared.title.clone(),
            digest: compared.digest.clone(),
            follows: compared.follows.clone(),
            differences: differences(&compared.changes),
            contradictions: contradictions.collect(),
        }
    }
}

/// One change of the policy, opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct PolicyChangePageOut {
    #[serde(flatten)]
    change: PolicyChangeOut,
    title: String,
    /// What it changed, against the one that whoever approved it saw; null for the first of all.
    differences: Option<Vec<DifferenceOut>>,
    /// While it waits: as it would be approved now.
    now: Option<ComparedOut>,
}

impl From<ChangePage> for PolicyChangePageOut {
    fn from(page: ChangePage) -> Self {
        Self {
            change: PolicyChangeOut::of(&page.row, &page.names),
            differences: page.changes.as_deref().map(differences),
            now: page.now.as_ref().map(ComparedOut::from),
            title: page.title,
        }
    }
}

/// A policy that cannot be read: every fault that could be found, each with its file and line.
pub(crate) fn unsound(unsound: &Unsound) -> ApiError {
    let says = unsound.faults.iter().map(|(fault, line)| match line {
        Some(line) if !fault.place.starts_with("line ") => format!("{fault} (line {line})"),
        _ => fault.to_string(),
    });
    let first = unsound.faults.first().map(|(fault, _)| format!("texts.{}", fault.file));
    let says = says.collect::<Vec<_>>().join("\n");
    ApiError::invalid(first.unwrap_or_else(|| "texts".to_owned()), says)
}

/// A policy that contradicts what is configured.
pub(crate) fn contradicts(compared: &Compared) -> ApiError {
    let says = compared.contradictions.iter().map(|one| format!("{}: {}", one.setting, one.says));
    let says = says.collect::<Vec<_>>().join("\n");
    ApiError::invalid("texts", format!("the policy contradicts what is configured\n{says}"))
}

/// The policy in force.
#[derive(Serialize, ToSchema)]
pub(crate) struct PolicyOut {
    /// The bundle's word.
    policy: String,
    title: String,
    /// The day of the documents that it follows.
    edition: String,
    digest: String,
    /// Since when it decides; null where that is no longer kept.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// When another will decide; null: none was approved.
    #[schema(format = DateTime)]
    next_at: Option<String>,
    /// The settings, as `bundle.toml` has them.
    #[schema(value_type = Object)]
    settings: serde_json::Value,
}

impl From<PolicyPage> for PolicyOut {
    fn from(page: PolicyPage) -> Self {
        let bundle = &page.in_force.bundle;
        let settings = bundle.settings();
        Self {
            policy: settings.id.clone(),
            title: settings.title.clone(),
            edition: settings.edition.clone(),
            digest: bundle.digest(),
            since: page.since.map(|at| at.to_string()),
            next_at: page.next.map(|(_, at)| at.to_string()),
            // Settings were read from a text of the same shape.
            settings: serde_json::to_value(settings).unwrap_or_default(),
        }
    }
}
