//! `plateglass ledger`: the logs, their keys, a checkpoint now, a copy of a log for an outsider.

use anyhow::{Context as _, Result, bail};
use app::{
    KeyChange, LogState, change_log_key, export_log, log_of, log_states, publish_checkpoints,
};
use camino::Utf8PathBuf;

use super::Whose;

/// The ledger.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum LedgerCommand {
    /// List the logs: name, leaves, keys, witnesses.
    List {
        #[command(flatten)]
        whose: Whose,
    },
    /// Sign every log that has grown, now, and ask the witnesses.
    Sign {
        #[command(flatten)]
        whose: Whose,
    },
    /// Change a log's key for another: `begin`, tell everybody the new key, then `finish`.
    ChangeKey {
        /// `server` or `agency-1`.
        log: String,
        /// Which step.
        step: Step,
        #[command(flatten)]
        whose: Whose,
    },
    /// Write a log's files into a folder, as an outsider would fetch them, its entries with them.
    Export {
        /// `server` or `agency-1`.
        log: String,
        /// Where to; made when it is not there.
        dir: Utf8PathBuf,
        #[command(flatten)]
        whose: Whose,
    },
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Step {
    /// Make the next key; from now on both sign.
    Begin,
    /// Destroy the key before.
    Finish,
}

/// Runs the command.
#[expect(clippy::print_stdout, reason = "a command's output")]
pub(crate) fn run(command: LedgerCommand) -> Result<()> {
    match command {
        LedgerCommand::List { whose } => whose.with_agency(async |app, _| {
            log_states(app).await?.iter().for_each(show);
            Ok(())
        }),
        LedgerCommand::Sign { whose } => whose.with_agency(async |app, _| {
            publish_checkpoints(app).await.map_err(anyhow::Error::from_boxed)?;
            log_states(app).await?.iter().for_each(show);
            Ok(())
        }),
        LedgerCommand::ChangeKey { log, step, whose } => {
            whose.with_agency(async move |app, ctx| {
                let log = log_of(&log).with_context(|| {
                    format!("\"{log}\" is no log: `plateglass ledger list` names them")
                })?;
                let step = match step {
                    Step::Begin => KeyChange::Begin,
                    Step::Finish => KeyChange::Finish,
                };
                for key in change_log_key(app, &ctx, log, step).await? {
                    println!("{key}");
                }
                Ok(())
            })
        }
        LedgerCommand::Export { log, dir, whose } => whose.with_agency(async move |app, ctx| {
            let log = log_of(&log).with_context(|| {
                format!("\"{log}\" is no log: `plateglass ledger list` names them")
            })?;
            if dir.join("checkpoint").exists() {
                bail!("`{dir}` holds a log already: name an empty folder");
            }
            let n_leaves = export_log(app, &ctx, log, |path, bytes| {
                let path = dir.join(path);
                if let Some(parent) = path.parent() {
                    std::fs::create_dir_all(parent)?;
                }
                Ok(std::fs::write(path, bytes)?)
            });
            println!("{} leaves written to {dir}", n_leaves.await?);
            Ok(())
        }),
    }
}

#[expect(clippy::print_stdout, reason = "a command's output")]
fn show(state: &LogState) {
    println!("{}  ({}, {} leaves)", state.origin, state.log.word(), state.size);
    for key in &state.keys {
        println!("  key {key}");
    }
    match &state.checkpoint {
        Some(checkpoint) => {
            println!("  signed {} leaves at {}", checkpoint.size, checkpoint.signed_at)
        }
        None => println!("  not signed yet"),
    }
    if state.witnesses.is_empty() {
        println!("  no witness: whoever runs this server could rewrite this log");
    }
    for witness in &state.witnesses {
        let size = witness.row.as_ref().map_or(0, |row| row.size);
        let trouble = witness.row.as_ref().and_then(|row| row.trouble.as_deref());
        let trouble = trouble.map(|why| format!("; {why}")).unwrap_or_default();
        println!("  witness {}: {size} leaves{trouble}", witness.name);
    }
}
