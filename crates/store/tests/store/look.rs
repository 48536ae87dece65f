//! Reads are listed newest first over days, main and late files alike, and only to their agency.

use domain::{CameraId, NewRead, ReadId, ReadRef, StoredRead};
use store::{Batch, FileKind, FileRef, ReadsQuery, Store};
use testkit::both_engines;

use crate::fixtures::{a_read, an_agency, batch, camera_of, permit, today};

const ALL: ReadsQuery = ReadsQuery { before: None, camera: None, limit: 100 };

/// A read of yesterday that arrived today, after the `n`th of today.
fn a_late_read(n: u16, camera: CameraId) -> NewRead {
    let read = a_read(n, camera);
    NewRead { captured_at: read.captured_at.minus(std::time::Duration::from_secs(86_400)), ..read }
}

async fn ids(store: &Store, agency: domain::AgencyId, query: ReadsQuery) -> Vec<ReadRef> {
    let found = store.list_reads(&permit(agency), query).await.unwrap();
    found.iter().map(|found| found.at).collect()
}

#[tokio::test]
async fn pages_walk_backwards_over_days_and_files() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let (one, two) = (camera_of(store, agency, 1).await, camera_of(store, agency, 2).await);
        let yesterday = FileRef::main(agency, today().previous());
        let mut expected = Vec::new();
        let mut put = async |file: FileRef, reads: Vec<NewRead>| {
            expected.extend(reads.iter().map(|read| file.read(read.id)));
            store.append(&Batch { file, reads, hits: Vec::new(), leaf: None }).await.unwrap();
        };
        put(yesterday, vec![a_late_read(1, one), a_late_read(3, two)]).await;
        put(
            FileRef { kind: FileKind::Late, ..yesterday },
            vec![a_late_read(2, one), a_late_read(4, one)],
        )
        .await;
        put(FileRef::main(agency, today()), vec![a_read(5, two), a_read(6, one)]).await;
        expected.sort();
        expected.reverse();
        assert_eq!(ids(store, agency, ALL).await, expected);
        // Two by two it is the same.
        let mut paged = Vec::new();
        let mut before = None;
        loop {
            let page = ids(store, agency, ReadsQuery { before, limit: 2, ..ALL }).await;
            let Some(last) = page.last() else { break };
            before = Some(*last);
            paged.extend(page);
        }
        assert_eq!(paged, expected);
        let of_two = ids(store, agency, ReadsQuery { camera: Some(two), ..ALL }).await;
        assert_eq!(of_two, [expected[1], expected[3]]);
        let counts = store.count_reads(&permit(agency)).await.unwrap();
        assert_eq!(counts, [(today(), 2), (today().previous(), 4)]);
        let by_camera = store.count_reads_by_camera(&permit(agency), yesterday.day).await.unwrap();
        assert_eq!((by_camera[&one], by_camera[&two]), (3, 1));
    })
    .await;
}

#[tokio::test]
async fn another_agency_sees_nothing() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let camera = camera_of(store, ours, 1).await;
        let read = a_read(1, camera);
        let at = FileRef::main(ours, today()).read(read.id);
        store.append(&batch(ours, vec![read.clone()])).await.unwrap();
        assert!(ids(store, theirs, ALL).await.is_empty());
        assert!(ids(store, theirs, ReadsQuery { before: Some(at), ..ALL }).await.is_empty());
        assert_eq!(store.read(&permit(theirs), at).await.unwrap(), None);
        assert_eq!(store.pictures(&permit(theirs), at).await.unwrap(), None);
        let pretended = ReadRef { agency: theirs, ..at };
        assert_eq!(store.read(&permit(theirs), pretended).await.unwrap(), None);
        assert_eq!(
            store.read(&permit(ours), at).await.unwrap(),
            Some(StoredRead { at, read: read.clone() })
        );
        assert_eq!(store.pictures(&permit(ours), at).await.unwrap(), Some(read.pictures));
        let nowhere = ReadRef { id: ReadId::from_i64(1), ..at };
        assert_eq!(store.read(&permit(ours), nowhere).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_day_whose_key_was_destroyed_is_as_if_it_had_never_been() {
    let bench = testkit::Bench::sqlite().await;
    let agency = an_agency(&bench.store).await;
    let camera = camera_of(&bench.store, agency, 1).await;
    let read = a_read(1, camera);
    let at = FileRef::main(agency, today()).read(read.id);
    bench.store.append(&batch(agency, vec![read])).await.unwrap();
    bench.store.close().await;
    bench.keys.destroy(agency, today());
    let store = bench.after_a_crash().await;
    assert_eq!(store.relay_everything().await.unwrap().n_hits, 0);
    assert!(ids(&store, agency, ALL).await.is_empty());
    assert_eq!(store.read(&permit(agency), at).await.unwrap(), None);
    assert_eq!(store.last_read_id(agency).await.unwrap(), ReadId::ZERO);
    assert!(store.count_reads_by_camera(&permit(agency), today()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_file_does_not_open_with_another_key() {
    let bench = testkit::Bench::sqlite().await;
    let agency = an_agency(&bench.store).await;
    let camera = camera_of(&bench.store, agency, 1).await;
    bench.store.append(&batch(agency, vec![a_read(1, camera)])).await.unwrap();
    bench.store.close().await;
    bench.keys.destroy(agency, today());
    // Made anew: other bytes than before.
    domain::DayKeys::existing_or_new(&*bench.keys, agency, today().next()).unwrap();
    domain::DayKeys::existing_or_new(&*bench.keys, agency, today()).unwrap();
    let store = bench.after_a_crash().await;
    assert!(store.list_reads(&permit(agency), ALL).await.is_err());
}
