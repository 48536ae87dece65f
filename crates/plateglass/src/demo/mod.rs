//! `plateglass demo`: a real server with an example agency, cameras, a hotlist, and pictures that come in by themselves.

mod pictures;
mod seed;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use app::sign_in::demo_link;
use app::{App, Ctx, chain, take_frame};
use camino::Utf8PathBuf;

use crate::config::Config;
use crate::log;
use crate::serve::{Server, runtime};
use pictures::DemoPicture;

/// Run a server with an example agency, cameras and pictures.
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// Where the demo keeps its data.
    #[arg(long, value_name = "DIR", default_value = "plateglass-demo")]
    data_dir: Utf8PathBuf,
    /// Where to listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8700")]
    listen: SocketAddr,
    /// Use these pictures instead of the generated ones.
    #[arg(long, value_name = "DIR")]
    pictures: Option<Utf8PathBuf>,
}

/// A vehicle passes this often: quick enough to look alive, slow enough to look at.
const A_VEHICLE_EVERY: Duration = Duration::from_secs(3);

/// Runs the demo until it is told to stop.
#[expect(clippy::print_stdout, reason = "what somebody who starts the demo has to see")]
pub(crate) fn run(args: &DemoArgs) -> Result<()> {
    let config = Config::in_dir(&args.data_dir, args.listen);
    log::start(&config.log)?;
    let pictures = match &args.pictures {
        Some(dir) => pictures::in_dir(dir)?,
        None => pictures::generated()?,
    };
    runtime()?.block_on(async {
        let server = Server::start(&config).await?;
        let cameras = seed::seed(&server.app, &pictures).await?;
        let link = demo_link(&server.app, cameras.person).await?;
        println!(
            "Sign in to the demonstration (works once, within 10 minutes): {}/sign-in/link/{}",
            server.address,
            link.expose()
        );
        let app = server.app.clone();
        server.app.spawn_until_closing("demo", async move {
            let mut passing = tokio::time::interval(A_VEHICLE_EVERY);
            for (nth, picture) in pictures.iter().enumerate().cycle() {
                passing.tick().await;
                let Some(ctx) = cameras.of(&app, nth, picture) else { continue };
                pass(&app, &ctx, picture).await;
            }
        });
        server.run(config).await
    })
}

/// One vehicle passes one camera.
async fn pass(app: &App, ctx: &Ctx, picture: &DemoPicture) {
    let bytes = match std::fs::read(&picture.path) {
        Ok(bytes) => bytes,
        Err(err) => {
            tracing::warn!(path = %picture.path, error = %err, "failed to read a picture");
            return;
        }
    };
    if let Err(err) = take_frame(app, ctx, bytes.into(), Some(ctx.now), None).await {
        tracing::warn!(path = %picture.path, error = chain(&err), "failed to take a picture");
    }
}
