//! What has to be done before a stop, and by when a hit has to be looked after.

use domain::life::{Need, Step, Steps};
use serde::{Deserialize, Serialize};

use super::{Second, Settings};

/// What has to be done before a stop (`AUS-344.3.2b`, `TWF-401.4e`, `BEL-461.3f`), and by when a hit has to be looked after.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// The steps but the second officer's, which `second_person` speaks of.
    pub steps: Vec<StepRule>,
    /// The state's systems that can be asked: `NCIC`, `TCIC`.
    pub systems: Vec<String>,
    /// Minutes that a hit may wait before those who answer for the crime centre are told.
    pub wait_minutes: u32,
    /// When shifts begin, where the agency is: `06:00`. A shift ends when the next begins.
    pub shifts: Vec<TimeOfDay>,
}

/// One step before a stop.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepRule {
    /// Which.
    pub step: Step,
    /// How much it is asked for.
    pub need: Need,
    /// The clause that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
}

/// A time of day, `HH:MM`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay {
    minutes: u16,
}

impl TimeOfDay {
    /// Minutes since midnight.
    pub const fn minutes(self) -> u16 {
        self.minutes
    }

    /// Reads `HH:MM`.
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let number = |part: &str, below: u16| {
            let is_written_so = part.len() == 2 && part.bytes().all(|one| one.is_ascii_digit());
            part.parse::<u16>().ok().filter(|number| is_written_so && *number < below)
        };
        Some(Self { minutes: number(hours, 24)? * 60 + number(minutes, 60)? })
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let shown: String = text.chars().take(20).collect();
        Self::parse(&text).ok_or_else(|| format!("`{shown}` is no time of day, such as 06:00"))
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        format!("{:02}:{:02}", time.minutes / 60, time.minutes % 60)
    }
}

impl Settings {
    /// The steps before a stop: for whoever follows up in a case, or for everybody else.
    pub fn steps_before_a_stop(&self, is_follow_up: bool) -> Steps {
        let second = match self.second_for(is_follow_up) {
            Second::No => None,
            Second::UnlessExigent => Some((Step::SecondOfficer, Need::UnlessExigent)),
            Second::Always => Some((Step::SecondOfficer, Need::Always)),
        };
        Steps::of(self.verification.steps.iter().map(|one| (one.step, one.need)).chain(second))
    }

    /// The clause that asks for a step, where one does.
    pub fn clause_of_step(&self, step: Step, is_follow_up: bool) -> Option<&str> {
        if step == Step::SecondOfficer {
            let of_follow_up = self.second_person.follow_up_clause.as_deref();
            let of_alert = self.second_person.alert_clause.as_deref();
            return if is_follow_up { of_follow_up.or(of_alert) } else { of_alert };
        }
        self.verification.steps.iter().find(|one| one.step == step)?.clause.as_deref()
    }

    const fn second_for(&self, is_follow_up: bool) -> Second {
        if is_follow_up { self.second_person.follow_up } else { self.second_person.alert }
    }
}

impl Verification {
    /// Everything that the types cannot say: where, and what is wrong.
    pub(super) fn faults(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut unless = |holds: bool, place: &str, says: &str| {
            if !holds {
                faults.push((format!("verification.{place}"), says.to_owned()));
            }
        };
        for (nth, rule) in self.steps.iter().enumerate() {
            let place = format!("steps.{}", rule.step.word());
            let is_first = self.steps.iter().take(nth).all(|other| other.step != rule.step);
            unless(is_first, &place, "it stands there twice");
            let of_second = rule.step == Step::SecondOfficer;
            unless(!of_second, &place, "the second officer is `second_person`'s to ask for");
            let may = match rule.need {
                Need::Always => true,
                Need::IfPracticable => rule.step == Step::InForce,
                Need::UnlessExigent => false,
            };
            unless(
                may,
                &place,
                "only the state's system is asked `if-practicable`; the rest is asked `always`",
            );
        }
        let asks = self.steps.iter().any(|rule| rule.step == Step::InForce);
        let says = "the state's system is asked for and none is named";
        unless(!asks || !self.systems.is_empty(), "systems", says);
        unless((1..=1440).contains(&self.wait_minutes), "wait_minutes", "between 1 and 1440");
        unless(
            !self.shifts.is_empty(),
            "shifts",
            "there is no shift whose end could be waited for",
        );
        unless(self.shifts.is_sorted_by(|one, next| one < next), "shifts", "not in order");
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(step: Step, need: Need) -> StepRule {
        StepRule { step, need, clause: None }
    }

    fn good() -> Verification {
        Verification {
            steps: vec![rule(Step::Plate, Need::Always), rule(Step::InForce, Need::IfPracticable)],
            systems: vec!["NCIC".to_owned()],
            wait_minutes: 5,
            shifts: ["06:00", "14:00"].map(|text| TimeOfDay::parse(text).unwrap()).to_vec(),
        }
    }

    #[test]
    fn a_time_of_day_is_read_as_it_is_written() {
        for text in ["00:00", "06:30", "23:59"] {
            assert_eq!(String::from(TimeOfDay::parse(text).unwrap()), text);
        }
        for text in ["24:00", "6:00", "06:60", "06-00", "+6:00", "", "06:00:00"] {
            assert_eq!(TimeOfDay::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_asked_for_is_a_fault() {
        assert_eq!(good().faults(), []);
        let with = |change: fn(&mut Verification)| {
            let mut changed = good();
            change(&mut changed);
            changed.faults().into_iter().map(|(place, _)| place).collect::<Vec<_>>()
        };
        let twice = with(|one| one.steps.push(rule(Step::Plate, Need::Always)));
        assert_eq!(twice, ["verification.steps.plate"]);
        let second = with(|one| one.steps.push(rule(Step::SecondOfficer, Need::Always)));
        assert_eq!(second, ["verification.steps.second-officer"]);
        let maybe = with(|one| one.steps.push(rule(Step::Risk, Need::IfPracticable)));
        assert_eq!(maybe, ["verification.steps.risk"]);
        assert_eq!(with(|one| one.systems.clear()), ["verification.systems"]);
        assert_eq!(with(|one| one.wait_minutes = 0), ["verification.wait_minutes"]);
        assert_eq!(with(|one| one.shifts.clear()), ["verification.shifts"]);
        assert_eq!(with(|one| one.shifts.reverse()), ["verification.shifts"]);
    }
}
