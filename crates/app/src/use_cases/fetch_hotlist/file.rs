//! A file that was fetched: where it lies meanwhile, its digest, and its import by the list's layout.

use std::io::{self, Write};
use std::sync::Arc;

use domain::{FetchOutcome, ImportTally};
use sha2::{Digest as _, Sha256};
use vault::{Spool, Spooled};

use super::{Failed, OneFetch, ours};
use crate::App;
use crate::error::chain;
use crate::use_cases::{ImportAsk, ImportError, ImportOutcome, ImportReport, import_hotlist};

/// Refused rows that are named.
const NAMED_MAX: usize = 10;

/// A file that was fetched.
pub(super) struct File {
    pub(super) name: String,
    pub(super) spooled: Spooled,
}

/// A place for a file.
pub(super) fn spool(app: &App, n_bytes_max: u64) -> Result<Spool, Failed> {
    let chance = Arc::clone(&app.inner().chance);
    let fill: vault::Chance = Arc::new(move |bytes: &mut [u8]| chance.fill(bytes));
    let spool = Spool::in_dir(&app.inner().config.data_dir, n_bytes_max, &fill);
    spool.map_err(ours("make a place for the file"))
}

/// Hands on what is written, and counts it into a digest.
pub(super) struct Digesting {
    sha256: Sha256,
    spool: Spool,
}

impl Digesting {
    pub(super) fn new(spool: Spool) -> Self {
        Self { sha256: Sha256::new(), spool }
    }

    pub(super) fn finish(self) -> Result<(Spooled, [u8; 32]), Failed> {
        let spooled = self.spool.finish().map_err(ours("keep the file"))?;
        Ok((spooled, self.sha256.finalize().into()))
    }
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.spool.write(bytes)?;
        self.sha256.update(bytes.get(..n).unwrap_or_default());
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.spool.flush()
    }
}

pub(super) fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl OneFetch {
    /// Imports a file by the list's own layout.
    pub(super) async fn take_rows(&self, file: File) -> Result<(FetchOutcome, String), Failed> {
        let size_bytes = Some(file.spooled.n_bytes);
        let ask =
            ImportAsk { layout: None, dry_run: self.dry_run, file_name: file.name, size_bytes };
        let source = Box::new(file.spooled);
        let report = import_hotlist(&self.app, &self.ctx, self.list.id, source, ask).await;
        let report = report.map_err(|err| match err {
            ImportError::Layout { .. }
            | ImportError::File { .. }
            | ImportError::NothingTaken { .. }
            | ImportError::Forbidden(_) => Failed::File(chain(&err)),
            err => ours("import the file")(err),
        })?;
        let outcome = match report.outcome {
            ImportOutcome::InForce(_) => FetchOutcome::Imported,
            ImportOutcome::Waits(_) => FetchOutcome::Waits,
            ImportOutcome::DryRun { .. } => FetchOutcome::Tried,
        };
        Ok((outcome, says(&report)))
    }
}

fn says(report: &ImportReport) -> String {
    let ImportTally { n_taken, n_refused, n_expired, n_off, n_removals, refused } = &report.tally;
    let mut says = format!(
        "{n_taken} rows taken, {n_refused} refused, {n_expired} over already, {n_off} of topics that are off, {n_removals} that take \
         off: {} entries instead of {}.",
        report.n_after, report.n_before
    );
    match report.outcome {
        ImportOutcome::InForce(_) => {}
        ImportOutcome::Waits(_) => {
            says.push_str(" It is so much smaller that a person has to decide.")
        }
        ImportOutcome::DryRun { would_wait: true } => {
            says.push_str(
                " Nothing was changed; it is so much smaller that a person would have to decide.",
            );
        }
        ImportOutcome::DryRun { would_wait: false } => says.push_str(" Nothing was changed."),
    }
    for row in refused.iter().take(NAMED_MAX) {
        says.push_str(&format!("\nLine {}: {}", row.line, row.reason));
    }
    if *n_refused > NAMED_MAX as u64 {
        says.push_str(&format!("\nand {} more", n_refused - NAMED_MAX as u64));
    }
    says
}
