//! What a new bundle changes, in plain words; and where a bundle and what is configured contradict each other.

use std::collections::{BTreeMap, BTreeSet};

use domain::TopicKind;
use domain::hotlist::Category;
use toml::Value;

use crate::action::Action;
use crate::bundle::{Bundle, File};
use crate::clauses::paths;
use crate::decide::floor_label;
use crate::settings::{Channel, Purpose, SignOff, Verify};
use crate::shipped::statutes;

/// One change between two bundles.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Change {
    /// In which file.
    pub file: File,
    /// What changed: a setting's path, a rule's id, a clause's id, a heading.
    pub what: String,
    /// In plain words.
    pub says: String,
    /// Whether it touches privacy: the quarterly audit lists those (`AUS-344.6b8`).
    pub touches_privacy: bool,
}

/// Settings that touch nobody's privacy: names, and how people work.
const NOT_PRIVATE: [&str; 5] = ["version", "id", "title", "edition", "case_number"];

/// Every change from one bundle to another. Two bundles with the same digest have none.
pub fn difference(old: &Bundle, new: &Bundle) -> Vec<Change> {
    let mut changes = Vec::new();
    settings(old, new, &mut changes);
    rules(old, new, &mut changes);
    clauses(old, new, &mut changes);
    published(old, new, &mut changes);
    changes.sort();
    changes
}

fn settings(old: &Bundle, new: &Bundle, changes: &mut Vec<Change>) {
    let (before, after) = (leaves(old), leaves(new));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut whole = purposes(old, new, changes);
    whole.extend(sign_offs(old, new, changes));
    for name in names {
        if whole.iter().any(|told| name.starts_with(told.as_str())) {
            continue;
        }
        let says = match (before.get(name), after.get(name)) {
            (Some(old), Some(new)) if old == new => continue,
            (Some(old), Some(new)) => format!("`{name}` changes from {old} to {new}"),
            (None, Some(new)) => format!("`{name}` is new: {new}"),
            (Some(old), None) => format!("`{name}` goes; it was {old}"),
            (None, None) => continue,
        };
        let first = name.split('.').next().unwrap_or_default();
        let is_label = name.ends_with(".label") || name.ends_with(".example");
        let touches_privacy = !NOT_PRIVATE.contains(&first) && !is_label;
        changes.push(Change { file: File::Settings, what: name.clone(), says, touches_privacy });
    }
}

/// Purposes that come or go, each as one change; the paths below which nothing else needs to be told of them.
fn purposes(old: &Bundle, new: &Bundle, changes: &mut Vec<Change>) -> Vec<String> {
    let missing = |from: &Bundle, other: &Bundle| -> Vec<Purpose> {
        let all = from.settings().purposes.iter();
        all.filter(|one| other.settings().purpose(&one.word).is_none()).cloned().collect()
    };
    let (gone, come) = (missing(old, new), missing(new, old));
    let says = gone
        .iter()
        .map(|one| {
            (one, format!("the purpose `{}` goes: nobody can look for it any more", one.label))
        })
        .chain(come.iter().map(|one| {
            let may: Vec<&str> = one.actions.iter().map(|action| action.label()).collect();
            let says =
                format!("the purpose `{}` is new: for it one may {}", one.label, may.join(", "));
            (one, format!("{says}; it asks for {}", asked(one)))
        }));
    let mut paths = Vec::new();
    for (purpose, says) in says {
        let what = format!("purposes.{}", purpose.word);
        paths.push(format!("{what}."));
        changes.push(Change { file: File::Settings, what, says, touches_privacy: true });
    }
    paths
}

/// Sign-offs that come or go, each as one change; the paths below which nothing else needs to be told of them.
fn sign_offs(old: &Bundle, new: &Bundle, changes: &mut Vec<Change>) -> Vec<String> {
    let missing = |from: &Bundle, other: &Bundle| -> Vec<SignOff> {
        let there = |one: &&SignOff| {
            !other.settings().cameras.sign_offs.iter().any(|other| other.word == one.word)
        };
        from.settings().cameras.sign_offs.iter().filter(there).cloned().collect()
    };
    let gone = missing(old, new).into_iter().map(|one| {
        let says = format!("a fixed camera no longer waits for the sign-off of: {}", one.label);
        (one.word, says)
    });
    let come = missing(new, old).into_iter().map(|one| {
        let (label, role) = (&one.label, one.role.label());
        let says = format!(
            "a fixed camera that is added waits for the sign-off of: {label}; role: {role}"
        );
        (one.word, says)
    });
    let mut paths = Vec::new();
    let is_empty = |bundle: &Bundle| bundle.settings().cameras.sign_offs.is_empty();
    if is_empty(old) != is_empty(new) {
        paths.push("cameras.sign_offs".to_owned());
    }
    for (word, says) in gone.chain(come) {
        let what = format!("cameras.sign_offs.{word}");
        paths.push(format!("{what}."));
        changes.push(Change { file: File::Settings, what, says, touches_privacy: true });
    }
    paths
}

