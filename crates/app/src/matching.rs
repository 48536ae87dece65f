//! The lists in force, loaded into a matcher and put in place at one stroke.

use std::collections::HashMap;

use domain::{AgencyId, HotlistId};
use plate::{EntryId, MatchEntry, MatcherBuilder, PlateText, Wanted};
use store::{EntryInForce, StoreError};

use crate::App;
use crate::agencies::{ListInForce, ListsInForce};
use crate::clock::Stopwatch;

/// Loads an agency's lists anew. Reads go on being matched against the lists before until the new ones are whole.
pub(crate) async fn rebuild(app: &App, agency: AgencyId) -> Result<(), StoreError> {
    let Some(state) = app.inner().agencies.get(agency) else { return Ok(()) };
    let _turn = state.rebuilding.lock().await;
    let watch = Stopwatch::start();
    let mut loading = Loading::default();
    app.inner().store.entries_in_force(Some(agency), |entries| loading.take(&entries)).await?;
    let Loading { builder, lists, n_unreadable, .. } = loading;
    let built = tokio::task::spawn_blocking(move || builder.build()).await;
    let matcher = built.map_err(StoreError::Task)?;
    tracing::info!(
        agency.id = agency.to_i64(),
        n_entries = matcher.len(),
        n_lists = lists.len(),
        n_unreadable,
        duration_ms = u64::try_from(watch.elapsed().as_millis()).unwrap_or(u64::MAX),
        "hotlists loaded"
    );
    let n_entries = matcher.len();
    let label = agency.to_string();
    metrics::gauge!("plateglass_hotlist_entries", "agency" => label).set(n_entries as f64);
    state.set_lists(ListsInForce { matcher, lists });
    Ok(())
}

#[derive(Default)]
struct Loading {
    builder: MatcherBuilder,
    lists: Vec<ListInForce>,
    numbers: HashMap<HotlistId, u32>,
    n_unreadable: u64,
}

impl Loading {
    fn take(&mut self, entries: &[EntryInForce]) {
        for entry in entries {
            let list = self.number_of(entry);
            let Some(wanted) = wanted(&entry.plate) else {
                // Imports refuse such rows: only another version's import can have left one.
                self.n_unreadable += 1;
                continue;
            };
            let id = EntryId { list, row: entry.row };
            self.builder.add(MatchEntry { wanted, jurisdiction: entry.jurisdiction, id });
        }
    }

    fn number_of(&mut self, entry: &EntryInForce) -> u32 {
        *self.numbers.entry(entry.hotlist).or_insert_with(|| {
            self.lists.push(ListInForce {
                hotlist: entry.hotlist,
                version: entry.version,
                category: entry.category,
            });
            u32::try_from(self.lists.len() - 1).unwrap_or(u32::MAX)
        })
    }
}

/// What an entry asks for: a plate, or a pattern where it holds wildcards.
pub(crate) fn wanted(text: &str) -> Option<Wanted> {
    PlateText::parse(text).ok().map(Wanted::Plate)
}
