//! The API's resources over HTTP, each as those who may use it and as somebody who may not.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expected by panicking"
)]

mod account;
mod audit;
mod client;
mod fetching;
mod hit_life;
mod misuse;
mod policy;
mod protected;
mod reviews;
mod security;
mod shift;
mod telling;
mod training;
