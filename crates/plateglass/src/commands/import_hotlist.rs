//! `plateglass import-hotlist`

use std::fs::File;
use std::io::IsTerminal as _;
use std::time::Duration;

use anyhow::{Context as _, Result};
use app::{
    App, Column, Ctx, Encoding, ImportAsk, ImportReport, Mapping, import_hotlist, import_status,
    list_hotlists,
};
use camino::{Utf8Path, Utf8PathBuf};
use domain::HotlistId;
use indicatif::{ProgressBar, ProgressStyle};
use plate::CodeSystem;

use super::Whose;

/// Import a CSV file into a hotlist: all of it or nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    whose: Whose,
    /// The hotlist's name.
    #[arg(long, value_name = "NAME")]
    list: String,
    /// The file.
    file: Utf8PathBuf,
    /// Which column holds what, as TOML: `plate = "LIC"`, `state = 2`, `delimiter = ";"`, `encoding = "latin1"`…
    #[arg(long, value_name = "FILE", conflicts_with_all = ["plate", "state"])]
    mapping: Option<Utf8PathBuf>,
    /// The plate's column, by name or number.
    #[arg(long, default_value = "plate")]
    plate: String,
    /// The state's column, by name or number.
    #[arg(long)]
    state: Option<String>,
    /// The state column holds the post's codes, not NCIC's.
    #[arg(long)]
    postal: bool,
    /// Only say what would happen.
    #[arg(long)]
    dry_run: bool,
}

/// Imports.
pub(crate) fn run(args: &ImportArgs) -> Result<()> {
    let mapping = args.mapping()?;
    let file = File::open(&args.file).with_context(|| format!("failed to open `{}`", args.file))?;
    let size_bytes = file.metadata().map(|about| about.len()).ok();
    let ask = ImportAsk {
        mapping,
        dry_run: args.dry_run,
        file_name: args.file.file_name().unwrap_or_default().to_owned(),
        size_bytes,
    };
    args.whose.with_agency(async |app, ctx| {
        let lists = list_hotlists(app, &ctx).await?;
        let list = lists.iter().find(|row| row.hotlist.name == args.list);
        let list =
            list.with_context(|| format!("no hotlist is named \"{}\"", args.list))?.hotlist.id;
        let import = import_hotlist(app, &ctx, list, Box::new(file), ask);
        let report = tokio::select! {
            report = import => report?,
            () = show_progress(app, &ctx, list, size_bytes) => unreachable_progress()?,
        };
        say(&args.file, &report);
        Ok(())
    })
}

fn unreachable_progress() -> Result<ImportReport> {
    anyhow::bail!("the progress bar ended before the import")
}

impl ImportArgs {
    fn mapping(&self) -> Result<Mapping> {
        if let Some(path) = &self.mapping {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("failed to read `{path}`"))?;
            return toml::from_str(&text).with_context(|| format!("`{path}` is not a mapping"));
        }
        let plate = Column::parse(&self.plate).context("--plate: names no column")?;
        Ok(Mapping {
            state: self.state.as_deref().and_then(Column::parse),
            state_codes: if self.postal { CodeSystem::Postal } else { CodeSystem::Ncic },
            encoding: Encoding::Detect,
            ..Mapping::of_plate(plate)
        })
    }
}

async fn show_progress(app: &App, ctx: &Ctx, list: HotlistId, size_bytes: Option<u64>) {
    let bar = match size_bytes.filter(|_| std::io::stderr().is_terminal()) {
        Some(size) => ProgressBar::new(size),
        None => ProgressBar::hidden(),
    };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {msg}") {
        bar.set_style(style);
    }
    let mut looks = tokio::time::interval(Duration::from_millis(250));
    loop {
        looks.tick().await;
        if let Ok(Some(status)) = import_status(app, ctx, list).await {
            bar.set_position(status.n_bytes);
            bar.set_message(format!("{} rows, {} refused", status.n_taken, status.n_refused));
        }
    }
}

#[expect(clippy::print_stdout, reason = "what the command was asked for")]
fn say(file: &Utf8Path, report: &ImportReport) {
    let tally = &report.tally;
    for row in &tally.refused {
        println!("{file}:{}: {}", row.line, row.reason);
    }
    let would = if report.version.is_some() { "" } else { " (dry run: nothing was changed)" };
    println!(
        "{} rows taken, {} refused, {} said twice; SHA-256 {}{would}",
        tally.n_taken, tally.n_refused, report.n_duplicates, report.sha256
    );
}