/// What has to stand beside a purpose.
fn asked(purpose: &Purpose) -> String {
    let case = purpose.exigent_hours.map_or_else(
        || "a case number".to_owned(),
        |hours| format!("a case number, within {hours} hours where it cannot wait"),
    );
    let asked = [
        purpose.needs_case.then_some(case),
        purpose.needs_reason.then(|| "a reason".to_owned()),
        purpose
            .offence_floor
            .map(|floor| format!("an offence: {} or graver", floor_label(Some(floor)))),
        purpose.offences_in_words().map(|all| format!("which is one of these: {all}")),
    ];
    let asked: Vec<String> = asked.into_iter().flatten().collect();
    if asked.is_empty() { "nothing else".to_owned() } else { asked.join(", ") }
}

/// Settings that hold no others, as they are shown.
fn leaves(bundle: &Bundle) -> BTreeMap<String, String> {
    let all = paths(bundle.settings());
    let is_leaf = |path: &str, value: &Value| match value {
        Value::Table(_) => false,
        Value::Array(_) => {
            let below = format!("{path}.");
            let mut after = all.range(below.clone()..);
            !after.next().is_some_and(|(other, _)| other.starts_with(&below))
        }
        _ => true,
    };
    let shown = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    all.iter()
        .filter(|(path, value)| is_leaf(path, value))
        .map(|(path, value)| (path.clone(), shown(value)))
        .collect()
}

fn rules(old: &Bundle, new: &Bundle, changes: &mut Vec<Change>) {
    let ids: BTreeSet<&String> = old.rules().keys().chain(new.rules().keys()).collect();
    for id in ids {
        let says = match (old.rule(id), new.rule(id)) {
            (Some(before), Some(after)) if before.text == after.text => continue,
            (Some(_), Some(after)) => {
                format!("the rule `{id}` is written otherwise; it now says: {}", after.says)
            }
            (None, Some(after)) => {
                let does = if after.permits { "permits" } else { "forbids" };
                format!("the rule `{id}` is new and {does}: {}", after.says)
            }
            (Some(before), None) => {
                let does = if before.permits { "permitted" } else { "forbade" };
                format!("the rule `{id}` goes; it {does}: {}", before.says)
            }
            (None, None) => continue,
        };
        changes.push(Change { file: File::Rules, what: id.clone(), says, touches_privacy: true });
    }
}

fn clauses(old: &Bundle, new: &Bundle, changes: &mut Vec<Change>) {
    let by_id = |bundle: &Bundle| -> BTreeMap<String, crate::Clause> {
        bundle.clauses().iter().map(|clause| (clause.id.clone(), clause.clone())).collect()
    };
    let (before, after) = (by_id(old), by_id(new));
    let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for id in ids {
        let says = match (before.get(id), after.get(id)) {
            (Some(old), Some(new)) if old == new => continue,
            (Some(_), Some(new)) => {
                format!("{id} is described or enforced otherwise: {}", new.says)
            }
            (None, Some(new)) => format!("{id} is new: {}", new.says),
            (Some(old), None) => format!("{id} goes; it said: {}", old.says),
            (None, None) => continue,
        };
        changes.push(Change { file: File::Clauses, what: id.clone(), says, touches_privacy: true });
    }
}

fn published(old: &Bundle, new: &Bundle, changes: &mut Vec<Change>) {
    let (before, after) = (sections(&old.published()), sections(&new.published()));
    let headings: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for heading in headings {
        let says = match (before.get(heading), after.get(heading)) {
            (Some(old), Some(new)) if old == new => continue,
            (Some(_), Some(_)) => format!("the published words under `{heading}` change"),
            (None, _) => format!("`{heading}` is published anew"),
            (_, None) => format!("`{heading}` is no longer published"),
        };
        let what = heading.clone();
        changes.push(Change { file: File::Published, what, says, touches_privacy: true });
    }
}

/// The text under each heading.
fn sections(text: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut heading = "(beginning)".to_owned();
    for line in text.lines() {
        if let Some(next) = line.strip_prefix("## ") {
            next.trim().clone_into(&mut heading);
        }
        let section = found.entry(heading.clone()).or_default();
        section.push_str(line.trim_end());
        section.push('\n');
    }
    found
}

/// What is configured, as far as a bundle has a say in it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Configured {
    /// Categories of hotlists that are in force.
    pub hotlist_categories: Vec<Category>,
    /// Topics of hotlists that are switched on.
    pub hotlist_topics: BTreeSet<TopicKind>,
    /// Purposes that open searches, holds and shares name.
    pub purposes: BTreeSet<String>,
    /// The days for which reads are kept, where it is configured apart from the bundle.
    pub retention_days: Option<u32>,
    /// Fields of a read that are stored.
    pub fields: BTreeSet<String>,
    /// Channels that are in use.
    pub channels: BTreeSet<Channel>,
    /// Agencies with standing access.
    pub standing_shares: BTreeSet<String>,
    /// Whether searches for movements are switched on.
    pub movement_search: bool,
    /// Whether the agency's case system can be asked for case numbers.
    pub case_system: bool,
}

