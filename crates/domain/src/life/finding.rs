//! Whether an alert was right, as far as people said so (`AUS-344.6b2`).

use super::{Deed, Life, Outcome, Rejection, Stage};
use crate::words::words;

words! {
    /// What people found of a hit.
    Finding {
        /// The vehicle was the one that was looked for.
        Right = "right", "Right";
        /// The plate was misread.
        Misread = "misread", "Misread";
        /// Another state issued the plate.
        WrongState = "wrong-state", "Another state";
        /// The entry was out of date.
        StaleList = "stale-list", "Out of date";
        /// Another vehicle than the entry's.
        WrongVehicle = "wrong-vehicle", "Wrong vehicle";
        /// It is at its end, and nobody could tell.
        Unknown = "unknown", "Could not be told";
        /// It is not at its end.
        Open = "open", "Still open";
        /// Nobody has looked after it. It is counted apart, and never as right.
        Unreviewed = "unreviewed", "Unreviewed";
    }
}

impl Finding {
    /// Whether it says that the alert was right or wrong.
    pub const fn is_judged(self) -> bool {
        !matches!(self, Self::Unknown | Self::Open | Self::Unreviewed)
    }
}

impl Life {
    /// What people found: by the last outcome or rejection, and by a correction where none says that the alert was right.
    pub fn finding(&self) -> Finding {
        let ended = match self.stage() {
            Stage::Closed => self.outcome().map(of_outcome),
            Stage::Rejected => self.rejection().map(of_rejection),
            Stage::Raised | Stage::Taken | Stage::Sent | Stage::Stopped => None,
        };
        let is_corrected =
            self.deeds.iter().any(|done| matches!(done.deed, Deed::Corrected { .. }));
        match ended {
            Some(found) if found.is_judged() => found,
            _ if is_corrected => Finding::Misread,
            Some(found) => found,
            None if self.stage() == Stage::Raised => Finding::Unreviewed,
            None => Finding::Open,
        }
    }

    fn rejection(&self) -> Option<Rejection> {
        self.deeds.iter().rev().find_map(|done| match &done.deed {
            Deed::Rejected { why, .. } => Some(*why),
            _ => None,
        })
    }
}

const fn of_outcome(outcome: Outcome) -> Finding {
    match outcome {
        Outcome::Located
        | Outcome::Recovered
        | Outcome::Arrest
        | Outcome::Prosecution
        | Outcome::MissingFound
        | Outcome::Citation => Finding::Right,
        Outcome::Misread => Finding::Misread,
        Outcome::WrongState => Finding::WrongState,
        Outcome::StaleList => Finding::StaleList,
        Outcome::WrongVehicle => Finding::WrongVehicle,
        Outcome::NoStop | Outcome::NotLocated => Finding::Unknown,
    }
}

const fn of_rejection(why: Rejection) -> Finding {
    match why {
        Rejection::Misread => Finding::Misread,
        Rejection::WrongState => Finding::WrongState,
        Rejection::WrongVehicle => Finding::WrongVehicle,
        Rejection::StaleList => Finding::StaleList,
        Rejection::Duplicate | Rejection::NoAction => Finding::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use plate::PlateText;

    use super::*;
    use crate::life::Done;
    use crate::time::Timestamp;

    fn found(deeds: Vec<Deed>) -> Finding {
        let done = |deed| Done { at: Timestamp::from_micros(0), by: None, deed };
        Life::of(deeds.into_iter().map(done).collect()).finding()
    }

    fn ended(outcome: Outcome) -> Deed {
        let nothing = String::new;
        Deed::Ended { outcome, case: nothing(), offence: nothing(), note: nothing() }
    }

    #[test]
    fn clause_aus_344_6b2_nothing_counts_as_right_before_somebody_said_so() {
        let reopened = || Deed::Reopened { why: "x".to_owned() };
        let corrected =
            || Deed::Corrected { plate: PlateText::parse("7ABC128").unwrap(), jurisdiction: None };
        let rejected = |why| Deed::Rejected { why, note: String::new() };
        assert_eq!(found(vec![]), Finding::Unreviewed);
        assert_eq!(found(vec![Deed::Escalated]), Finding::Unreviewed);
        assert_eq!(found(vec![Deed::Taken]), Finding::Open);
        assert_eq!(found(vec![ended(Outcome::Recovered)]), Finding::Right);
        assert_eq!(found(vec![ended(Outcome::Recovered), reopened()]), Finding::Open);
        assert_eq!(found(vec![ended(Outcome::NotLocated)]), Finding::Unknown);
        assert_eq!(found(vec![rejected(Rejection::StaleList)]), Finding::StaleList);
        assert_eq!(found(vec![rejected(Rejection::Duplicate)]), Finding::Unknown);
        assert_eq!(found(vec![corrected()]), Finding::Misread, "a correction says it at once");
        assert_eq!(found(vec![corrected(), ended(Outcome::NoStop)]), Finding::Misread);
        assert_eq!(found(vec![corrected(), ended(Outcome::Arrest)]), Finding::Right);
        let all = Outcome::ALL.iter().filter_map(|one| one.was_right().map(|right| (*one, right)));
        for (outcome, right) in all {
            let found = found(vec![ended(outcome)]);
            assert_eq!((found.is_judged(), found == Finding::Right), (true, right), "{outcome:?}");
        }
    }
}
