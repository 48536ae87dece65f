//! Commands beside a server, which may be running: it notices what they change within seconds.

pub(crate) mod agency;
pub(crate) mod camera;
pub(crate) mod config;
pub(crate) mod hotlist;
pub(crate) mod import_hotlist;
pub(crate) mod init;
pub(crate) mod ledger;
pub(crate) mod person;
pub(crate) mod policy;
pub(crate) mod switch_simulator;
pub(crate) mod witness;

use anyhow::{Context as _, Result, bail};
use app::{App, Ctx, Process};
use camino::Utf8PathBuf;

use crate::config::Config;
use crate::serve;

/// Which data, and whose.
#[derive(Debug, clap::Args)]
pub(crate) struct Whose {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "plateglass.toml")]
    config: Utf8PathBuf,
    /// The agency's name, where there are several.
    #[arg(long, value_name = "NAME")]
    agency: Option<String>,
}

impl Whose {
    /// Opens the data, does `work` for the agency, and closes it again.
    fn with_agency<T>(&self, work: impl AsyncFnOnce(&App, Ctx) -> Result<T>) -> Result<T> {
        let config = Config::read(&self.config)?;
        serve::runtime()?.block_on(async {
            let app = serve::open_app(&config, Process::Command).await?;
            let done = match self.ctx(&app).await {
                Ok(ctx) => work(&app, ctx).await,
                Err(err) => Err(err),
            };
            app.shutdown().await;
            done
        })
    }

    async fn ctx(&self, app: &App) -> Result<Ctx> {
        let all = app.agencies().await?;
        let found = match (&self.agency, all.as_slice()) {
            (None, []) => bail!("there is no agency yet: `plateglass agency add NAME`"),
            (None, [(only, _)]) => *only,
            (None, several) => {
                let names: Vec<_> = several.iter().map(|(_, name)| name.as_str()).collect();
                bail!("there are several agencies: name one with --agency ({})", names.join(", "))
            }
            (Some(name), all) => {
                let found = all.iter().find(|(_, have)| have == name);
                found.with_context(|| format!("no agency is named \"{name}\""))?.0
            }
        };
        Ok(Ctx::command(found, app.now()))
    }
}
