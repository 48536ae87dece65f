//! A hit's life: raised → taken → verified or rejected → acted on → closed with an outcome.
//!
//! Nothing but people takes, accepts or rejects; the server only tells that a hit has waited. What stands is worked out from
//! the deeds, and the deeds are never changed.

mod deed;
mod finding;
mod steps;

pub use deed::{Answer, Deed, Done, Outcome, Part, Rejection, Sending};
pub use finding::Finding;
pub use steps::{Need, Progress, Step, Steps};

use crate::ids::PersonId;
use crate::words::words;

words! {
    /// How far a hit has come.
    Stage {
        /// Nobody has looked after it yet: it is counted as unreviewed.
        Raised = "raised", "Unreviewed";
        /// Somebody has it.
        Taken = "taken", "Taken";
        /// Patrol knows of it.
        Sent = "sent", "Sent on";
        /// Somebody was stopped.
        Stopped = "stopped", "Stopped";
        /// Somebody rejected it.
        Rejected = "rejected", "Rejected";
        /// What became of it is known.
        Closed = "closed", "Closed";
    }
}

impl Stage {
    /// Whether something is still to be done.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Rejected | Self::Closed)
    }
}

/// Why something cannot be done with a hit now.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotNow {
    /// Somebody else has it.
    #[error("somebody else has taken this hit")]
    HeldBy(PersonId),
    /// One has it already.
    #[error("you have taken this hit already")]
    YoursAlready,
    /// Whoever wants to do this has to take it first.
    #[error("take the hit first: what is done with it has somebody who looks after it")]
    TakeItFirst,
    /// Nobody offered it to them.
    #[error("nobody offers you this hit any more: look who has it now")]
    NotOffered,
    /// It is closed.
    #[error("this hit is closed; reopen it with a reason if it was closed too soon")]
    IsClosed,
    /// It is not.
    #[error("this hit is open")]
    IsOpen,
    /// It was handed to oneself.
    #[error("it is yours: hand it to somebody else, or give it back")]
    ToYourself,
    /// Nobody has compared the picture yet.
    #[error(
        "the first officer has not compared the picture with the entry: a second one agrees to what the first one saw"
    )]
    NothingToSecond,
    /// The second officer is the first.
    #[error("you compared the picture yourself: the second officer is another person")]
    SecondIsFirst,
    /// The policy leaves no exception.
    #[error("the policy leaves no exception here")]
    NoException,
    /// A stop is reported already.
    #[error("the stop is on record already")]
    StopIsKnown,
    /// The outcome says that somebody was stopped, and no stop was reported.
    #[error("this outcome tells of a stop: report the stop first")]
    NoStop,
    /// Only what a court does comes after the end.
    #[error("only a prosecution is added to a hit that is closed")]
    OnlyProsecution,
}

/// What has been done with a hit.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Life {
    deeds: Vec<Done>,
}

impl Life {
    /// Of these deeds, oldest first.
    pub fn of(deeds: Vec<Done>) -> Self {
        Self { deeds }
    }

    /// Every deed, oldest first.
    pub fn deeds(&self) -> &[Done] {
        &self.deeds
    }

    /// Adds a deed.
    pub fn add(&mut self, done: Done) {
        self.deeds.push(done);
    }

    /// How far it has come.
    pub fn stage(&self) -> Stage {
        let mut stage = Stage::Raised;
        for done in &self.deeds {
            stage = match &done.deed {
                Deed::Taken | Deed::Accepted if stage == Stage::Raised => Stage::Taken,
                Deed::Released { .. } if stage == Stage::Taken => Stage::Raised,
                Deed::Sent { .. } if stage != Stage::Stopped => Stage::Sent,
                Deed::Rejected { .. } => Stage::Rejected,
                Deed::Stopped { .. } => Stage::Stopped,
                Deed::Ended { .. } => Stage::Closed,
                // What became of a stop is still to be said.
                Deed::EntryEnded { .. } | Deed::AlertEnded { .. } if stage != Stage::Stopped => {
                    Stage::Closed
                }
                Deed::Reopened { .. } => Stage::Taken,
                _ => stage,
            };
        }
        stage
    }

