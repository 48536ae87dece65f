//! What the server holds in memory of each agency: the lists in force and the last read's id.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use domain::{AgencyId, Category, EntryRef, HotlistId, HotlistVersionId, ReadId, Timestamp};
use plate::{EntryId, Matcher, Packed};

/// One agency.
pub(crate) struct AgencyState {
    lists: ArcSwap<ListsInForce>,
    last_read: Mutex<ReadId>,
    /// One rebuild at a time, and the last one sees everything.
    pub(crate) rebuilding: tokio::sync::Mutex<()>,
}

/// The hotlists in force as the matcher holds them.
#[derive(Default)]
pub(crate) struct ListsInForce {
    pub(crate) matcher: Matcher,
    pub(crate) lists: Vec<ListInForce>,
    /// Entries that once stopped a wrong vehicle, and the plates for which they raise no more hits (`AUS-344.4g`).
    pub(crate) suppressed: HashMap<EntryId, Vec<Packed>>,
}

/// One list of the matcher: what `EntryId::list` counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListInForce {
    pub(crate) hotlist: HotlistId,
    pub(crate) version: HotlistVersionId,
    pub(crate) category: Category,
}

impl ListsInForce {
    /// Where an entry of the matcher is stored, and why it is wanted.
    pub(crate) fn entry(&self, id: EntryId) -> Option<(EntryRef, Category)> {
        let list = self.lists.get(usize::try_from(id.list).ok()?)?;
        let at = EntryRef { hotlist: list.hotlist, version: list.version, row: id.row };
        Some((at, list.category))
    }

    /// Whether an entry raises no hits for a plate.
    pub(crate) fn is_suppressed(&self, id: EntryId, plate: Packed) -> bool {
        self.suppressed.get(&id).is_some_and(|plates| plates.contains(&plate))
    }
}

impl AgencyState {
    pub(crate) fn new(last_read: ReadId) -> Self {
        Self {
            lists: ArcSwap::default(),
            last_read: Mutex::new(last_read),
            rebuilding: tokio::sync::Mutex::default(),
        }
    }

    /// The lists in force now; a batch keeps what it got here to its end.
    pub(crate) fn lists(&self) -> Arc<ListsInForce> {
        self.lists.load_full()
    }

    /// Puts other lists in force at one stroke.
    pub(crate) fn set_lists(&self, lists: ListsInForce) {
        self.lists.store(Arc::new(lists));
    }

    /// The next `n` ids, ascending, for reads taken now.
    pub(crate) fn next_ids(&self, now: Timestamp, n: usize) -> Vec<ReadId> {
        let mut last = self.last_read.lock().unwrap_or_else(PoisonError::into_inner);
        let ids = (0..n).map(|_| {
            *last = ReadId::following(*last, now);
            *last
        });
        ids.collect()
    }
}

/// All agencies.
#[derive(Default)]
pub(crate) struct Agencies(Mutex<HashMap<AgencyId, Arc<AgencyState>>>);

impl Agencies {
    /// An agency that the server knows.
    pub(crate) fn get(&self, id: AgencyId) -> Option<Arc<AgencyState>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Adds an agency; one that is there stays.
    pub(crate) fn add(&self, id: AgencyId, last_read: ReadId) -> Arc<AgencyState> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(id).or_insert_with(|| Arc::new(AgencyState::new(last_read))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_go_on_after_the_last_one_stored() {
        let agency = AgencyState::new(ReadId::from_i64(i64::MAX - 10));
        let ids = agency.next_ids(Timestamp::from_micros(1), 3);
        let expected = [9, 8, 7].map(|left| ReadId::from_i64(i64::MAX - left));
        assert_eq!(ids, expected);
    }
}
