//! What the server holds in memory of each agency: the lists in force and the last read's id.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use arc_swap::ArcSwap;
use domain::{AgencyId, EntryRef, HotlistId, HotlistVersionId, Priority, ReadId, Timestamp};
use plate::{EntryId, Matcher, Packed};

use crate::own_entries::OwnEntries;

/// One agency.
pub(crate) struct AgencyState {
    lists: ArcSwap<ListsInForce>,
    /// The agency's own entries, beside the lists: they change one by one.
    own: ArcSwap<OwnEntries>,
    last_read: Mutex<ReadId>,
    /// One rebuild at a time, and the last one sees everything.
    pub(crate) rebuilding: tokio::sync::Mutex<()>,
    /// The same for the agency's own entries.
    pub(crate) reloading: tokio::sync::Mutex<()>,
}

/// The hotlists in force as the matcher holds them.
#[derive(Default)]
pub(crate) struct ListsInForce {
    pub(crate) matcher: Matcher,
    pub(crate) lists: Vec<ListInForce>,
    /// Entries that once stopped a wrong vehicle, and the plates for which they raise no more hits (`AUS-344.4g`).
    pub(crate) suppressed: HashMap<EntryId, Vec<Packed>>,
    /// What of the lists was loaded: each list's revision, and the policy's limit by law.
    pub(crate) loaded: Loaded,
    /// Lists that have topics' entries in several places of `lists` have one moment here.
    pub(crate) silent_from: SilentFrom,
}

/// What of the lists was loaded.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Loaded {
    /// Lists that have a version in force, with their revisions.
    pub(crate) revisions: BTreeMap<HotlistId, u64>,
}

/// From when on lists raise no hits, because they are older than the law allows: it moves on when their source says that they
/// still hold, without their being loaded anew.
#[derive(Default, Debug)]
pub(crate) struct SilentFrom(RwLock<HashMap<HotlistId, Timestamp>>);

impl SilentFrom {
    pub(crate) fn set(&self, all: HashMap<HotlistId, Timestamp>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = all;
    }

    fn is_silent(&self, list: HotlistId, now: Timestamp) -> bool {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(&list).is_some_and(|from| *from <= now)
    }
}

/// One list of the matcher, or the part of one that has the same topic and priority: what `EntryId::list` counts.
#[derive(Debug)]
pub(crate) struct ListInForce {
    pub(crate) hotlist: HotlistId,
    pub(crate) version: HotlistVersionId,
    pub(crate) priority: Priority,
    /// When entries count that do not always, in the order of their rows.
    pub(crate) windows: Vec<Window>,
}

/// When an entry counts, in whole seconds since 1970: 12 bytes, and there may be millions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) row: u32,
    from: u32,
    until: u32,
}

impl Window {
    /// Of an entry; none where it always counts. What begins or ends within a second begins and ends with the next.
    pub(crate) fn of(
        row: u32,
        effective_at: Option<Timestamp>,
        expires_at: Option<Timestamp>,
    ) -> Option<Self> {
        (effective_at.is_some() || expires_at.is_some()).then(|| Self {
            row,
            from: effective_at.map_or(0, seconds_up),
            until: expires_at.map_or(u32::MAX, seconds_up),
        })
    }

    fn counts_at(self, now: Timestamp) -> bool {
        let now = u32::try_from(now.micros().div_euclid(1_000_000)).unwrap_or(0);
        self.from <= now && now < self.until
    }
}

fn seconds_up(at: Timestamp) -> u32 {
    let seconds = at.micros().saturating_add(999_999).div_euclid(1_000_000);
    u32::try_from(seconds).unwrap_or(if seconds < 0 { 0 } else { u32::MAX })
}

impl ListInForce {
    fn counts_at(&self, row: u32, now: Timestamp) -> bool {
        let found = self.windows.binary_search_by_key(&row, |window| window.row).ok();
        found.and_then(|place| self.windows.get(place)).is_none_or(|window| window.counts_at(now))
    }
}

