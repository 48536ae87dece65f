//! Messages of AMBER alerts: OASIS Common Alerting Protocol 1.2, one alone or a feed (Atom, RSS, EDXL-DE) that holds them.
//!
//! No structured element of CAP names a plate: plates are proposed out of the free text ([`proposals`]), for a person to
//! confirm.

mod feed;
mod message;
mod plates;
mod states;
mod vehicle;

pub use feed::{CAP_BYTES_MAX, CapFault, CapFile, CapRefused, MESSAGES_MAX, read_cap};
pub use plates::{PROPOSALS_MAX, proposals};

#[cfg(test)]
mod tests;
