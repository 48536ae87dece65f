//! What tests share: a clock to move, a private PostgreSQL, a whole app.

pub mod chance;
pub mod engines;
pub mod postgres;

pub use chance::unlike_bytes;
pub use engines::{Bench, MemoryKeys, both_engines, server_key};
pub use postgres::Postgres;
