//! A hit: a read that matched an entry. Its later life (taken, verified, acted on) comes with the verification workflow.

use plate::{Grade, JurisdictionFit};

use crate::hotlist::EntryRef;
use crate::ids::{HitId, ReadRef};
use crate::time::Timestamp;

/// A hit as the matcher raised it. Read and entry together are its identity: raising it again changes nothing.
#[derive(Clone, PartialEq, Debug)]
pub struct NewHit {
    /// The read.
    pub read: ReadRef,
    /// The entry it matched.
    pub entry: EntryRef,
    /// How closely the text matched.
    pub grade: Grade,
    /// Whether the issuing state matched.
    pub jurisdiction_fit: JurisdictionFit,
    /// When it was raised.
    pub raised_at: Timestamp,
}

/// A hit in the control database.
#[derive(Clone, PartialEq, Debug)]
pub struct Hit {
    /// Its id; ascending, so that a page can ask for what came after.
    pub id: HitId,
    /// What was raised.
    pub hit: NewHit,
}
