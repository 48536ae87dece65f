//! The lists in force, loaded into a matcher and put in place at one stroke.

use std::collections::HashMap;

use domain::{AgencyId, HotlistId};
use plate::{EntryId, MatchEntry, MatcherBuilder, Packed, Pattern, PlateText, Wanted};
use store::{EntryInForce, StoreError, Suppressed};

use crate::App;
use crate::agencies::{ListInForce, ListsInForce};
use crate::clock::Stopwatch;

/// Loads an agency's lists anew. Reads go on being matched against the lists before until the new ones are whole.
pub(crate) async fn rebuild(app: &App, agency: AgencyId) -> Result<(), StoreError> {
    let Some(state) = app.inner().agencies.get(agency) else { return Ok(()) };
    let _turn = state.rebuilding.lock().await;
    let watch = Stopwatch::start();
    let suppressed = app.inner().store.suppressed(agency).await?;
    let mut loading = Loading { wrongly: wrongly(suppressed), ..Loading::default() };
    app.inner().store.entries_in_force(Some(agency), |entries| loading.take(&entries)).await?;
    let Loading { builder, lists, suppressed, n_unreadable, .. } = loading;
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
    state.set_lists(ListsInForce { matcher, lists, suppressed });
    Ok(())
}

#[derive(Default)]
struct Loading {
    builder: MatcherBuilder,
    lists: Vec<ListInForce>,
    numbers: HashMap<HotlistId, u32>,
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
    fn take(&mut self, entries: &[EntryInForce]) {
        for entry in entries {
            let list = self.number_of(entry);
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

/// Places of a pattern that must be narrowed to a character or a set: `7*` would hit every third car.
const NARROWED_MIN: usize = 3;

/// How an entry's plate or pattern is kept, or why it is refused (without repeating it).
pub(crate) fn spelled(text: &str) -> Result<String, String> {
    if !text.contains(['?', '*', '[']) {
        return PlateText::parse(text)
            .map(|plate| String::from(&*plate.expose()))
            .map_err(|err| err.to_string());
    }
    let pattern = Pattern::parse(text).map_err(|err| err.to_string())?;
    if pattern.n_narrowed() < NARROWED_MIN {
        return Err(format!(
            "the pattern names {} characters; at least {NARROWED_MIN} are needed, or it hits everybody",
            pattern.n_narrowed()
        ));
    }
    Ok(pattern.expose())
}

/// What an entry asks for: a plate, or a pattern where it holds wildcards.
fn wanted(spelled: &str) -> Option<Wanted> {
    if spelled.contains(['?', '*', '[']) {
        return Pattern::parse(spelled).ok().map(Wanted::Pattern);
    }
    PlateText::parse(spelled).ok().map(Wanted::Plate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plates_and_patterns_are_spelled_in_one_way_and_loose_patterns_are_refused() {
        assert_eq!(spelled("7abc-123"), Ok("7ABC123".to_owned()));
        assert_eq!(spelled("7a?c*"), Ok("7A?C*".to_owned()));
        assert!(spelled("7*").unwrap_err().contains("at least 3"));
        assert!(spelled("").is_err() && spelled("12345678901").is_err());
        assert!(matches!(wanted("7A?C*"), Some(Wanted::Pattern(_))));
        assert!(matches!(wanted("7ABC123"), Some(Wanted::Plate(_))));
    }
}
