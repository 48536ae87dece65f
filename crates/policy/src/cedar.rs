//! Rules in Cedar: read one by one, named, checked against the one schema, and asked.

use std::collections::BTreeSet;
use std::str::FromStr as _;
use std::sync::LazyLock;

use cedar_policy::{
    ActionConstraint, Effect, EntityUid, ParseErrors, Policy, PolicyId, PolicySet,
    PrincipalConstraint, Schema, ValidationMode, Validator,
};
use domain::people::Role;
use miette::Diagnostic;

use crate::action::Action;
use crate::bundle::{Fault, File};
use crate::decide::PLACEHOLDERS;
use crate::settings::line_of;

/// How far a rule may look from what it is given: a person's own attributes, and no further.
const LEVEL: u32 = 1;

/// The types, written out; the actions are added from their one list.
const TYPES: &str = include_str!("schema.cedarschema");

/// One rule, as it is shown and named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) permits: bool,
    /// The clause or the source of law that asks for it.
    pub(crate) clause: Option<String>,
    pub(crate) says: String,
    /// The roles of its scope; none: everybody.
    pub(crate) role: Option<Role>,
    /// The actions of its scope.
    pub(crate) actions: BTreeSet<Action>,
    /// What the portal says of it, and where its makers have that from; statute packs alone have them.
    pub(crate) published: Option<String>,
    pub(crate) certainty: Option<Certainty>,
    /// The rule's text.
    pub(crate) text: String,
}

/// From where the makers of a statute pack have what a rule says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Certainty {
    Text,
    Inventory,
    Memory,
}

impl Certainty {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "text" => Some(Self::Text),
            "inventory" => Some(Self::Inventory),
            "memory" => Some(Self::Memory),
            _ => None,
        }
    }

    /// What people read.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Text => "read as text",
            Self::Inventory => "told from public inventories of state laws",
            Self::Memory => "told from memory, to be confirmed",
        }
    }
}

/// The schema that all rules are checked against, or why there is none.
static SCHEMA: LazyLock<Result<Schema, String>> = LazyLock::new(|| {
    let words = |words: Vec<&str>| {
        let quoted: Vec<_> = words.into_iter().map(|word| format!("\"{word}\"")).collect();
        quoted.join(", ")
    };
    let roles = words(Role::ALL.iter().map(|role| role.word()).collect());
    let actions = words(Action::ALL.iter().map(|action| action.word()).collect());
    let text = TYPES.replace("ROLES", &roles).replace("ACTIONS", &actions);
    match Schema::from_cedarschema_str(&text) {
        Ok((schema, _)) => Ok(schema),
        Err(why) => Err(why.to_string()),
    }
});

/// The schema.
pub(crate) fn schema() -> Result<&'static Schema, &'static str> {
    SCHEMA.as_ref().map_err(String::as_str)
}

/// Reads one file of rules.
pub(crate) fn read(file: &File, text: &str, faults: &mut Vec<Fault>) -> Vec<(Rule, Policy)> {
    let set = match PolicySet::from_str(text) {
        Ok(set) => set,
        Err(errors) => {
            faults.extend(unparsed(file, text, &errors));
            return Vec::new();
        }
    };
    for template in set.templates() {
        let says = "it has a slot: a rule says whom it means";
        faults.push(Fault::new(file.clone(), place_of(template.id().as_ref()), says));
    }
    let reader = Reader { file };
    let mut found: Vec<(Rule, Policy)> =
        set.policies().filter_map(|policy| reader.rule(policy, faults)).collect();
    found.sort_by(|(one, _), (other, _)| one.id.cmp(&other.id));
    found
}

fn unparsed(file: &File, text: &str, errors: &ParseErrors) -> Vec<Fault> {
    let fault = |error: &cedar_policy::ParseError| {
        let label = error.labels().and_then(|mut labels| labels.next());
        let place = label.map_or_else(
            || "whole file".to_owned(),
            |label| format!("line {}", line_of(text, label.offset())),
        );
        Fault::new(file.clone(), place, error.to_string())
    };
    errors.iter().map(fault).collect()
}

/// Cedar counts rules without a name from nought: `policy0`.
fn place_of(id: &str) -> String {
    let number = id.strip_prefix("policy").and_then(|number| number.parse::<u32>().ok());
    number.map_or_else(|| id.to_owned(), |number| format!("rule {}", number.saturating_add(1)))
}

struct Reader<'a> {
    file: &'a File,
}

