//! `plateglass serve`: log, key, recogniser, app, folders, listen, wait, finish.

mod clock;
mod http;
mod metrics;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use app::{App, Process, Recognise, SystemChance, SystemClock};
use axum::Router;
use camino::Utf8PathBuf;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{AgencySection, Config};
use crate::{folders, key_file, log};

/// Run the server.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "plateglass.toml")]
    config: Utf8PathBuf,
}

/// Requests that are still answered when the server is told to stop get this long.
const ANSWERS_FINISH_WITHIN: Duration = Duration::from_secs(10);

/// Runs the server until it is told to stop.
pub(crate) fn run(args: &ServeArgs) -> Result<()> {
    let config = Config::read(&args.config)?;
    log::start(&config.log)?;
    runtime()?.block_on(async {
        let server = Server::start(&config).await?;
        server.run(config).await
    })
}

/// A runtime for everything.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.context("failed to start the runtime")
}

/// Opens the app as the configuration says.
pub(crate) async fn open_app(config: &Config, process: Process) -> Result<App> {
    open_app_at(config, process, config.listen).await
}

/// The same for a server that listens there.
async fn open_app_at(config: &Config, process: Process, at: SocketAddr) -> Result<App> {
    let chance = Arc::new(SystemChance);
    let key = match process {
        Process::Command => key_file::read(&config.key_file())?,
        _ => key_file::read_or_make(&config.key_file(), chance.as_ref())?,
    };
    let recogniser = if process == Process::Command { None } else { recogniser(config)? };
    let clock = match process {
        Process::Command => Arc::new(SystemClock),
        _ => clock::clock()?,
    };
    let started =
        App::start(config.app(process, config.origin(at))?, &key, clock, chance, recogniser).await;
    started.context("failed to start")
}

fn recogniser(config: &Config) -> Result<Option<Arc<dyn Recognise>>> {
    if !config.recognition.enabled {
        return Ok(None);
    }
    let library = config.recognition.onnx_runtime.as_ref().map(|file| file.as_std_path());
    let runtime = vision::Runtime::of(library)?;
    let models = match &config.recognition.models_dir {
        Some(dir) => vision::Recogniser::from_dir_on(dir.as_std_path(), &runtime),
        None => vision::Recogniser::shipped_on(&runtime),
    };
    Ok(Some(app::recognise::with_models(
        models.context("failed to load the models")?,
        config.recognition.confidence_min,
    )))
}

/// A server that is ready to listen.
pub(crate) struct Server {
    pub(crate) app: App,
    listener: TcpListener,
    metrics: Option<(TcpListener, Router)>,
    /// What addresses begin with.
    pub(crate) address: String,
}

impl Server {
    /// Opens everything and takes the ports.
    pub(crate) async fn start(config: &Config) -> Result<Self> {
        let metrics = match config.metrics_listen {
            Some(at) => Some((bind(at).await?, metrics::router()?)),
            None => None,
        };
        let listener = bind(config.listen).await?;
        let at = listener.local_addr().context("failed to ask for the port")?;
        let app = open_app_at(config, Process::Server, at).await?;
        let address = config.public_url.clone().unwrap_or_else(|| format!("http://{at}"));
        Ok(Self { app, listener, metrics, address: address.trim_end_matches('/').to_owned() })
    }

    /// Serves until a signal, then finishes what is begun.
    pub(crate) async fn run(self, config: Config) -> Result<()> {
        let Self { app, listener, metrics, address } = self;
        make_agencies(&app, &config).await?;
        greet(&app, &address).await?;
        folders::watch(&app, &config).await?;
        if let Some((listener, router)) = metrics {
            app.spawn_until_closing("metrics", async move {
                if let Err(err) = axum::serve(listener, router).await {
                    tracing::error!(error = %err, "failed to serve metrics");
                }
            });
        }
        let closing = app.clone();
        let served = axum::serve(listener, http::service(app.clone()))
            .with_graceful_shutdown(async move { told_to_stop(&closing).await });
        let mut served = std::pin::pin!(served.into_future());
        tokio::select! {
            ended = &mut served => ended.context("failed to serve")?,
            () = after_closing(&app) => tracing::warn!("some requests did not finish in time"),
        }
        app.shutdown().await;
        tracing::info!("stopped; everything that was acknowledged is on disk");
        Ok(())
    }
}

async fn bind(at: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(at)
        .await
        .with_context(|| format!("failed to listen on {at}: is something else there?"))
}

async fn told_to_stop(app: &App) {
    let (Ok(mut term), Ok(mut int)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("failed to listen for signals: the server can only be killed");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    tracing::info!("told to stop: finishing what waits");
    app.begin_closing();
}

async fn after_closing(app: &App) {
    app.closing().await;
    tokio::time::sleep(ANSWERS_FINISH_WITHIN).await;
}

async fn make_agencies(app: &App, config: &Config) -> Result<()> {
    for about in &config.agencies {
        let there = app.agencies().await?;
        let id = match there.iter().find(|(_, name)| *name == about.name) {
            Some((id, _)) => *id,
            None => app.add_agency(&about.name, about.ori.as_deref()).await?,
        };
        if let Some(cases) = &about.cases {
            app.ask_cases_of(id, cases.book(&about.name)?);
        }
        if let Some(switch) = &about.switch {
            app.ask_state_through(id, switch.switch(&about.name, about.ori.as_deref())?);
        }
        let files = crate::commands::policy::files(&about.policy)
            .with_context(|| format!("agency.policy of \"{}\"", about.name))?;
        app.begin_policy(id, &files, &about.time_zone)
            .await
            .with_context(|| format!("agency \"{}\" has no policy in force", about.name))?;
        if let Some(oidc) = &about.oidc {
            app.set_provider(id, oidc.app()?);
        }
        fetch_hotlists(app, id, about).await?;
    }
    Ok(())
}

/// Has an agency's hotlists fetched. One that is not there yet is fetched once somebody has made it.
async fn fetch_hotlists(app: &App, agency: domain::AgencyId, about: &AgencySection) -> Result<()> {
    let plan = |feed: &crate::config::FeedSection| {
        feed.plan()
            .with_context(|| format!("agency.hotlist \"{}\" of \"{}\"", feed.name, about.name))
    };
    let plans = about.hotlists.iter().map(plan).collect::<Result<Vec<_>>>()?;
    if plans.is_empty() {
        return Ok(());
    }
    for name in app.fetch_lists_of(agency, plans).await? {
        tracing::warn!(name, "plateglass.toml fetches a hotlist that nobody has made yet");
    }
    Ok(())
}

/// Prints the address, and what to do where nobody has an account yet: on standard output, because a log is kept.
#[expect(
    clippy::print_stdout,
    reason = "what the operator has to see, and programs that start the server"
)]
async fn greet(app: &App, address: &str) -> Result<()> {
    println!("Plateglass listens on {address}");
    for (agency, name) in app.agencies().await? {
        if !app::people::has_anybody(app, agency).await? {
            println!(
                "Nobody has an account at {name} yet. Make the first: plateglass person add LOGIN \
                 --name NAME --role administrator --reason \"first account\""
            );
        }
    }
    Ok(())
}
