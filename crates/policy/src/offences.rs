//! Kinds of offences: the codes of the FBI's National Incident-Based Reporting System (NIBRS user manual, offence codes), in
//! which police departments report what they investigate.
//!
//! Those that only federal and tribal agencies report are left out, and so is justifiable homicide (09C), which is no
//! crime. Of Group B the codes stay that the FBI has folded into others and states still use.

/// What an offence is against, or that it is of Group B.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// Group A, against persons.
    Persons,
    /// Group A, against property.
    Property,
    /// Group A, against society.
    Society,
    /// Group B: what is only reported when somebody is arrested.
    GroupB,
}

impl Kind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Persons, Self::Property, Self::Society, Self::GroupB];

    /// Its word in the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Persons => "persons",
            Self::Property => "property",
            Self::Society => "society",
            Self::GroupB => "group-b",
        }
    }

    /// What people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Persons => "Against persons",
            Self::Property => "Against property",
            Self::Society => "Against society",
            Self::GroupB => "Others (NIBRS Group B)",
        }
    }
}

/// A category of offences.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Category {
    /// Its NIBRS code, such as `240`.
    pub code: &'static str,
    /// What people read.
    pub name: &'static str,
    /// What it is against.
    pub kind: Kind,
}

impl std::fmt::Display for Category {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.name, self.code)
    }
}

/// The category of this code.
pub fn category(code: &str) -> Option<&'static Category> {
    CATEGORIES.iter().find(|one| one.code == code)
}

macro_rules! categories {
    ($($kind:ident { $($code:literal $name:literal)* })*) => {
        /// Every category, by kind and name.
        pub const CATEGORIES: &[Category] =
            &[$($(Category { code: $code, name: $name, kind: Kind::$kind },)*)*];
    };
}

categories! {
    Persons {
        "13A" "Aggravated assault"
        "11D" "Fondling"
        "64A" "Human trafficking, commercial sex acts"
        "64B" "Human trafficking, involuntary servitude"
        "36A" "Incest"
        "13C" "Intimidation"
        "100" "Kidnapping or abduction"
        "09A" "Murder and non-negligent manslaughter"
        "09B" "Negligent manslaughter"
        "11A" "Rape"
        "11C" "Sexual assault with an object"
        "13B" "Simple assault"
        "11B" "Sodomy"
        "36B" "Statutory rape"
    }
    Property {
        "200" "Arson"
        "510" "Bribery"
        "220" "Burglary"
        "250" "Counterfeiting or forgery"
        "290" "Destruction, damage or vandalism of property"
        "270" "Embezzlement"
        "210" "Extortion or blackmail"
        "26B" "Fraud, credit card or cash machine"
        "26A" "Fraud, false pretences or swindle"
        "26G" "Fraud, hacking"
        "26F" "Fraud, identity theft"
        "26C" "Fraud, impersonation"
        "26D" "Fraud, welfare"
        "26E" "Fraud, wire"
        "240" "Motor vehicle theft"
        "120" "Robbery"
        "280" "Stolen property"
        "23A" "Theft, pocket-picking"
        "23B" "Theft, purse-snatching"
        "23C" "Theft, shoplifting"
        "23D" "Theft from a building"
        "23E" "Theft from a coin-operated machine"
        "23F" "Theft from a motor vehicle"
        "23G" "Theft of motor vehicle parts"
        "23H" "Theft, all other"
    }
    Society {
        "720" "Animal cruelty"
        "35B" "Drug equipment"
        "35A" "Drugs and narcotics"
        "39A" "Gambling, betting"
        "39C" "Gambling equipment"
        "39B" "Gambling, operating or promoting"
        "39D" "Gambling, tampering with sports"
        "370" "Pornography and obscene material"
        "40A" "Prostitution"
        "40B" "Prostitution, assisting or promoting"
        "40C" "Prostitution, purchasing"
        "520" "Weapon law violations"
    }
    GroupB {
        "90A" "Bad cheques"
        "90B" "Curfew, loitering or vagrancy"
        "90C" "Disorderly conduct"
        "90D" "Driving under the influence"
        "90E" "Drunkenness"
        "90F" "Family offences without violence"
        "90G" "Liquor laws"
        "90H" "Peeping"
        "90J" "Trespass"
        "90Z" "All other offences"
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_code_has_one_category() {
        let codes: BTreeSet<_> = CATEGORIES.iter().map(|one| one.code).collect();
        let names: BTreeSet<_> = CATEGORIES.iter().map(|one| one.name).collect();
        assert_eq!((codes.len(), names.len()), (CATEGORIES.len(), CATEGORIES.len()));
        for one in CATEGORIES {
            assert_eq!(category(one.code), Some(one));
            let is_part = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
            assert!(one.code.len() == 3 && one.code.chars().all(is_part), "{one}");
            assert_eq!(one.code.starts_with("90"), one.kind == Kind::GroupB, "{one}");
        }
        assert_eq!(category("240").unwrap().to_string(), "Motor vehicle theft (240)");
        assert_eq!(category("24"), None);
    }

    #[test]
    fn kinds_stand_together() {
        assert!(CATEGORIES.is_sorted_by_key(|one| one.kind));
        let kinds: BTreeSet<_> = CATEGORIES.iter().map(|one| one.kind).collect();
        assert!(kinds.into_iter().eq(Kind::ALL));
    }
}
