//! Import a file into a hotlist: all of it or nothing, swapped in at once, or left to a person where it is much smaller.

mod changed;
mod job;
mod pipe;
mod read;
mod status;

pub use hotfile::{Column, Columns, Encoding, Form, Layout, Preset, TopicRows, Update, presets};
pub(super) use job::drop_old;
pub use pipe::{PipeReader, PipeWriter, pipe};
pub use status::{ImportPhase, ImportStatus};

use std::sync::Arc;

use domain::access::{ListHotlists, ManageHotlists};
use domain::{Hotlist, HotlistId, HotlistVersionId, ImportTally, Refusal};
use tokio::sync::oneshot;

use crate::bus::Topic;
use crate::error::BoxError;
use crate::record::About;
use crate::{App, Ctx};
use job::Job;

/// How to import.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportAsk {
    /// How the file is written; none: by the list's own layout.
    pub layout: Option<Layout>,
    /// Only say what would happen.
    pub dry_run: bool,
    /// The file's name, for the record.
    pub file_name: String,
    /// The file's size in bytes where it is known, for the progress.
    pub size_bytes: Option<u64>,
}

/// What an import did, or would do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportReport {
    /// Rows taken and refused.
    pub tally: ImportTally,
    /// Rows that say the same plate and state as an earlier one; taken all the same.
    pub n_duplicates: u64,
    /// The file's size in bytes.
    pub n_bytes: u64,
    /// SHA-256 of the whole file, in hexadecimal.
    pub sha256: String,
    /// The encoding it was read in.
    pub encoding: Encoding,
    /// Whether the file brought changes, not the whole list.
    pub update: Update,
    /// Entries in force before.
    pub n_before: u64,
    /// Entries of the new version.
    pub n_after: u64,
    /// Codes that their tables do not know, by field; the rows were taken.
    pub unknown_codes: Vec<(&'static str, u64)>,
    /// Rows of each topic, of those that are off too.
    pub topics: Vec<TopicRows>,
    /// Rows of so many topics that they are not named: the topic column may be another.
    pub n_of_other_topics: u64,
    /// What became of it.
    pub outcome: ImportOutcome,
}

/// What became of a new version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImportOutcome {
    /// It is in force.
    InForce(HotlistVersionId),
    /// It has so much fewer entries than the one in force that a person has to decide; that one stays meanwhile.
    Waits(HotlistVersionId),
    /// Nothing was changed; this says whether it would wait.
    DryRun {
        /// Whether a person would have to decide.
        would_wait: bool,
    },
}

impl ImportReport {
    /// The version that is now in force; none after a dry run, or while it waits.
    pub fn version(&self) -> Option<HotlistVersionId> {
        match self.outcome {
            ImportOutcome::InForce(version) => Some(version),
            ImportOutcome::Waits(_) | ImportOutcome::DryRun { .. } => None,
        }
    }
}

