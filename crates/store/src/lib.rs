//! SQL: the control database, the day files or day partitions, the journal and its relay.
//!
//! A read's way (architecture.md): [`Store::append`] commits a batch to one file, reads and journal together, and returns
//! when that is on disk; [`Store::relay`] brings the journal into the control database, as often as one likes. Functions
//! that return plates want a [`domain::Permit`] and answer only for its agency.

mod config;
mod control;
mod error;
mod file;
mod reads;
mod sql;
mod store;

// Linked for its feature only: it makes the SQLite that sqlx links a SQLCipher.
use libsqlite3_sys as _;

pub use config::{Engine, StoreConfig, Synchronous};
pub use control::agencies::Agency;
pub use control::bundles::{BundleRow, SeenPolicy};
pub use control::cameras::CameraLogin;
pub use control::claim::Claim;
pub use control::custom_entries::{CovertEntry, Hidden};
pub use control::entries::EntryInForce;
pub use control::hits::HitsQuery;
pub use control::hotlist_topics::TopicFound;
pub use control::hotlist_waits::WaitingVersion;
pub use control::incidents::{NewIncident, Suppressed};
pub use control::ledger::{
    ClearText, LedgerLook, LogId, LogRow, NewLeaf, PublishedCheckpoint, StoredLeaf, Things,
    WitnessRow,
};
pub use control::lives::{LifeRow, OpenHits};
pub use control::mails::{DueMail, MailTrouble, NewMail};
pub use control::oversight::{
    AuditQuery, AuditRow, AuditSum, Code, IndexEnd, IndexRow, Indexing, NewReport, PlateMark,
    Raised, Refusals, Tally, Unindexed, WeekTally,
};
pub use control::passkeys::{NewPasskey, PasskeyRow};
pub use control::provider::Subject;
pub use control::sessions::SessionRow;
pub use control::shifts::HeardOf;
pub use control::sign_in::{AuthenticatorRow, Enrolment, PasswordRow, StepRow};
pub use control::sign_ins::SignInRow;
pub use control::stop_facts::StopsEntered;
pub use control::telling::{
    DeviceRow, DueTelling, GroupCode, HitGroup, NewDevice, NewTelling, NewWebhook, QuietRuleRow,
    TellingRow, TellingState, ToldHit, ToldMail, WebhookRow, WhatNext, WhoIsTold,
};
pub use control::tokens::TokenRow;
pub use control::troubles::CameraHour;
pub use error::{SqlError, StoreError};
pub use file::{Batch, BatchLeaf, FileInfo, FileKind, FileRef, FileState, Relayed, Sealed};
pub use reads::look::ReadsQuery;
pub use reads::past::PastRead;
pub use sql::sqlcipher_is_ready;
pub use store::Store;
