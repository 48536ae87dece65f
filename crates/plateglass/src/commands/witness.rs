//! `plateglass witness`

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use app::{Chance as _, Clock as _, SystemChance, SystemClock};
use camino::{Utf8Path, Utf8PathBuf};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use witness::Witness;

use crate::config::LogSection;
use crate::{log, serve};

/// Witness the logs of others.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct WitnessArgs {
    #[command(subcommand)]
    command: Option<WitnessCommand>,
    #[command(flatten)]
    run: Option<RunArgs>,
}

#[derive(Debug, clap::Subcommand)]
enum WitnessCommand {
    /// Make the witness's folder and key.
    Init {
        /// The witness's folder.
        #[arg(long, value_name = "DIR")]
        dir: Utf8PathBuf,
        /// Its name for ever, such as `auditor.example/witness`: no spaces and no `+`.
        #[arg(long, value_name = "NAME")]
        name: String,
    },
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// The witness's folder, with its key and the file `logs`.
    #[arg(long, value_name = "DIR")]
    dir: Utf8PathBuf,
    /// Where to listen; whoever keeps a log must reach it, behind a server that speaks TLS.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8091")]
    listen: SocketAddr,
}

/// Requests that are still answered when the witness is told to stop get this long: as long as any may take.
const ANSWERS_FINISH_WITHIN: Duration = Duration::from_secs(10);
/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// Makes a witness, or runs it until it is told to stop.
pub(crate) fn run(args: &WitnessArgs) -> Result<()> {
    match args {
        WitnessArgs { command: Some(WitnessCommand::Init { dir, name }), .. } => init(dir, name),
        WitnessArgs { run: Some(args), .. } => {
            log::start(&LogSection::default())?;
            serve::runtime()?.block_on(witness(args))
        }
        WitnessArgs { .. } => anyhow::bail!("name the witness's folder with --dir"),
    }
}

#[expect(clippy::print_stdout, reason = "what the command was asked for")]
fn init(dir: &Utf8Path, name: &str) -> Result<()> {
    let key = witness::make_key(dir, name, SystemChance.bits_256())?;
    println!(
        "Made the witness's key `{dir}/witness.key`. It is yours alone: nobody who keeps a log may have it."
    );
    println!("\nGive this line to those who keep the logs, and publish it:\n");
    println!("{}", key.verifier());
    println!(
        "\nThen name the logs you follow in `{dir}/logs`, a line for each of their keys, and start the witness with\n\
         `plateglass witness --dir {dir}`:\n\n\
         # log <key of the log> [its origin, where that is not the key's name]\n\
         log police.example/log+0123abcd+AZ…"
    );
    Ok(())
}

#[expect(clippy::print_stdout, reason = "what the operator has to see, and programs that start it")]
async fn witness(args: &RunArgs) -> Result<()> {
    let dir = &args.dir;
    let (key, logs) = (witness::read_key(dir)?, witness::read_logs(dir)?);
    if logs.is_empty() {
        tracing::warn!("`{dir}/logs` names no log: nothing will be cosigned");
    }
    let seconds = || u64::try_from(SystemClock.now().micros() / SECOND).unwrap_or_default();
    let witness = Witness::open(dir, key, logs, Arc::new(seconds))?;
    let listener = TcpListener::bind(args.listen).await.with_context(|| {
        format!("failed to listen on {}: is something else there?", args.listen)
    })?;
    let at = listener.local_addr().context("failed to ask for the port")?;
    println!("Witness {} listens on http://{at}", witness.verifier().name());
    let (tell, told) = oneshot::channel();
    let served = axum::serve(listener, witness::router(witness)).with_graceful_shutdown(async {
        told_to_stop().await;
        drop(tell);
    });
    tokio::select! {
        ended = served.into_future() => ended.context("failed to serve")?,
        () = after(told) => tracing::warn!("some requests did not finish in time"),
    }
    tracing::info!("stopped; everything that was cosigned is on disk");
    Ok(())
}

/// Ends some time after the sender is gone.
async fn after(told: oneshot::Receiver<()>) {
    drop(told.await);
    tokio::time::sleep(ANSWERS_FINISH_WITHIN).await;
}

async fn told_to_stop() {
    let (Ok(mut term), Ok(mut int)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("failed to listen for signals: the witness can only be killed");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    tracing::info!("told to stop: finishing what waits");
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        args: WitnessArgs,
    }

    fn read(words: &[&str]) -> Result<WitnessArgs, String> {
        let words = ["witness"].iter().chain(words);
        Cli::try_parse_from(words).map(|cli| cli.args).map_err(|err| err.to_string())
    }

    #[test]
    fn a_witness_is_run_or_made() {
        let args = read(&["--dir", "w", "--listen", "[::1]:9"]).unwrap().run.unwrap();
        assert_eq!((args.dir.as_str(), args.listen.port()), ("w", 9));
        let made = read(&["init", "--dir", "w", "--name", "n"]).unwrap();
        assert!(matches!(made.command, Some(WitnessCommand::Init { .. })) && made.run.is_none());
        assert!(read(&["init", "--dir", "w"]).unwrap_err().contains("--name"));
        assert!(read(&["--dir", "w", "init"]).is_err());
        assert!(read(&["--listen", "[::1]:9"]).unwrap_err().contains("--dir"));
        // Without a word it is told what is missing, here or by `run`.
        let nothing = read(&[]).map(|args| run(&args).unwrap_err().to_string());
        assert!(nothing.unwrap_or_else(|err| err).contains("--dir"));
    }
}
