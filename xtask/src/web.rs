//! `cargo xtask web`: the console's scripts and styles, from web/ to crates/console/assets.

use std::process::ExitCode;

use anyhow::{Context, Result};
use camino::Utf8Path;
use serde::Deserialize;

use crate::needs;
use crate::run::Program;
use crate::surroundings::root;

/// Builds them.
pub fn run() -> Result<ExitCode> {
    needs::meet(&[needs::NODE], true)?;
    build()?;
    Ok(ExitCode::SUCCESS)
}

/// Installs web/'s packages where they are missing or old, and runs its build.
pub fn build() -> Result<()> {
    let web = root().join("web");
    npm_ci(&web)?;
    Program::new("npm", &["run", "build"]).within(&web).check()
}

/// Installs what the folder's lock names; does nothing when that was done since the lock last changed.
pub fn npm_ci(dir: &Utf8Path) -> Result<()> {
    let changed = |path: &str| dir.join(path).metadata().and_then(|file| file.modified()).ok();
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return Ok(());
    }
    // Install scripts of packages are not run: nothing we use needs one, and each could fetch what it likes.
    Program::new("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).within(dir).check()
}

/// Whether the folder's package.json has a script of that name.
pub fn has_script(dir: &Utf8Path, name: &str) -> Result<bool> {
    #[derive(Deserialize)]
    struct PackageJson {
        #[serde(default)]
        scripts: std::collections::BTreeMap<String, String>,
    }
    let path = dir.join("package.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("failed to read {path}"))?;
    let package: PackageJson =
        serde_json::from_str(&text).with_context(|| format!("failed to understand {path}"))?;
    Ok(package.scripts.contains_key(name))
}
