//! What is done with a hit, one deed after the other. Deeds are only ever added: what was said stays, and a later deed of the
//! same kind counts in its place.

use plate::{Jurisdiction, PlateText};
use serde::{Deserialize, Serialize};

use crate::amber::AlertEnd;
use crate::custom::CustomEnd;
use crate::ids::PersonId;
use crate::time::Timestamp;
use crate::words::words;

words! {
    /// What the crime centre did with a hit (`AUS-344.3.2a1`).
    Sending {
        /// A unit was sent.
        Dispatched = "dispatched", "Dispatched";
        /// All units were told.
        Broadcast = "broadcast", "Broadcast";
        /// A patrol was told.
        PatrolNotified = "patrol-notified", "Patrol notified";
    }
}

words! {
    /// Why a hit was rejected. Only people reject hits.
    Rejection {
        /// The characters are not those of the picture.
        Misread = "misread", "The plate was misread";
        /// Another state issued the plate.
        WrongState = "wrong-state", "Another state";
        /// Another vehicle than the entry describes.
        WrongVehicle = "wrong-vehicle", "Another vehicle";
        /// The entry is no longer in force: recovered, cancelled.
        StaleList = "stale-list", "The entry is out of date";
        /// The same passage is another hit already.
        Duplicate = "duplicate", "Known from another hit";
        /// What is in the entry does not call for anything now.
        NoAction = "no-action", "Nothing to be done";
    }
}

words! {
    /// What has to be seen on the picture and agree with the entry: three confirmations, not one.
    Part {
        /// The characters.
        Plate = "plate", "Plate";
        /// Who issued it.
        State = "state", "State";
        /// The vehicle.
        Vehicle = "vehicle", "Vehicle";
    }
}

words! {
    /// What the state's system answered.
    Answer {
        /// The entry is in force.
        InForce = "in-force", "In force";
        /// It is not: recovered, cancelled, not known.
        NotInForce = "not-in-force", "Not in force";
        /// Nothing came back.
        NoAnswer = "no-answer", "No answer";
    }
}

words! {
    /// What became of a hit (`AUS-344.6b2`, `AUS-344.6b3`).
    Outcome {
        /// The vehicle was located.
        Located = "located", "Vehicle located";
        /// A stolen vehicle was recovered.
        Recovered = "recovered", "Stolen vehicle recovered";
        /// Somebody was arrested.
        Arrest = "arrest", "Arrest";
        /// Somebody is prosecuted: known later.
        Prosecution = "prosecution", "Prosecution";
        /// A missing person was found.
        MissingFound = "missing-found", "Missing person found";
        /// A citation was issued.
        Citation = "citation", "Citation";
        /// Nobody was stopped.
        NoStop = "no-stop", "No stop";
        /// The vehicle could not be located.
        NotLocated = "not-located", "Could not be located";
        /// The plate was misread.
        Misread = "misread", "Misread";
        /// Another state issued the plate.
        WrongState = "wrong-state", "Another state";
        /// The entry was out of date.
        StaleList = "stale-list", "The entry was out of date";
        /// Somebody was stopped in a vehicle that was not wanted (`AUS-344.4g`).
        WrongVehicle = "wrong-vehicle", "Wrong vehicle stopped";
    }
}

impl Outcome {
    /// Whether somebody was stopped for it to come about.
    pub const fn tells_of_a_stop(self) -> bool {
        matches!(self, Self::Arrest | Self::Citation | Self::WrongVehicle)
    }

    /// Whether the alert was right: the vehicle was the one that was looked for (`AUS-344.6b2`). None where nobody knows.
    pub const fn was_right(self) -> Option<bool> {
        match self {
            Self::Located
            | Self::Recovered
            | Self::Arrest
            | Self::Prosecution
            | Self::MissingFound
            | Self::Citation => Some(true),
            Self::Misread | Self::WrongState | Self::StaleList | Self::WrongVehicle => Some(false),
            Self::NoStop | Self::NotLocated => None,
        }
    }
}