/// Where a bundle and what is configured contradict each other. It blocks loading.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Contradiction {
    /// The setting that is broken.
    pub setting: String,
    /// In plain words.
    pub says: String,
}

/// Every contradiction: a prohibition that is published, and something enabled that breaks it.
pub fn contradictions(bundle: &Bundle, configured: &Configured) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let mut add = |setting: &str, says: String| {
        found.push(Contradiction { setting: setting.to_owned(), says });
    };
    lists_and_purposes(bundle, configured, &mut add);
    data(bundle, configured, &mut add);
    promises(bundle, configured, &mut add);
    for pack in &bundle.settings().jurisdiction {
        let ours = statutes().iter().find(|(word, _)| word == pack);
        let theirs = bundle.files().statutes.get(pack);
        if let (Some((_, ours)), Some(theirs)) = (ours, theirs)
            && theirs.as_ref() != *ours
        {
            let says =
                format!("the statute pack {pack} is not the one that this program comes with");
            add("jurisdiction", says);
        }
    }
    found.sort();
    found
}

fn lists_and_purposes(
    bundle: &Bundle,
    configured: &Configured,
    add: &mut impl FnMut(&str, String),
) {
    let settings = bundle.settings();
    for category in &configured.hotlist_categories {
        if !settings.hotlists.categories.iter().any(|one| one.category == *category) {
            let says = format!(
                "hotlists of the category `{}` are in force, and the policy allows none",
                category.word()
            );
            add("hotlists.categories", says);
        }
    }
    for topic in &configured.hotlist_topics {
        if let Err(why) = settings.topic(*topic) {
            let says = format!("a hotlist’s topic `{}` is switched on, and {why}", topic.word());
            add("hotlists.forbidden_topics", says);
        }
    }
    for purpose in &configured.purposes {
        if let Some(one) = settings.prohibits(purpose) {
            let says = format!(
                "the purpose `{purpose}` is in use, and {} prohibits {}",
                one.clause, one.label
            );
            add("prohibited.uses", says);
        } else if settings.purpose(purpose).is_none() {
            add(
                "purposes",
                format!("the purpose `{purpose}` is in use, and the policy has it not"),
            );
        }
    }
}

/// What the settings promise and no rule, and nothing that is configured, would keep.
fn promises(bundle: &Bundle, configured: &Configured, add: &mut impl FnMut(&str, String)) {
    let settings = bundle.settings();
    let forbids =
        |fact: &str| bundle.rules().values().any(|rule| !rule.permits && rule.text.contains(fact));
    let exigent = settings.purposes.iter().find(|purpose| purpose.exigent_hours.is_some());
    if let Some(purpose) = exigent.filter(|_| !forbids("context.overdue")) {
        let says = format!(
            "the purpose `{}` lets the case number follow, and no rule forbids anything to who never brings it \
             (`context.overdue`)",
            purpose.word
        );
        add("purposes", says);
    }
    for one in &settings.cameras.sign_offs {
        if !bundle.matrix().permits(one.role, Action::SignOffCamera) {
            let says = format!(
                "fixed cameras wait for the sign-off of: {}, and no rule lets the role that gives it sign off \
                 (`sign-off-camera`)",
                one.label
            );
            add("cameras.sign_offs", says);
        }
    }
    if settings.case_number.verify == Verify::Must {
        if !forbids("context.case_number.must_be_verified") {
            let says = "case numbers must be verified, and no rule forbids anything where one is not \
                        (`context.case_number.must_be_verified`)";
            add("case_number.verify", says.to_owned());
        }
        if !configured.case_system {
            let says = "case numbers must be verified, and no case system is configured that could be asked";
            add("case_number.verify", says.to_owned());
        }
    }
}

fn data(bundle: &Bundle, configured: &Configured, add: &mut impl FnMut(&str, String)) {
    let settings = bundle.settings();
    if let Some(days) = configured.retention_days
        && days > settings.retention.days
    {
        let says = format!(
            "reads are kept for {days} days, and the policy says {}",
            settings.retention.days
        );
        add("retention.days", says);
    }
    for field in configured.fields.iter().filter(|field| !settings.fields.stored.contains(*field)) {
        add("fields.stored", format!("`{field}` is stored, and the policy does not list it"));
    }
    for channel in
        configured.channels.iter().filter(|channel| !settings.channels.allowed.contains(channel))
    {
        let says = format!("alerts leave by {}, and the policy does not list it", channel.word());
        add("channels.allowed", says);
    }
    for agency in configured
        .standing_shares
        .iter()
        .filter(|agency| !settings.sharing.standing.contains(*agency))
    {
        let says = format!("{agency} has standing access, and the policy does not list it");
        add("sharing.standing", says);
    }
    if configured.movement_search && !settings.search.movement {
        let says = "searches for movements are switched on, and the policy has none".to_owned();
        add("search.movement", says);
    }
}
