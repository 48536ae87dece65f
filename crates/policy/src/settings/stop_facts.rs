//! Which facts of a stop are entered for audits, and which counts of them are withheld.

use serde::{Deserialize, Serialize};

/// Entries of one list.
const ENTRIES_MAX: usize = 20;
/// Longest entry, in characters.
const ENTRY_CHARS_MAX: usize = 60;

/// Which facts of a stop are entered for audits (`AUS-344.6b10` to `AUS-344.6b13`). Without it none are asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopFactsRule {
    /// The list for the race of the driver and of the victim, as the agency's documents have it.
    pub races: Vec<String>,
    /// The list for their gender.
    pub genders: Vec<String>,
    /// A count of people that is smaller than this is withheld, and what would tell it.
    pub withhold_below: u32,
    /// After so many days somebody is reminded of a stop whose facts are missing.
    pub remind_days: u32,
    /// The clause that asks for them.
    pub clause: String,
}

impl StopFactsRule {
    /// Everything that the types cannot say: where, and what is wrong.
    pub(super) fn faults(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut unless = |holds: bool, place: &str, says: &str| {
            if !holds {
                faults.push((format!("stop_facts.{place}"), says.to_owned()));
            }
        };
        for (place, list) in [("races", &self.races), ("genders", &self.genders)] {
            unless((1..=ENTRIES_MAX).contains(&list.len()), place, "one to twenty entries");
            let is_good = |one: &String| {
                let is_plain = one.trim() == one && !one.chars().any(char::is_control);
                is_plain && (1..=ENTRY_CHARS_MAX).contains(&one.chars().count())
            };
            unless(list.iter().all(is_good), place, "an entry is empty, too long or not plain");
            let is_first = |(nth, one): (usize, &String)| !list.iter().take(nth).any(|o| o == one);
            unless(list.iter().enumerate().all(is_first), place, "an entry stands there twice");
        }
        // Below three, whoever knows of one stop knows the other.
        unless((3..=100).contains(&self.withhold_below), "withhold_below", "between 3 and 100");
        unless((1..=30).contains(&self.remind_days), "remind_days", "between 1 and 30");
        unless(!self.clause.trim().is_empty(), "clause", "it is empty");
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> StopFactsRule {
        let list = |words: [&str; 2]| words.map(str::to_owned).to_vec();
        StopFactsRule {
            races: list(["White", "Not known"]),
            genders: list(["Woman", "Man"]),
            withhold_below: 5,
            remind_days: 2,
            clause: "OURS-audit".to_owned(),
        }
    }

    #[test]
    fn what_cannot_be_asked_for_is_a_fault() {
        assert_eq!(good().faults(), []);
        let with = |change: fn(&mut StopFactsRule)| {
            let mut changed = good();
            change(&mut changed);
            changed.faults().into_iter().map(|(place, _)| place).collect::<Vec<_>>()
        };
        assert_eq!(with(|one| one.races.clear()), ["stop_facts.races"]);
        assert_eq!(with(|one| one.genders.push("Man".to_owned())), ["stop_facts.genders"]);
        assert_eq!(with(|one| one.genders.push(" Man".to_owned())), ["stop_facts.genders"]);
        assert_eq!(with(|one| one.withhold_below = 2), ["stop_facts.withhold_below"]);
        assert_eq!(with(|one| one.remind_days = 0), ["stop_facts.remind_days"]);
        assert_eq!(with(|one| one.clause.clear()), ["stop_facts.clause"]);
    }
}
