//! Use cases, one file each, and the tasks that run by themselves.
//!
//! Everything that a page, an answer, a command or a camera makes happen is a function here that takes the [`App`], the
//! [`Ctx`] (who, for which agency, when) and the ask. Pages and routes hold no rules.

mod app;
pub mod bus;
pub mod chance;
pub mod clock;
mod context;
mod error;
pub mod route;
pub mod use_cases;
pub mod views;

pub use app::{App, AppConfig, StartError};
pub use bus::{Bus, Event, Notice, Subscription, Topic};
pub use chance::{Chance, SystemChance};
pub use clock::{Clock, SystemClock};
pub use context::Ctx;
pub use error::AskError;
pub use use_cases::*;
