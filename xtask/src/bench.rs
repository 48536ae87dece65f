//! `cargo xtask bench`: the figures, each beside its baseline of the same run.

use std::process::ExitCode;

use anyhow::Result;

use crate::needs;
use crate::run::Program;

/// What can be said to it.
#[derive(clap::Args)]
pub struct Bench {
    /// Which figures, and what else the bench program takes; all of them when nothing is said.
    #[arg(
        value_name = "hotlist|dictionary|recognise|ingest|latency|all",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    which: Vec<String>,
}

/// Builds the server and the bench program in release, and becomes the latter.
pub fn run(bench: &Bench) -> Result<ExitCode> {
    needs::meet(&[needs::C_COMPILER, needs::PERL], true)?;
    Program::new(
        "cargo",
        &["build", "--locked", "--release", "--package", "plateglass", "--package", "bench"],
    )
    .run()?;
    let mut program = Program::new(
        "cargo",
        &["run", "--locked", "--quiet", "--release", "--package", "bench", "--"],
    );
    let all = ["all".to_owned()];
    for word in if bench.which.is_empty() { &all[..] } else { &bench.which[..] } {
        program = program.arg(word);
    }
    program.become_it()
}
