//! A witness (C2SP tlog-witness), for whoever must be able to trust a log without trusting who keeps it: the city's auditor,
//! a newspaper. It remembers the last state of each log that it follows and cosigns a new one only when that grew out of it.
//! What it remembers is on disk before a cosignature leaves, so no crash makes it sign two histories.

mod folder;
mod logs;
mod page;
mod refusals;
mod router;
mod setup;
mod witness;

pub use folder::FolderError;
pub use logs::{InvalidLogs, Logs};
pub use router::router;
pub use setup::{SetupError, make_key, read_key, read_logs};
pub use witness::{Clock, NotCosigned, OpenWitnessError, Witness};
