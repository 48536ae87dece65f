//! The rules of a bundle, prepared for being asked.
//!
//! Cedar puts a rule's scope together anew whenever it evaluates the rule; that takes longer than most conditions. So
//! there is a set of rules for each action, in which no rule asks for the action any more, and a quick set in which all
//! rules that forbid are one. A permit says a role and nothing else: whether it holds is looked up, and Cedar is only asked
//! whether anything forbids. The quick set is believed only when nothing does, without a fault: then every rule that
//! forbids was evaluated, and none held. Otherwise all rules are asked, one by one, for their names. A test shows that
//! the answers are those of the rules as they are written.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use cedar_policy::{
    Authorizer, Decision, Effect, Entities, EntityId, EntityTypeName, EntityUid, Policy, PolicyId,
    PolicySet, Request, Response,
};
use domain::people::Role;
use serde_json::{Value, json};

use crate::action::Action;
use crate::cedar::Rule;

/// What is made once for all decisions of a bundle.
pub(crate) struct Engine {
    pub(super) authorizer: Authorizer,
    by_action: BTreeMap<Action, Rules>,
    pub(super) person: EntityTypeName,
    agency: EntityTypeName,
    pub(super) roles: BTreeMap<Role, EntityUid>,
    pub(super) actions: BTreeMap<Action, EntityUid>,
}

/// The rules that speak of one action.
#[derive(Default)]
struct Rules {
    all: PolicySet,
    quick: PolicySet,
    /// Permits that say a role, or nobody in particular, and nothing else. They are not in the quick set.
    permits: Vec<(Option<Role>, PolicyId)>,
}

impl Rules {
    /// Which of the permits hold for somebody with these roles.
    fn permitting(&self, roles: &BTreeSet<Role>) -> HashSet<PolicyId> {
        let holds = |role: &Option<Role>| role.is_none_or(|role| roles.contains(&role));
        self.permits.iter().filter(|(role, _)| holds(role)).map(|(_, id)| id.clone()).collect()
    }
}

/// Why a question could not be put to the rules.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoEngine(pub(super) String);

/// Whatever Cedar says is wrong, in its words.
pub(super) fn wrong(why: impl std::fmt::Display) -> NoEngine {
    NoEngine(why.to_string())
}

impl Engine {
    /// Prepares rules for being asked.
    pub(crate) fn new(set: &PolicySet, rules: &BTreeMap<String, Rule>) -> Result<Self, NoEngine> {
        let named = |name: &str| name.parse::<EntityTypeName>().map_err(wrong);
        let (role, action) = (named("Role")?, named("Action")?);
        let uid = |kind: &EntityTypeName, id: &str| {
            EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
        };
        Ok(Self {
            authorizer: Authorizer::new(),
            by_action: by_action(set, rules)?,
            person: named("Person")?,
            agency: named("Agency")?,
            roles: Role::ALL.into_iter().map(|one| (one, uid(&role, one.word()))).collect(),
            actions: Action::ALL.iter().map(|one| (*one, uid(&action, one.word()))).collect(),
        })
    }

    pub(super) fn agency(&self, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.agency.clone(), EntityId::new(id))
    }

    /// Asks; quickly where some rule permits it to one of the person's roles.
    pub(super) fn answer(
        &self,
        action: Action,
        request: &Request,
        entities: &Entities,
        roles: &BTreeSet<Role>,
    ) -> Result<Response, NoEngine> {
        let rules = self.by_action.get(&action).ok_or_else(|| wrong("no rule speaks of it"))?;
        let permitting = rules.permitting(roles);
        if !permitting.is_empty() {
            let quick = self.authorizer.is_authorized(request, &rules.quick, entities);
            let said = quick.diagnostics();
            // Neither a rule that forbids nor a fault.
            if said.reason().next().is_none() && said.errors().next().is_none() {
                return Ok(Response::new(Decision::Allow, permitting, Vec::new()));
            }
        }
        Ok(self.authorizer.is_authorized(request, &rules.all, entities))
    }
}

