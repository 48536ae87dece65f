//! The staff pages: server-made, usable without script.
//!
//! Pages look through the app's use cases and hold no rules. Script adds live updates and sound, nothing else needs it.
//! No plate is in an address, in a log line or in what `/events` says.

mod assets;
pub mod components;
mod cookies;
mod csv;
mod error;
mod events;
mod form;
pub mod frame;
mod headers;
pub mod pages;
mod routes;
mod staff;
pub mod words;

pub use routes::{Declared, declared, router};
