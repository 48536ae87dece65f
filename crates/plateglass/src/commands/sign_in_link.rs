//! `plateglass sign-in-link`

use anyhow::Result;
use app::sign_in;
use camino::Utf8PathBuf;

use super::Whose;
use crate::config::Config;

/// Print a sign-in link for the agency's administrator. It works once, within 15 minutes.
#[derive(Debug, clap::Args)]
pub(crate) struct LinkArgs {
    #[command(flatten)]
    whose: Whose,
}

/// Makes a link and prints it.
#[expect(clippy::print_stdout, reason = "what the command was asked for")]
pub(crate) fn run(args: &LinkArgs) -> Result<()> {
    let path: &Utf8PathBuf = &args.whose.config;
    let config = Config::read(path)?;
    let address = config.public_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
    args.whose.with_agency(async |app, ctx| {
        let link = sign_in::make_link(app, ctx.agency, ctx.now).await?;
        println!("{}/sign-in/{}", address.trim_end_matches('/'), link.expose());
        Ok(())
    })
}
