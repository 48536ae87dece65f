//! Import a CSV file into a hotlist: all of it or nothing, swapped in at once.

mod columns;
mod job;
mod mapping;
mod pipe;
mod read;
mod status;
mod text;

pub use mapping::{Column, Encoding, Mapping};
pub use pipe::{PipeReader, PipeWriter, pipe};
pub use status::{ImportPhase, ImportStatus};

use std::sync::Arc;

use domain::access::{ListHotlists, ManageHotlists};
use domain::{HotlistId, HotlistVersionId, ImportTally, Refusal};
use tokio::sync::oneshot;

use crate::bus::Topic;
use crate::error::BoxError;
use crate::record::About;
use crate::{App, Ctx};
use job::Job;

/// How to import.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportAsk {
    /// Which column holds what.
    pub mapping: Mapping,
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
    /// The version that is now in force; none after a dry run.
    pub version: Option<HotlistVersionId>,
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
    /// The mapping does not fit the file.
    #[error("{field}: {why}")]
    Mapping {
        /// Which part of the mapping.
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
    #[error("none of the file's {n_refused} rows can be taken; the first: line {line}: {why}")]
    NothingTaken {
        /// How many rows were refused.
        n_refused: u64,
        /// The first refused one, counted from 1.
        line: u64,
        /// Why.
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
    if !lists.iter().any(|list| list.id == hotlist) {
        return Err(ImportError::NoHotlist(hotlist));
    }
    let begun = app.inner().imports.begin(hotlist, ask.dry_run, ask.size_bytes, ctx.now);
    let import = begun.ok_or(ImportError::Busy)?;
    app.bus().tell(ctx.agency, Topic::Hotlists, None);
    let (answer, answered) = oneshot::channel();
    let job =
        Job { app: app.clone(), agency: ctx.agency, hotlist, import: Arc::clone(&import), ask };
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
        job.app.bus().tell(job.agency, Topic::Hotlists, None);
        drop(answer.send(done));
    });
    answered.await.map_err(failed("wait for the import"))?
}

/// What an import touched, for the ledger.
fn things_of(hotlist: HotlistId, report: &ImportReport) -> Vec<String> {
    let ImportTally { n_taken, n_refused, .. } = report.tally;
    let rows = format!("{n_taken} rows taken, {n_refused} refused");
    vec![match report.version {
        Some(version) => format!("hotlist {hotlist}, version {version} put in force: {rows}"),
        None => format!("hotlist {hotlist}, dry run: {rows}"),
    }]
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
