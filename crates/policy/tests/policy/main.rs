//! What bundles allow and refuse, clause by clause, and what becomes of broken ones.

mod broken;
mod change;
mod decisions;
mod shipped;
mod statutes;
mod support;
