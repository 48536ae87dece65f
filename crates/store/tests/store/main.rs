//! The store's functions, each on both engines.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up, it fails on")]

mod bundles;
mod control;
mod custom_entries;
mod exigent;
mod feeds;
mod figures;
mod fixtures;
mod hits;
mod hot_path;
mod hotlists;
mod illegal_rows;
mod ledger;
mod lives;
mod look;
mod many_agencies;
mod oversight;
mod people;
mod properties;
mod protected;
mod seal;
mod shifts;
mod sign_in;
mod sign_offs;
mod telling;
mod troubles;
mod ways_in;
