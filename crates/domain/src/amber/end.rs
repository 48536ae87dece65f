//! Why a plate that was confirmed is matched no more: what its open hits are closed with.

use super::{
    AmberMessage, AmberStanding, PlateDecision, ProposedPlate, amber_entries, amber_standings,
};
use crate::hotlist::HotlistEntry;
use crate::ids::{AmberId, PersonId};
use crate::time::Timestamp;
use crate::words::words;

words! {
    /// Why a plate of an AMBER alert is matched no more.
    AlertEnd {
        /// Its sender cancelled the alert.
        Cancelled = "cancelled", "Alert cancelled";
        /// The alert's time is over.
        Over = "over", "Alert over";
        /// An update took the alert's place, and no person has confirmed the plate of it.
        Updated = "updated", "Not confirmed of the update";
        /// A person took back that they had confirmed it, or another person did.
        TakenBack = "taken-back", "Confirmation taken back";
    }
}

/// That a plate is matched no more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlertEnded {
    /// Why.
    pub how: AlertEnd,
    /// Who took it back; nobody where a message or the time did, or where it is not known which plate was meant.
    pub by: Option<PersonId>,
    /// Their reason, or the message by which it ended.
    pub note: String,
}

/// Why an entry that was made of a message is matched no more; none while it is, and of entries that no message made.
pub fn amber_end(
    entry: &HotlistEntry,
    messages: &[AmberMessage],
    now: Timestamp,
) -> Option<AlertEnded> {
    let is_matched =
        |one: &HotlistEntry| one.plate == entry.plate && one.jurisdiction == entry.jurisdiction;
    if amber_entries(messages, now).iter().any(is_matched) {
        return None;
    }
    let reference = entry.reference.as_deref()?;
    let standings = amber_standings(messages, now);
    let with = |id: AmberId| messages.iter().zip(&standings).find(|(one, _)| one.id == id);
    let made = |one: &&AmberMessage| one.message.name.identifier == reference;
    let (mut message, mut standing) =
        messages.iter().rev().find(made).and_then(|one| with(one.id))?;
    // Each takes the place of one that was sent before it: as many steps at most as there are messages.
    while let AmberStanding::Replaced(by) = standing {
        (message, standing) = with(*by)?;
    }
    let by_message = |how, one: &AmberMessage| AlertEnded {
        how,
        by: None,
        note: format!("message {}", one.message.name.identifier),
    };
    match standing {
        AmberStanding::Cancelled(by) => {
            with(*by).map(|(cancel, _)| by_message(AlertEnd::Cancelled, cancel))
        }
        AmberStanding::Expired => Some(by_message(AlertEnd::Over, message)),
        AmberStanding::InForce => {
            let taken_back = taken_back(entry, message);
            Some(taken_back.unwrap_or_else(|| by_message(AlertEnd::Updated, message)))
        }
        AmberStanding::NotMeant | AmberStanding::Ends | AmberStanding::Replaced(_) => None,
    }
}

/// Who took a plate back; none where it waits for a person. What was confirmed of it is not kept beside the refusal: where it
/// was confirmed corrected, it is the message's only refusal, or it is not known whose.
fn taken_back(entry: &HotlistEntry, message: &AmberMessage) -> Option<AlertEnded> {
    let is_it = |proposed: &ProposedPlate| {
        proposed.plate == entry.plate && proposed.jurisdiction == entry.jurisdiction
    };
    if message.plates.iter().any(|plate| plate.decided.is_none() && is_it(&plate.proposed)) {
        return None;
    }
    let refusals = || {
        message.plates.iter().filter_map(|plate| match &plate.decided {
            Some((PlateDecision::Refused(why), by, _)) => Some((&plate.proposed, why, *by)),
            _ => None,
        })
    };
    let first = refusals().next()?;
    let only = if refusals().count() == 1 { Some(first) } else { None };
    let found = refusals().find(|(proposed, ..)| is_it(proposed)).or(only);
    Some(AlertEnded {
        how: AlertEnd::TakenBack,
        by: found.map(|(.., by)| by),
        note: found.map(|(_, why, _)| why.clone()).unwrap_or_default(),
    })
}
