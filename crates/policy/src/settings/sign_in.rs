//! Signing in: the numbers of the CJIS Security Policy, which an agency may tighten and never loosen.

use domain::people::Role;
use serde::{Deserialize, Serialize};

/// Signing in. What is not said stands as the CJIS Security Policy has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignIn {
    /// `AC-7`: so many failures lock the password: 5.
    pub failures_max: u32,
    /// `AC-7`: counted over so many minutes: 15.
    pub failures_window_minutes: u32,
    /// `AC-11`: minutes of idleness after which a session is locked: 30.
    pub idle_lock_minutes: u32,
    /// `AC-11`: roles in patrol vehicles and in dispatch, whose sessions are not locked for idleness.
    pub idle_lock_exempt: Vec<Role>,
    /// `IA-11`, `IA-5`: hours after which everybody proves again who they are: 12.
    pub reauthentication_hours: u32,
    /// `IA-11`: minutes for which a proof is fresh enough for privileged acts: 10.
    pub fresh_minutes: u32,
    /// `IA-5(1)(a)`: characters of a password, at least: 12, where the policy asks for 8.
    pub password_chars_min: u32,
    /// `AC-2(3)`: days without a sign-in after which an account is inactive: 90.
    pub inactive_days: u32,
    /// `AC-2(3)`: days within which an inactive account is disabled: 7.
    pub disable_within_days: u32,
    /// `AC-2(2)`: hours that a temporary account lives: 72.
    pub temporary_hours: u32,
    /// `AC-2j`, `AC-6(7)`: months between reviews of accounts and rights: 12.
    pub review_months: u32,
    /// `IA-4`: days for which a name is not given to somebody else: 365.
    pub identifier_reuse_days: u32,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            failures_max: 5,
            failures_window_minutes: 15,
            idle_lock_minutes: 30,
            idle_lock_exempt: vec![Role::Officer, Role::RtccOperator],
            reauthentication_hours: 12,
            fresh_minutes: 10,
            password_chars_min: 12,
            inactive_days: 90,
            disable_within_days: 7,
            temporary_hours: 72,
            review_months: 12,
            identifier_reuse_days: 365,
        }
    }
}

/// Which way is tighter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tighter {
    Less,
    More,
}

/// One value that was loosened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Loosened {
    /// The setting's name.
    pub(crate) name: &'static str,
    /// What is wrong, with the control that says so.
    pub(crate) says: String,
}

impl SignIn {
    /// Every value that is looser than its control allows.
    pub(crate) fn loosened(&self) -> Vec<Loosened> {
        let mut found: Vec<Loosened> = self
            .numbers(&Self::default())
            .into_iter()
            .filter_map(|(name, control, tighter, ours, theirs)| {
                let (is_looser, bound) = match tighter {
                    Tighter::Less => (ours > theirs || ours == 0, "between 1 and"),
                    Tighter::More => (ours < theirs, "at least"),
                };
                is_looser.then(|| Loosened {
                    name,
                    says: format!("{ours} is looser than {control} allows: {bound} {theirs}"),
                })
            })
            .collect();
        let may = Self::default().idle_lock_exempt;
        for role in self.idle_lock_exempt.iter().filter(|role| !may.contains(role)) {
            found.push(Loosened {
                name: "idle_lock_exempt",
                says: format!(
                    "{role} is neither in a patrol vehicle nor in dispatch: AC-11 exempts no others"
                ),
            });
        }
        found
    }

    #[rustfmt::skip]
    fn numbers(&self, cjis: &Self) -> [(&'static str, &'static str, Tighter, u32, u32); 11] {
        use Tighter::{Less, More};
        [
            ("failures_max", "AC-7", Less, self.failures_max, cjis.failures_max),
            ("failures_window_minutes", "AC-7", More, self.failures_window_minutes, cjis.failures_window_minutes),
            ("idle_lock_minutes", "AC-11", Less, self.idle_lock_minutes, cjis.idle_lock_minutes),
            ("reauthentication_hours", "IA-11", Less, self.reauthentication_hours, cjis.reauthentication_hours),
            ("fresh_minutes", "IA-11", Less, self.fresh_minutes, cjis.fresh_minutes),
            ("password_chars_min", "IA-5(1)(a)", More, self.password_chars_min, cjis.password_chars_min),
            ("inactive_days", "AC-2(3)", Less, self.inactive_days, cjis.inactive_days),
            ("disable_within_days", "AC-2(3)", Less, self.disable_within_days, cjis.disable_within_days),
            ("temporary_hours", "AC-2(2)", Less, self.temporary_hours, cjis.temporary_hours),
            ("review_months", "AC-2j", Less, self.review_months, cjis.review_months),
            ("identifier_reuse_days", "IA-4", More, self.identifier_reuse_days, cjis.identifier_reuse_days),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_may_be_tightened() {
        let tight = SignIn {
            failures_max: 3,
            failures_window_minutes: 60,
            idle_lock_minutes: 5,
            idle_lock_exempt: Vec::new(),
            password_chars_min: 16,
            ..SignIn::default()
        };
        assert_eq!(tight.loosened(), []);
        assert_eq!(SignIn::default().loosened(), []);
    }

    #[test]
    fn a_loosened_number_names_its_control() {
        let loose = SignIn {
            failures_max: 6,
            failures_window_minutes: 14,
            reauthentication_hours: 0,
            idle_lock_exempt: vec![Role::Administrator],
            ..SignIn::default()
        };
        let says: Vec<_> = loose.loosened().into_iter().map(|one| one.says).collect();
        assert_eq!(
            says,
            [
                "6 is looser than AC-7 allows: between 1 and 5",
                "14 is looser than AC-7 allows: at least 15",
                "0 is looser than IA-11 allows: between 1 and 12",
                "administrator is neither in a patrol vehicle nor in dispatch: AC-11 exempts no others",
            ]
        );
    }
}
