//! What a log holds of what was asked, read past the app.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8PathBuf;
use domain::{AgencyId, DayKeys};
use ledger::Leaf;
use ledger::leaf::ClearField;
use store::{LedgerLook, LogId, Store};
use testkit::{House, server_key, unlike_bytes};
use vault::KeyStore;

/// A leaf, and the clear text beside it by the field it is of.
pub(crate) struct Seen {
    pub(crate) leaf: Leaf,
    pub(crate) clear: BTreeMap<String, String>,
}

impl Seen {
    pub(crate) fn text(&self, field: ClearField) -> &str {
        self.leaf.text(field).unwrap_or("")
    }

    pub(crate) fn beside(&self, field: &str) -> &str {
        self.clear.get(field).map_or("", String::as_str)
    }

    /// What was asked, and the answer to it.
    pub(crate) fn decision(&self) -> (&str, &str) {
        (self.text(ClearField::Action), self.text(ClearField::Decision))
    }
}

/// Every leaf of an agency's log.
pub(crate) async fn leaves(house: &House, agency: AgencyId) -> Vec<Seen> {
    let dir = Utf8PathBuf::from_path_buf(house.dir().join("keys")).unwrap();
    let days = Arc::new(KeyStore::open(&dir, &server_key(), unlike_bytes()).unwrap());
    let days = days as Arc<dyn DayKeys>;
    let store = Store::open(house.config.store.clone(), &server_key(), days).await.unwrap();
    let log = LogId::of_agency(agency);
    let mut all = Vec::new();
    for number in 0..store.log(log).await.unwrap().unwrap().size {
        let stored = store.ledger_leaf(LedgerLook { log }, number).await.unwrap().unwrap();
        let leaf = Leaf::parse(&stored.entry).unwrap();
        let mut clear = BTreeMap::new();
        for one in &stored.clear {
            assert!(leaf.proves(one), "clear text beside leaf {number} that it does not seal");
            let (name, value) = one.said().unwrap();
            clear.insert(name.unwrap(), value.as_str().unwrap().to_owned());
        }
        all.push(Seen { leaf, clear });
    }
    store.close().await;
    all
}

/// The newest leaf of an action.
pub(crate) async fn newest(house: &House, agency: AgencyId, action: &str) -> Seen {
    let all = leaves(house, agency).await;
    let decided = all.into_iter().rev().find(|seen| {
        let (of, decision) = seen.decision();
        of == action && !decision.is_empty()
    });
    decided.unwrap_or_else(|| panic!("no leaf of {action}"))
}
