//! Entries of the agency's own: how long they last, and what of the past they are matched against.

use serde::{Deserialize, Serialize};

/// Entries of the agency's own (`TWF-401.4f`, `AUSP-hotlist`, `BEL-461.3c`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomEntries {
    /// So many days an entry lasts at most; what is still looked for then is asked for again.
    #[serde(default = "days_max")]
    pub days_max: u32,
    /// So many hours a partial plate lasts at most: it fits many vehicles.
    #[serde(default = "partial_hours_max")]
    pub partial_hours_max: u32,
    /// Of so many days it is counted how many reads an entry would have matched, before it is approved.
    #[serde(default = "count_days")]
    pub count_days: u32,
    /// Whether a new entry is matched against the past when it is approved; none: it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub past: Option<Past>,
}

/// How far back a new entry is matched.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Past {
    /// Hours.
    pub hours: u32,
    /// The clause that allows it.
    pub clause: String,
}

/// No entry lasts longer, and nothing is kept longer that is no evidence.
const YEAR_DAYS: u32 = 366;

/// A month: a case that goes on is looked at again by a supervisor.
const fn days_max() -> u32 {
    30
}

/// Three days: what was seen of a plate is worth little later.
const fn partial_hours_max() -> u32 {
    72
}

/// A week has every kind of day once.
const fn count_days() -> u32 {
    7
}

impl Default for CustomEntries {
    fn default() -> Self {
        Self {
            days_max: days_max(),
            partial_hours_max: partial_hours_max(),
            count_days: count_days(),
            past: None,
        }
    }
}

impl CustomEntries {
    /// What cannot hold: the place, and why.
    pub(super) fn faults(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut within = |n: u32, most: u32, place: &str| {
            if !(1..=most).contains(&n) {
                faults.push((format!("custom_entries.{place}"), format!("between 1 and {most}")));
            }
        };
        within(self.days_max, YEAR_DAYS, "days_max");
        within(self.partial_hours_max, self.days_max.saturating_mul(24), "partial_hours_max");
        within(self.count_days, YEAR_DAYS, "count_days");
        if let Some(past) = &self.past {
            within(past.hours, YEAR_DAYS * 24, "past");
        }
        faults
    }

    /// Of how many days it is counted, where one may look back so many hours at most.
    pub fn days_counted(&self, lookback_hours: u32) -> u32 {
        self.count_days.min((lookback_hours / 24).max(1))
    }

    /// How many hours back a new entry is matched, where one may look back so many at most; none: it is not.
    pub fn past_hours(&self, lookback_hours: u32) -> Option<u32> {
        self.past.as_ref().map(|past| past.hours.min(lookback_hours))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(hours: u32) -> Option<Past> {
        Some(Past { hours, clause: "X".to_owned() })
    }

    #[test]
    fn what_cannot_hold_is_a_fault() {
        assert_eq!(CustomEntries::default().faults(), []);
        let with = |change: fn(&mut CustomEntries)| {
            let mut changed = CustomEntries::default();
            change(&mut changed);
            changed.faults().into_iter().map(|(place, _)| place).collect::<Vec<_>>()
        };
        assert_eq!(with(|one| one.days_max = 367), ["custom_entries.days_max"]);
        assert_eq!(with(|one| one.partial_hours_max = 0), ["custom_entries.partial_hours_max"]);
        assert_eq!(with(|one| one.count_days = 0), ["custom_entries.count_days"]);
        assert_eq!(with(|one| one.past = past(0)), ["custom_entries.past"]);
    }

    #[test]
    fn nobody_looks_back_further_than_searches_may() {
        let rules = CustomEntries { past: past(168), ..CustomEntries::default() };
        assert_eq!((rules.days_counted(720), rules.past_hours(720)), (7, Some(168)));
        assert_eq!((rules.days_counted(30), rules.past_hours(30)), (1, Some(30)));
        assert_eq!(CustomEntries::default().past_hours(720), None);
    }
}
