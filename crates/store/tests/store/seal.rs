//! A sealed day takes no more reads; its late file does.

use domain::{Marks, NewRead};
use store::{Batch, FileInfo, FileRef, FileState, ReadsQuery, Sealed, StoreError};
use testkit::both_engines;

use crate::fixtures::{a_hit, a_list, a_read, an_agency, batch, camera_of, permit, today};

#[tokio::test]
async fn sealing_again_says_the_same() {
    both_engines(|bench| async move {
        let agency = an_agency(&bench.store).await;
        let camera = camera_of(&bench.store, agency, 1).await;
        let list = a_list(&bench.store, agency, &["LKW0001"]).await;
        let file = FileRef::main(agency, today());
        let mut full = batch(agency, (1..=300).map(|n| a_read(n, camera)).collect());
        full.hits = vec![a_hit(file.read(full.reads[0].id), list, 0)];
        bench.store.append(&full).await.unwrap();
        let sealed = Sealed { n_reads: 300, last_read: full.reads[299].id };
        assert_eq!(bench.store.seal(file).await.unwrap(), sealed);
        assert_eq!(bench.store.seal(file).await.unwrap(), sealed);
        // Nothing was left to relay behind the seal.
        assert_eq!(
            bench.store.hits_of_read(&permit(agency), full.hits[0].read).await.unwrap().len(),
            1
        );
        assert!(matches!(
            bench.store.append(&batch(agency, vec![a_read(301, camera)])).await,
            Err(StoreError::Sealed { .. })
        ));
        let store = bench.after_a_crash().await;
        assert_eq!(store.seal(file).await.unwrap(), sealed);
        assert!(matches!(
            store.append(&batch(agency, vec![a_read(301, camera)])).await,
            Err(StoreError::Sealed { .. })
        ));
        assert_eq!(store.last_read_id(agency).await.unwrap(), sealed.last_read);
        assert_eq!(
            store.files(agency).await.unwrap(),
            [FileInfo { file, state: FileState::Sealed, n_reads: 300 }]
        );
        let query = ReadsQuery { before: None, camera: Some(camera), limit: 10 };
        assert_eq!(store.list_reads(&permit(agency), query).await.unwrap().len(), 10);
    })
    .await;
}

#[tokio::test]
async fn a_late_read_goes_beside_the_sealed_day_and_is_found() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let camera = camera_of(store, agency, 1).await;
        let late = FileRef::late(agency, today());
        store.append(&batch(agency, vec![a_read(1, camera)])).await.unwrap();
        store.seal(FileRef::main(agency, today())).await.unwrap();
        for n in 2..=4 {
            let read = NewRead { marks: Marks::LATE, ..a_read(n, camera) };
            let one = Batch { file: late, reads: vec![read.clone()], hits: Vec::new(), leaf: None };
            store.append(&one).await.unwrap();
            assert_eq!(
                store.read(&permit(agency), late.read(read.id)).await.unwrap().unwrap().read,
                read
            );
            // Sealed each time; the next late read opens it again.
            assert_eq!(store.seal(late).await.unwrap().n_reads, u64::from(n) - 1);
        }
        assert_eq!(store.count_reads(&permit(agency)).await.unwrap(), [(today(), 4)]);
        assert!(matches!(
            store.seal(FileRef::late(agency, today().next())).await,
            Err(StoreError::Missing { .. })
        ));
    })
    .await;
}

#[tokio::test]
async fn the_wal_is_empty_once_a_day_is_sealed() {
    let bench = testkit::Bench::sqlite().await;
    let agency = an_agency(&bench.store).await;
    let camera = camera_of(&bench.store, agency, 1).await;
    bench
        .store
        .append(&batch(agency, (1..=300).map(|n| a_read(n, camera)).collect()))
        .await
        .unwrap();
    let wal = bench.dir().join(format!("store/days/{agency}/{}.reads-wal", today()));
    assert!(std::fs::metadata(&wal).unwrap().len() > 0);
    bench.store.seal(FileRef::main(agency, today())).await.unwrap();
    assert_eq!(std::fs::metadata(&wal).unwrap().len(), 0);
}

#[tokio::test]
async fn a_damaged_day_is_not_sealed() {
    let bench = testkit::Bench::sqlite().await;
    let agency = an_agency(&bench.store).await;
    let camera = camera_of(&bench.store, agency, 1).await;
    bench
        .store
        .append(&batch(agency, (1..=900).map(|n| a_read(n, camera)).collect()))
        .await
        .unwrap();
    bench.store.close().await;
    let path = bench.dir().join(format!("store/days/{agency}/{}.reads", today()));
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let store = bench.after_a_crash().await;
    assert!(store.seal(FileRef::main(agency, today())).await.is_err());
    // Still to be sealed: tried again, it fails again.
    assert!(store.seal(FileRef::main(agency, today())).await.is_err());
}
