//! What is done with a custom entry, one deed after the other, and what follows from the deeds.

use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::time::Timestamp;
use crate::words::words;

words! {
    /// Why an entry was ended.
    CustomEnd {
        /// The vehicle was found.
        Recovered = "recovered", "Recovered";
        /// It is not looked for any more.
        Cancelled = "cancelled", "Cancelled";
        /// Something else, said in the note.
        Other = "other", "Other";
    }
}

words! {
    /// How far an entry has come.
    CustomState {
        /// It was asked for, and nobody has decided.
        Waiting = "waiting", "Waits for approval";
        /// It raises hits.
        Active = "active", "Active";
        /// Somebody refused it.
        Refused = "refused", "Refused";
        /// Somebody ended it.
        Ended = "ended", "Ended";
        /// Its time is over.
        Expired = "expired", "Expired";
    }
}

/// What was done.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "kebab-case", deny_unknown_fields)]
pub enum CustomDeed {
    /// Somebody asked for it.
    Asked,
    /// Somebody had counted how many reads of the last days it would have matched.
    Counted {
        /// So many.
        n_reads: u64,
        /// Of so many days.
        days: u32,
    },
    /// Somebody else approved it.
    Approved {
        /// Why.
        why: String,
    },
    /// Somebody else refused it.
    Refused {
        /// Why.
        why: String,
    },
    /// It was matched against the past when it was approved.
    Matched {
        /// So many reads fit.
        n_reads: u64,
        /// Of so many hours.
        hours: u32,
    },
    /// Somebody ended it.
    Ended {
        /// Why.
        how: CustomEnd,
        /// In their words.
        note: String,
    },
}

impl CustomDeed {
    /// The word that stands in the ledger and in lists.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Counted { .. } => "counted",
            Self::Approved { .. } => "approved",
            Self::Refused { .. } => "refused",
            Self::Matched { .. } => "matched",
            Self::Ended { .. } => "ended",
        }
    }
}

/// What people wrote stands in it: nothing for a log.
impl std::fmt::Debug for CustomDeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CustomDeed({}, …)", self.word())
    }
}

/// A deed, by whom and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CustomDone {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// What.
    pub deed: CustomDeed,
}

/// Why something cannot be done with an entry now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CustomNotNow {
    /// It was asked for already.
    #[error("this entry was asked for already")]
    AskedAlready,
    /// Nobody has asked for it.
    #[error("nobody has asked for this entry")]
    NotAsked,
    /// Nobody approves what they asked for (`TWF-401.4f`).
    #[error("you asked for this entry: a supervisor who is another person decides it (TWF-401.4f)")]
    YourOwn,
    /// The server decides nothing.
    #[error("only people decide what is looked for")]
    NobodyDecides,
    /// It was decided.
    #[error("this entry was decided already")]
    Decided,
    /// It is not active.
    #[error("this entry is not active")]
    NotActive,
    /// Its time is over.
    #[error("the time of this entry is over: ask for another one")]
    Over,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Unknown,
    Waiting,
    Approved,
    Refused,
    Ended,
}

/// What was done with an entry.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct CustomLife {
    deeds: Vec<CustomDone>,
}

impl CustomLife {
    /// Of these deeds, oldest first.
    pub fn of(deeds: Vec<CustomDone>) -> Self {
        Self { deeds }
    }

    /// Every deed, oldest first.
    pub fn deeds(&self) -> &[CustomDone] {
        &self.deeds
    }

    /// Adds a deed.
    pub fn add(&mut self, done: CustomDone) {
        self.deeds.push(done);
    }

    fn stage(&self) -> Stage {
        let step = |stage, done: &CustomDone| match (&done.deed, stage) {
            (CustomDeed::Asked, Stage::Unknown) => Stage::Waiting,
            (CustomDeed::Approved { .. }, Stage::Waiting) => Stage::Approved,
            (CustomDeed::Refused { .. }, Stage::Waiting) => Stage::Refused,
            (CustomDeed::Ended { .. }, Stage::Waiting | Stage::Approved) => Stage::Ended,
            (_, stage) => stage,
        };
        self.deeds.iter().fold(Stage::Unknown, step)
    }

