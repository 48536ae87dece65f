//! What the ledger holds of what was done: acts, standing looks, reads, refusals, starts and stops, checkpoints.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what they expected by panicking"
)]

mod acts;
mod book;
mod checkpoints;
mod controls;
mod looks;
mod reads;
mod server;
