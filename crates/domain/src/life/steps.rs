//! What has to be done before a stop: the agency's policy says it, and what the hit itself is adds to it.

use plate::{Grade, JurisdictionFit};
use serde::{Deserialize, Serialize};

use super::deed::Part;
use crate::vehicle::ClassFit;
use crate::words::words;

words! {
    /// A step before a stop. `AUSP-hotlist-policy`, `TWF-401.4e`: an alert alone is no ground for one.
    Step {
        /// The plate on the picture has the entry's characters (`AUS-344.3.2b1`).
        Plate = "plate", "The plate matches";
        /// The state on the plate is the entry's.
        State = "state", "The state matches";
        /// The vehicle is the one that the entry describes.
        Vehicle = "vehicle", "The vehicle matches";
        /// The state's system says that the entry is in force (`AUS-344.3.2b2`).
        InForce = "in-force", "The entry is in force";
        /// Somebody else looked too (`AUS-344.3.2b3`).
        SecondOfficer = "second-officer", "A second officer agrees";
        /// The risk was weighed (`AUS-344.3.2b4`).
        Risk = "risk", "The risk is weighed";
    }
}

impl Step {
    /// The step in which this part of the picture is compared.
    pub const fn of(part: Part) -> Self {
        match part {
            Part::Plate => Self::Plate,
            Part::State => Self::State,
            Part::Vehicle => Self::Vehicle,
        }
    }
}

words! {
    /// How much a step is asked for.
    Need {
        /// Without it nothing is cleared.
        Always = "always", "always";
        /// Where practicable; otherwise the reason stands in its place (`BEL-461.3f`).
        IfPracticable = "if-practicable", "if practicable";
        /// Unless it cannot wait or is not safe, with a reason (`AUS-344.3.2b3`).
        UnlessExigent = "unless-exigent", "unless exigent";
    }
}

/// The steps that a hit asks for, in their order.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Steps {
    asked: Vec<(Step, Need)>,
}

impl Steps {
    /// The steps that a policy asks for; the last word on each counts.
    pub fn of(asked: impl IntoIterator<Item = (Step, Need)>) -> Self {
        let mut steps = Self::default();
        for (step, need) in asked {
            steps.ask(step, need);
        }
        steps
    }

    /// Beside the policy's: where the characters only look alike or fit a pattern, the state is not known to be the entry's, or the
    /// camera saw a vehicle of another class, somebody has to see the picture, whatever a policy says. One misread digit stopped
    /// the wrong car more than once, and a motorcycle's number a family's.
    #[must_use]
    pub fn and_of_the_hit(mut self, grade: Grade, state: JurisdictionFit, class: ClassFit) -> Self {
        if grade != Grade::Exact {
            self.ask(Step::Plate, Need::Always);
            self.ask(Step::Vehicle, Need::Always);
        }
        if state != JurisdictionFit::Same {
            self.ask(Step::State, Need::Always);
        }
        // Most cameras do not say what they saw: only a class that differs asks for more.
        if class == ClassFit::Different {
            self.ask(Step::Vehicle, Need::Always);
        }
        self
    }

    /// How much a step is asked for; none where it is not.
    pub fn need(&self, step: Step) -> Option<Need> {
        self.asked.iter().find(|(one, _)| *one == step).map(|(_, need)| *need)
    }

    /// All of them, in order.
    pub fn all(&self) -> impl Iterator<Item = (Step, Need)> + '_ {
        self.asked.iter().copied()
    }

    fn ask(&mut self, step: Step, need: Need) {
        self.asked.retain(|(one, _)| *one != step);
        self.asked.push((step, need));
        self.asked.sort_by_key(|(step, _)| *step);
    }
}

/// How far a step has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Progress {
    /// Nobody has done it.
    Waiting,
    /// It was done, and speaks for a stop.
    Holds,
    /// It was done, and speaks against one.
    Against,
    /// It was not done, for a reason that the policy accepts.
    Excused,
}
