//! The fuzz targets: that they compile, with the pinned toolchain. Running them takes a nightly one and cargo-fuzz.

use anyhow::{Context, Result};
use camino::Utf8PathBuf;

use crate::demo::target_dir;
use crate::run::Program;
use crate::surroundings::root;

/// Checks every fuzz target, against the versions that the workspace is locked to.
pub fn check() -> Result<()> {
    // fuzz/ is a workspace of its own, with one dependency more; the rest of its lock is ours.
    std::fs::copy(root().join("Cargo.lock"), root().join("fuzz/Cargo.lock"))
        .context("failed to hand Cargo.lock to fuzz/")?;
    Program::new("cargo", &["check", "--manifest-path", "fuzz/Cargo.toml", "--bins"])
        .arg("--config")
        .arg(profiles()?)
        // Nothing is linked here, so libFuzzer itself is not compiled: this names one instead of building it.
        .with("CUSTOM_LIBFUZZER_PATH", "fuzz/libfuzzer.a")
        .with("CARGO_TARGET_DIR", target_dir()?)
        .check()
}

/// The workspace's profiles as a configuration of cargo's: with the same ones, what is built already is taken as it is.
fn profiles() -> Result<Utf8PathBuf> {
    let manifest =
        std::fs::read_to_string(root().join("Cargo.toml")).context("failed to read Cargo.toml")?;
    let manifest: toml::Table =
        toml::from_str(&manifest).context("failed to understand Cargo.toml")?;
    let profiles =
        manifest.into_iter().filter(|(key, _)| key == "profile").collect::<toml::Table>();
    let path = target_dir()?.join("workspace-profiles.toml");
    std::fs::write(&path, toml::to_string(&profiles)?)
        .with_context(|| format!("failed to write {path}"))?;
    Ok(path)
}
