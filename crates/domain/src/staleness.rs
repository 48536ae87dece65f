//! How old a hotlist is, against the limits that hold for it.

use std::time::Duration;

use crate::hotlist::Category;
use crate::time::Timestamp;

/// How old a list may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FreshFor {
    /// Past this, its hits say that it is stale.
    pub own: Duration,
    /// Past this, it raises no hits: what a statute says, where one does.
    pub by_law: Option<Duration>,
}

/// How a list stands against its limits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Staleness {
    /// It was renewed in time, or has nothing yet that could be stale.
    Fresh,
    /// It is older than its own limit by so much: its hits say so.
    Stale {
        /// How long the limit is past.
        since: Duration,
    },
    /// It is older than the law allows by so much: it raises no hits.
    PastLaw {
        /// How long the limit is past.
        since: Duration,
    },
}

impl FreshFor {
    /// The limits of a list: its own hours, or those of its category; neither is longer than what the policy calls stale and than
    /// the law allows.
    pub fn of(
        own_hours: Option<u32>,
        category: Category,
        policy_hours: u32,
        law: Option<u32>,
    ) -> Self {
        let hours = |hours: u32| Duration::from_secs(u64::from(hours) * 3600);
        let own = own_hours.unwrap_or(Self::default_hours(category)).min(policy_hours);
        let own = law.map_or(own, |law| own.min(law));
        Self { own: hours(own), by_law: law.map(hours) }
    }

    /// Hours after which a list of a category is stale when nobody says otherwise. State and NCIC lists come at least once a day;
    /// an AMBER alert is over within hours.
    pub const fn default_hours(category: Category) -> u32 {
        match category {
            Category::AmberAlert => 12,
            Category::MissingPerson
            | Category::WantedPerson
            | Category::StolenVehicle
            | Category::StolenPlate
            | Category::Investigation => 24,
        }
    }

    /// The moment from which on a list raises no hits.
    pub fn silent_from(self, renewed_at: Timestamp) -> Option<Timestamp> {
        self.by_law.map(|limit| renewed_at.plus(limit))
    }

    /// How a list stands that was renewed then.
    pub fn staleness(self, renewed_at: Option<Timestamp>, now: Timestamp) -> Staleness {
        let Some(renewed_at) = renewed_at else { return Staleness::Fresh };
        let age = now.since(renewed_at);
        let past = |limit: Duration| age.checked_sub(limit);
        match (self.by_law.and_then(past), past(self.own)) {
            (Some(since), _) => Staleness::PastLaw { since },
            (None, Some(since)) if !since.is_zero() => Staleness::Stale { since },
            _ => Staleness::Fresh,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RENEWED: Timestamp = Timestamp::from_micros(1_000_000_000);

    fn after(hours: u64, seconds: u64) -> Timestamp {
        RENEWED.plus(Duration::from_secs(hours * 3600 + seconds))
    }

    #[test]
    fn a_list_is_fresh_then_stale_then_silent() {
        let limits = FreshFor::of(Some(12), Category::StolenVehicle, 30, Some(24));
        let at = |hours, seconds| limits.staleness(Some(RENEWED), after(hours, seconds));
        assert_eq!(at(12, 0), Staleness::Fresh);
        assert_eq!(at(12, 1), Staleness::Stale { since: Duration::from_secs(1) });
        assert_eq!(at(23, 3599), Staleness::Stale { since: Duration::from_secs(12 * 3600 - 1) });
        assert_eq!(at(24, 0), Staleness::PastLaw { since: Duration::ZERO });
        assert_eq!(limits.silent_from(RENEWED), Some(after(24, 0)));
    }

    #[test]
    fn the_strictest_limit_holds() {
        let own = |own, policy, law| FreshFor::of(own, Category::StolenVehicle, policy, law).own;
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        assert_eq!(own(None, 30, None), hours(24));
        assert_eq!(own(Some(96), 30, None), hours(30));
        assert_eq!(own(Some(96), 720, Some(24)), hours(24));
        assert_eq!(own(Some(6), 30, Some(24)), hours(6));
    }

    #[test]
    fn without_a_law_a_list_is_never_silent_and_without_a_version_never_stale() {
        let limits = FreshFor::of(None, Category::AmberAlert, 30, None);
        assert!(matches!(
            limits.staleness(Some(RENEWED), after(9_999, 0)),
            Staleness::Stale { .. }
        ));
        assert_eq!(limits.silent_from(RENEWED), None);
        assert_eq!(limits.staleness(None, after(9_999, 0)), Staleness::Fresh);
    }
}