fn by_action(
    set: &PolicySet,
    rules: &BTreeMap<String, Rule>,
) -> Result<BTreeMap<Action, Rules>, NoEngine> {
    let mut found: BTreeMap<Action, Rules> = BTreeMap::new();
    let mut conditions: BTreeMap<Action, Vec<(&str, Value)>> = BTreeMap::new();
    for policy in set.policies() {
        let id: &str = policy.id().as_ref();
        let rule = rules.get(id).ok_or_else(|| wrong(format!("`{id}` is no rule")))?;
        let (of_any, json) = of_any_action(policy)?;
        let condition = condition(&of_any, &json);
        for action in &rule.actions {
            let sets = found.entry(*action).or_default();
            sets.all.add(of_any.clone()).map_err(wrong)?;
            match &condition {
                Some(one) => conditions.entry(*action).or_default().push((id, one.clone())),
                None if says_only_who(&json) => {
                    sets.permits.push((rule.role, policy.id().clone()));
                }
                None => sets.quick.add(of_any.clone()).map_err(wrong)?,
            }
        }
    }
    // Many actions have the same conditions.
    let mut merged: BTreeMap<Vec<&str>, Policy> = BTreeMap::new();
    for (action, all) in conditions {
        let ids: Vec<&str> = all.iter().map(|(id, _)| *id).collect();
        let policy = match merged.get(&ids) {
            Some(policy) => policy.clone(),
            None => forbids_any(all.into_iter().map(|(_, one)| one).collect())?,
        };
        merged.entry(ids).or_insert_with(|| policy.clone());
        found.entry(action).or_default().quick.add(policy).map_err(wrong)?;
    }
    Ok(found)
}

/// One rule that forbids where any of these hold.
fn forbids_any(conditions: Vec<Value>) -> Result<Policy, NoEngine> {
    let json = json!({
        "effect": "forbid",
        "principal": { "op": "All" },
        "action": { "op": "All" },
        "resource": { "op": "All" },
        "conditions": [{ "kind": "when", "body": any_of(conditions) }],
    });
    Policy::from_json(Some(PolicyId::new("any-that-forbids")), json).map_err(wrong)
}

/// The same rule for any action.
fn of_any_action(policy: &Policy) -> Result<(Policy, Value), NoEngine> {
    let mut json = policy.to_json().map_err(wrong)?;
    let scope = json.get_mut("action").ok_or_else(|| wrong("no scope"))?;
    *scope = json!({ "op": "All" });
    let policy = Policy::from_json(Some(policy.id().clone()), json.clone()).map_err(wrong)?;
    Ok((policy, json))
}

/// Whether a rule permits to a role, or to everybody, and asks for nothing else: no rule permits to single people.
fn says_only_who(json: &Value) -> bool {
    let text = |pointer: &str| json.pointer(pointer).and_then(Value::as_str);
    let is_who = matches!(text("/principal/op"), Some("All" | "in" | "is"))
        && json.pointer("/principal/in").is_none();
    let has_no_conditions =
        json.get("conditions").and_then(Value::as_array).is_none_or(Vec::is_empty);
    text("/effect") == Some("permit")
        && is_who
        && text("/resource/op") == Some("All")
        && has_no_conditions
}

/// When a rule forbids that speaks of everybody and of everything; none for any other rule.
fn condition(policy: &Policy, json: &Value) -> Option<Value> {
    let is_open = |scope: &str| json.pointer(scope).and_then(Value::as_str) == Some("All");
    if policy.effect() == Effect::Permit || !is_open("/principal/op") || !is_open("/resource/op") {
        return None;
    }
    let mut whole = None;
    for one in json.get("conditions")?.as_array()? {
        let body = one.get("body")?.clone();
        let body = match one.get("kind")?.as_str()? {
            "when" => body,
            "unless" => json!({ "!": { "arg": body } }),
            _ => return None,
        };
        whole = Some(match whole {
            None => body,
            Some(before) => json!({ "&&": { "left": before, "right": body } }),
        });
    }
    Some(whole.unwrap_or_else(|| json!({ "Value": true })))
}

/// One after the other, halved again and again so that it does not grow deep.
fn any_of(mut conditions: Vec<Value>) -> Value {
    if conditions.len() > 1 {
        let right = conditions.split_off(conditions.len() / 2);
        return json!({ "||": { "left": any_of(conditions), "right": any_of(right) } });
    }
    conditions.pop().unwrap_or_else(|| json!({ "Value": false }))
}
