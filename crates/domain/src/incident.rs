//! Stops of a vehicle that was not wanted (`AUS-344.4g`).

use crate::ids::{HitId, IncidentId, PersonId};
use crate::time::Timestamp;

/// An incident: a supervisor and Risk Management are told before the shift of who reported it ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Incident {
    /// Which.
    pub id: IncidentId,
    /// The hit that led to the stop.
    pub hit: HitId,
    /// Who reported it.
    pub reported_by: PersonId,
    /// When.
    pub reported_at: Timestamp,
    /// When the shift ends.
    pub due_at: Timestamp,
    /// Who of those who answer for it has seen it, and when.
    pub seen: Option<(PersonId, Timestamp)>,
    /// How it was closed.
    pub closed: Option<IncidentClosed>,
}

/// How an incident was closed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncidentClosed {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// What was found and done.
    pub finding: String,
}

impl Incident {
    /// Whether the shift ended and nobody who answers for it had seen it.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        match self.seen {
            Some((_, at)) => at >= self.due_at,
            None => now >= self.due_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_aus_344_4g_an_incident_is_overdue_when_the_shift_ends_unseen() {
        let at = Timestamp::from_micros;
        let unseen = Incident {
            id: IncidentId::from_i64(1),
            hit: HitId::from_i64(1),
            reported_by: PersonId::from_i64(1),
            reported_at: at(0),
            due_at: at(10),
            seen: None,
            closed: None,
        };
        assert!(!unseen.is_overdue(at(9)));
        assert!(unseen.is_overdue(at(10)));
        let seen =
            |when| Incident { seen: Some((PersonId::from_i64(2), at(when))), ..unseen.clone() };
        assert!(!seen(9).is_overdue(at(99)), "seen in time");
        assert!(seen(10).is_overdue(at(99)), "seen too late stays too late");
    }
}
