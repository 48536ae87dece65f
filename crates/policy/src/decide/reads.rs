//! Which places a rule reads, told from its text: its answer depends on what stands there, and on nothing else.
//!
//! What is not recognised reads anything; a rule of which that is said is asked each time.

use std::collections::BTreeSet;

use serde_json::Value;

use super::inputs::{IN_ROLE, PLACES};

/// The places in [`PLACES`] that a rule reads, in order; none: it may read anything. The scope of its actions does not count.
pub(super) fn reads(rule: &Value) -> Option<Vec<usize>> {
    let mut found = Reads::default();
    found.scope(rule)?;
    for condition in rule.get("conditions")?.as_array()? {
        found.expression(condition.get("body")?)?;
    }
    Some(found.0.into_iter().collect())
}

#[derive(Default)]
struct Reads(BTreeSet<usize>);

/// Cedar's words for an expression of two others.
const OF_TWO: [&str; 15] = [
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "&&",
    "||",
    "+",
    "-",
    "*",
    "in",
    "contains",
    "containsAll",
    "containsAny",
];

impl Reads {
    fn place(&mut self, place: &str) -> Option<()> {
        self.0.insert(PLACES.iter().position(|one| *one == place)?);
        Some(())
    }

    fn scope(&mut self, rule: &Value) -> Option<()> {
        let principal = rule.get("principal")?;
        match principal.get("op")?.as_str()? {
            "All" => {}
            "is" if principal.get("in").is_none() => {}
            "in" | "is" => self.place(IN_ROLE)?,
            _ => return None,
        }
        match rule.get("resource")?.get("op")?.as_str()? {
            "All" => Some(()),
            _ => self.place("resource"),
        }
    }

    fn expression(&mut self, expression: &Value) -> Option<()> {
        let (word, of) = only(expression)?;
        match word {
            "Value" => Some(()),
            "Var" => match of.as_str()? {
                whole @ ("action" | "resource") => self.place(whole),
                _ => None,
            },
            "." | "has" => self.field(of.get("left")?, of.get("attr")?.as_str()?),
            "in" if is_var(of.get("left")?, "principal") => {
                self.place(IN_ROLE)?;
                self.expression(of.get("right")?)
            }
            "is" if is_var(of.get("left")?, "principal") => match of.get("in") {
                Some(role) => {
                    self.place(IN_ROLE)?;
                    self.expression(role)
                }
                None => Some(()),
            },
            "Set" => of.as_array()?.iter().try_for_each(|one| self.expression(one)),
            "!" | "neg" | "isEmpty" => self.expression(of.get("arg")?),
            "like" => self.expression(of.get("left")?),
            "if-then-else" => {
                ["if", "then", "else"].iter().try_for_each(|part| self.expression(of.get(part)?))
            }
            _ if OF_TWO.contains(&word) => {
                self.expression(of.get("left")?)?;
                self.expression(of.get("right")?)
            }
            _ => None,
        }
    }

    /// `left.name`, or whether it is there.
    fn field(&mut self, left: &Value, name: &str) -> Option<()> {
        if is_var(left, "principal") {
            return self.place(&format!("principal.{name}"));
        }
        if is_var(left, "context") {
            let place = format!("context.{name}");
            return self.place(&place).or_else(|| self.record(&format!("{place}.")));
        }
        let (".", of) = only(left)? else { return None };
        if !is_var(of.get("left")?, "context") {
            return None;
        }
        let record = of.get("attr")?.as_str()?;
        self.place(&format!("context.{record}.{name}"))
    }

    /// A record as a whole, or whether it is there: everything that may stand in it.
    fn record(&mut self, prefix: &str) -> Option<()> {
        let fields = PLACES.iter().enumerate().filter(|(_, place)| place.starts_with(prefix));
        let fields: Vec<usize> = fields.map(|(at, _)| at).collect();
        self.0.extend(&fields);
        (!fields.is_empty()).then_some(())
    }
}

/// The one word of an expression and what it is said of.
fn only(expression: &Value) -> Option<(&str, &Value)> {
    let object = expression.as_object().filter(|object| object.len() == 1)?;
    object.iter().next().map(|(word, of)| (word.as_str(), of))
}

fn is_var(expression: &Value, name: &str) -> bool {
    expression.get("Var").and_then(Value::as_str) == Some(name)
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use cedar_policy::Policy;

    use super::*;

    fn of(text: &str) -> Option<Vec<&'static str>> {
        let json = Policy::from_str(text).unwrap().to_json().unwrap();
        reads(&json).map(|all| all.into_iter().map(|at| PLACES[at]).collect())
    }

    fn when(condition: &str) -> Option<Vec<&'static str>> {
        of(&format!("forbid (principal, action, resource) when {{ {condition} }};"))
    }

    #[test]
    fn a_rule_reads_what_it_names() {
        assert_eq!(of("forbid (principal, action, resource);"), Some(vec![]));
        let scoped = "forbid (principal in Role::\"chief\", action == Action::\"a\", resource);";
        assert_eq!(of(scoped), Some(vec![IN_ROLE]));
        let scoped = "forbid (principal is Person, action, resource == Agency::\"1\");";
        assert_eq!(of(scoped), Some(vec!["resource"]));
        assert_eq!(
            when("principal.agency == resource"),
            Some(vec!["principal.agency", "resource"])
        );
        assert_eq!(when("principal in Role::\"chief\""), Some(vec![IN_ROLE]));
        assert_eq!(when("principal is Person in Role::\"chief\""), Some(vec![IN_ROLE]));
        assert_eq!(when("action in [Action::\"a\"]"), Some(vec!["action"]));
        assert_eq!(when("context.training.contains(\"reader\")"), Some(vec!["context.training"]));
        assert_eq!(
            when("if context.exigent then context.day > 1 else context.session.device like \"p*\""),
            Some(vec!["context.session.device", "context.exigent", "context.day"])
        );
        assert_eq!(when("context.session has device"), Some(vec!["context.session.device"]));
    }

    #[test]
    fn whether_a_record_is_there_is_told_by_what_stands_in_it() {
        let reason =
            ["context.reason.refused", "context.reason.vague", "context.reason.suspicious"];
        assert_eq!(when("context has reason"), Some(reason.to_vec()));
        assert_eq!(when("context has reason && context.reason.vague"), Some(reason.to_vec()));
        assert_eq!(when("context has lookback_hours"), Some(vec!["context.lookback_hours"]));
    }

    #[test]
    fn what_is_not_recognised_reads_anything() {
        assert_eq!(of("forbid (principal == Person::\"p\", action, resource);"), None);
        assert_eq!(when("principal == Person::\"p\""), None);
        assert_eq!(when("context == {}"), None);
        assert_eq!(when("context.stranger"), None);
        assert_eq!(when("context.session.stranger"), None);
        assert_eq!(when("principal.stranger"), None);
        assert_eq!(when("principal.agency.outside"), None);
        assert_eq!(when("(if context.exigent then context else context).overdue"), None);
        assert_eq!(when("{ Value: context }.Value.overdue"), None);
        assert_eq!(when("ip(\"127.0.0.1\").isLoopback()"), None);
    }
}
