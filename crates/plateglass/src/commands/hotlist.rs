//! `plateglass hotlist`

use anyhow::{Context as _, Result};
use app::{NewHotlist, Preset, create_hotlist, list_hotlists, presets};
use domain::Category;

use super::Whose;
use super::import_hotlist::layout_named;

/// Hotlists.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum HotlistCommand {
    /// Make a hotlist without rows.
    Add {
        #[command(flatten)]
        whose: Whose,
        /// What people call it.
        name: String,
        /// Where its rows come from.
        #[arg(long)]
        source: String,
        /// amber-alert, missing-person, wanted-person, stolen-vehicle, stolen-plate or investigation.
        #[arg(long)]
        category: String,
    },
    /// List the hotlists.
    List {
        #[command(flatten)]
        whose: Whose,
    },
    /// Check a layout (docs/hotlists.md) and print it; without one, say which come with the program.
    Layout {
        /// A file, or the word of a layout that comes with the program.
        layout: Option<String>,
    },
}

/// Adds or lists.
#[expect(clippy::print_stdout, reason = "what the command was asked for")]
pub(crate) fn run(command: HotlistCommand) -> Result<()> {
    match command {
        HotlistCommand::Add { whose, name, source, category } => {
            let words: Vec<_> = Category::ALL.iter().map(|category| category.word()).collect();
            let category = Category::parse(&category)
                .with_context(|| format!("--category: expected one of {}", words.join(", ")))?;
            whose.with_agency(async |app, ctx| {
                let list = create_hotlist(app, &ctx, NewHotlist { name, source, category }).await?;
                println!("hotlist {}", list.id);
                Ok(())
            })
        }
        HotlistCommand::Layout { layout: None } => {
            for preset in presets() {
                println!("{}\t{}", preset.word, preset.label);
            }
            Ok(())
        }
        HotlistCommand::Layout { layout: Some(named) } => {
            let layout = layout_named(&named)?;
            match Preset::of(&named) {
                Some(preset) => print!("{}", preset.text),
                None => println!("{named}: a good layout, “{}”", layout.name),
            }
            Ok(())
        }
        HotlistCommand::List { whose } => whose.with_agency(async |app, ctx| {
            for row in list_hotlists(app, &ctx).await? {
                let list = row.hotlist;
                let imported =
                    list.imported_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
                println!(
                    "{}\t{}\t{}\t{} entries, imported {imported}",
                    list.id,
                    list.name,
                    list.category.word(),
                    list.n_entries
                );
            }
            Ok(())
        }),
    }
}
