//! Who can do what, and why: role × action, and the rules that say so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::people::Role;

use crate::action::Action;
use crate::cedar::Rule;

/// One cell: whether a role may do it, by which rules, and what else is asked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cell {
    /// The ids of the rules that permit it; none: refused.
    pub by: Vec<String>,
    /// The ids of the rules that may still forbid it: what has to be there beside the role.
    pub unless: Vec<String>,
}

impl Cell {
    /// Whether the role may do it.
    pub fn is_permitted(&self) -> bool {
        !self.by.is_empty()
    }
}

/// Role × action. A permit says role and action and nothing else, so this is exact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Matrix {
    cells: BTreeMap<(Role, Action), Cell>,
    everybody: BTreeSet<Action>,
    forbids: BTreeMap<String, BTreeSet<Action>>,
}

impl Matrix {
    pub(crate) fn of<'a>(rules: impl Iterator<Item = &'a Rule> + Clone) -> Self {
        let mut cells = BTreeMap::new();
        for role in Role::ALL {
            for action in Action::ALL {
                let fits = |rule: &&Rule| {
                    rule.role.is_none_or(|asked| asked == role) && rule.actions.contains(action)
                };
                let ids = |permits: bool| -> Vec<String> {
                    let found = rules.clone().filter(fits).filter(|rule| rule.permits == permits);
                    found.map(|rule| rule.id.clone()).collect()
                };
                let by = ids(true);
                let unless = if by.is_empty() { Vec::new() } else { ids(false) };
                cells.insert((role, *action), Cell { by, unless });
            }
        }
        let forbidding = rules.clone().filter(|rule| !rule.permits);
        let forbids = forbidding.map(|rule| (rule.id.clone(), rule.actions.clone())).collect();
        let open = rules.filter(|rule| rule.permits && rule.role.is_none());
        let everybody = open.flat_map(|rule| rule.actions.iter().copied()).collect();
        Self { cells, everybody, forbids }
    }

    /// One cell.
    pub fn cell(&self, role: Role, action: Action) -> Cell {
        self.cells.get(&(role, action)).cloned().unwrap_or_default()
    }

    /// Whether a role may do it.
    pub fn permits(&self, role: Role, action: Action) -> bool {
        self.cells.get(&(role, action)).is_some_and(Cell::is_permitted)
    }

    /// Whether everybody who is signed in may do it, with no role too.
    pub fn is_for_everybody(&self, action: Action) -> bool {
        self.everybody.contains(&action)
    }

    /// The roles that may do it.
    pub fn roles(&self, action: Action) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.permits(*role, action))
    }
}

/// For people: who may do what, with the rule's id where it is not the role's word; then what every rule that forbids
/// may still forbid.
impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for action in Action::ALL {
            let who: Vec<String> = if self.is_for_everybody(*action) {
                vec!["everybody who is signed in".to_owned()]
            } else {
                self.roles(*action).map(|role| self.shown(role, *action)).collect()
            };
            let who = if who.is_empty() { "nobody".to_owned() } else { who.join(", ") };
            writeln!(f, "{:<20} {who}", action.word())?;
        }
        writeln!(f, "\nunless")?;
        for (rule, actions) in &self.forbids {
            let words: Vec<_> = actions.iter().map(|action| action.word()).collect();
            let is_all = actions.len() == Action::ALL.len();
            let what = if is_all { "anything".to_owned() } else { words.join(", ") };
            writeln!(f, "{rule:<32} forbids {what}")?;
        }
        Ok(())
    }
}

impl Matrix {
    fn shown(&self, role: Role, action: Action) -> String {
        let by = self.cell(role, action).by.join(" + ");
        if by == role.word() { by } else { format!("{role} (by {by})") }
    }
}
