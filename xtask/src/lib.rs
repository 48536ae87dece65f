//! Chores with logic. What people type is `cargo xtask demo`, `test`, `bench`, `verify-static` and `web`; each is one file here.
//!
//! Invariant: nothing here is needed to run Plateglass, and nothing here reaches past the package registries that
//! cargo, npm and apt-get are set up with.
#![expect(
    clippy::print_stdout,
    reason = "a command-line tool for people: what it does is said on the terminal"
)]

pub mod again;
pub mod bench;
pub mod demo;
pub mod fuzz;
pub mod licences;
pub mod needs;
pub mod run;
pub mod shown;
pub mod surroundings;
pub mod tally;
pub mod test;
pub mod training;
pub mod tree;
pub mod verify_static;
pub mod web;
