//! Who may do what. A store function that returns plates wants a [`Permit`]; only [`decide`] makes one.
//!
//! For now there is one administrator and everything a person does is theirs to do. The policy crate will decide here
//! by the agency's bundle; the shape (permit or refusal with reasons) stays.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;

use crate::ids::{AgencyId, CameraId};
use crate::time::Timestamp;

/// Who acts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Actor {
    /// The signed-in administrator of an agency.
    Administrator(AgencyId),
    /// A camera, by its key.
    Camera(AgencyId, CameraId),
    /// The server itself: reconcilers, imports by command.
    Server,
    /// Nobody who could be named.
    Nobody,
}

/// Something that can be permitted. The word is stable: it stands in refusals and, later, in the ledger.
pub trait Action {
    /// Its word.
    const WORD: &'static str;
    /// Whether a camera may do it; people and the server may do all of them until there is policy.
    const BY_CAMERA: bool = false;
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal $(by_camera: $camera:literal)?;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name;
            impl Action for $name {
                const WORD: &'static str = $word;
                $(const BY_CAMERA: bool = $camera;)?
            }
        )*
        /// Every action's word and whether a camera may do it: what the printed matrix is made of.
        pub const ACTIONS: &[(&str, bool)] = &[$(($name::WORD, $name::BY_CAMERA)),*];
    };
}

actions! {
    /// Hand in reads or frames.
    SubmitReads = "submit-reads" by_camera: true;
    /// See the feed of reads.
    ListReads = "list-reads";
    /// Open one read.
    OpenRead = "open-read";
    /// See a picture.
    OpenPicture = "open-picture";
    /// See the live hits.
    ListHits = "list-hits";
    /// Open one hit.
    OpenHit = "open-hit";
    /// See cameras.
    ListCameras = "list-cameras";
    /// Add, change or disable a camera.
    ManageCameras = "manage-cameras";
    /// See hotlists.
    ListHotlists = "list-hotlists";
    /// Create a hotlist, import into it.
    ManageHotlists = "manage-hotlists";
    /// See the ledger's leaves.
    ListLedger = "list-ledger";
    /// Open one leaf with its clear text.
    OpenLeaf = "open-leaf";
    /// Sign a checkpoint on demand, change a log's key.
    ManageLedger = "manage-ledger";
}

/// Proof that an action was permitted to somebody for one agency. Cannot be made outside this module.
pub struct Permit<A> {
    actor: Actor,
    agency: AgencyId,
    at: Timestamp,
    action: PhantomData<A>,
}

impl<A: Action> Permit<A> {
    /// Who holds it.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The agency whose things it opens, and no other's.
    pub fn agency(&self) -> AgencyId {
        self.agency
    }

    /// When it was given.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

impl<A: Action> fmt::Debug for Permit<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permit({} for {:?} at {})", A::WORD, self.actor, self.at)
    }
}

/// Why something was refused: shown to the person, counted, recorded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, thiserror::Error)]
#[error("{action} was refused: {}", reasons.iter().map(|r| r.says()).collect::<Vec<_>>().join("; "))]
pub struct Refusal {
    /// The action's word.
    pub action: &'static str,
    /// Every reason, not only the first.
    pub reasons: Vec<Reason>,
}

/// One reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Nobody is signed in (`TWF-401.9b`, `BEL-461.5b`).
    NotSignedIn,
    /// Cameras hand in reads and do nothing else.
    CamerasOnlySubmit,
    /// It belongs to another agency.
    OtherAgency,
}

impl Reason {
    /// Its word in the ledger and in answers to programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotSignedIn => "not-signed-in",
            Self::CamerasOnlySubmit => "cameras-only-submit",
            Self::OtherAgency => "other-agency",
        }
    }

    /// In words, saying what is missing.
    pub const fn says(self) -> &'static str {
        match self {
            Self::NotSignedIn => {
                "nobody is signed in: open the sign-in link that the server printed"
            }
            Self::CamerasOnlySubmit => "a camera's key can only hand in reads and frames",
            Self::OtherAgency => "it belongs to another agency",
        }
    }
}

/// Decides whether `actor` may do `A` to what `agency` owns. Pure: same answer for the same question.
pub fn decide<A: Action>(
    actor: Actor,
    agency: AgencyId,
    at: Timestamp,
) -> Result<Permit<A>, Refusal> {
    let mut reasons = Vec::new();
    match actor {
        Actor::Server => {}
        Actor::Administrator(own) if own == agency => {}
        Actor::Administrator(_) => reasons.push(Reason::OtherAgency),
        Actor::Camera(own, _) => {
            if !A::BY_CAMERA {
                reasons.push(Reason::CamerasOnlySubmit);
            }
            if own != agency {
                reasons.push(Reason::OtherAgency);
            }
        }
        Actor::Nobody => reasons.push(Reason::NotSignedIn),
    }
    if reasons.is_empty() {
        Ok(Permit { actor, agency, at, action: PhantomData })
    } else {
        Err(Refusal { action: A::WORD, reasons })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: AgencyId = AgencyId::from_i64(1);
    const THEIRS: AgencyId = AgencyId::from_i64(2);
    const NOW: Timestamp = Timestamp::from_micros(0);

    fn may<A: Action>(actor: Actor) -> Result<(), Vec<Reason>> {
        decide::<A>(actor, OURS, NOW).map(|_| ()).map_err(|refusal| refusal.reasons)
    }

    #[test]
    fn nobody_sees_anything() {
        assert_eq!(may::<ListHits>(Actor::Nobody), Err(vec![Reason::NotSignedIn]));
        assert_eq!(may::<SubmitReads>(Actor::Nobody), Err(vec![Reason::NotSignedIn]));
    }

    #[test]
    fn a_camera_hands_in_and_looks_at_nothing() {
        let camera = Actor::Camera(OURS, CameraId::from_i64(3));
        assert_eq!(may::<SubmitReads>(camera), Ok(()));
        assert_eq!(may::<OpenRead>(camera), Err(vec![Reason::CamerasOnlySubmit]));
    }

    #[test]
    fn another_agency_is_another_house() {
        assert_eq!(may::<OpenRead>(Actor::Administrator(THEIRS)), Err(vec![Reason::OtherAgency]));
        assert_eq!(may::<OpenRead>(Actor::Administrator(OURS)), Ok(()));
        let stray = Actor::Camera(THEIRS, CameraId::from_i64(3));
        assert_eq!(may::<SubmitReads>(stray), Err(vec![Reason::OtherAgency]));
    }
}
