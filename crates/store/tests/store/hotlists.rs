//! Imports, versions, entries.

use std::time::Duration;

use domain::{
    Category, EntryRef, HotlistEntry, ImportTally, Priority, RefusedRow, TopicKind, VehicleClass,
};
use plate::Jurisdiction;
use store::{EntryInForce, Store, StoreError, TopicFound};
use testkit::both_engines;

use crate::fixtures::{
    a_hit, a_list, a_read, a_version, an_agency, batch, camera_of, noon, permit,
};

async fn in_force(store: &Store) -> Vec<EntryInForce> {
    let mut all = Vec::new();
    store.entries_in_force(None, |entries| all.extend(entries)).await.unwrap();
    all
}

fn plates(entries: &[EntryInForce]) -> Vec<&str> {
    entries.iter().map(|entry| entry.plate.as_str()).collect()
}

#[tokio::test]
async fn an_entry_comes_back_as_it_was_imported() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let list = store
            .add_hotlist(&permit(agency), "Stolen", "TxDPS", Category::StolenVehicle, noon())
            .await
            .unwrap();
        let version =
            store.begin_version(&permit(agency), list, "stolen.csv", noon()).await.unwrap();
        let full = HotlistEntry {
            plate: "LKW4?73".to_owned(),
            jurisdiction: Jurisdiction::from_code("US-TX").ok(),
            make: Some("FORD".to_owned()),
            model: Some("F-150".to_owned()),
            colour: Some("silver \"ish\"".to_owned()),
            year: Some(2019),
            reference: Some("W123456789".to_owned()),
            case_number: Some("24-11532".to_owned()),
            note: Some("dent".to_owned()),
            caution: Some("armed".to_owned()),
            plate_type: Some("motorcycle".to_owned()),
            class: VehicleClass::Motorcycle,
            body: Some("moped".to_owned()),
            topic: None,
            priority: Some(Priority::High),
            effective_at: Some(noon()),
            expires_at: Some(noon().plus(Duration::from_secs(60))),
        };
        let bare = HotlistEntry { plate: "ABC123".to_owned(), ..HotlistEntry::default() };
        store.add_entries(version, 0, std::slice::from_ref(&full)).await.unwrap();
        store.add_entries(version, 1, std::slice::from_ref(&bare)).await.unwrap();
        let refused = vec![RefusedRow { line: 4, reason: "plate: empty".to_owned() }];
        let tally = ImportTally {
            n_taken: 2,
            n_refused: 7,
            refused: refused.clone(),
            ..ImportTally::default()
        };
        store.finish_version(version, &tally, &[9; 32]).await.unwrap();
        store.swap_version(list, version, noon()).await.unwrap();
        let at = |row| EntryRef { hotlist: list, version, row };
        assert_eq!(store.entry(&permit(agency), at(0)).await.unwrap(), Some(full.clone()));
        assert_eq!(store.entry(&permit(agency), at(1)).await.unwrap(), Some(bare));
        assert_eq!(store.entry(&permit(agency), at(2)).await.unwrap(), None);
        assert_eq!(store.refusals(&permit(agency), version, 10).await.unwrap(), refused);
        let listed = &store.hotlists(&permit(agency)).await.unwrap()[0];
        assert_eq!(
            (listed.version, listed.n_entries, listed.imported_at),
            (Some(version), 2, Some(noon()))
        );
        let entries = in_force(store).await;
        assert_eq!((entries[0].at(), entries[0].jurisdiction), (at(0), full.jurisdiction));
        let times = (entries[0].effective_at, entries[0].expires_at, entries[0].priority);
        assert_eq!(times, (full.effective_at, full.expires_at, full.priority));
        assert_eq!((entries[1].effective_at, entries[1].priority), (None, None));
        let rows = store.entries_of_version(&permit(agency), version, Some(0), 10).await.unwrap();
        assert_eq!(
            rows,
            [(1, HotlistEntry { plate: "ABC123".to_owned(), ..HotlistEntry::default() })]
        );
        assert!(!format!("{:?}", entries[0]).contains("LKW"));

        let other = an_agency(store).await;
        assert_eq!(store.entry(&permit(other), at(0)).await.unwrap(), None);
        assert!(store.refusals(&permit(other), version, 10).await.unwrap().is_empty());
        assert!(store.hotlists(&permit(other)).await.unwrap().is_empty());
        let stolen = store.begin_version(&permit(other), list, "x.csv", noon()).await;
        assert!(matches!(stolen, Err(StoreError::Missing { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_list_is_in_force_whole_in_one_version_or_the_other() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let (list, first) = a_list(store, agency, &["OLD1", "OLD2"]).await;
        let second = a_version(store, agency, list, &["NEW1", "NEW2", "NEW3"]).await;
        assert_eq!(plates(&in_force(store).await), ["OLD1", "OLD2"]);
        store.swap_version(list, second, noon()).await.unwrap();
        assert_eq!(plates(&in_force(store).await), ["NEW1", "NEW2", "NEW3"]);
        // What is in force already, or was, cannot be put in force again; what is cannot be given up.
        for version in [first, second] {
            assert!(matches!(
                store.swap_version(list, version, noon()).await,
                Err(StoreError::Conflict { .. })
            ));
        }
        store.abandon_version(second).await.unwrap();
        assert_eq!(in_force(store).await.len(), 3);
        assert_eq!(store.hotlists(&permit(agency)).await.unwrap()[0].version, Some(second));
    })
    .await;
}

#[tokio::test]
async fn a_version_that_waits_stays_over_a_restart_until_somebody_decides() {
    both_engines(|bench| async move {
        let agency = an_agency(&bench.store).await;
        let (list, first) = a_list(&bench.store, agency, &["OLD1", "OLD2"]).await;
        let second = a_version(&bench.store, agency, list, &["NEW1"]).await;
        bench.store.let_version_wait(list, second, (2, 1), noon()).await.unwrap();
        let store = bench.after_a_crash().await;
        assert_eq!(store.abandon_unfinished_versions().await.unwrap(), 0);
        let waiting = store.waiting_versions(&permit(agency)).await.unwrap();
        let counts = (waiting[0].version, waiting[0].n_before, waiting[0].n_after);
        assert_eq!(counts, (second, 2, 1));
        let other = an_agency(&store).await;
        assert!(store.waiting_versions(&permit(other)).await.unwrap().is_empty());
        let strange =
            store.decide_waiting_version(&permit(other), (list, second), true, "why").await;
        assert!(matches!(strange, Err(StoreError::Conflict { .. })));

        // A newer file takes its place, and what it replaced can be decided no more.
        let third = a_version(&store, agency, list, &["NEW2"]).await;
        store.let_version_wait(list, third, (2, 1), noon()).await.unwrap();
        let late = store.decide_waiting_version(&permit(agency), (list, second), true, "why").await;
        assert!(matches!(late, Err(StoreError::Conflict { .. })));
        assert_eq!(plates(&in_force(&store).await), ["OLD1", "OLD2"]);
        store
            .decide_waiting_version(&permit(agency), (list, third), true, "checked")
            .await
            .unwrap();
        assert_eq!(plates(&in_force(&store).await), ["NEW2"]);
        let twice = store.decide_waiting_version(&permit(agency), (list, third), true, "why").await;
        assert!(matches!(twice, Err(StoreError::Conflict { .. })));

        let fourth = a_version(&store, agency, list, &["NEW3"]).await;
        store.let_version_wait(list, fourth, (2, 1), noon()).await.unwrap();
        store.decide_waiting_version(&permit(agency), (list, fourth), false, "cut").await.unwrap();
        assert_eq!(plates(&in_force(&store).await), ["NEW2"]);
        assert!(store.swap_version(list, fourth, noon()).await.is_err());
        assert!(!store.renew_version(list, first, noon()).await.unwrap());
        let later = noon().plus(Duration::from_secs(60));
        assert!(store.renew_version(list, third, later).await.unwrap());
        let listed = &store.hotlists(&permit(agency)).await.unwrap()[0];
        assert_eq!(listed.renewed_at, Some(later));
    })
    .await;
}

#[tokio::test]
async fn entries_of_a_topic_match_while_it_is_on() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let (list, _) = a_list(store, agency, &["OLD1"]).await;
        let found = |value: &str, kind| TopicFound {
            value: value.to_owned(),
            name: format!("{value} in words"),
            kind,
        };
        let known = [found("VEH", Some(TopicKind::Vehicle)), found("XYZ", None)];
        store.know_topics(&permit(agency), list, &known).await.unwrap();
        store.know_topics(&permit(agency), list, &known).await.unwrap();
        store.count_topics(list, &[("VEH".to_owned(), 2)]).await.unwrap();
        let topics = store.topics(&permit(agency)).await.unwrap();
        let said: Vec<_> =
            topics.iter().map(|one| (one.number, one.on, one.n_rows, one.kind)).collect();
        assert_eq!(said, [(1, false, 2, Some(TopicKind::Vehicle)), (2, false, 0, None)]);

        let version = store.begin_version(&permit(agency), list, "x", noon()).await.unwrap();
        let entry = |plate: &str, topic| HotlistEntry {
            plate: plate.to_owned(),
            topic,
            ..HotlistEntry::default()
        };
        let entries = [entry("VEH1", Some(1)), entry("ANY1", None), entry("VEH2", Some(1))];
        store.add_entries(version, 0, &entries).await.unwrap();
        let tally = ImportTally { n_taken: 3, ..ImportTally::default() };
        store.finish_version(version, &tally, &[9; 32]).await.unwrap();
        store.swap_version(list, version, noon()).await.unwrap();
        assert_eq!(plates(&in_force(store).await), ["ANY1"]);
        let revision = store.hotlists(&permit(agency)).await.unwrap()[0].revision;
        store.switch_topic(&permit(agency), list, 1, true).await.unwrap();
        let entries = in_force(store).await;
        assert_eq!(plates(&entries), ["VEH1", "ANY1", "VEH2"]);
        assert_eq!((entries[0].topic, entries[1].topic), (Some(1), None));
        assert!(store.hotlists(&permit(agency)).await.unwrap()[0].revision > revision);
        // Nobody can switch on what nobody knows, or another agency's.
        let unknown = store.switch_topic(&permit(agency), list, 2, true).await;
        assert!(matches!(unknown, Err(StoreError::Missing { .. })));
        let other = an_agency(store).await;
        assert!(store.switch_topic(&permit(other), list, 1, false).await.is_err());
        assert!(store.know_topics(&permit(other), list, &known).await.is_err());
        assert_eq!(store.drop_topic_entries(list, 1).await.unwrap(), 0);

        store.switch_topic(&permit(agency), list, 1, false).await.unwrap();
        assert_eq!(plates(&in_force(store).await), ["ANY1"]);
        assert_eq!(store.drop_topic_entries(list, 1).await.unwrap(), 2);
        assert_eq!(store.hotlists(&permit(agency)).await.unwrap()[0].n_entries, 1);

        // A value that means something else from now on is switched off.
        store.switch_topic(&permit(agency), list, 1, true).await.unwrap();
        let meant = [found("VEH", Some(TopicKind::Gang))];
        store.know_topics(&permit(agency), list, &meant).await.unwrap();
        let topic = &store.topics(&permit(agency)).await.unwrap()[0];
        assert_eq!((topic.kind, topic.on), (Some(TopicKind::Gang), false));
    })
    .await;
}

