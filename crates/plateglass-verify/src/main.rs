//! `plateglass-verify`: the small program with which an outsider checks a log, a receipt or a proof, and believes nobody
//! but the keys it is given. What is right and what is wrong is decided in `ledger`; here are files, addresses and words.

mod files;
mod log;
mod place;
mod proof;
mod receipt;
mod trust;
mod verdict;
mod words;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::verdict::{Ill, worst};

/// Checks a tamper-evident log: that it is signed, cosigned, whole and grew out of what it was.
///
/// Exit codes: 0 all is right, 1 something is wrong, 2 it could not be checked.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check a whole log from its address or from a folder with the same files.
    Log(log::LogArgs),
    /// Check receipts, offline.
    Receipt(receipt::ReceiptArgs),
    /// Check another log's proof (C2SP tlog-proof) that a file stands in it, offline.
    Proof(proof::ProofArgs),
}

fn main() -> ExitCode {
    let verdicts = match Cli::parse().command {
        Command::Log(args) => vec![log::check(&args)],
        Command::Receipt(args) => receipt::check(&args),
        Command::Proof(args) => vec![proof::check(&args)],
    };
    for verdict in &verdicts {
        // Whoever closed the pipe has the exit code.
        let _ = match verdict {
            Ok(lines) => writeln!(io::stdout(), "{}", lines.join("\n")),
            Err(Ill::Wrong(err)) => {
                writeln!(io::stdout(), "wrong: {}", words::plain(&format!("{err:#}")))
            }
            Err(Ill::Unchecked(err)) => {
                writeln!(io::stderr(), "not checked: {}", words::plain(&format!("{err:#}")))
            }
        };
    }
    worst(&verdicts)
}
