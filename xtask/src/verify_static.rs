//! `cargo xtask verify-static`: the outsider's program as one file that needs nothing of the machine it runs on.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::demo::target_dir;
use crate::needs;
use crate::run::Program;

/// Builds it for this kind of machine and says where it lies.
pub fn run() -> Result<ExitCode> {
    // ring's assembler parts are compiled by a C compiler.
    needs::meet(&[needs::C_COMPILER], true)?;
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    Program::new("cargo", &["build", "--locked", "--release", "--package", "plateglass-verify"])
        // Naming the target keeps the flags away from build scripts and macros, which cannot be static.
        .args(&["--target", &target])
        .with("RUSTFLAGS", "-C target-feature=+crt-static -C strip=symbols")
        .run()?;
    let built = target_dir()?.join(&target).join("release/plateglass-verify");
    // ldd says so of a static program, in one way or the other.
    let heard = Program::new("ldd", &[built.as_str()]).hear()?;
    if !heard.lines.iter().any(|line| line.contains("static") || line.contains("not a dynamic")) {
        bail!("{built} still needs libraries of the machine it runs on");
    }
    println!("{built} needs nothing but a kernel");
    Ok(ExitCode::SUCCESS)
}
