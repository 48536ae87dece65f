//! What Plateglass speaks of: reads, cameras, hotlists, hits, who may do what.
//!
//! Pure values and their rules: nothing here performs I/O, tells the time or rolls dice.

pub mod access;
pub mod camera;
pub mod hit;
pub mod hotlist;
pub mod ids;
pub mod incident;
pub mod keys;
pub mod life;
pub mod oversight;
pub mod people;
pub mod protected;
pub mod read;
pub mod sign_off;
pub mod staleness;
pub mod time;
pub mod topic;
pub mod trouble;
mod words;

pub use access::{Action, Actor, Judgement, Permit, Reason, Refusal};
pub use camera::{Camera, CameraKey, CameraKeyHash, Mounting, NewCamera, Position};
pub use hit::{Hit, NewHit};
pub use hotlist::{
    Category, EntryRef, Hotlist, HotlistEntry, ImportTally, Priority, RefusedRow, VehicleClass,
};
pub use ids::{
    AgencyId, BundleId, CameraId, CompletionId, ExigentId, GrantId, HitId, HotlistId,
    HotlistVersionId, IncidentId, NexusRequestId, PasskeyId, PersonId, ProtectedEventId, ReadId,
    ReadRef, ReportId, ReviewId, TokenId, TroubleId,
};
pub use incident::{Incident, IncidentClosed};
pub use keys::{DayKey, DayKeys, KeyError, ServerKey, SubKey};
pub use people::{
    Completion, Disabled, ExigentLook, Grant, Login, NewPerson, Person, Role, Standing,
};
pub use read::{
    Alternative, Confidence, EventDigest, Marks, NewRead, PictureKind, PictureRef, Pictures,
    StoredRead,
};
pub use sign_off::{AskedSignOff, CannotSignOff, Placing, SignOff, Withdrawn};
pub use staleness::{FreshFor, Staleness};
pub use time::{Day, Timestamp};
pub use topic::{Topic, TopicKind};