    /// Who asked.
    pub fn author(&self) -> Option<PersonId> {
        self.who(|deed| *deed == CustomDeed::Asked)
    }

    /// Who approved it.
    pub fn approver(&self) -> Option<PersonId> {
        self.who(|deed| matches!(deed, CustomDeed::Approved { .. }))
    }

    fn who(&self, is: impl Fn(&CustomDeed) -> bool) -> Option<PersonId> {
        self.deeds.iter().find(|done| is(&done.deed)).map(|done| done.by)
    }

    /// Who ended it, when and why.
    pub fn ended(&self) -> Option<(&CustomDone, CustomEnd, &str)> {
        self.deeds.iter().find_map(|done| match &done.deed {
            CustomDeed::Ended { how, note } => Some((done, *how, note.as_str())),
            _ => None,
        })
    }

    /// How many reads of how many days it would have matched, as it was counted last.
    pub fn counted(&self) -> Option<(u64, u32)> {
        self.deeds.iter().rev().find_map(|done| match done.deed {
            CustomDeed::Counted { n_reads, days } => Some((n_reads, days)),
            _ => None,
        })
    }

    /// How many reads of how many hours fitted when it was approved.
    pub fn matched(&self) -> Option<(u64, u32)> {
        self.deeds.iter().find_map(|done| match done.deed {
            CustomDeed::Matched { n_reads, hours } => Some((n_reads, hours)),
            _ => None,
        })
    }

    /// Whether nobody has decided, whatever the clock says.
    pub fn is_waiting(&self) -> bool {
        self.stage() == Stage::Waiting
    }

    /// Whether it was approved and nobody has ended it, whatever the clock says.
    pub fn is_in_force(&self) -> bool {
        self.stage() == Stage::Approved
    }

    /// How far it has come, where it counts until `expires_at`.
    pub fn state(&self, expires_at: Timestamp, now: Timestamp) -> CustomState {
        match self.stage() {
            Stage::Refused => CustomState::Refused,
            Stage::Ended => CustomState::Ended,
            Stage::Unknown | Stage::Waiting | Stage::Approved if expires_at <= now => {
                CustomState::Expired
            }
            Stage::Approved => CustomState::Active,
            Stage::Unknown | Stage::Waiting => CustomState::Waiting,
        }
    }

    /// Whether somebody may do this now; `by` is nobody for the server.
    pub fn may(
        &self,
        deed: &CustomDeed,
        by: Option<PersonId>,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), CustomNotNow> {
        let by = by.ok_or(CustomNotNow::NobodyDecides)?;
        let stage = self.stage();
        match (deed, stage) {
            (CustomDeed::Asked, Stage::Unknown) => return Ok(()),
            (CustomDeed::Asked, _) => return Err(CustomNotNow::AskedAlready),
            (_, Stage::Unknown) => return Err(CustomNotNow::NotAsked),
            _ => {}
        }
        if self.state(expires_at, now) == CustomState::Expired {
            return Err(CustomNotNow::Over);
        }
        match (deed, stage) {
            (CustomDeed::Approved { .. } | CustomDeed::Refused { .. }, Stage::Waiting) => {
                if self.author() == Some(by) { Err(CustomNotNow::YourOwn) } else { Ok(()) }
            }
            (CustomDeed::Counted { .. }, Stage::Waiting)
            | (CustomDeed::Matched { .. }, Stage::Approved)
            | (CustomDeed::Ended { .. }, Stage::Waiting | Stage::Approved) => Ok(()),
            (CustomDeed::Matched { .. } | CustomDeed::Ended { .. }, _) => {
                Err(CustomNotNow::NotActive)
            }
            _ => Err(CustomNotNow::Decided),
        }
    }
}