    /// Who looks after it now.
    pub fn holder(&self) -> Option<PersonId> {
        let mut holder = None;
        for done in &self.deeds {
            holder = match &done.deed {
                Deed::Taken | Deed::Accepted | Deed::Reopened { .. } => done.by,
                Deed::HandedOver { to } => Some(*to),
                Deed::Released { .. } => None,
                _ => holder,
            };
        }
        holder
    }

    /// To whom it is offered, where they have not accepted it and nobody else has come to have it since.
    pub fn offer(&self) -> Option<(PersonId, &Done)> {
        let mut offer = None;
        for done in &self.deeds {
            offer = match &done.deed {
                Deed::Offered { to, .. } => Some((*to, done)),
                Deed::Taken
                | Deed::Accepted
                | Deed::HandedOver { .. }
                | Deed::Released { .. }
                | Deed::Rejected { .. }
                | Deed::Ended { .. } => None,
                _ => offer,
            };
        }
        offer
    }

    /// Whether those who answer for the crime centre were told that it waits.
    pub fn is_escalated(&self) -> bool {
        self.deeds.iter().any(|done| done.deed == Deed::Escalated)
    }

    /// The outcome, where it has one.
    pub fn outcome(&self) -> Option<Outcome> {
        self.deeds.iter().rev().find_map(|done| match &done.deed {
            Deed::Ended { outcome, .. } => Some(*outcome),
            _ => None,
        })
    }

    /// The stop, with what had not been done before it.
    pub fn stop(&self) -> Option<(&Done, &[Step])> {
        self.deeds.iter().find_map(|done| match &done.deed {
            Deed::Stopped { missing } => Some((done, missing.as_slice())),
            _ => None,
        })
    }

    /// What was done last in a step.
    pub fn last(&self, step: Step) -> Option<&Done> {
        self.deeds.get(self.last_place(step)?)
    }

    fn last_place(&self, step: Step) -> Option<usize> {
        self.deeds.iter().rposition(|done| step_of(&done.deed) == Some(step))
    }

    /// How far a step has come.
    pub fn progress(&self, step: Step) -> Progress {
        let Some(done) = self.last(step) else { return Progress::Waiting };
        match &done.deed {
            Deed::Compared { agrees: true, .. } | Deed::Weighed { .. } => Progress::Holds,
            // Who compared anew since has to be seconded anew, and never by themselves.
            Deed::Seconded { .. } if self.is_seconded(done) => Progress::Holds,
            Deed::Compared { .. } | Deed::Asked { answer: Answer::NotInForce, .. } => {
                Progress::Against
            }
            Deed::Asked { answer: Answer::InForce, .. } => Progress::Holds,
            Deed::NotPracticable { .. } | Deed::CouldNotWait { .. } => Progress::Excused,
            _ => Progress::Waiting,
        }
    }

    /// The steps that have not been done, or that speak against a stop.
    pub fn missing(&self, steps: &Steps) -> Vec<Step> {
        let is_missing = |(step, need): &(Step, Need)| match self.progress(*step) {
            Progress::Holds => false,
            Progress::Excused => *need == Need::Always,
            Progress::Waiting | Progress::Against => true,
        };
        steps.all().filter(is_missing).map(|(step, _)| step).collect()
    }

