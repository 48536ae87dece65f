//! The ledger's use: nothing is shown or changed before it is written down.
//!
//! An [`Act`] is begun before and completed after; a [`Look`] stands for a live page and is written down once a
//! minute.
//! Both hold the permits that the store asks for, and nothing else in this crate gives any out. Reads are sealed by one
//! leaf a batch ([`batch`]), which is committed with them.

mod act;
pub(crate) mod batch;
pub(crate) mod checkpoints;
mod codes;
mod context;
mod exigent;
mod judge;
mod look;
mod says;
mod submit;
pub(crate) mod sweep;
mod writer;

pub use checkpoints::{WitnessConfig, WitnessState};
pub use context::{ByToken, Ctx, Origin, Part, SessionRef, SignedIn, WorkingOn};
pub use says::NamedFor;

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use domain::{Action, AgencyId, Permit, Refusal, SubKey, Timestamp};
use ledger::disclosure::Salt;
use store::LogId;

pub(crate) use act::{About, Act, Leave, json_of};
pub(crate) use codes::Codes;
pub(crate) use judge::grade;
pub(crate) use look::{Look, Looks};
pub(crate) use says::Says;
use writer::Writer;

/// Everything that writing down needs.
pub(crate) struct Recorder {
    writer: Writer,
    /// Makes pseudonyms: the same for the same actor as long as the server's key is the same.
    pseudonyms: SubKey,
    /// Beginnings whose end is still to come from this process: no strays, however long they take.
    under_way: Mutex<HashSet<(LogId, u64)>>,
    pub(crate) looks: Looks,
    /// Strangers' attempts in this minute: written down one by one only up to a bound.
    attempts: Mutex<act::Attempts>,
    /// The latest moment that was written down: a clock that steps back is told of.
    latest: Mutex<Timestamp>,
}

impl Recorder {
    pub(crate) fn new(store: store::Store, pseudonyms: SubKey) -> Self {
        Self {
            writer: Writer::start(store),
            pseudonyms,
            under_way: Mutex::default(),
            looks: Looks::default(),
            attempts: Mutex::default(),
            latest: Mutex::new(Timestamp::from_micros(0)),
        }
    }

    /// Whether the ledger cannot be written at the moment: then nothing is shown and nothing changed.
    pub(crate) fn is_failing(&self) -> bool {
        self.writer.is_failing()
    }

    /// Says that the ledger was found writable or not by somebody else: the probe, the relay.
    pub(crate) fn found(&self, writable: bool) {
        self.writer.found(writable);
    }

    /// Writes what waits and takes nothing more.
    pub(crate) async fn close(&self) {
        self.writer.close().await;
    }

    fn begun(&self, log: LogId, leaf: u64) {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).insert((log, leaf));
    }

    fn ended(&self, log: LogId, leaf: u64) {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&(log, leaf));
    }

    fn is_under_way(&self, log: LogId, leaf: u64) -> bool {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).contains(&(log, leaf))
    }
}

/// A permit for what the server does by itself, which is no look of anybody's: loading lists, counting.
pub(crate) fn server_permit<A: Action>(
    agency: AgencyId,
    now: Timestamp,
) -> Result<Permit<A>, Refusal> {
    Ctx::server(agency, now).permit()
}

/// Salts by the system's chance.
pub(crate) fn salt(chance: &dyn crate::Chance) -> Salt {
    let mut salt = Salt::default();
    chance.fill(&mut salt);
    salt
}
