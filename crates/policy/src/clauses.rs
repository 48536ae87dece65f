//! Which clause is enforced by what.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use toml::Value;

use crate::bundle::{Fault, File};
use crate::cedar::Rule;
use crate::settings::{Settings, VERSION, syntax};

/// One clause of an agency's policy, in our own words, and what enforces it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its id: `AUS-344.7b`.
    pub id: String,
    /// What it asks, in our own words.
    pub says: String,
    /// The settings that enforce it, by their path: `retention.days`, `purposes.stolen-vehicle`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<String>,
    /// The ids of the rules that enforce it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// What the program does about it whatever a bundle says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    version: u32,
    #[serde(default)]
    clause: Vec<Clause>,
}

pub(crate) fn read(text: &str, faults: &mut Vec<Fault>) -> Vec<Clause> {
    match toml::from_str::<Whole>(text) {
        Ok(whole) => {
            if whole.version != VERSION {
                let says = format!("{} is not read here: {VERSION} is", whole.version);
                faults.push(Fault::new(File::Clauses, "version", says));
            }
            whole.clause
        }
        Err(why) => {
            faults.push(syntax(File::Clauses, text, &why));
            Vec::new()
        }
    }
}

/// Everything that a clause names has to be there, and every clause that is named has to be here.
pub(crate) fn check(
    clauses: &[Clause],
    settings: &Settings,
    rules: &BTreeMap<String, Rule>,
    faults: &mut Vec<Fault>,
) {
    let paths = paths(settings);
    let mut ids = BTreeSet::new();
    let mut fault = |place: &str, says: String| {
        faults.push(Fault::new(File::Clauses, place, says));
    };
    for clause in clauses {
        if !is_id(&clause.id) {
            fault(&clause.id, "it is no clause id: letters, digits, dots and hyphens".to_owned());
        }
        if !ids.insert(clause.id.as_str()) {
            fault(&clause.id, "it stands there twice".to_owned());
        }
        if clause.says.trim().is_empty() {
            fault(&clause.id, "it says nothing".to_owned());
        }
        let is_enforced =
            !clause.settings.is_empty() || !clause.rules.is_empty() || clause.program.is_some();
        if !is_enforced {
            fault(&clause.id, "nothing enforces it".to_owned());
        }
        for path in clause.settings.iter().filter(|path| !paths.contains_key(*path)) {
            fault(&clause.id, format!("there is no setting `{path}`"));
        }
        for rule in clause.rules.iter().filter(|rule| !rules.contains_key(*rule)) {
            fault(&clause.id, format!("there is no rule `{rule}`"));
        }
    }
    for (place, id) in named(settings, &paths, rules) {
        if !ids.contains(id.as_str()) {
            fault(&id, format!("{place} names it and it is not here"));
        }
    }
}

fn is_id(id: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    !id.is_empty() && id.len() <= 40 && id.chars().all(is_part)
}

/// Clauses that settings and the agency's own rules name, with where.
fn named(
    settings: &Settings,
    paths: &BTreeMap<String, Value>,
    rules: &BTreeMap<String, Rule>,
) -> Vec<(String, String)> {
    let is_clause = |path: &str| {
        let last = path.rsplit('.').next().unwrap_or_default();
        last == "clause" || last == "classes_clause"
    };
    let by_settings = paths
        .iter()
        .filter(|(path, _)| is_clause(path))
        .filter_map(|(path, value)| Some((path.clone(), value.as_str()?.to_owned())));
    let of_packs: Vec<String> =
        settings.jurisdiction.iter().map(|pack| format!("{}-", pack.to_lowercase())).collect();
    let by_rules = rules
        .values()
        .filter(|rule| !of_packs.iter().any(|prefix| rule.id.starts_with(prefix)))
        .filter_map(|rule| Some((format!("rule `{}`", rule.id), rule.clause.clone()?)));
    by_settings.chain(by_rules).collect()
}

/// Every setting by its path. Tables in lists go by their `word`, `category` or `clause`.
pub(crate) fn paths(settings: &Settings) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    if let Ok(value) = Value::try_from(settings) {
        walk("", &value, &mut found);
    }
    found
}

fn walk(path: &str, value: &Value, found: &mut BTreeMap<String, Value>) {
    if !path.is_empty() {
        found.insert(path.to_owned(), value.clone());
    }
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                walk(&below(key), value, found);
            }
        }
        Value::Array(all) => {
            for value in all {
                let named = ["word", "category", "clause"].iter().find_map(|key| value.get(key));
                if let Some(word) = named.and_then(Value::as_str) {
                    walk(&below(word), value, found);
                }
            }
        }
        _ => {}
    }
}
