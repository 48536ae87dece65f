//! The fuzz targets: that they compile, with the pinned toolchain. Running them takes a nightly one and cargo-fuzz.

use anyhow::{Context, Result};

use crate::demo::target_dir;
use crate::run::Program;
use crate::surroundings::root;

/// Checks every fuzz target, against the versions that the workspace is locked to.
pub fn check() -> Result<()> {
    // fuzz/ is a workspace of its own, with one dependency more; the rest of its lock is ours.
    std::fs::copy(root().join("Cargo.lock"), root().join("fuzz/Cargo.lock"))
        .context("failed to hand Cargo.lock to fuzz/")?;
    Program::new("cargo", &["check", "--manifest-path", "fuzz/Cargo.toml", "--bins"])
        // Nothing is linked here, so libFuzzer itself is not compiled: this names one instead of building it.
        .with("CUSTOM_LIBFUZZER_PATH", "fuzz/libfuzzer.a")
        .with("CARGO_TARGET_DIR", target_dir()?)
        .run()
}
