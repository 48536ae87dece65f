//! The import as it runs: entries go to the store while the file is still read, and into force when all of them are there.

use std::io::Read;
use std::sync::Arc;

use domain::access::ManageHotlists;
use domain::{AgencyId, HotlistEntry, HotlistId, HotlistVersionId, Permit};
use tokio::sync::mpsc;

use super::read::{ReadFile, read_file};
use super::{ImportAsk, ImportError, ImportPhase, ImportReport, failed};
use crate::error::chain;
use crate::imports::Import;
use crate::{App, matching};

/// Portions of entries that wait for the store: little, so that the file is read no faster than it is stored.
const PORTIONS_WAITING_MAX: usize = 4;

/// One import.
pub(super) struct Job {
    pub(super) app: App,
    pub(super) agency: AgencyId,
    pub(super) hotlist: HotlistId,
    pub(super) import: Arc<Import>,
    pub(super) ask: ImportAsk,
}

impl Job {
    /// Imports all of the file or nothing.
    pub(super) async fn run(
        &self,
        permit: &Permit<ManageHotlists>,
        source: Box<dyn Read + Send>,
    ) -> Result<ImportReport, ImportError> {
        let version = self.begin(permit).await?;
        let read = self.read_and_store(version, source).await;
        let done = match read {
            Ok(read) => self.put_in_force(version, read).await,
            Err(err) => Err(err),
        };
        if let (Err(_), Some(version)) = (&done, version)
            && let Err(err) = self.app.inner().store.abandon_version(version).await
        {
            tracing::warn!(error = chain(&err), "failed to give up an import; the next start will");
        }
        let result = if done.is_ok() { "done" } else { "failed" };
        metrics::counter!("plateglass_imports_total", "result" => result).increment(1);
        self.drop_old();
        done
    }

    async fn begin(
        &self,
        permit: &Permit<ManageHotlists>,
    ) -> Result<Option<HotlistVersionId>, ImportError> {
        if self.ask.dry_run {
            return Ok(None);
        }
        let store = &self.app.inner().store;
        let begun =
            store.begin_version(permit, self.hotlist, &self.ask.file_name, permit.at()).await;
        begun.map(Some).map_err(failed("begin the import"))
    }

    async fn read_and_store(
        &self,
        version: Option<HotlistVersionId>,
        mut source: Box<dyn Read + Send>,
    ) -> Result<ReadFile, ImportError> {
        let (portions, mut waiting) = mpsc::channel::<Vec<HotlistEntry>>(PORTIONS_WAITING_MAX);
        let (mapping, import) = (self.ask.mapping.clone(), Arc::clone(&self.import));
        let dry_run = version.is_none();
        let reading = tokio::task::spawn_blocking(move || {
            read_file(&mut *source, &mapping, &import, |portion| {
                dry_run || portions.blocking_send(portion).is_ok()
            })
        });
        let mut first_row = 0;
        let mut stored = Ok(());
        while let Some(portion) = waiting.recv().await {
            let Some(version) = version else { continue };
            stored = self.app.inner().store.add_entries(version, first_row, &portion).await;
            if stored.is_err() {
                break;
            }
            first_row += u32::try_from(portion.len()).unwrap_or(u32::MAX);
        }
        drop(waiting);
        let read = reading.await.map_err(failed("read the file"))?;
        stored.map_err(failed("store the entries"))?;
        read
    }

    async fn put_in_force(
        &self,
        version: Option<HotlistVersionId>,
        read: ReadFile,
    ) -> Result<ImportReport, ImportError> {
        if let (0, Some(first)) = (read.tally.n_taken, read.tally.refused.first()) {
            let n_refused = read.tally.n_refused;
            return Err(ImportError::NothingTaken {
                n_refused,
                line: first.line,
                why: first.reason.clone(),
            });
        }
        if let Some(version) = version {
            self.import.set_phase(ImportPhase::Swapping);
            let store = &self.app.inner().store;
            store
                .finish_version(version, &read.tally, &read.sha256)
                .await
                .map_err(failed("finish the import"))?;
            let swapped = store.swap_version(self.hotlist, version, self.app.now()).await;
            swapped.map_err(failed("put the list in force"))?;
            matching::rebuild(&self.app, self.agency)
                .await
                .map_err(failed("load the list into the matcher"))?;
        }
        Ok(ImportReport {
            tally: read.tally,
            n_duplicates: read.n_duplicates,
            n_bytes: read.n_bytes,
            sha256: read.sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
            encoding: read.encoding,
            version,
        })
    }

    /// Drops what no matcher points at any more, beside everything else: ten million rows take their time.
    fn drop_old(&self) {
        let app = self.app.clone();
        self.app.inner().tasks.spawn_until_closing("drop-old-entries", async move {
            match app.inner().store.drop_old_versions().await {
                Ok(0) => {}
                Ok(n_entries) => {
                    tracing::info!(n_entries, "dropped entries of lists no longer in force")
                }
                Err(err) => tracing::warn!(error = chain(&err), "failed to drop old entries"),
            }
        });
    }
}
