//! Deciding: facts in, yes or no out, with the rules that decided and what is missing.

mod engine;

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityUid, Request, Response, RestrictedExpression,
};
use domain::people::Role;
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::bundle::Bundle;
use crate::facts::{CaseCheck, Facts, Grade};
use crate::settings::{Settings, Verify};

pub(crate) use engine::Engine;
use engine::{NoEngine, wrong};

/// What a rule's `@says` may name between braces.
pub(crate) const PLACEHOLDERS: [&str; 11] = [
    "year",
    "day",
    "action",
    "purpose",
    "case_example",
    "floor",
    "reauthentication_hours",
    "fresh_minutes",
    "lookback_hours_max",
    "requester",
    "prohibited",
];

/// A decision: with the facts and the bundle's digest it can be made again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// Whether it may be done.
    pub permit: bool,
    /// The ids of the rules that decided, in order. A refusal because nothing permits has none.
    pub policies: Vec<String>,
    /// What is missing; empty for a permit.
    pub reasons: Vec<Reason>,
}

/// One thing that is missing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reason {
    /// Its stable word: the id of the rule that forbids, or `no-role`, `unknown-action`, `rule-failed`.
    pub word: String,
    /// The clause, or the source of law, that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// In plain words.
    pub says: String,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.clause {
            Some(clause) => write!(f, "{}: {clause}", self.says.trim_end_matches('.')),
            None => f.write_str(&self.says),
        }
    }
}

impl Engine {
    /// The question in Cedar's terms. `settings` say what a purpose asks for.
    pub(crate) fn question(
        &self,
        settings: &Settings,
        facts: &Facts,
        action: Action,
    ) -> Result<(Request, Entities), NoEngine> {
        let person = &facts.person;
        let id = EntityId::new(&person.pseudonym);
        let uid = EntityUid::from_type_name_and_id(self.person.clone(), id);
        let attributes = HashMap::from([
            (
                "agency".to_owned(),
                RestrictedExpression::new_entity_uid(self.agency(&person.agency)),
            ),
            ("outside".to_owned(), RestrictedExpression::new_bool(person.outside)),
            ("temporary".to_owned(), RestrictedExpression::new_bool(person.temporary)),
        ]);
        let roles: HashSet<EntityUid> =
            person.roles.iter().filter_map(|role| self.roles.get(role).cloned()).collect();
        let entity = Entity::new(uid.clone(), attributes, roles).map_err(wrong)?;
        let entities = Entities::from_entities([entity], None).map_err(wrong)?;
        let context = Context::from_pairs(context(settings, facts, action)?).map_err(wrong)?;
        let action = self.actions.get(&action).cloned().ok_or_else(|| wrong("no such action"))?;
        let resource = self.agency(&facts.resource);
        let request = Request::new(uid, action, resource, context, None).map_err(wrong)?;
        Ok((request, entities))
    }

    fn ask(
        &self,
        settings: &Settings,
        facts: &Facts,
        action: Action,
    ) -> Result<Response, NoEngine> {
        let (request, entities) = self.question(settings, facts, action)?;
        self.answer(action, &request, &entities, &facts.person.roles)
    }
}

type Pair = (String, RestrictedExpression);

fn flag(name: &str, value: bool) -> Pair {
    (name.to_owned(), RestrictedExpression::new_bool(value))
}

fn number(name: &str, value: impl Into<i64>) -> Pair {
    (name.to_owned(), RestrictedExpression::new_long(value.into()))
}

fn text(name: &str, value: &str) -> Pair {
    (name.to_owned(), RestrictedExpression::new_string(value.to_owned()))
}

fn record(name: &str, fields: impl IntoIterator<Item = Pair>) -> Result<Pair, NoEngine> {
    let record = RestrictedExpression::new_record(fields).map_err(wrong)?;
    Ok((name.to_owned(), record))
}

