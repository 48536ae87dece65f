//! `plateglass agency`

use anyhow::Result;
use app::Process;
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
        /// The policy that it begins with: the word of one that comes with the program, or a folder.
        #[arg(long, default_value = "example")]
        policy: Utf8PathBuf,
        /// Where its days begin, such as `America/Chicago`.
        #[arg(long, default_value = "Etc/UTC")]
        time_zone: String,
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
        let app = serve::open_app(&config, Process::Command).await?;
        if let AgencyCommand::Add { name, ori, policy, time_zone, .. } = command {
            let files = super::policy::files(policy)?;
            let id = app.add_agency(name, ori.as_deref()).await?;
            let about = config.agencies.iter().find(|agency| agency.name == *name);
            if let Some(cases) = about.and_then(|agency| agency.cases.as_ref()) {
                app.ask_cases_of(id, cases.book(name)?);
            }
            app.begin_policy(id, &files, time_zone).await?;
        }
        for (id, name) in app.agencies().await? {
            println!("{id}\t{name}");
        }
        app.shutdown().await;
        Ok(())
    })
}
