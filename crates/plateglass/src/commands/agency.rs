//! `plateglass agency`

use anyhow::Result;
use app::Role;
use camino::Utf8PathBuf;

use crate::config::Config;
use crate::serve;

/// Agencies.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum AgencyCommand {
    /// Add an agency.
    Add {
        /// The configuration.
        #[arg(long, value_name = "FILE", default_value = "plateglass.toml")]
        config: Utf8PathBuf,
        /// Its name.
        name: String,
        /// Its Originating Agency Identifier.
        #[arg(long)]
        ori: Option<String>,
    },
    /// List the agencies.
    List {
        /// The configuration.
        #[arg(long, value_name = "FILE", default_value = "plateglass.toml")]
        config: Utf8PathBuf,
    },
}

/// Adds or lists.
#[expect(clippy::print_stdout, reason = "what the command was asked for")]
pub(crate) fn run(command: &AgencyCommand) -> Result<()> {
    let (AgencyCommand::Add { config, .. } | AgencyCommand::List { config }) = command;
    let config = Config::read(config)?;
    serve::runtime()?.block_on(async {
        let app = serve::open_app(&config, Role::Command).await?;
        if let AgencyCommand::Add { name, ori, .. } = command {
            app.add_agency(name, ori.as_deref()).await?;
        }
        for (id, name) in app.agencies().await? {
            println!("{id}\t{name}");
        }
        app.shutdown().await;
        Ok(())
    })
}