fn context(settings: &Settings, facts: &Facts, action: Action) -> Result<Vec<Pair>, NoEngine> {
    let session = &facts.session;
    let sign_in = &settings.sign_in;
    let courses = facts.courses().map(|course| RestrictedExpression::new_string(course.to_owned()));
    let mut pairs = vec![
        ("training".to_owned(), RestrictedExpression::new_set(courses)),
        record(
            "session",
            [
                number("minutes_since_authentication", session.minutes_since_authentication),
                flag("locked", session.locked),
                flag("second_factor", session.second_factor),
            ]
            .into_iter()
            .chain(session.device.as_ref().map(|device| text("device", device))),
        )?,
        record(
            "limits",
            [
                number("fresh_minutes", sign_in.fresh_minutes),
                number("reauthentication_minutes", i64::from(sign_in.reauthentication_hours) * 60),
                number("lookback_hours", settings.search.lookback_hours_max),
            ],
        )?,
        flag("exigent", facts.exigent),
        flag("overdue", facts.overdue),
        number("day", day_number(&facts.day)),
    ];
    if let Some(word) = &facts.purpose {
        pairs.push(record("purpose", purpose(settings, word, action))?);
    }
    if let Some(case) = &facts.case {
        let fields = [
            flag("formatted", case.formatted),
            flag("verified", case.verified == Some(CaseCheck::Verified)),
            flag("must_be_verified", settings.case_number.verify == Verify::Must),
        ];
        pairs.push(record("case_number", fields)?);
    }
    if let Some(offence) = &facts.offence {
        let fields = [text("category", &offence.category), number("grade", offence.grade.rank())];
        pairs.push(record("offence", fields)?);
    }
    if let Some(reason) = &facts.reason {
        let fields = [
            flag("refused", reason.refused),
            flag("vague", reason.vague),
            flag("suspicious", reason.suspicious),
        ];
        pairs.push(record("reason", fields)?);
    }
    if let Some(hours) = facts.lookback_hours {
        pairs.push(number("lookback_hours", hours));
    }
    if let Some(requester) = &facts.requester {
        let fields = [text("agency", &requester.agency), text("kind", &requester.kind)];
        pairs.push(record("requester", fields)?);
    }
    Ok(pairs)
}

/// What the settings say of a purpose. One that is not on the list asks for everything.
fn purpose(settings: &Settings, word: &str, action: Action) -> [Pair; 8] {
    let known = settings.purpose(word);
    let floor = known.and_then(|purpose| purpose.offence_floor).map_or(0, Grade::rank);
    [
        text("word", word),
        flag("known", known.is_some()),
        flag("for_action", known.is_some_and(|purpose| purpose.actions.contains(&action))),
        flag("prohibited", settings.prohibits(word).is_some()),
        flag("needs_case", known.is_some_and(|purpose| purpose.needs_case)),
        flag("needs_reason", known.is_some_and(|purpose| purpose.needs_reason)),
        number("floor", floor),
        flag("may_be_exigent", known.is_some_and(|purpose| purpose.exigent_hours.is_some())),
    ]
}

/// `2026-11-22` as 20261122; nought where it is no day.
fn day_number(day: &str) -> i64 {
    if domain::time::Day::parse(day).is_err() {
        return 0;
    }
    day.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
}

impl Bundle {
    /// Decides. Nothing is permitted that no rule permits; a rule that forbids wins; a rule that cannot be evaluated
    /// counts as a no.
    pub fn decide(&self, facts: &Facts) -> Decision {
        let Some(action) = Action::parse(&facts.action) else {
            return refusal(
                "unknown-action",
                "the policy does not know what is asked for".to_owned(),
            );
        };
        match self.engine().ask(self.settings(), facts, action) {
            Err(_) => refusal(
                "rule-failed",
                "the rules could not be asked, which counts as a no".to_owned(),
            ),
            Ok(response) => self.conclude(facts, action, &response),
        }
    }

    fn conclude(&self, facts: &Facts, action: Action, response: &Response) -> Decision {
        let diagnostics = response.diagnostics();
        let mut failed: Vec<String> =
            diagnostics.errors().map(|error| failed_rule(error).to_owned()).collect();
        let mut decided: Vec<String> = diagnostics.reason().map(ToString::to_string).collect();
        failed.sort_unstable();
        decided.sort_unstable();
        let allowed = response.decision() == cedar_policy::Decision::Allow;
        if allowed && failed.is_empty() {
            return Decision { permit: true, policies: decided, reasons: Vec::new() };
        }
        let mut reasons: Vec<Reason> = Vec::new();
        if allowed {
            decided.clear();
        } else {
            reasons.extend(decided.iter().filter_map(|id| self.missing(id, facts, action)));
        }
        reasons.extend(failed.iter().map(|id| Reason {
            word: "rule-failed".to_owned(),
            clause: None,
            says: format!("the rule `{id}` could not be evaluated, which counts as a no"),
        }));
        decided.extend(failed);
        if !self.may(facts, action) {
            reasons.push(self.no_role(facts, action));
        }
        Decision { permit: false, policies: decided, reasons }
    }

