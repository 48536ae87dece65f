//! What holds for the whole tree and no compiler checks: which way crates point, what SQL may not ask, which clauses
//! are shown by which tests, what may not stand in a file.

mod clauses;
mod files;
mod rings;
mod rust_text;
mod sql;

/// Fails with every fault, one a line.
#[track_caller]
fn no_faults(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
