//! What bundles allow and refuse, clause by clause, and what becomes of broken ones.

mod decisions;
mod shipped;
mod support;
