//! Deciding: facts in, yes or no out, with the rules that decided and what is missing.

mod engine;
mod inputs;
mod reads;

use domain::people::Role;
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::bundle::Bundle;
use crate::facts::{Facts, Grade};
use crate::settings::Purpose;
use engine::Answer;

pub(crate) use engine::Engine;

/// What a rule's `@says` may name between braces.
pub(crate) const PLACEHOLDERS: [&str; 14] = [
    "year",
    "day",
    "action",
    "purpose",
    "case_example",
    "floor",
    "offences",
    "reauthentication_hours",
    "fresh_minutes",
    "lookback_hours_max",
    "retention_days",
    "audit_months",
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
            Ok(answer) => self.conclude(facts, action, answer),
        }
    }

    fn conclude(&self, facts: &Facts, action: Action, answer: Answer) -> Decision {
        let Answer { permit, mut decided, failed } = answer;
        if permit && failed.is_empty() {
            return Decision { permit, policies: decided, reasons: Vec::new() };
        }
        let mut reasons: Vec<Reason> = Vec::new();
        if permit {
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

    /// A rule's words with what they name between braces.
    fn fill(&self, says: &str, facts: &Facts, action: Action) -> String {
        let mut text = String::with_capacity(says.len());
        let mut rest = says;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            text.push_str(before);
            text.push_str(&self.value(name, facts, action));
            rest = after;
        }
        text.push_str(rest);
        text
    }

    /// What stands for a name between braces; rules with names that are not known are not read.
    fn value(&self, name: &str, facts: &Facts, action: Action) -> String {
        let settings = self.settings();
        let word = facts.purpose.as_deref().unwrap_or_default();
        let purpose = settings.purpose(word);
        match name {
            "year" => facts.day.chars().take(4).collect(),
            "day" => facts.day.chars().take(10).collect(),
            "action" => action.label().to_owned(),
            "purpose" => purpose.map_or_else(|| shown(word), |one| one.label.clone()),
            "case_example" => settings.case_number.example.clone(),
            "floor" => floor_label(purpose.and_then(|one| one.offence_floor)).to_owned(),
            "offences" => purpose
                .and_then(Purpose::offences_in_words)
                .unwrap_or_else(|| "any on the list".to_owned()),
            "reauthentication_hours" => settings.sign_in.reauthentication_hours.to_string(),
            "fresh_minutes" => settings.sign_in.fresh_minutes.to_string(),
            "lookback_hours_max" => settings.search.lookback_hours_max.to_string(),
            "retention_days" => settings.retention.days.to_string(),
            "audit_months" => settings.audit.months.to_string(),
            "requester" => {
                facts.requester.as_ref().map_or_else(String::new, |one| shown(&one.agency))
            }
            "prohibited" => {
                settings.prohibits(word).map_or_else(|| shown(word), |one| one.label.clone())
            }
            stranger => format!("{{{stranger}}}"),
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
