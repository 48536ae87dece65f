//! The store's functions, each on both engines.

mod control;
mod fixtures;
mod hits;
mod hot_path;
mod hotlists;
mod illegal_rows;
mod look;
mod many_agencies;
mod properties;
mod seal;
mod sign_in;