impl ListsInForce {
    /// Where an entry of the matcher is stored, and how loudly it is told; none where it does not count at this moment: it is not yet
    /// effective, expired, or its list is older than the law allows.
    pub(crate) fn entry(&self, id: EntryId, now: Timestamp) -> Option<(EntryRef, Priority)> {
        let list = self.lists.get(usize::try_from(id.list).ok()?)?;
        if !list.counts_at(id.row, now) || self.silent_from.is_silent(list.hotlist, now) {
            return None;
        }
        let at = EntryRef { hotlist: list.hotlist, version: list.version, row: id.row };
        Some((at, list.priority))
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
            own: ArcSwap::default(),
            last_read: Mutex::new(last_read),
            rebuilding: tokio::sync::Mutex::default(),
            reloading: tokio::sync::Mutex::default(),
        }
    }

    /// The lists in force now; a batch keeps what it got here to its end.
    pub(crate) fn lists(&self) -> Arc<ListsInForce> {
        self.lists.load_full()
    }

    /// The agency's own entries as they are in force now.
    pub(crate) fn own(&self) -> Arc<OwnEntries> {
        self.own.load_full()
    }

    /// Puts them in force anew at one stroke.
    pub(crate) fn set_own(&self, own: OwnEntries) {
        self.own.store(Arc::new(own));
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

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    #[test]
    fn an_entry_counts_by_time_with_nobody_acting() {
        let window = |row, from: Option<i64>, until: Option<i64>| {
            Window::of(row, from.map(at), until.map(at))
        };
        let windows = [window(1, Some(10), None), window(2, None, None), window(5, None, Some(20))];
        let list = ListInForce {
            hotlist: HotlistId::from_i64(1),
            version: HotlistVersionId::from_i64(1),
            priority: Priority::Normal,
            windows: windows.into_iter().flatten().collect(),
        };
        assert_eq!(list.windows.len(), 2);
        let counts = |row, second| list.counts_at(row, at(second));
        assert_eq!([counts(1, 9), counts(1, 10), counts(1, 99)], [false, true, true]);
        assert_eq!([counts(5, 0), counts(5, 19), counts(5, 20)], [true, true, false]);
        assert!(counts(2, 0) && counts(3, 99));
    }

    #[test]
    fn a_list_that_is_older_than_the_law_allows_raises_no_hits_until_it_is_renewed() {
        let hotlist = HotlistId::from_i64(1);
        let list = ListInForce {
            hotlist,
            version: HotlistVersionId::from_i64(1),
            priority: Priority::Normal,
            windows: Vec::new(),
        };
        let lists = ListsInForce { lists: vec![list], ..ListsInForce::default() };
        let raises = |second| lists.entry(EntryId { list: 0, row: 3 }, at(second)).is_some();
        assert!(raises(99));
        lists.silent_from.set(HashMap::from([(hotlist, at(50))]));
        assert_eq!([raises(49), raises(50)], [true, false]);
        lists.silent_from.set(HashMap::from([(hotlist, at(90))]));
        assert_eq!([raises(89), raises(90)], [true, false]);
    }

    #[test]
    fn moments_out_of_range_are_always_and_never() {
        let far = Timestamp::from_micros(i64::MAX);
        let past = Timestamp::from_micros(i64::MIN);
        let window = Window::of(1, Some(past), Some(far)).unwrap();
        assert!(window.counts_at(at(0)) && window.counts_at(at(4_000_000_000)));
        assert!(!Window::of(1, Some(far), None).unwrap().counts_at(at(4_000_000_000)));
    }

    #[test]
    fn ids_go_on_after_the_last_one_stored() {
        let agency = AgencyState::new(ReadId::from_i64(i64::MAX - 10));
        let ids = agency.next_ids(Timestamp::from_micros(1), 3);
        let expected = [9, 8, 7].map(|left| ReadId::from_i64(i64::MAX - left));
        assert_eq!(ids, expected);
    }
}