    /// Whether somebody may do this now; `by` is nobody for the server.
    pub fn may(&self, deed: &Deed, by: Option<PersonId>, steps: &Steps) -> Result<(), NotNow> {
        let is_open = self.stage().is_open();
        match deed {
            Deed::Reopened { .. } if is_open => return Err(NotNow::IsOpen),
            // What the picture shows, and what a court does, can be known later.
            Deed::Reopened { .. } | Deed::Corrected { .. } => return Ok(()),
            Deed::Ended { outcome: Outcome::Prosecution, .. } if !is_open => return Ok(()),
            Deed::Ended { .. } if self.stage() == Stage::Closed => {
                return Err(NotNow::OnlyProsecution);
            }
            _ if !is_open => return Err(NotNow::IsClosed),
            _ => {}
        }
        match deed {
            Deed::Taken => self.may_take(by),
            Deed::HandedOver { to } | Deed::Offered { to, .. } if Some(*to) == by => {
                Err(NotNow::ToYourself)
            }
            Deed::Offered { .. } if self.holder().is_none() => Ok(()),
            Deed::Accepted => {
                let is_theirs = self.offer().is_some_and(|(to, _)| Some(to) == by);
                if is_theirs { Ok(()) } else { Err(NotNow::NotOffered) }
            }
            Deed::Released { .. }
            | Deed::HandedOver { .. }
            | Deed::Offered { .. }
            | Deed::Sent { .. }
            | Deed::Rejected { .. } => self.is_theirs(by),
            Deed::Seconded { .. } => self.may_second(by, steps),
            Deed::CouldNotWait { .. } => excused(steps, Step::SecondOfficer, Need::UnlessExigent),
            Deed::NotPracticable { .. } => excused(steps, Step::InForce, Need::IfPracticable),
            Deed::Stopped { .. } if self.stop().is_some() => Err(NotNow::StopIsKnown),
            Deed::Ended { outcome, .. } if outcome.tells_of_a_stop() && self.stop().is_none() => {
                Err(NotNow::NoStop)
            }
            _ => Ok(()),
        }
    }

    fn may_take(&self, by: Option<PersonId>) -> Result<(), NotNow> {
        match self.holder() {
            None => Ok(()),
            Some(holder) if Some(holder) == by => Err(NotNow::YoursAlready),
            Some(holder) => Err(NotNow::HeldBy(holder)),
        }
    }

    fn is_theirs(&self, by: Option<PersonId>) -> Result<(), NotNow> {
        match self.holder() {
            None => Err(NotNow::TakeItFirst),
            Some(holder) if Some(holder) == by => Ok(()),
            Some(holder) => Err(NotNow::HeldBy(holder)),
        }
    }

    /// The second officer agrees to what another compared: each such step was done last by somebody else.
    fn may_second(&self, by: Option<PersonId>, steps: &Steps) -> Result<(), NotNow> {
        let asked = |step: &Step| steps.need(*step).is_some();
        let compared: Vec<Option<&Done>> =
            COMPARED.iter().filter(|step| asked(step)).map(|step| self.last(*step)).collect();
        if compared.iter().any(Option::is_none) || self.first_officers().is_empty() {
            return Err(NotNow::NothingToSecond);
        }
        if self.first_officers().contains(&by) {
            return Err(NotNow::SecondIsFirst);
        }
        Ok(())
    }

    /// Who compared, by what counts last of each part.
    fn first_officers(&self) -> Vec<Option<PersonId>> {
        COMPARED.iter().filter_map(|step| self.last(*step)).map(|done| done.by).collect()
    }

    /// Whether nothing was compared anew since, and not by the second officer.
    fn is_seconded(&self, seconded: &Done) -> bool {
        let at = self.last_place(Step::SecondOfficer);
        let is_later = |step: &Step| self.last_place(*step) > at;
        !COMPARED.iter().any(is_later) && !self.first_officers().contains(&seconded.by)
    }
}

/// The steps in which the picture is compared.
const COMPARED: [Step; 3] = [Step::Plate, Step::State, Step::Vehicle];

fn excused(steps: &Steps, step: Step, need: Need) -> Result<(), NotNow> {
    if steps.need(step) == Some(need) { Ok(()) } else { Err(NotNow::NoException) }
}

const fn step_of(deed: &Deed) -> Option<Step> {
    match deed {
        Deed::Compared { part, .. } => Some(Step::of(*part)),
        Deed::Asked { .. } | Deed::NotPracticable { .. } => Some(Step::InForce),
        Deed::Seconded { .. } | Deed::CouldNotWait { .. } => Some(Step::SecondOfficer),
        Deed::Weighed { .. } => Some(Step::Risk),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
