//! A house and its logs as they lie on disk, read past the app.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use app::sign_in::demo_link;
use camino::Utf8PathBuf;
use domain::{DayKeys, Timestamp};
use ledger::Leaf;
use ledger::batch::{Salter, hash_of, root};
use ledger::leaf::{ClearField, Kind};
use store::{LedgerLook, LogId, Store, Things};
use testkit::{House, server_key, unlike_bytes};
use vault::KeyStore;

/// Makes a leaf of its own in the agency's log: what was handed in before it is on disk once it is.
const MARK: &str = "make-demo-link";

/// A house whose logs are read.
pub(crate) struct Book {
    pub(crate) house: House,
    pub(crate) store: Store,
    read_to: Mutex<BTreeMap<LogId, u64>>,
}

/// A leaf with what stands beside it.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) number: u64,
    pub(crate) leaf: Leaf,
    /// The entry as it stands in the log.
    pub(crate) entry: String,
    /// Clear text by the field it is of.
    pub(crate) clear: BTreeMap<String, String>,
    pub(crate) things: Option<Things>,
    pub(crate) is_open: bool,
}

impl Book {
    /// Of a new house; what it did to furnish itself is read already.
    pub(crate) async fn new() -> Self {
        Self::of(House::new().await).await
    }

    pub(crate) async fn of(house: House) -> Self {
        let store = open(&house).await;
        let book = Self { house, store, read_to: Mutex::default() };
        book.news().await;
        book.server_news().await;
        book
    }

    pub(crate) fn log(&self) -> LogId {
        LogId::of_agency(self.house.agency)
    }

    /// The agency's leaves since the last time, without those that this makes to know that all are there.
    pub(crate) async fn news(&self) -> Vec<Seen> {
        self.settle().await;
        let news = self.read(self.log()).await;
        news.into_iter().filter(|seen| seen.action() != MARK).collect()
    }

    /// The server's leaves since the last time.
    pub(crate) async fn server_news(&self) -> Vec<Seen> {
        self.settle().await;
        self.read(LogId::SERVER).await
    }

    /// Returns when everything that was handed in is on disk.
    pub(crate) async fn settle(&self) {
        demo_link(&self.house.app, self.house.person).await.unwrap();
    }

    /// Brings today's batches into the log, without waiting for the server to do it.
    pub(crate) async fn relay(&self) {
        // Of its own each time: one that is open knows neither new days' keys nor what others wrote.
        let store = open(&self.house).await;
        store.relay_everything().await.unwrap();
        store.close().await;
    }

    /// One leaf, as it stands now.
    pub(crate) async fn leaf(&self, log: LogId, number: u64) -> Seen {
        let stored = self.store.ledger_leaf(LedgerLook { log }, number).await.unwrap().unwrap();
        let leaf = Leaf::parse(&stored.entry).unwrap();
        let mut clear = BTreeMap::new();
        for one in &stored.clear {
            assert!(leaf.proves(one), "clear text beside leaf {number} that it does not seal");
            let (name, value) = one.said().unwrap();
            clear.insert(name.unwrap(), value.as_str().unwrap().to_owned());
        }
        if let Some(things) = &stored.things {
            assert_eq!(leaf.number(ClearField::Number), Some(things.ids.len() as u64));
            assert_eq!(leaf.text(ClearField::Root), Some(root_of(things).as_str()));
        }
        let entry = String::from_utf8(stored.entry).unwrap();
        Seen { number, leaf, entry, clear, things: stored.things, is_open: stored.is_open }
    }

    async fn read(&self, log: LogId) -> Vec<Seen> {
        let size = self.store.log(log).await.unwrap().unwrap().size;
        let from = self.read_to.lock().unwrap().insert(log, size).unwrap_or(0);
        let mut all = Vec::new();
        for number in from..size {
            all.push(self.leaf(log, number).await);
        }
        all
    }
}

async fn open(house: &House) -> Store {
    let days = Arc::new(day_keys(house)) as Arc<dyn DayKeys>;
    Store::open(house.config.store.clone(), &server_key(), days).await.unwrap()
}

/// The days' keys as they lie on disk now.
pub(crate) fn day_keys(house: &House) -> KeyStore {
    let dir = Utf8PathBuf::from_path_buf(house.dir().join("keys")).unwrap();
    KeyStore::open(&dir, &server_key(), unlike_bytes()).unwrap()
}

/// The root that the ids make: what proves them.
fn root_of(things: &Things) -> String {
    let salter = Salter::new(&things.salter);
    let record = |id: &String| salter.record(id.as_bytes(), &format!("\"{id}\""));
    let hashes: Vec<_> = things.ids.iter().map(|id| hash_of(&record(id))).collect();
    root(&hashes).to_string()
}

impl Seen {
    pub(crate) fn text(&self, field: ClearField) -> &str {
        self.leaf.text(field).unwrap_or("")
    }

    pub(crate) fn action(&self) -> &str {
        self.text(ClearField::Action)
    }

    pub(crate) fn kind(&self) -> Kind {
        self.leaf.kind()
    }

    pub(crate) fn number_of(&self, field: ClearField) -> Option<u64> {
        self.leaf.number(field)
    }

    /// What it says beside the leaf of a sealed field.
    pub(crate) fn beside(&self, field: &str) -> &str {
        self.clear.get(field).map_or("", String::as_str)
    }

    /// The ids of what was touched.
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.things.iter().flat_map(|things| things.ids.iter().map(String::as_str)).collect()
    }

    /// Kind and action, for a list to compare.
    pub(crate) fn gist(&self) -> String {
        format!("{} {}", self.kind(), self.action()).trim_end().to_owned()
    }
}

/// Kinds and actions in order.
pub(crate) fn gists(seen: &[Seen]) -> Vec<String> {
    seen.iter().map(Seen::gist).collect()
}

/// A moment that a test writes.
pub(crate) fn moment(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}
