//! What Plateglass speaks of: reads, cameras, hotlists, hits, who may do what.
//!
//! Pure values and their rules: nothing here performs I/O, tells the time or rolls dice.

pub mod access;
pub mod amber;
pub mod camera;
pub mod custom;
pub mod feed;
pub mod figures;
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
pub mod shift;
pub mod sign_off;
pub mod staleness;
pub mod state_ask;
pub mod stop_facts;
pub mod telling;
pub mod time;
pub mod topic;
pub mod trouble;
pub mod vehicle;
mod words;

pub use access::{Action, Actor, Judgement, Permit, Reason, Refusal};
pub use amber::{
    AmberKind, AmberMessage, AmberPlate, AmberStanding, AmberStatus, MessageName, NewAmberMessage,
    PlateDecision, PlateOrigin, ProposedPlate, Said, VehicleSaid,
};
pub use camera::{Camera, CameraKey, CameraKeyHash, Circle, Mounting, NewCamera, Position};
pub use feed::{FeedState, Fetch, FetchOutcome};
pub use hit::{Hit, NewHit};
pub use hotlist::{Category, EntryRef, Hotlist, HotlistEntry, ImportTally, Priority, RefusedRow};
pub use ids::{
    AgencyId, AmberId, BundleId, CameraId, CompletionId, CustomEntryId, DeviceId, DutyId,
    ExigentId, GrantId, HitId, HotlistId, HotlistVersionId, IncidentId, NexusRequestId, PasskeyId,
    PersonId, ProtectedEventId, QuietRuleId, ReadId, ReadRef, ReportId, ReviewId, SignOnId,
    StateAskId, TellingId, TokenId, TroubleId, WebhookId,
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
pub use state_ask::{AskEnd, AskFailure, StateAnswer, StateAsk};
pub use time::{Day, Timestamp};
pub use topic::{Topic, TopicKind};
pub use vehicle::{ClassFit, SeenVehicle, VehicleClass};
