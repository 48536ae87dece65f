//! What tests share: a clock to move, a private PostgreSQL, a whole app.

#[cfg(feature = "app")]
mod chance;
#[cfg(feature = "app")]
mod clock;
pub mod engines;
#[cfg(feature = "app")]
mod eyes;
#[cfg(feature = "app")]
pub mod house;
pub mod line;
mod meddler;
pub mod node;
mod post_office;
pub mod postgres;
pub mod provider;
mod receiver;
pub mod server;
pub mod sources;
mod switch;
mod unlike;

#[cfg(feature = "app")]
pub use chance::SeededChance;
#[cfg(feature = "app")]
pub use clock::ManualClock;
pub use engines::{Bench, MemoryKeys, both_engines, server_key};
#[cfg(feature = "app")]
pub use eyes::FakeEyes;
#[cfg(feature = "app")]
pub use house::House;
pub use meddler::Meddler;
pub use post_office::{PostOffice, TakenMail};
pub use postgres::Postgres;
pub use provider::OidcProvider;
pub use receiver::{Posted, Receiver};
pub use switch::{Pair, StrictSwitch};
pub use unlike::unlike_bytes;
