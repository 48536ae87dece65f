//! The rules of a bundle, prepared for being asked.
//!
//! Cedar takes a few microseconds for a question put in its terms and one or two for each rule. But most rules read few
//! facts, and those take few values: whether a session is locked, what a purpose asks for. So rules that read the same
//! places are a group, and what Cedar answered for a group is kept under what stood at these places: the same again is
//! not asked again. What is asked holds these places alone, so that no answer can rest on what its key leaves out. A permit says a role and nothing else: whether it holds is looked up. What is kept is bounded, and
//! belongs to the bundle: another bundle begins with nothing. A test shows for facts drawn at random, asked once and
//! again, that the answers are those of the rules as they are written.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use cedar_policy::{
    AuthorizationError, Authorizer, Effect, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    Policy, PolicySet, Request, RestrictedExpression,
};
use domain::people::Role;
use serde_json::{Value, json};

use super::inputs::{ALL, Inputs, are_of_person};
use super::reads::reads;
use crate::action::Action;
use crate::cedar::Rule;
use crate::facts::{Facts, Person};
use crate::settings::Settings;

/// Answers that a group keeps at most; with one more it begins anew.
pub(super) const KEPT_MAX: usize = 2048;

/// What stood at a group's places is kept up to this many bytes: words from outside may be long.
pub(super) const KEY_BYTES_MAX: usize = 256;

/// What is made once for all decisions of a bundle.
pub(crate) struct Engine {
    pub(super) authorizer: Authorizer,
    by_action: BTreeMap<Action, Rules>,
    person: EntityTypeName,
    agency: EntityTypeName,
    roles: BTreeMap<Role, EntityUid>,
    actions: BTreeMap<Action, EntityUid>,
}

/// The rules that speak of one action.
#[derive(Default)]
struct Rules {
    /// Permits that say a role, or nobody in particular, and nothing else.
    permits: Vec<(Option<Role>, String)>,
    /// All others.
    groups: Vec<Arc<Group>>,
}

/// Rules with one effect that read the same places.
struct Group {
    effect: Effect,
    /// None: they may read anything, and no answer is kept.
    reads: Option<Vec<usize>>,
    rules: PolicySet,
    kept: RwLock<HashMap<Box<[u8]>, Arc<Held>>>,
}

/// Which rules of a group hold, and which could not be evaluated.
#[derive(Default)]
struct Held {
    rules: Vec<String>,
    failed: Vec<String>,
}

/// What the rules say.
#[derive(Default, PartialEq, Eq, Debug)]
pub(super) struct Answer {
    /// Whether some rule permits it and none forbids it. A rule that failed counts as one that does not hold.
    pub(super) permit: bool,
    /// The rules that decided, in order: those that forbid, or else those that permit.
    pub(super) decided: Vec<String>,
    /// The rules that could not be evaluated, in order.
    pub(super) failed: Vec<String>,
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

    /// Asks the rules.
    pub(super) fn ask(
        &self,
        settings: &Settings,
        facts: &Facts,
        action: Action,
    ) -> Result<Answer, NoEngine> {
        let rules = self.by_action.get(&action).ok_or_else(|| wrong("no rule speaks of it"))?;
        let inputs = Inputs::of(settings, facts, action);
        let mut key = Vec::with_capacity(KEY_BYTES_MAX);
        let (mut forbidding, mut failed) = (Vec::new(), Vec::new());
        let mut permitting = rules.permitting(&facts.person.roles);
        for group in &rules.groups {
            let held = match group.recall(&inputs, &mut key) {
                Some(held) => held,
                None => {
                    let reads = group.reads.as_deref().unwrap_or(&ALL);
                    let (request, entities) = self.question(&inputs, facts, action, reads)?;
                    group.ask(&self.authorizer, &request, &entities, &key)
                }
            };
            let holding =
                if group.effect == Effect::Forbid { &mut forbidding } else { &mut permitting };
            holding.extend(held.rules.iter().cloned());
            failed.extend(held.failed.iter().cloned());
        }
        let permit = forbidding.is_empty() && !permitting.is_empty();
        let mut decided = if forbidding.is_empty() { permitting } else { forbidding };
        decided.sort_unstable();
        failed.sort_unstable();
        Ok(Answer { permit, decided, failed })
    }

    /// The question in Cedar's terms, with what stands at these places and nothing else: what a key leaves out, Cedar
    /// does not see.
    pub(super) fn question(
        &self,
        inputs: &Inputs<'_>,
        facts: &Facts,
        action: Action,
        places: &[usize],
    ) -> Result<(Request, Entities), NoEngine> {
        let id = if places.len() == ALL.len() { &facts.person.pseudonym } else { "somebody" };
        let uid = EntityUid::from_type_name_and_id(self.person.clone(), EntityId::new(id));
        let entities = if are_of_person(places) {
            self.entities(&facts.person, uid.clone())?
        } else {
            Entities::empty()
        };
        let action = self.actions.get(&action).cloned().ok_or_else(|| wrong("no such action"))?;
        let resource = self.agency(&facts.resource);
        let context = inputs.context(places)?;
        let request = Request::new(uid, action, resource, context, None).map_err(wrong)?;
        Ok((request, entities))
    }