    /// Whether any rule permits it to one of the person's roles.
    fn may(&self, facts: &Facts, action: Action) -> bool {
        self.matrix().is_for_everybody(action)
            || facts.person.roles.iter().any(|role| self.matrix().permits(*role, action))
    }

    fn missing(&self, id: &str, facts: &Facts, action: Action) -> Option<Reason> {
        let rule = self.rule(id).filter(|rule| !rule.permits)?;
        Some(Reason {
            word: rule.id.clone(),
            clause: rule.clause.clone(),
            says: self.fill(&rule.says, facts, action),
        })
    }

    /// Why nothing permits it: who may.
    fn no_role(&self, facts: &Facts, action: Action) -> Reason {
        let able: Vec<_> = self.matrix().roles(action).map(Role::label).collect();
        let who = if able.is_empty() {
            "nobody may".to_owned()
        } else {
            format!("these may: {}", able.join(", "))
        };
        let whose = if facts.person.roles.is_empty() {
            format!("You hold no role; you may not {}", action.label())
        } else {
            format!("None of your roles may {}", action.label())
        };
        let says = format!("{whose}; {who}");
        Reason { word: "no-role".to_owned(), clause: self.settings().access.clause.clone(), says }
    }

    fn fill(&self, says: &str, facts: &Facts, action: Action) -> String {
        if !says.contains('{') {
            return says.to_owned();
        }
        let settings = self.settings();
        let word = facts.purpose.as_deref().unwrap_or_default();
        let purpose = settings.purpose(word);
        let prohibited = settings.prohibits(word);
        let values: [(&str, String); PLACEHOLDERS.len()] = [
            ("year", facts.day.chars().take(4).collect()),
            ("day", facts.day.chars().take(10).collect()),
            ("action", action.label().to_owned()),
            ("purpose", purpose.map_or_else(|| shown(word), |one| one.label.clone())),
            ("case_example", settings.case_number.example.clone()),
            ("floor", floor_label(purpose.and_then(|one| one.offence_floor)).to_owned()),
            ("reauthentication_hours", settings.sign_in.reauthentication_hours.to_string()),
            ("fresh_minutes", settings.sign_in.fresh_minutes.to_string()),
            ("lookback_hours_max", settings.search.lookback_hours_max.to_string()),
            (
                "requester",
                facts.requester.as_ref().map_or_else(String::new, |one| shown(&one.agency)),
            ),
            ("prohibited", prohibited.map_or_else(|| shown(word), |one| one.label.clone())),
        ];
        let mut text = says.to_owned();
        for (name, value) in values {
            text = text.replace(&format!("{{{name}}}"), &value);
        }
        text
    }
}

fn failed_rule(error: &cedar_policy::AuthorizationError) -> &str {
    match error {
        cedar_policy::AuthorizationError::PolicyEvaluationError(error) => {
            error.policy_id().as_ref()
        }
    }
}

/// A grade, in words; without one the least.
pub(crate) fn floor_label(floor: Option<Grade>) -> &'static str {
    match floor {
        None | Some(Grade::ClassC) => "class C misdemeanour",
        Some(Grade::ClassB) => "class B misdemeanour",
        Some(Grade::ClassA) => "class A misdemeanour",
        Some(Grade::Felony) => "felony",
    }
}

/// A word from outside, short enough to be shown.
fn shown(word: &str) -> String {
    word.chars().take(60).collect()
}

fn refusal(word: &str, says: String) -> Decision {
    let reasons = vec![Reason { word: word.to_owned(), clause: None, says }];
    Decision { permit: false, policies: Vec::new(), reasons }
}

#[cfg(test)]
mod tests;
