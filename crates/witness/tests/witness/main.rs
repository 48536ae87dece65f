//! A witness as a log and an auditor meet it.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up, it fails on")]

mod keeping;
mod outbound;
mod page;
mod protocol;
mod support;
