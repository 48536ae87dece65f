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
        let open = rules.filter(|rule| rule.permits && rule.role.is_none());
        let everybody = open.flat_map(|rule| rule.actions.iter().copied()).collect();
        Self { cells, everybody }
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

/// For people: every action, who may do it and by which rule, and what has to be there beside the role.
impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for action in Action::ALL {
            writeln!(f, "{action}")?;
            if self.is_for_everybody(*action) {
                writeln!(f, "  everybody")?;
            }
            let mut unless = Vec::new();
            for role in self.roles(*action) {
                let cell = self.cell(role, *action);
                writeln!(f, "  {:<24} {}", role.word(), cell.by.join(", "))?;
                unless = cell.unless;
            }
            if !unless.is_empty() {
                writeln!(f, "  asked besides: {}", unless.join(", "))?;
            }
        }
        Ok(())
    }
}
