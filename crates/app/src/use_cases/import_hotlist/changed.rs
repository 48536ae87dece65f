//! An incremental file: the version in force with the file's changes, as a version of its own.

use domain::access::ManageHotlists;
use domain::{HotlistEntry, HotlistVersionId, Permit};
use hotfile::Changes;

use super::read::CHANGES_AT_ONCE;
use super::{ImportError, failed};
use crate::App;

/// Entries read and written at once.
const PAGE_ROWS: u32 = 5_000;

/// A version in the making: rows are numbered as they come.
pub(super) struct Rows<'a> {
    app: &'a App,
    /// None in a dry run: rows are only counted.
    version: Option<HotlistVersionId>,
    n_rows: u32,
}

impl<'a> Rows<'a> {
    pub(super) fn of(app: &'a App, version: Option<HotlistVersionId>) -> Self {
        Self { app, version, n_rows: 0 }
    }

    /// Adds entries after those that are there.
    pub(super) async fn add(&mut self, entries: &[HotlistEntry]) -> Result<(), ImportError> {
        if let Some(version) = self.version {
            let added = self.app.inner().store.add_entries(version, self.n_rows, entries).await;
            added.map_err(failed("store the entries"))?;
        }
        self.n_rows += u32::try_from(entries.len()).unwrap_or(u32::MAX);
        Ok(())
    }

    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        u64::from(self.n_rows)
    }
}

/// Copies what `changes` leave of the version in force, and adds what they add.
pub(super) async fn change(
    rows: &mut Rows<'_>,
    permit: &Permit<ManageHotlists>,
    in_force: Option<HotlistVersionId>,
    changes: Changes,
) -> Result<(), ImportError> {
    let store = &rows.app.inner().store;
    let mut after = None;
    while let Some(version) = in_force {
        let page = store.entries_of_version(permit, version, after, PAGE_ROWS).await;
        let page = page.map_err(failed("read the list in force"))?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        let stays = page.into_iter().map(|(_, entry)| entry);
        let stays: Vec<_> = stays.filter(|entry| !changes.takes_off(entry)).collect();
        rows.add(&stays).await?;
    }
    for portion in changes.into_added().chunks(CHANGES_AT_ONCE) {
        rows.add(portion).await?;
    }
    Ok(())
}
