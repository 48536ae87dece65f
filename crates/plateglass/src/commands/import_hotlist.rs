//! `plateglass import-hotlist`

use std::fs::File;
use std::io::IsTerminal as _;
use std::time::Duration;

use anyhow::{Context as _, Result};
use app::{
    App, Column, Columns, Ctx, ImportAsk, ImportOutcome, ImportReport, Layout, Preset,
    import_hotlist, import_status, list_hotlists, presets,
};
use camino::{Utf8Path, Utf8PathBuf};
use domain::HotlistId;
use indicatif::{ProgressBar, ProgressStyle};
use plate::CodeSystem;

use super::Whose;

/// Import a file into a hotlist: all of it or nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    whose: Whose,
    /// The hotlist's name.
    #[arg(long, value_name = "NAME")]
    list: String,
    /// The file.
    file: Utf8PathBuf,
    /// How the file is written: a layout (docs/hotlists.md), or the word of one that comes with the program, such as `genetec`.
    /// Without one, and without a plate's column, the hotlist's own is taken; where it has none, CSV with a column `plate`.
    #[arg(long, value_name = "FILE|WORD", conflicts_with_all = ["plate", "state"])]
    layout: Option<String>,
    /// The plate's column, by name or number.
    #[arg(long)]
    plate: Option<String>,
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
    let layout = args.layout()?;
    let file = File::open(&args.file).with_context(|| format!("failed to open `{}`", args.file))?;
    let size_bytes = file.metadata().map(|about| about.len()).ok();
    let mut ask = ImportAsk {
        layout,
        dry_run: args.dry_run,
        file_name: args.file.file_name().unwrap_or_default().to_owned(),
        size_bytes,
    };
    args.whose.with_agency(async |app, ctx| {
        let lists = list_hotlists(app, &ctx).await?;
        let list = lists.iter().find(|row| row.hotlist.name == args.list);
        let list = list.with_context(|| format!("no hotlist is named \"{}\"", args.list))?;
        if ask.layout.is_none() && list.hotlist.layout.is_none() {
            ask.layout = Some(Layout::plain(Column::Name("plate".to_owned())));
        }
        let list = list.hotlist.id;
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
    fn layout(&self) -> Result<Option<Layout>> {
        if let Some(named) = &self.layout {
            return layout_named(named).map(Some);
        }
        let Some(plate) = &self.plate else { return Ok(None) };
        let plate = Column::parse(plate).context("--plate: names no column")?;
        let columns = Columns {
            state: self.state.as_deref().and_then(Column::parse),
            ..Columns::of_plate(plate.clone())
        };
        let state_codes = if self.postal { CodeSystem::Postal } else { CodeSystem::Ncic };
        Ok(Some(Layout { columns, state_codes, ..Layout::plain(plate) }))
    }
}

/// The layout that comes with the program under this word, or that of a file.
pub(super) fn layout_named(named: &str) -> Result<Layout> {
    let text = match Preset::of(named) {
        Some(preset) => preset.text.to_owned(),
        None => std::fs::read_to_string(named).with_context(|| {
            let words: Vec<_> = presets().iter().map(|preset| preset.word).collect();
            format!("`{named}` is no file that can be read, and none of {}", words.join(", "))
        })?,
    };
    Layout::parse(&text).map_err(|faults| {
        let says: Vec<_> = faults.iter().map(|fault| format!("{named}: {fault}")).collect();
        anyhow::anyhow!("{}", says.join("\n"))
    })
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
    let outcome = match report.outcome {
        ImportOutcome::InForce(_) => "",
        ImportOutcome::Waits(_) => {
            "; so many fewer entries wait for a person to decide, and the list in force stays"
        }
        ImportOutcome::DryRun { would_wait: true } => {
            " (dry run: nothing was changed; a person would have to decide about so many fewer entries)"
        }
        ImportOutcome::DryRun { would_wait: false } => " (dry run: nothing was changed)",
    };
    println!(
        "{} rows taken, {} refused, {} over already, {} of topics that are off, {} that take off, {} said twice; {} entries instead of {}; SHA-256 {}{outcome}",
        tally.n_taken,
        tally.n_refused,
        tally.n_expired,
        tally.n_off,
        tally.n_removals,
        report.n_duplicates,
        report.n_after,
        report.n_before,
        report.sha256
    );
}
