//! The import as it runs: entries go to the store while the file is still read, and into force when all of them are there.

use std::io::Read;
use std::sync::Arc;

use domain::access::{ListHotlists, ManageHotlists};
use domain::{Hotlist, HotlistEntry, HotlistVersionId, ImportTally, Permit, Topic};
use hotfile::{Change, Changes, KnownTopic, Layout, Reading, Summary, Update};
use jiff::tz::TimeZone;
use store::TopicFound;
use tokio::sync::mpsc;

use super::changed::{Rows, change};
use super::read::{ReadFile, read_file};
use super::{ImportAsk, ImportError, ImportOutcome, ImportPhase, ImportReport, failed};
use crate::error::chain;
use crate::imports::Import;
use crate::record::server_permit;
use crate::{App, matching};

/// Portions of changes that wait for the store: little, so that the file is read no faster than it is stored.
const PORTIONS_WAITING_MAX: usize = 4;
/// Changes of an incremental file, which are held in memory until its end: some 100 MB.
const CHANGES_MAX: usize = 250_000;

/// One import.
pub(super) struct Job {
    pub(super) app: App,
    pub(super) list: Hotlist,
    pub(super) layout: Layout,
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
        let read = self.read_and_store(permit, version, source).await;
        let done = match read {
            Ok((read, n_after)) => self.finish(permit, version, read, n_after).await,
            Err(err) => Err(err),
        };
        if let (Err(_), Some(version)) = (&done, version)
            && let Err(err) = self.app.inner().store.abandon_version(version).await
        {
            tracing::warn!(error = chain(&err), "failed to give up an import; the next start will");
        }
        let result = match &done {
            Ok(ImportReport { outcome: ImportOutcome::Waits(_), .. }) => "waits",
            Ok(_) => "done",
            Err(_) => "failed",
        };
        metrics::counter!("plateglass_imports_total", "result" => result).increment(1);
        drop_old(&self.app);
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
        let known = self.layout.topics.iter().map(|topic| TopicFound {
            value: topic.value.clone(),
            name: topic.name.clone(),
            kind: Some(topic.kind),
        });
        let known: Vec<_> = known.collect();
        let known = store.know_topics(permit, self.list.id, &known).await;
        known.map_err(failed("add the list's topics"))?;
        let begun =
            store.begin_version(permit, self.list.id, &self.ask.file_name, permit.at()).await;
        begun.map(Some).map_err(failed("begin the import"))
    }

    /// What the file is read against: where its days begin, and which topics are on.
    async fn reading(&self) -> Result<Reading, ImportError> {
        let (agency, now) = (self.list.agency, self.app.now());
        let permit = server_permit::<ListHotlists>(agency, now)?;
        let topics = self.app.inner().store.topics(&permit).await;
        let topics = topics.map_err(failed("look up the list's topics"))?;
        let policy = self.app.policy(agency);
        let is_on = |topic: &Topic| {
            let allowed = |kind| {
                policy.as_ref().is_some_and(|policy| policy.bundle.settings().topic(kind).is_ok())
            };
            topic.on && topic.kind.is_some_and(allowed)
        };
        let own = topics.iter().filter(|topic| topic.hotlist == self.list.id);
        let known = own.map(|topic| KnownTopic {
            value: topic.value.clone(),
            number: topic.number,
            on: is_on(topic),
        });
        Ok(Reading {
            zone: policy.as_ref().map_or(TimeZone::UTC, |policy| policy.zone.clone()),
            now,
            topics: known.collect(),
        })
    }

    /// Reads the file and stores what it says; how many entries the new version has.
    async fn read_and_store(
        &self,
        permit: &Permit<ManageHotlists>,
        version: Option<HotlistVersionId>,
        mut source: Box<dyn Read + Send>,
    ) -> Result<(ReadFile, u64), ImportError> {
        let (portions, mut waiting) = mpsc::channel::<Vec<Change>>(PORTIONS_WAITING_MAX);
        let (layout, import) = (self.layout.clone(), Arc::clone(&self.import));
        let reading = self.reading().await?;
        let thread = tokio::task::spawn_blocking(move || {
            read_file(&mut *source, layout, reading, &import, |portion| {
                portions.blocking_send(portion).is_ok()
            })
        });
        let mut rows = Rows::of(&self.app, version);
        let mut changes = Changes::default();
        let mut stored = Ok(());
        while let Some(portion) = waiting.recv().await {
            stored = match self.layout.update {
                Update::Full => rows.add(&added(portion)).await,
                Update::Incremental => gather(&mut changes, portion),
            };
            if stored.is_err() {
                break;
            }
        }
        drop(waiting);
        let read = thread.await.map_err(failed("read the file"))?;
        stored?;
        let read = read?;
        nothing_taken(&read.summary.tally, self.layout.update)?;
        if self.layout.update == Update::Incremental {
            change(&mut rows, permit, self.list.version, changes).await?;
        }
        Ok((read, rows.len()))
    }

    async fn finish(
        &self,
        permit: &Permit<ManageHotlists>,
        version: Option<HotlistVersionId>,
        read: ReadFile,
        n_after: u64,
    ) -> Result<ImportReport, ImportError> {
        let waits = shrinks(&self.list, n_after);
        let outcome = match version {
            None => ImportOutcome::DryRun { would_wait: waits },
            Some(version) => {
                self.import.set_phase(ImportPhase::Swapping);
                let (tally, sha256) = (&read.summary.tally, &read.sha256);
                let store = &self.app.inner().store;
                let finished = store.finish_changed_version(version, tally, n_after, sha256).await;
                finished.map_err(failed("finish the import"))?;
                self.note_topics(permit, &read.summary).await?;
                if waits { self.wait(version, n_after).await? } else { self.swap(version).await? }
            }
        };
        Ok(ImportReport {
            tally: read.summary.tally,
            n_duplicates: read.summary.n_duplicates,
            n_bytes: read.n_bytes,
            sha256: read.sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
            encoding: read.summary.encoding,
            update: self.layout.update,
            n_before: self.list.n_entries,
            n_after,
            unknown_codes: read.summary.unknown_codes.by_field().collect(),
            topics: read.summary.topics,
            n_of_other_topics: read.summary.n_of_other_topics,
            outcome,
        })
    }

    /// Keeps which topics the file had, so that people see them on the list's page.
    async fn note_topics(
        &self,
        permit: &Permit<ManageHotlists>,
        summary: &Summary,
    ) -> Result<(), ImportError> {
        let store = &self.app.inner().store;
        let strangers = summary.topics.iter().filter(|topic| topic.number.is_none());
        let strangers = strangers.map(|topic| TopicFound {
            value: topic.value.clone(),
            name: topic.value.clone(),
            kind: None,
        });
        let strangers: Vec<_> = strangers.collect();
        let counted: Vec<_> =
            summary.topics.iter().map(|topic| (topic.value.clone(), topic.n_rows)).collect();
        let known = store.know_topics(permit, self.list.id, &strangers).await;
        known.map_err(failed("keep the file's topics"))?;
        let counted = store.count_topics(self.list.id, &counted).await;
        counted.map_err(failed("count the file's topics"))
    }

    async fn wait(
        &self,
        version: HotlistVersionId,
        n_after: u64,
    ) -> Result<ImportOutcome, ImportError> {
        let counts = (self.list.n_entries, n_after);
        let store = &self.app.inner().store;
        let waits = store.let_version_wait(self.list.id, version, counts, self.app.now()).await;
        waits.map_err(failed("let the new list wait"))?;
        Ok(ImportOutcome::Waits(version))
    }

    async fn swap(&self, version: HotlistVersionId) -> Result<ImportOutcome, ImportError> {
        let store = &self.app.inner().store;
        let swapped = store.swap_version(self.list.id, version, self.app.now()).await;
        swapped.map_err(failed("put the list in force"))?;
        let rebuilt = matching::rebuild(&self.app, self.list.agency).await;
        rebuilt.map_err(failed("load the list into the matcher"))?;
        Ok(ImportOutcome::InForce(version))
    }
}