/// Why nothing of a file was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It was refused, with reasons.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It was not begun: refused, or not written down.
    #[error(transparent)]
    NotBegun(#[from] Box<crate::AskError>),
    /// There is no such hotlist.
    #[error("there is no hotlist {0}")]
    NoHotlist(HotlistId),
    /// An import into this hotlist is running.
    #[error("an import into this hotlist is running; wait for its end")]
    Busy,
    /// The policy forbids what the list holds.
    #[error("{0}")]
    Forbidden(String),
    /// The layout does not fit the file.
    #[error("{field}: {why}")]
    Layout {
        /// Which part of the layout.
        field: &'static str,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// The file cannot be read as text.
    #[error("line {line}: {why}")]
    File {
        /// Where, counted from 1.
        line: u64,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// No row of the file could be taken: the list in force stays.
    #[error("no row of the file can be taken: {why}")]
    NothingTaken {
        /// How many rows were refused.
        n_refused: u64,
        /// The first refused one, counted from 1; 0 where none was.
        line: u64,
        /// Why, in words.
        why: String,
    },
    /// The file could not be read to its end.
    #[error("failed to read the file after {n_bytes} bytes")]
    Read {
        /// How far it was read.
        n_bytes: u64,
        /// Why it stopped.
        #[source]
        err: std::io::Error,
    },
    /// Something that should work did not.
    #[error("failed to {doing}")]
    Failed {
        /// What we were doing.
        doing: &'static str,
        /// Why it failed.
        #[source]
        err: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Imports `source` into a hotlist. Reads it on a thread of its own; for a body that arrives bit by bit there is [`pipe()`].
///
/// Goes on to its end when the caller goes away: a body that breaks off is told by its reader.
pub async fn import_hotlist(
    app: &App,
    ctx: &Ctx,
    hotlist: HotlistId,
    source: Box<dyn std::io::Read + Send>,
    ask: ImportAsk,
) -> Result<ImportReport, ImportError> {
    let act = app.begin::<ManageHotlists>(ctx, About::one("hotlist", hotlist)).await;
    let act = act.map_err(not_begun)?;
    let lists = app.inner().store.hotlists(&act.leave().permit::<ListHotlists>()?).await;
    let lists = lists.map_err(failed("look up the hotlist"))?;
    let list = lists.into_iter().find(|list| list.id == hotlist);
    let list = list.ok_or(ImportError::NoHotlist(hotlist))?;
    let layout = layout_of(&ask, &list)?;
    allowed(app, &list, &layout)?;
    let begun = app.inner().imports.begin(hotlist, ask.dry_run, ask.size_bytes, ctx.now);
    let import = begun.ok_or(ImportError::Busy)?;
    app.bus().tell(ctx.agency, Topic::Hotlists, None);
    let (answer, answered) = oneshot::channel();
    let job = Job { app: app.clone(), list, layout, import: Arc::clone(&import), ask };
    app.inner().tasks.spawn("import", async move {
        let mut act = act;
        let done = job.run(act.permit(), source).await;
        match &done {
            Ok(report) => {
                act.took_in(&report.sha256);
                act.done(things_of(hotlist, report));
            }
            Err(_) => act.failed(),
        }
        let at = job.app.now();
        import.set_phase(match &done {
            Ok(_) => ImportPhase::Done { at },
            Err(err) => ImportPhase::Failed { at, why: err.to_string() },
        });
        job.app.bus().tell(job.list.agency, Topic::Hotlists, None);
        drop(answer.send(done));
    });
    answered.await.map_err(failed("wait for the import"))?
}

/// What an import touched, for the ledger.
fn things_of(hotlist: HotlistId, report: &ImportReport) -> Vec<String> {
    let ImportTally { n_taken, n_refused, n_expired, n_off, n_removals, .. } = report.tally;
    let ImportReport { n_before, n_after, .. } = report;
    let rows = format!(
        "{n_taken} rows taken, {n_refused} refused, {n_expired} over, {n_off} of topics that are off, {n_removals} that take off; \
         {n_after} entries instead of {n_before}"
    );
    vec![match report.outcome {
        ImportOutcome::InForce(version) => {
            format!("hotlist {hotlist}, version {version} put in force: {rows}")
        }
        ImportOutcome::Waits(version) => {
            format!("hotlist {hotlist}, version {version} waits for a person: {rows}")
        }
        ImportOutcome::DryRun { .. } => format!("hotlist {hotlist}, dry run: {rows}"),
    }]
}

/// The layout that was given, or the list's own.
fn layout_of(ask: &ImportAsk, list: &Hotlist) -> Result<Layout, ImportError> {
    let wrong = |why: String| ImportError::Layout { field: "layout", why };
    if let Some(layout) = &ask.layout {
        return Ok(layout.clone());
    }
    let own = list.layout.as_deref().ok_or_else(|| {
        wrong(
            "the hotlist has none of its own: choose one, or say which column holds what"
                .to_owned(),
        )
    })?;
    Layout::parse(own).map_err(|faults| {
        let says: Vec<_> = faults.iter().map(ToString::to_string).collect();
        wrong(format!("the hotlist’s own one is broken: {}", says.join("; ")))
    })
}

/// Whether the policy holds such lists (`AUSP-hotlist-policy`). A list of topics is judged topic by topic.
fn allowed(app: &App, list: &Hotlist, layout: &Layout) -> Result<(), ImportError> {
    let Some(policy) = app.policy(list.agency) else { return Ok(()) };
    let categories = &policy.bundle.settings().hotlists.categories;
    if layout.columns.topic.is_some() || categories.iter().any(|one| one.category == list.category)
    {
        return Ok(());
    }
    let says = format!("the policy holds no lists of the category “{}”", list.category.label());
    Err(ImportError::Forbidden(says))
}

fn not_begun(err: crate::AskError) -> ImportError {
    match err {
        crate::AskError::Refused(refusal) => ImportError::Refused(refusal),
        err => ImportError::NotBegun(Box::new(err)),
    }
}

fn failed<E: Into<BoxError>>(doing: &'static str) -> impl FnOnce(E) -> ImportError {
    move |err| ImportError::Failed { doing, err: err.into() }
}