#[tokio::test]
async fn a_version_of_another_list_does_not_take_its_place() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let (one, _) = a_list(store, agency, &["ONE1"]).await;
        let (two, _) = a_list(store, agency, &["TWO2"]).await;
        let of_two = a_version(store, agency, two, &["TWO3"]).await;
        assert!(store.swap_version(one, of_two, noon()).await.is_err());
        assert_eq!(plates(&in_force(store).await), ["ONE1", "TWO2"]);
    })
    .await;
}

#[tokio::test]
async fn an_import_that_was_interrupted_leaves_nothing() {
    both_engines(|bench| async move {
        let agency = an_agency(&bench.store).await;
        let (list, _) = a_list(&bench.store, agency, &["ABC123"]).await;
        let begun =
            bench.store.begin_version(&permit(agency), list, "x.csv", noon()).await.unwrap();
        let entries =
            vec![HotlistEntry { plate: "GONE1".to_owned(), ..HotlistEntry::default() }; 100];
        bench.store.add_entries(begun, 0, &entries).await.unwrap();
        let store = bench.after_a_crash().await;
        assert_eq!(store.abandon_unfinished_versions().await.unwrap(), 1);
        assert_eq!(store.drop_old_versions().await.unwrap(), 100);
        assert_eq!(store.drop_old_versions().await.unwrap(), 0);
        assert!(matches!(
            store.add_entries(begun, 100, &entries).await,
            Err(StoreError::Conflict { .. })
        ));
        assert!(store.finish_version(begun, &ImportTally::default(), &[9; 32]).await.is_err());
        assert_eq!(plates(&in_force(&store).await), ["ABC123"]);
    })
    .await;
}

