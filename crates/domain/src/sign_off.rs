//! Sign-offs that a camera's place is fair: what a camera waits for, who gave it, and who may (`AUS-344.3.2c`).

use std::collections::BTreeSet;

use crate::ids::PersonId;
use crate::people::Role;
use crate::time::Timestamp;

/// What the policy asked for when a camera was added.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AskedSignOff {
    /// The unit's word in the policy.
    pub unit: String,
    /// Whose it is, as people read it.
    pub label: String,
    /// Who may give it.
    pub role: Role,
    /// The clause that asks for it.
    pub clause: Option<String>,
}

/// Somebody's word that a camera's place is fair.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignOff {
    /// For which unit.
    pub unit: String,
    /// Who gave it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why the place is fair.
    pub note: String,
    /// That it was withdrawn.
    pub withdrawn: Option<Withdrawn>,
}

/// That something was withdrawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Withdrawn {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: String,
}

/// How far a camera's place is signed off.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Placing {
    /// Who added the camera; nobody where a command on the server did.
    pub added_by: Option<PersonId>,
    /// What it waits for, or waited.
    pub asked: Vec<AskedSignOff>,
    /// What was given, withdrawn ones too, in the order in which it was.
    pub given: Vec<SignOff>,
}

/// Why somebody cannot sign off.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CannotSignOff {
    /// The camera does not wait for such a one.
    #[error("is not one that this camera waits for")]
    NotAsked,
    /// It stands.
    #[error("has signed off")]
    Given,
    /// Another role gives it.
    #[error("is signed off by another role: {}", .0.label())]
    OfAnotherRole(Role),
    /// They added the camera.
    #[error("is signed off by somebody else than who added the camera")]
    AddedByThem,
    /// They have signed off for another unit.
    #[error(
        "is signed off by somebody else: you have signed off for another unit, and each unit has a person of its own"
    )]
    GaveAnother,
}

impl Placing {
    /// The sign-off of a unit that stands.
    pub fn standing(&self, unit: &str) -> Option<&SignOff> {
        self.given.iter().find(|one| one.unit == unit && one.withdrawn.is_none())
    }

    /// What is missing.
    pub fn missing(&self) -> impl Iterator<Item = &AskedSignOff> {
        self.asked.iter().filter(|asked| self.standing(&asked.unit).is_none())
    }

    /// What is asked of a unit.
    pub fn asked(&self, unit: &str) -> Option<&AskedSignOff> {
        self.asked.iter().find(|asked| asked.unit == unit)
    }

    /// Whether somebody with these roles may sign off for a unit.
    pub fn may_sign_off(
        &self,
        unit: &str,
        person: PersonId,
        roles: &BTreeSet<Role>,
    ) -> Result<(), CannotSignOff> {
        let asked = self.asked(unit).ok_or(CannotSignOff::NotAsked)?;
        if self.standing(unit).is_some() {
            return Err(CannotSignOff::Given);
        }
        if !roles.contains(&asked.role) {
            return Err(CannotSignOff::OfAnotherRole(asked.role));
        }
        if self.added_by == Some(person) {
            return Err(CannotSignOff::AddedByThem);
        }
        let stands = |one: &SignOff| one.by == person && one.withdrawn.is_none();
        if self.given.iter().any(stands) { Err(CannotSignOff::GaveAnother) } else { Ok(()) }
    }

    /// Whether somebody with these roles may withdraw the sign-off of a unit that stands: who gave it, and others of its role.
    pub fn may_withdraw(&self, unit: &str, person: PersonId, roles: &BTreeSet<Role>) -> bool {
        let Some((asked, given)) = self.asked(unit).zip(self.standing(unit)) else { return false };
        given.by == person || roles.contains(&asked.role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDED: PersonId = PersonId::from_i64(1);
    const ANN: PersonId = PersonId::from_i64(2);
    const BEN: PersonId = PersonId::from_i64(3);

    fn asked(unit: &str, role: Role) -> AskedSignOff {
        AskedSignOff { unit: unit.to_owned(), label: unit.to_owned(), role, clause: None }
    }

    fn given(unit: &str, by: PersonId) -> SignOff {
        let at = Timestamp::from_micros(5);
        SignOff { unit: unit.to_owned(), by, at, note: "fair".to_owned(), withdrawn: None }
    }

    fn placing() -> Placing {
        Placing {
            added_by: Some(ADDED),
            asked: vec![asked("technology", Role::Administrator), asked("planning", Role::Chief)],
            given: vec![given("technology", ANN)],
        }
    }

    #[test]
    fn clause_aus_344_3_2c_each_unit_signs_off_by_a_person_of_its_own_who_did_not_add_the_camera() {
        let may = |unit, person, role| placing().may_sign_off(unit, person, &[role].into());
        assert_eq!(may("planning", BEN, Role::Chief), Ok(()));
        assert_eq!(may("planning", ADDED, Role::Chief), Err(CannotSignOff::AddedByThem));
        assert_eq!(may("planning", ANN, Role::Chief), Err(CannotSignOff::GaveAnother));
        let other = Err(CannotSignOff::OfAnotherRole(Role::Chief));
        assert_eq!(may("planning", BEN, Role::Administrator), other);
        assert_eq!(may("technology", BEN, Role::Administrator), Err(CannotSignOff::Given));
        assert_eq!(may("mayor", BEN, Role::Chief), Err(CannotSignOff::NotAsked));
        assert_eq!(
            placing().missing().map(|one| one.unit.as_str()).collect::<Vec<_>>(),
            ["planning"]
        );
    }

    #[test]
    fn a_withdrawn_sign_off_is_missing_again_and_may_be_given_by_the_same_person() {
        let mut placing = placing();
        let roles = [Role::Administrator].into();
        assert!(placing.may_withdraw("technology", BEN, &roles));
        assert!(placing.may_withdraw("technology", ANN, &BTreeSet::new()), "it is theirs");
        assert!(!placing.may_withdraw("technology", BEN, &BTreeSet::new()));
        assert!(!placing.may_withdraw("planning", BEN, &roles), "nothing stands");
        let why = "the school next door".to_owned();
        placing.given[0].withdrawn =
            Some(Withdrawn { by: BEN, at: Timestamp::from_micros(9), why });
        assert_eq!(placing.missing().count(), 2);
        assert_eq!(placing.may_sign_off("technology", ANN, &roles), Ok(()));
    }
}
