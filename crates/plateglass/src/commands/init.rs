//! `plateglass init`

use anyhow::Result;
use app::SystemChance;
use camino::Utf8PathBuf;

use crate::config::Config;
use crate::key_file;

/// Make the data folder and the server's key.
#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "plateglass.toml")]
    config: Utf8PathBuf,
}

/// Makes the key; one that is there is left alone and said so.
#[expect(clippy::print_stdout, reason = "what the command was asked for")]
pub(crate) fn run(args: &InitArgs) -> Result<()> {
    let config = Config::read(&args.config)?;
    std::fs::create_dir_all(&config.data_dir)?;
    let path = config.key_file();
    key_file::make(&path, &SystemChance)?;
    println!(
        "Made the server's key `{path}`. Keep a copy where no backup of the data goes: there is no way back without it."
    );
    Ok(())
}
