//! Use cases, one file each, and the tasks that run by themselves.
//!
//! Everything that a page, an answer, a command or a camera makes happen is a function here that takes the [`App`], the
//! [`Ctx`] (who, for which agency, when) and the ask. Pages and routes hold no rules.

mod agencies;
mod alerts;
mod app;
pub mod bus;
mod cameras;
mod cards;
mod cases;
pub mod chance;
pub mod clock;
mod error;
pub mod feeds;
pub mod housekeeping;
mod imports;
mod ingest;
pub mod mail;
mod matching;
mod own_entries;
pub mod own_pictures;
mod policies;
mod protected;
pub mod recognise;
mod record;
mod relay;
pub mod reminders;
pub mod route;
mod shared;
mod switches;
mod tasks;
pub mod use_cases;
pub mod views;
pub mod watch;

pub use alerts::{TellingConfig, send_tellings, tell_hits};
pub use app::{App, AppConfig, LedgerConfig, Process, StartError};
pub use bus::{Bus, Event, Notice, Subscription, Topic};
pub use cards::Joins;
pub use chance::{Chance, SystemChance};
pub use clock::{Clock, SystemClock};
pub use error::{AskError, chain};
pub use feeds::{FeedFormat, FeedPlan};
pub use mail::MailConfig;
pub use outbound::{
    CaseBook, CsvCases, Feed, FetchError, FolderFeed, HttpCases, HttpsFeed, HttpsLogin, HttpsPlace,
    InvalidCaseUrl, KeepFiles, SftpFeed, SftpLogin, SftpPlace,
};
pub use policies::InForce;
pub use recognise::{PlateSeen, Recognise, RecogniseError};
pub use record::batch::{PictureHashes, ReadRecords};
pub use record::checkpoints::CheckpointError;
pub use record::sweep::sweep as sweep_ledger;
pub use record::{
    ByToken, Ctx, NamedFor, Origin, Part, SessionRef, SignedIn, WitnessConfig, WitnessState,
    WorkingOn,
};
pub use switches::Switch;
pub use use_cases::*;
