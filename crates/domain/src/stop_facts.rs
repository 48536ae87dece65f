//! The facts of a stop that audits need (`AUS-344.6b10` to `AUS-344.6b13`), entered by people. They are counted and never kept one
//! by one: what is stored says nothing of which stop, which hit, which day or who entered it.

use crate::figures::Quarter;
use crate::words::words;

words! {
    /// What a table of counts is about.
    Subject {
        /// The driver who was detained (`AUS-344.6b11`).
        Driver = "driver", "Driver";
        /// The victim, where there was one (`AUS-344.6b12`).
        Victim = "victim", "Victim";
        /// The offence, and whether the detention was part of an investigation (`AUS-344.6b10`, `AUS-344.6b13`).
        Offence = "offence", "Offence";
    }
}

words! {
    /// Whether a detention was part of an investigation (`AUS-344.6b10`).
    Investigation {
        /// It was.
        With = "with", "With an investigation";
        /// It was not.
        Without = "without", "Without an investigation";
    }
}

/// What is entered after a stop. It is let go of as soon as it is counted.
#[derive(Clone, PartialEq, Eq)]
pub struct StopFacts {
    /// The driver's race and gender, in words of the policy's lists.
    pub driver: (String, String),
    /// The victim's, where there was one.
    pub victim: Option<(String, String)>,
    /// The offence's code.
    pub offence: String,
    /// Whether the detention was part of an investigation.
    pub investigation: Investigation,
}

/// They speak of people.
impl std::fmt::Debug for StopFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StopFacts(…)")
    }
}

impl StopFacts {
    /// To which count of which table the stop adds one.
    pub fn counts(&self) -> Vec<(Subject, &str, &str)> {
        let (race, gender) = &self.driver;
        let victim = self.victim.as_ref();
        let victim = victim.map(|(race, gender)| (Subject::Victim, race.as_str(), gender.as_str()));
        let offence = (Subject::Offence, self.offence.as_str(), self.investigation.word());
        [(Subject::Driver, race.as_str(), gender.as_str()), offence]
            .into_iter()
            .chain(victim)
            .collect()
    }
}

/// A count, as it is stored. It is for whoever withholds small numbers, and is shown to nobody as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StopCount {
    /// Of which quarter.
    pub quarter: Quarter,
    /// Of which table.
    pub subject: Subject,
    /// Its row.
    pub first: String,
    /// Its column.
    pub second: String,
    /// How many.
    pub n: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_aus_344_6b11_a_stop_adds_to_tables_that_share_no_margin_but_the_number_of_stops() {
        let [race, gender, offence] = ["White", "Woman", "240"].map(str::to_owned);
        let facts = StopFacts {
            driver: (race.clone(), gender.clone()),
            victim: None,
            offence,
            investigation: Investigation::Without,
        };
        let counted = facts.counts();
        assert_eq!(
            counted,
            [(Subject::Driver, "White", "Woman"), (Subject::Offence, "240", "without")]
        );
        let with_victim = StopFacts { victim: Some((race, gender)), ..facts };
        assert_eq!(with_victim.counts().len(), 3);
        assert_eq!(format!("{with_victim:?}"), "StopFacts(…)");
    }
}
