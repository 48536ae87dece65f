//! The JSON API: the same use cases as the console, and the ways in for cameras.
//!
//! Every route is one file, declares who may call it, what kind of act it is and what may be kept of its answer
//! ([`app::route::Guard`]), and stands in the OpenAPI document. Handlers hold no rules: they read, ask, and write.

mod bodies;
mod body;
mod cookies;
mod endpoints;
mod error;
mod guard;
mod query;
mod routes;

pub use bodies::{JSON_BYTES_MAX, PICTURE_BYTES_MAX};
pub use routes::{Declared, declared, openapi, router};
