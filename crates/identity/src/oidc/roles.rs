//! Which roles a provider's groups stand for.

use std::collections::{BTreeMap, BTreeSet};

use domain::Role;

/// Group → roles, as an agency has it. Giving a privileged role takes two people, so whoever changes this mapping where it names
/// one is two people too ([`Role::is_privileged`]).
pub type GroupRoles = BTreeMap<String, BTreeSet<Role>>;

/// The roles that somebody in these groups has. A group that is not named stands for nothing; names are compared exactly.
pub fn roles(groups: &[String], mapping: &GroupRoles) -> BTreeSet<Role> {
    groups.iter().filter_map(|group| mapping.get(group)).flatten().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stand_for_roles_and_others_for_nothing() {
        let mapping: GroupRoles = [
            ("PD-Patrol".to_owned(), BTreeSet::from([Role::Officer])),
            ("PD-RTCC".to_owned(), BTreeSet::from([Role::RtccOperator, Role::Officer])),
        ]
        .into();
        let held = |groups: &[&str]| {
            let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
            roles(&groups, &mapping)
        };
        assert_eq!(held(&["PD-Patrol", "Everyone"]), BTreeSet::from([Role::Officer]));
        assert_eq!(
            held(&["PD-Patrol", "PD-RTCC"]),
            BTreeSet::from([Role::RtccOperator, Role::Officer])
        );
        assert_eq!(held(&["pd-patrol", "Administrator", ""]), BTreeSet::new());
    }
}