#[tokio::test]
async fn an_entry_stays_as_long_as_a_hit_points_at_it() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let camera = camera_of(store, agency, 1).await;
        let (list, first) = a_list(store, agency, &["LKW0001", "LKW0002", "LKW0003"]).await;
        let mut with_hit = batch(agency, vec![a_read(2, camera)]);
        with_hit.hits = vec![a_hit(with_hit.file.read(with_hit.reads[0].id), (list, first), 1)];
        store.append(&with_hit).await.unwrap();
        store.relay(with_hit.file).await.unwrap();
        let second = a_version(store, agency, list, &["LKW0009"]).await;
        store.swap_version(list, second, noon()).await.unwrap();
        assert_eq!(store.drop_old_versions().await.unwrap(), 2);
        let left = store.entry(&permit(agency), with_hit.hits[0].entry).await.unwrap();
        assert_eq!(left.unwrap().plate, "LKW0002");
        assert_eq!(plates(&in_force(store).await), ["LKW0009"]);
    })
    .await;
}

#[tokio::test]
async fn more_entries_than_one_portion_are_all_loaded() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let list = store
            .add_hotlist(&permit(agency), "Big", "test", Category::StolenPlate, noon())
            .await
            .unwrap();
        let version = store.begin_version(&permit(agency), list, "big.csv", noon()).await.unwrap();
        for portion in 0..9_u32 {
            let entry = |n| HotlistEntry {
                plate: format!("P{:06}", portion * 5_000 + n),
                ..HotlistEntry::default()
            };
            let entries: Vec<_> = (0..5_000).map(entry).collect();
            store.add_entries(version, portion * 5_000, &entries).await.unwrap();
        }
        store
            .finish_version(
                version,
                &ImportTally { n_taken: 45_000, ..ImportTally::default() },
                &[9; 32],
            )
            .await
            .unwrap();
        store.swap_version(list, version, noon()).await.unwrap();
        let entries = in_force(store).await;
        assert_eq!(entries.len(), 45_000);
        assert!(
            entries
                .iter()
                .enumerate()
                .all(|(n, entry)| entry.row as usize == n && entry.plate == format!("P{n:06}"))
        );
        let mut n_of_other = 0;
        let other = an_agency(store).await;
        store.entries_in_force(Some(other), |entries| n_of_other += entries.len()).await.unwrap();
        assert_eq!(n_of_other, 0);
    })
    .await;
}
