//! The fuzz targets: that they compile, with the pinned toolchain. Running them takes a nightly one and cargo-fuzz.

use anyhow::Result;

use crate::demo::target_dir;
use crate::run::Program;

/// Checks every fuzz target.
pub fn check() -> Result<()> {
    Program::new("cargo", &["check", "--locked", "--manifest-path", "fuzz/Cargo.toml"])
        // Nothing is linked here, so libFuzzer itself is not compiled: this names one instead of building it.
        .with("CUSTOM_LIBFUZZER_PATH", "fuzz/libfuzzer.a")
        .with("CARGO_TARGET_DIR", target_dir()?)
        .run()
}
