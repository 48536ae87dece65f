//! `plateglass config`

use anyhow::Result;
use camino::Utf8PathBuf;

use crate::config::{Config, explain};

/// Look at the configuration.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say whether the configuration can be used; the exit code tells.
    Check {
        /// The configuration.
        #[arg(long, value_name = "FILE", default_value = "plateglass.toml")]
        config: Utf8PathBuf,
        /// Say what it means, with everything filled in.
        #[arg(long)]
        explain: bool,
    },
}

/// Checks.
#[expect(clippy::print_stdout, reason = "what the command was asked for")]
pub(crate) fn run(command: &ConfigCommand) -> Result<()> {
    let ConfigCommand::Check { config: path, explain: wanted } = command;
    let config = Config::read(path)?;
    if *wanted {
        print!("{}", explain(&config));
    }
    println!("`{path}` can be used.");
    Ok(())
}
