//! What bundles allow and refuse, clause by clause, and what becomes of broken ones.

mod shipped;
mod support;