/// What was done.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Deed {
    /// Somebody took it: from now on it is theirs to look after.
    Taken,
    /// Whoever had it gave it back to everybody.
    Released {
        /// Why.
        why: String,
    },
    /// Whoever had it handed it to somebody else, at a change of shifts.
    HandedOver {
        /// To whom.
        to: PersonId,
    },
    /// Whoever had it, or nobody, offered it to somebody of the next shift: theirs only once they accept it.
    Offered {
        /// To whom.
        to: PersonId,
        /// What they have to know.
        note: String,
    },
    /// Whom it was offered to accepted it: from now on it is theirs.
    Accepted,
    /// It waited past the limit, and those who answer for the crime centre were told. The server's own deed.
    Escalated,
    /// Patrol learned of it.
    Sent {
        /// How.
        how: Sending,
        /// To whom, with what.
        note: String,
    },
    /// It was rejected.
    Rejected {
        /// Why.
        why: Rejection,
        /// In the words of who did.
        note: String,
    },
    /// Somebody compared the picture with the entry (`AUS-344.3.2b1`).
    Compared {
        /// What of it.
        part: Part,
        /// Whether the two agree.
        agrees: bool,
        /// What was seen.
        note: String,
    },
    /// Somebody asked the state's system (`AUS-344.3.2b2`).
    Asked {
        /// Which: `NCIC`, `TCIC`.
        system: String,
        /// What it answered.
        answer: Answer,
        /// Its reference for the question.
        reference: String,
    },
    /// The state's system was not asked, where the policy leaves that open (`BEL-461.3f`).
    NotPracticable {
        /// Why.
        why: String,
    },
    /// A second officer looked and agrees (`AUS-344.3.2b3`).
    Seconded {
        /// What was seen.
        note: String,
    },
    /// It could not wait for a second officer, or that was not safe (`AUS-344.3.2b3`).
    CouldNotWait {
        /// Why.
        why: String,
    },
    /// Somebody weighed what the offence says of the risk (`AUS-344.3.2b4`).
    Weighed {
        /// What came of it.
        note: String,
    },
    /// Somebody was stopped.
    Stopped {
        /// What had not been done before: a violation where there is any.
        missing: Vec<super::Step>,
    },
    /// What became of it.
    Ended {
        /// What.
        outcome: Outcome,
        /// The case number, where there is one.
        case: String,
        /// The offence, in words.
        offence: String,
        /// Anything else.
        note: String,
    },
    /// The plate was misread: this is what the picture shows. What was read stays.
    Corrected {
        /// The characters on the picture.
        plate: PlateText,
        /// Who issued it, where that can be seen.
        jurisdiction: Option<Jurisdiction>,
    },
    /// Its entry was one of the agency's own, and was ended: whoever ended that closed this.
    EntryEnded {
        /// Why.
        how: CustomEnd,
        /// In their words.
        note: String,
    },
    /// Its entry was a plate of an AMBER alert, and is matched no more: the server closed this.
    AlertEnded {
        /// Why.
        how: AlertEnd,
        /// The message by which it ended, or the words of who took it back.
        note: String,
    },
    /// It was closed too soon.
    Reopened {
        /// Why.
        why: String,
    },
}

impl Deed {
    /// The word that stands in the ledger and in lists.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Released { .. } => "released",
            Self::HandedOver { .. } => "handed-over",
            Self::Offered { .. } => "offered",
            Self::Accepted => "accepted",
            Self::Escalated => "escalated",
            Self::Sent { .. } => "sent",
            Self::Rejected { .. } => "rejected",
            Self::Compared { .. } => "compared",
            Self::Asked { .. } => "asked",
            Self::NotPracticable { .. } => "not-practicable",
            Self::Seconded { .. } => "seconded",
            Self::CouldNotWait { .. } => "could-not-wait",
            Self::Weighed { .. } => "weighed",
            Self::Stopped { .. } => "stopped",
            Self::Ended { .. } => "ended",
            Self::Corrected { .. } => "corrected",
            Self::EntryEnded { .. } => "entry-ended",
            Self::AlertEnded { .. } => "alert-ended",
            Self::Reopened { .. } => "reopened",
        }
    }
}

/// Case numbers, plates and what people wrote stand in it: nothing for a log.
impl std::fmt::Debug for Deed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Deed({}, …)", self.word())
    }
}

/// A deed, by whom and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Done {
    /// When.
    pub at: Timestamp,
    /// By whom; nobody: the server.
    pub by: Option<PersonId>,
    /// What.
    pub deed: Deed,
}