/// The entries of a portion of a whole list, in which nothing is taken off.
fn added(portion: Vec<Change>) -> Vec<HotlistEntry> {
    let entries = portion.into_iter().filter_map(|change| match change {
        Change::Add(entry) => Some(entry),
        Change::Remove(_) => None,
    });
    entries.collect()
}

fn gather(changes: &mut Changes, portion: Vec<Change>) -> Result<(), ImportError> {
    portion.into_iter().for_each(|change| changes.push(change));
    if changes.len() <= CHANGES_MAX {
        return Ok(());
    }
    let why =
        format!("the file has more than {CHANGES_MAX} changes: import the whole list instead");
    Err(ImportError::File { line: 1, why })
}

/// Whether a new version has fewer entries than its list may lose at once.
fn shrinks(list: &Hotlist, n_after: u64) -> bool {
    let stays_percent = u128::from(100_u32.saturating_sub(list.drop_percent));
    u128::from(n_after) * 100 < u128::from(list.n_entries) * stays_percent
}

/// A file of which nothing can be taken changes nothing, and says why. An incremental one may well have no changes.
fn nothing_taken(tally: &ImportTally, update: Update) -> Result<(), ImportError> {
    let ImportTally { n_taken, n_refused, n_expired, n_off, n_removals, .. } = tally;
    let unchanged = update == Update::Incremental && *n_refused == 0;
    if n_taken + n_removals > 0 || unchanged {
        return Ok(());
    }
    let first = tally.refused.first();
    let why = match first {
        Some(row) => {
            format!("{n_refused} are refused; the first: line {}: {}", row.line, row.reason)
        }
        None if *n_off > 0 => {
            format!("{n_off} are of topics that are off; switch on what is wanted first")
        }
        None if *n_expired > 0 => format!("the time of {n_expired} is over already"),
        None => "there is none".to_owned(),
    };
    let line = first.map_or(0, |row| row.line);
    Err(ImportError::NothingTaken { n_refused: *n_refused, line, why })
}

