//! The lists in force, loaded into a matcher and put in place at one stroke.

use std::collections::HashMap;

use domain::access::ListHotlists;
use domain::{AgencyId, Category, FreshFor, Hotlist, HotlistId, Priority, Timestamp, Topic};
use plate::{EntryId, MatchEntry, MatcherBuilder, Packed, Pattern, PlateText, Wanted};
use store::{EntryInForce, StoreError, Suppressed};

use crate::App;
use crate::agencies::{ListInForce, ListsInForce, Loaded, SilentFrom, Window};
use crate::clock::Stopwatch;
use crate::own_entries::reload;
use crate::policies::InForce;
use crate::record::server_permit;

/// Loads an agency's lists anew. Reads go on being matched against the lists before until the new ones are whole.
pub(crate) async fn rebuild(app: &App, agency: AgencyId) -> Result<(), StoreError> {
    let Some(state) = app.inner().agencies.get(agency) else { return Ok(()) };
    let _turn = state.rebuilding.lock().await;
    let watch = Stopwatch::start();
    let permit = server_permit::<ListHotlists>(agency, app.now())
        .map_err(|_| StoreError::Missing { what: "agency" })?;
    // What is loaded is noted before it is: whatever changes meanwhile is loaded again.
    let stored = app.inner().store.hotlists(&permit).await?;
    let mut loading = Loading::of(app, agency, app.inner().store.topics(&permit).await?);
    loading.wrongly = wrongly(app.inner().store.suppressed(agency).await?);
    app.inner().store.entries_in_force(Some(agency), |entries| loading.take(&entries)).await?;
    let Loading { builder, mut lists, suppressed, n_unreadable, .. } = loading;
    for list in &mut lists {
        list.windows.sort_unstable_by_key(|window| window.row);
        list.windows.shrink_to_fit();
    }
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
    let silent_from = SilentFrom::default();
    silent_from.set(silent_lists(app, agency, &stored));
    let loaded = loaded(&stored);
    state.set_lists(ListsInForce { matcher, lists, suppressed, loaded, silent_from });
    reload(app, agency).await
}

/// What of the stored lists is to be loaded.
pub(crate) fn loaded(stored: &[Hotlist]) -> Loaded {
    let in_force = stored.iter().filter(|list| list.version.is_some());
    Loaded { revisions: in_force.map(|list| (list.id, list.revision)).collect() }
}

/// From when on each list raises no hits, by the policy that decides now.
pub(crate) fn silent_lists(
    app: &App,
    agency: AgencyId,
    stored: &[Hotlist],
) -> HashMap<HotlistId, Timestamp> {
    let Some(policy) = app.policy(agency) else { return HashMap::new() };
    let lists = stored.iter().filter_map(|list| {
        let limits = fresh_for(&policy, list);
        Some((list.id, limits.silent_from(list.renewed_at?)?))
    });
    lists.collect()
}

/// Counts anew from when on an agency's lists raise no hits: a list was renewed, and is matched as before.
pub(crate) async fn count_ages_anew(app: &App, agency: AgencyId) -> Result<(), StoreError> {
    let Some(state) = app.inner().agencies.get(agency) else { return Ok(()) };
    let permit = server_permit::<ListHotlists>(agency, app.now())
        .map_err(|_| StoreError::Missing { what: "agency" })?;
    let stored = app.inner().store.hotlists(&permit).await?;
    state.lists().silent_from.set(silent_lists(app, agency, &stored));
    Ok(())
}

/// How old a list may be, by its own limit and by the policy's.
pub(crate) fn fresh_for(policy: &InForce, list: &Hotlist) -> FreshFor {
    let lists = &policy.bundle.settings().hotlists;
    let law = lists.law.as_ref().map(|law| law.hours);
    FreshFor::of(list.stale_hours, list.category, lists.stale_hours, law)
}

struct Loading {
    builder: MatcherBuilder,
    lists: Vec<ListInForce>,
    numbers: HashMap<(HotlistId, Option<u32>, Option<Priority>), u32>,
    /// Categories of the topics that the policy holds.
    topics: HashMap<(HotlistId, u32), Category>,
    /// The plates for which an entry raises no hits, by its list and how it is spelled.
    wrongly: HashMap<(HotlistId, String), Vec<Packed>>,
    suppressed: HashMap<EntryId, Vec<Packed>>,
    n_unreadable: u64,
}

fn wrongly(suppressed: Vec<Suppressed>) -> HashMap<(HotlistId, String), Vec<Packed>> {
    let mut plates: HashMap<_, Vec<Packed>> = HashMap::new();
    for Suppressed { hotlist, entry, plate } in suppressed {
        plates.entry((hotlist, entry)).or_default().push(plate.packed());
    }
    plates
}

impl Loading {
    fn of(app: &App, agency: AgencyId, topics: Vec<Topic>) -> Self {
        let policy = app.policy(agency);
        let category = |kind| policy.as_ref()?.bundle.settings().topic(kind).ok();
        let held = topics
            .into_iter()
            .filter_map(|topic| Some(((topic.hotlist, topic.number), category(topic.kind?)?)));
        Self {
            builder: MatcherBuilder::default(),
            lists: Vec::new(),
            numbers: HashMap::new(),
            topics: held.collect(),
            wrongly: HashMap::new(),
            suppressed: HashMap::new(),
            n_unreadable: 0,
        }
    }

    fn take(&mut self, entries: &[EntryInForce]) {
        for entry in entries {
            let Some(list) = self.number_of(entry) else { continue };
            let Some(wanted) = wanted(&entry.plate) else {
                // Imports refuse such rows: only another version's import can have left one.
                self.n_unreadable += 1;
                continue;
            };
            let id = EntryId { list, row: entry.row };
            if !self.wrongly.is_empty()
                && let Some(plates) = self.wrongly.get(&(entry.hotlist, entry.plate.clone()))
            {
                self.suppressed.insert(id, plates.clone());
            }
            let window = Window::of(entry.row, entry.effective_at, entry.expires_at);
            if let (Some(window), Some(list)) = (window, self.lists.get_mut(list as usize)) {
                list.windows.push(window);
            }
            self.builder.add(MatchEntry { wanted, jurisdiction: entry.jurisdiction, id });
        }
    }

    /// The number of an entry's list, or of its topic there; none where the policy does not hold the topic.
    fn number_of(&mut self, entry: &EntryInForce) -> Option<u32> {
        let category = match entry.topic {
            None => entry.category,
            Some(topic) => *self.topics.get(&(entry.hotlist, topic))?,
        };
        let part = (entry.hotlist, entry.topic, entry.priority);
        Some(*self.numbers.entry(part).or_insert_with(|| {
            self.lists.push(ListInForce {
                hotlist: entry.hotlist,
                version: entry.version,
                priority: category.priority_of(entry.priority),
                windows: Vec::new(),
            });
            u32::try_from(self.lists.len() - 1).unwrap_or(u32::MAX)
        }))
    }
}

/// What an entry asks for: a plate, or a pattern where it holds wildcards.
pub(crate) fn wanted(spelled: &str) -> Option<Wanted> {
    if spelled.contains(['?', '*', '[']) {
        return Pattern::parse(spelled).ok().map(Wanted::Pattern);
    }
    PlateText::parse(spelled).ok().map(Wanted::Plate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plate_is_wanted_as_one_and_a_pattern_as_one() {
        assert!(matches!(wanted("7A?C*"), Some(Wanted::Pattern(_))));
        assert!(matches!(wanted("7ABC123"), Some(Wanted::Plate(_))));
    }
}