    /// Who asks, with roles.
    fn entities(&self, person: &Person, uid: EntityUid) -> Result<Entities, NoEngine> {
        let attributes = HashMap::from([
            (
                "agency".to_owned(),
                RestrictedExpression::new_entity_uid(self.agency(&person.agency)),
            ),
            ("outside".to_owned(), RestrictedExpression::new_bool(person.outside)),
            ("temporary".to_owned(), RestrictedExpression::new_bool(person.temporary)),
        ]);
        let roles = person.roles.iter().filter_map(|role| self.roles.get(role).cloned()).collect();
        let entity = Entity::new(uid, attributes, roles).map_err(wrong)?;
        Entities::from_entities([entity], None).map_err(wrong)
    }

    fn agency(&self, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.agency.clone(), EntityId::new(id))
    }
}

impl Rules {
    /// Which of the permits that say a role alone hold for somebody with these roles.
    fn permitting(&self, roles: &BTreeSet<Role>) -> Vec<String> {
        let holds = |role: &Option<Role>| role.is_none_or(|role| roles.contains(&role));
        self.permits.iter().filter(|(role, _)| holds(role)).map(|(_, id)| id.clone()).collect()
    }
}

impl Group {
    /// What was answered before for the same; the key is left behind for [`Self::ask`].
    fn recall(&self, inputs: &Inputs<'_>, key: &mut Vec<u8>) -> Option<Arc<Held>> {
        inputs.write(self.reads.as_ref()?, key);
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.get(key.as_slice()).cloned()
    }

    fn ask(
        &self,
        authorizer: &Authorizer,
        request: &Request,
        entities: &Entities,
        key: &[u8],
    ) -> Arc<Held> {
        let response = authorizer.is_authorized(request, &self.rules, entities);
        let said = response.diagnostics();
        let held = Arc::new(Held {
            rules: said.reason().map(ToString::to_string).collect(),
            failed: said.errors().map(failed_rule).collect(),
        });
        if self.reads.is_some() && key.len() <= KEY_BYTES_MAX {
            let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
            if kept.len() >= KEPT_MAX {
                kept.clear();
            }
            kept.insert(key.into(), Arc::clone(&held));
        }
        held
    }
}

fn failed_rule(error: &AuthorizationError) -> String {
    match error {
        AuthorizationError::PolicyEvaluationError(error) => error.policy_id().to_string(),
    }
}

/// What makes a group: the effect, and which places its rules read. Whoever may read anything is alone.
type Kind = (bool, Option<Vec<usize>>);

fn by_action(
    set: &PolicySet,
    rules: &BTreeMap<String, Rule>,
) -> Result<BTreeMap<Action, Rules>, NoEngine> {
    let mut found: BTreeMap<Action, Rules> = BTreeMap::new();
    let mut kinds: BTreeMap<Action, BTreeMap<Kind, Vec<&str>>> = BTreeMap::new();
    let mut prepared: BTreeMap<&str, Policy> = BTreeMap::new();
    for policy in set.policies() {
        let id: &str = policy.id().as_ref();
        let rule = rules.get(id).ok_or_else(|| wrong(format!("`{id}` is no rule")))?;
        let json = of_any_action(policy)?;
        let kind = (policy.effect() == Effect::Permit, reads(&json));
        for action in &rule.actions {
            let of_action = found.entry(*action).or_default();
            if says_only_who(&json) {
                of_action.permits.push((rule.role, id.to_owned()));
            } else {
                let of_action = kinds.entry(*action).or_default();
                of_action.entry(kind.clone()).or_default().push(id);
            }
        }
        let policy = Policy::from_json(Some(policy.id().clone()), json).map_err(wrong)?;
        prepared.insert(id, policy);
    }
    // Many actions have the same rules: what is kept for one is kept for all of them.
    let mut groups: BTreeMap<(Kind, Vec<&str>), Arc<Group>> = BTreeMap::new();
    for (action, of_action) in kinds {
        for (kind, mut ids) in of_action {
            ids.sort_unstable();
            let name = (kind, ids);
            let group = match groups.get(&name) {
                Some(group) => Arc::clone(group),
                None => Arc::new(group(&name.0, &name.1, &prepared)?),
            };
            found.entry(action).or_default().groups.push(Arc::clone(&group));
            groups.insert(name, group);
        }
    }
    Ok(found)
}

fn group(
    (permits, reads): &Kind,
    ids: &[&str],
    prepared: &BTreeMap<&str, Policy>,
) -> Result<Group, NoEngine> {
    let rules = ids.iter().filter_map(|id| prepared.get(id).cloned());
    Ok(Group {
        effect: if *permits { Effect::Permit } else { Effect::Forbid },
        reads: reads.clone(),
        rules: PolicySet::from_policies(rules).map_err(wrong)?,
        kept: RwLock::default(),
    })
}

/// The same rule for any action: each action has its own rules, and Cedar need not ask for it again.
fn of_any_action(policy: &Policy) -> Result<Value, NoEngine> {
    let mut json = policy.to_json().map_err(wrong)?;
    let scope = json.get_mut("action").ok_or_else(|| wrong("no scope"))?;
    *scope = json!({ "op": "All" });
    Ok(json)
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

#[cfg(test)]
impl Engine {
    /// For each group of rules how many answers it keeps, and the bytes of its longest key.
    pub(super) fn kept(&self) -> Vec<(usize, usize)> {
        let groups = self.by_action.values().flat_map(|rules| &rules.groups);
        let of = |group: &Arc<Group>| {
            let kept = group.kept.read().unwrap();
            (kept.len(), kept.keys().map(|key| key.len()).max().unwrap_or(0))
        };
        groups.map(of).collect()
    }
}
