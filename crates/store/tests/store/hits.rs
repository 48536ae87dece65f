//! Hits are paged without gaps and only to their agency.

use domain::{
    AgencyId, ClassFit, Confidence, HitId, HotlistEntry, ImportTally, NewRead, SeenVehicle,
    VehicleClass,
};
use store::{Hidden, HitsQuery, Store};
use testkit::both_engines;

use crate::fixtures::{a_hit, a_list, a_read, an_agency, batch, camera_of, noon, permit};

const ALL: HitsQuery = HitsQuery { after: None, before: None, limit: 100 };

async fn ids(store: &Store, agency: AgencyId, query: HitsQuery) -> Vec<i64> {
    store.hits(&permit(agency), query).await.unwrap().iter().map(|hit| hit.id.to_i64()).collect()
}

#[tokio::test]
async fn pages_go_both_ways() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let camera = camera_of(store, agency, 1).await;
        let list = a_list(store, agency, &["LKW0001"]).await;
        let mut with_hits = batch(agency, (1..=9).map(|n| a_read(n, camera)).collect());
        let refs: Vec<_> =
            with_hits.reads.iter().map(|read| with_hits.file.read(read.id)).collect();
        with_hits.hits = refs.iter().map(|read| a_hit(*read, list, 0)).collect();
        store.append(&with_hits).await.unwrap();
        assert_eq!(store.relay(with_hits.file).await.unwrap().last_hit, Some(HitId::from_i64(9)));
        let id = HitId::from_i64;
        assert_eq!(ids(store, agency, ALL).await, [9, 8, 7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(ids(store, agency, HitsQuery { limit: 2, ..ALL }).await, [9, 8]);
        assert_eq!(
            ids(store, agency, HitsQuery { before: Some(id(8)), limit: 2, ..ALL }).await,
            [7, 6]
        );
        assert_eq!(
            ids(store, agency, HitsQuery { after: Some(id(3)), limit: 2, ..ALL }).await,
            [5, 4]
        );
        assert_eq!(
            ids(store, agency, HitsQuery { after: Some(id(3)), before: Some(id(5)), ..ALL }).await,
            [4]
        );
        assert_eq!(store.last_hit(&permit(agency)).await.unwrap(), Some(id(9)));
        let hit = store.hit(&permit(agency), id(4)).await.unwrap().unwrap();
        assert_eq!(hit.hit, with_hits.hits[3]);
        let reads: Vec<_> = refs.iter().map(|read| read.id).collect();
        let counts = store.hit_counts(&permit(agency), &reads, &Hidden::default()).await.unwrap();
        assert!(counts.len() == 9 && counts.values().all(|n| *n == 1));
        assert!(
            store.hit_counts(&permit(agency), &[], &Hidden::default()).await.unwrap().is_empty()
        );

        let other = an_agency(store).await;
        assert!(ids(store, other, ALL).await.is_empty());
        assert_eq!(store.hit(&permit(other), id(4)).await.unwrap(), None);
        assert_eq!(store.last_hit(&permit(other)).await.unwrap(), None);
        assert!(store.hits_of_read(&permit(other), refs[3]).await.unwrap().is_empty());
        assert!(
            store.hit_counts(&permit(other), &reads, &Hidden::default()).await.unwrap().is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn a_hit_knows_whether_the_vehicle_seen_is_of_the_entrys_class() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let camera = camera_of(store, agency, 1).await;
        // Row 0 says what it looks for, row 1 does not, and row 2 is no longer kept.
        let (list, _) = a_list(store, agency, &["LKW0001"]).await;
        let begun = store.begin_version(&permit(agency), list, "two.csv", noon()).await;
        let version = begun.unwrap();
        let entry =
            |class| HotlistEntry { plate: "LKW????".to_owned(), class, ..HotlistEntry::default() };
        let entries = [VehicleClass::Motorcycle, VehicleClass::Unknown].map(entry);
        store.add_entries(version, 0, &entries).await.unwrap();
        let tally = ImportTally { n_taken: 2, ..ImportTally::default() };
        store.finish_version(version, &tally, &[8; 32]).await.unwrap();
        store.swap_version(list, version, noon()).await.unwrap();

        let seen = |class, sure: u16| {
            let confidence = Some(Confidence::from_thousandths(sure));
            Some(SeenVehicle { class, confidence })
        };
        let (car, motorcycle) = (VehicleClass::Car, VehicleClass::Motorcycle);
        let passages = [
            (seen(car, 930), 0, ClassFit::Different),
            (seen(motorcycle, 930), 0, ClassFit::Same),
            (seen(car, 500), 0, ClassFit::Unknown),
            (None, 0, ClassFit::Unknown),
            (seen(car, 930), 1, ClassFit::Unknown),
            (seen(car, 930), 2, ClassFit::Unknown),
        ];
        let reads = (1..).zip(passages);
        let reads =
            reads.map(|(n, (vehicle, ..))| NewRead { vehicle, ..a_read(n, camera) }).collect();
        let mut with_hits = batch(agency, reads);
        let file = with_hits.file;
        let hits = with_hits.reads.iter().zip(passages);
        with_hits.hits = hits
            .map(|(read, (_, row, _))| a_hit(file.read(read.id), (list, version), row))
            .collect();
        store.append(&with_hits).await.unwrap();
        assert_eq!(store.relay(file).await.unwrap().n_hits, 6);
        let hits = store.hits(&permit(agency), ALL).await.unwrap();
        let fits: Vec<_> = hits.iter().rev().map(|hit| hit.class_fit).collect();
        assert_eq!(fits, passages.map(|(_, _, fit)| fit));
        let first = store.hit(&permit(agency), HitId::from_i64(1)).await.unwrap().unwrap();
        assert!(first.is_information_only());
    })
    .await;
}