impl Reader<'_> {
    fn rule(&self, policy: &Policy, faults: &mut Vec<Fault>) -> Option<(Rule, Policy)> {
        let n_before = faults.len();
        let id = policy.annotation("id").unwrap_or_default().to_owned();
        let place = if id.is_empty() { place_of(policy.id().as_ref()) } else { id.clone() };
        let mut unless = |holds: bool, says: &str| {
            if !holds {
                faults.push(Fault::new(self.file.clone(), place.clone(), says));
            }
        };
        unless(!id.is_empty(), "it has no @id");
        unless(is_id(&id), "its @id is not small letters, digits and hyphens, at most 60");
        let says = policy.annotation("says").unwrap_or_default().trim().to_owned();
        unless(!says.is_empty(), "it has no @says: nobody would know what is missing");
        if let Some(stranger) = unknown_placeholder(&says) {
            unless(false, &format!("its @says names {{{stranger}}}, which is not known"));
        }
        let permits = policy.effect() == Effect::Permit;
        let clause = self.clause(policy, &id, permits, &mut unless);
        let (published, certainty) = self.of_law(policy, &mut unless);
        let role = role(policy, &mut unless);
        let actions = actions(policy, permits, &mut unless);
        if permits {
            let says = "a permit says who and what, nothing else: conditions are rules that forbid";
            unless(has_no_conditions(policy), says);
        }
        if faults.len() > n_before {
            return None;
        }
        let policy = policy.new_id(PolicyId::new(&id));
        let text = policy.to_cedar().unwrap_or_default();
        let rule = Rule { id, permits, clause, says, role, actions, published, certainty, text };
        Some((rule, policy))
    }

    /// What the portal says of a statute, and how that is known; packs from before there was such a thing say nothing.
    fn of_law(
        &self,
        policy: &Policy,
        unless: &mut impl FnMut(bool, &str),
    ) -> (Option<String>, Option<Certainty>) {
        let File::Statute(_) = self.file else { return (None, None) };
        let published = policy.annotation("published").map(|words| words.trim().to_owned());
        let is_plain = |words: &String| !words.contains(['<', '{', '}', '\n']);
        unless(
            published.as_ref().is_none_or(is_plain),
            "its @published is not one line of plain words",
        );
        let certainty = policy.annotation("read").and_then(Certainty::parse);
        let is_known = certainty.is_some() || policy.annotation("read").is_none();
        unless(is_known, "its @read is none of `text`, `inventory` and `memory`");
        (published, certainty)
    }

    /// Rules of an agency name a clause, those of a statute pack their source.
    fn clause(
        &self,
        policy: &Policy,
        id: &str,
        permits: bool,
        unless: &mut impl FnMut(bool, &str),
    ) -> Option<String> {
        let named = |key| policy.annotation(key).map(str::trim).filter(|text| !text.is_empty());
        if let File::Statute(pack) = self.file {
            unless(!permits, "a statute pack forbids; what is permitted is for the agency to say");
            let prefix = format!("{}-", pack.to_lowercase());
            unless(id.starts_with(&prefix), &format!("its @id does not begin with `{prefix}`"));
            unless(named("source").is_some(), "it has no @source: where the law says so");
            return named("source").map(str::to_owned);
        }
        unless(permits || named("clause").is_some(), "it has no @clause: who asks for it");
        named("clause").map(str::to_owned)
    }
}

fn is_id(id: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    id.len() <= 60 && id.chars().all(is_part)
}

fn unknown_placeholder(says: &str) -> Option<&str> {
    let named = says.split('{').skip(1).filter_map(|after| after.split('}').next());
    named.into_iter().find(|name| !PLACEHOLDERS.contains(name))
}

fn role(policy: &Policy, unless: &mut impl FnMut(bool, &str)) -> Option<Role> {
    let uid = match policy.principal_constraint() {
        PrincipalConstraint::Any | PrincipalConstraint::Is(_) => return None,
        PrincipalConstraint::In(uid) | PrincipalConstraint::IsIn(_, uid) => uid,
        PrincipalConstraint::Eq(_) => {
            unless(false, "it names a person: rules speak of roles");
            return None;
        }
    };
    let role = Role::parse(uid.id().unescaped());
    unless(role.is_some(), "it names a role that is not known");
    role
}

fn actions(
    policy: &Policy,
    permits: bool,
    unless: &mut impl FnMut(bool, &str),
) -> BTreeSet<Action> {
    let uids: Vec<EntityUid> = match policy.action_constraint() {
        ActionConstraint::Any => {
            unless(!permits, "a permit names its actions");
            return Action::ALL.iter().copied().collect();
        }
        ActionConstraint::Eq(uid) => vec![uid],
        ActionConstraint::In(uids) => uids,
    };
    let mut found = BTreeSet::new();
    for uid in uids {
        let word = uid.id().unescaped();
        match Action::parse(word) {
            Some(action) => {
                found.insert(action);
            }
            None => unless(false, &format!("there is no action `{word}`")),
        }
    }
    found
}

fn has_no_conditions(policy: &Policy) -> bool {
    let Ok(json) = policy.to_json() else { return false };
    json.get("conditions").and_then(|all| all.as_array()).is_none_or(Vec::is_empty)
}

/// Puts rules together and checks them against the schema. `of` finds the file of a rule.
pub(crate) fn compile(
    policies: Vec<Policy>,
    of: impl Fn(&str) -> File,
    faults: &mut Vec<Fault>,
) -> Option<PolicySet> {
    let n_before = faults.len();
    let mut set = PolicySet::new();
    for policy in policies {
        let id = policy.id().to_string();
        if set.add(policy).is_err() {
            faults.push(Fault::new(of(&id), id, "another rule has the same @id"));
        }
    }
    match schema() {
        Err(why) => faults.push(Fault::new(File::Rules, "schema", why)),
        Ok(schema) => {
            let validator = Validator::new(schema.clone());
            let result = validator.validate_with_level(&set, ValidationMode::Strict, LEVEL);
            for error in result.validation_errors() {
                let id = error.policy_id().to_string();
                faults.push(Fault::new(of(&id), id, error.to_string()));
            }
        }
    }
    (faults.len() == n_before).then_some(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_stands() {
        assert!(schema().is_ok(), "{:?}", schema().err());
    }
}
