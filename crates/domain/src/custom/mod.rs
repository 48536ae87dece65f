//! Custom entries: what the agency itself looks for. Asked for by one person, approved by another (`TWF-401.4f`), ended by
//! somebody or by the clock.
//!
//! What stands is worked out from the deeds, and the deeds are never changed.

mod demand;
mod life;

use std::collections::BTreeSet;
use std::fmt;

pub use demand::{Demand, demands};
pub use life::{CustomDeed, CustomDone, CustomEnd, CustomLife, CustomNotNow, CustomState};
use serde::{Deserialize, Serialize};

use crate::camera::Circle;
use crate::hotlist::{Category, EntryRef, HotlistEntry, Priority};
use crate::ids::{AgencyId, CustomEntryId, PersonId};
use crate::people::Role;
use crate::time::Timestamp;

/// Who is told of an entry's hits.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Audience {
    /// Everybody who holds one of these roles.
    pub roles: BTreeSet<Role>,
    /// These people.
    pub people: BTreeSet<PersonId>,
}

impl Audience {
    /// Whether somebody is among them.
    pub fn holds(&self, person: PersonId, roles: &BTreeSet<Role>) -> bool {
        self.people.contains(&person) || !self.roles.is_disjoint(roles)
    }

    /// Whether it is nobody.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.people.is_empty()
    }
}

/// What one says when asking for an entry.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct NewCustomEntry {
    /// The plate or pattern as lists spell it, who issued it, and the vehicle; case number and cautions too.
    pub wanted: HotlistEntry,
    /// Why it is wanted.
    pub category: Category,
    /// The offence, in words; empty where the category asks for none.
    pub offence: String,
    /// Who is missing, described without a name; empty where nobody is.
    pub person: String,
    /// Why, in the words of who asks.
    pub reason: String,
    /// From when on it counts no more.
    pub expires_at: Timestamp,
    /// Where it raises hits; none: everywhere.
    pub area: Option<Circle>,
    /// Who is told.
    pub audience: Audience,
    /// Whether nobody but the audience sees it and its hits.
    pub covert: bool,
}

impl NewCustomEntry {
    /// Whether it is a part of a plate, and so fits many vehicles.
    pub fn is_partial(&self) -> bool {
        self.wanted.plate.contains(['?', '*', '['])
    }

    /// The entry as the list of the agency's own holds it.
    pub fn entry(&self) -> HotlistEntry {
        HotlistEntry {
            note: Some(self.reason.clone()),
            expires_at: Some(self.expires_at),
            ..self.wanted.clone()
        }
    }

    /// How loudly its hits are told.
    pub fn priority(&self) -> Priority {
        self.category.priority_of(self.wanted.priority)
    }
}

/// Plates, cases and cautions stand in it: nothing for a log.
impl fmt::Debug for NewCustomEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewCustomEntry(…)")
    }
}

/// An entry of the agency's own.
#[derive(Clone, PartialEq, Debug)]
pub struct CustomEntry {
    /// Which.
    pub id: CustomEntryId,
    /// Whose.
    pub agency: AgencyId,
    /// What was asked for.
    pub about: NewCustomEntry,
    /// Who asked.
    pub author: PersonId,
    /// When.
    pub asked_at: Timestamp,
    /// What was done about it.
    pub life: CustomLife,
    /// Where the list of the agency's own holds it; none before it is approved.
    pub at: Option<EntryRef>,
}

impl CustomEntry {
    /// How far it has come.
    pub fn state(&self, now: Timestamp) -> CustomState {
        self.life.state(self.about.expires_at, now)
    }

    /// Whether somebody may do this now; `by` is nobody for the server.
    pub fn may(
        &self,
        deed: &CustomDeed,
        by: Option<PersonId>,
        now: Timestamp,
    ) -> Result<(), CustomNotNow> {
        self.life.may(deed, by, self.about.expires_at, now)
    }

    /// Whether somebody sees it and its hits. A covert one is shown to who asked for it, who approved it and whom it names;
    /// while it waits, to all who may approve it.
    pub fn is_shown_to(&self, person: PersonId, roles: &BTreeSet<Role>, may_approve: bool) -> bool {
        !self.about.covert
            || self.author == person
            || self.life.approver() == Some(person)
            || self.about.audience.holds(person, roles)
            || (may_approve && self.life.is_waiting())
    }
}

#[cfg(test)]
mod tests;
