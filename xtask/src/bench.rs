//! `cargo xtask bench`: the figures, each beside its baseline of the same run.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::demo::target_dir;
use crate::needs;
use crate::run::Program;
use crate::surroundings::data_dir;

/// What is measured when nothing is named, each in a process of its own: memory is one of the figures.
const ALL: [&str; 8] = [
    "hotlist",
    "dictionary",
    "recognise",
    "ledger",
    "ledger-verify",
    "ingest",
    "latency",
    "alerts",
];

/// What can be said to it.
#[derive(clap::Args)]
pub struct Bench {
    /// Which figures, and what else the bench program takes for them; all of them when nothing is said.
    #[arg(
        value_name = "hotlist|dictionary|recognise|choices|ledger|ledger-verify|ingest|latency|alerts|all",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    which: Vec<String>,
}

/// Builds the server and the bench program in release, together, and runs the latter.
pub fn run(bench: &Bench) -> Result<ExitCode> {
    needs::meet(&[needs::C_COMPILER, needs::PERL], true)?;
    Program::new(
        "cargo",
        &["build", "--locked", "--release", "--package", "plateglass", "--package", "bench"],
    )
    .run()?;
    let words: Vec<&str> = bench.which.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["all"] => {
            let missed: Vec<&str> = ALL
                .into_iter()
                .filter(|which| {
                    println!("\n==== {which} ====");
                    measure(&[which]).and_then(Program::run).is_err()
                })
                .collect();
            if !missed.is_empty() {
                bail!("no figures, or not the ones to reach: {}", missed.join(", "));
            }
            Ok(ExitCode::SUCCESS)
        }
        named => measure(named)?.become_it(),
    }
}

fn measure(words: &[&str]) -> Result<Program> {
    let release = target_dir()?.join("release");
    let bench = Program::new(release.join("bench").as_str(), words)
        .with("PLATEGLASS_BIN", release.join("plateglass"));
    Ok(match data_dir() {
        Some(dir) => bench.with("PLATEGLASS_DATA", dir),
        None => bench,
    })
}