/// Drops what no matcher points at any more, beside everything else: ten million rows take their time.
pub(in crate::use_cases) fn drop_old(app: &App) {
    let own = app.clone();
    app.inner().tasks.spawn_until_closing("drop-old-entries", async move {
        match own.inner().store.drop_old_versions().await {
            Ok(0) => {}
            Ok(n_entries) => {
                tracing::info!(n_entries, "dropped entries of lists no longer in force")
            }
            Err(err) => tracing::warn!(error = chain(&err), "failed to drop old entries"),
        }
    });
}

#[cfg(test)]
mod tests {
    use domain::{AgencyId, Category, HotlistId};

    use super::*;

    fn list(n_entries: u64, drop_percent: u32) -> Hotlist {
        Hotlist {
            id: HotlistId::from_i64(1),
            agency: AgencyId::from_i64(1),
            name: "Stolen".to_owned(),
            source: "test".to_owned(),
            category: Category::StolenVehicle,
            version: None,
            n_entries,
            imported_at: None,
            renewed_at: None,
            layout: None,
            drop_percent,
            stale_hours: None,
            revision: 0,
        }
    }

    #[test]
    fn a_list_may_lose_its_share_and_no_more() {
        assert!(!shrinks(&list(100, 20), 80) && shrinks(&list(100, 20), 79));
        assert!(!shrinks(&list(0, 20), 1) && !shrinks(&list(100, 100), 0));
        assert!(shrinks(&list(u64::MAX, 0), u64::MAX - 1));
    }

    #[test]
    fn a_file_without_a_row_to_take_says_why() {
        let says =
            |tally: ImportTally| nothing_taken(&tally, Update::Full).unwrap_err().to_string();
        let none = ImportTally::default();
        assert_eq!(says(none.clone()), "no row of the file can be taken: there is none");
        assert!(says(ImportTally { n_off: 3, ..none.clone() }).contains("topics that are off"));
        assert!(says(ImportTally { n_expired: 3, ..none.clone() }).contains("over already"));
        let removal = ImportTally { n_removals: 1, ..none.clone() };
        assert!(nothing_taken(&removal, Update::Incremental).is_ok());
        assert!(nothing_taken(&none, Update::Incremental).is_ok());
        let bad = ImportTally { n_refused: 1, ..none };
        assert!(nothing_taken(&bad, Update::Incremental).is_err());
    }
}
