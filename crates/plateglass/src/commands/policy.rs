//! `plateglass policy`: what stands in a bundle, and whether it can be put in force.

use std::borrow::Cow;
use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use policy::{Bundle, BundleFiles};

/// Policies.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum PolicyCommand {
    /// List the policies that come with the program.
    List,
    /// Check a policy: every fault with its file and place.
    Check {
        /// The word of one that comes with the program, or a folder with `bundle.toml`, `rules.cedar`, `clauses.toml` and
        /// `published.md`.
        policy: Utf8PathBuf,
    },
    /// Write one that comes with the program into a folder, to make one's own of it.
    Export {
        /// Its word.
        policy: Utf8PathBuf,
        /// The folder; must not be there.
        into: Utf8PathBuf,
    },
}

/// Lists, checks or writes.
#[expect(clippy::print_stdout, reason = "what the command was asked for")]
pub(crate) fn run(command: &PolicyCommand) -> Result<()> {
    match command {
        PolicyCommand::List => {
            for (word, files) in policy::shipped() {
                let title = Bundle::read(files).map(|bundle| bundle.settings().title.clone());
                println!("{word}\t{}", title.unwrap_or_default());
            }
            Ok(())
        }
        PolicyCommand::Check { policy } => match Bundle::read(&files(policy)?) {
            Ok(bundle) => {
                println!("{}: sound, digest {}", bundle.settings().title, bundle.digest());
                Ok(())
            }
            Err(faults) => {
                for fault in &faults {
                    println!("{fault}");
                }
                bail!("{policy}: {} faults", faults.len())
            }
        },
        PolicyCommand::Export { policy, into } => {
            let files = files(policy)?;
            std::fs::create_dir(into).with_context(|| format!("failed to make `{into}`"))?;
            for (name, text) in [
                ("bundle.toml", &files.settings),
                ("rules.cedar", &files.rules),
                ("clauses.toml", &files.clauses),
                ("published.md", &files.published),
            ] {
                let path = into.join(name);
                std::fs::write(&path, text.as_bytes())
                    .with_context(|| format!("failed to write `{path}`"))?;
            }
            Ok(())
        }
    }
}

/// The texts of a policy: one that comes with the program, by its word, or one's own, by its folder. Statutes come with the
/// program either way: no agency loosens them.
pub(crate) fn files(policy: &Utf8Path) -> Result<BundleFiles> {
    if let Some((_, files)) = policy::shipped().iter().find(|(word, _)| *word == policy.as_str()) {
        return Ok(files.clone());
    }
    if !policy.is_dir() {
        let words: Vec<&str> = policy::shipped().iter().map(|(word, _)| *word).collect();
        bail!("`{policy}` is neither a folder nor one of {}", words.join(", "));
    }
    let read = |name: &str| {
        let path = policy.join(name);
        let text = std::fs::read_to_string(&path);
        text.map(Cow::Owned).with_context(|| format!("failed to read `{path}`"))
    };
    let statutes: BTreeMap<String, Cow<'static, str>> = policy::statutes()
        .iter()
        .map(|(pack, text)| ((*pack).to_owned(), Cow::Borrowed(*text)))
        .collect();
    Ok(BundleFiles {
        settings: read("bundle.toml")?,
        rules: read("rules.cedar")?,
        statutes,
        clauses: read("clauses.toml")?,
        published: read("published.md")?,
    })
}
