//! A batch is committed whole, relayed once, and survives a crash at any point.

use domain::{HitId, Marks, ReadId};
use store::{Batch, FileKind, FileRef, Relayed, StoreError};
use testkit::both_engines;

use crate::fixtures::{
    a_bare_read, a_hit, a_list, a_read, an_agency, at, batch, camera_of, permit, today,
};

#[tokio::test]
async fn a_batch_comes_back_as_it_was_given() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let camera = camera_of(store, agency, 1).await;
        let mut reads: Vec<_> = (1..=77).map(|n| a_read(n, camera)).collect();
        reads.push(a_bare_read(78, camera));
        let mut odd = a_bare_read(79, camera);
        odd.claimed_at = Some(at("2031-01-01T00:00:00Z"));
        odd.marks = Marks::TIME_IN_FUTURE;
        reads.push(odd);
        store.append(&batch(agency, reads.clone())).await.unwrap();
        for read in &reads {
            let found =
                store.read(&permit(agency), FileRef::main(agency, today()).read(read.id)).await;
            assert_eq!(found.unwrap().unwrap().read, *read);
        }
        assert_eq!(store.last_read_id(agency).await.unwrap(), reads.last().unwrap().id);
    })
    .await;
}

#[tokio::test]
async fn a_batch_that_cannot_be_kept_whole_is_not_kept_at_all() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let camera = camera_of(store, agency, 1).await;
        store.append(&batch(agency, vec![a_read(5, camera)])).await.unwrap();
        let reads: Vec<_> = (1..=5).map(|n| a_read(n, camera)).collect();
        let refused = store.append(&batch(agency, reads)).await.unwrap_err();
        assert!(
            matches!(&refused, StoreError::Sql { source, .. } if source.is_violation()),
            "{refused:?}"
        );
        assert_eq!(store.files(agency).await.unwrap()[0].n_reads, 1);
        // And the file goes on.
        store.append(&batch(agency, vec![a_read(6, camera)])).await.unwrap();
        assert_eq!(store.files(agency).await.unwrap()[0].n_reads, 2);
    })
    .await;
}

#[tokio::test]
async fn a_read_of_another_day_or_agency_is_not_filed_here() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let other = an_agency(store).await;
        let camera = camera_of(store, agency, 1).await;
        let yesterday = Batch {
            file: FileRef::main(agency, today().previous()),
            ..batch(agency, vec![a_read(1, camera)])
        };
        assert!(matches!(store.append(&yesterday).await, Err(StoreError::Misfiled { .. })));
        let list = a_list(store, agency, &["LKW0001"]).await;
        let mut stray = batch(agency, vec![a_read(1, camera)]);
        stray.hits = vec![a_hit(FileRef::main(other, today()).read(stray.reads[0].id), list, 0)];
        assert!(matches!(store.append(&stray).await, Err(StoreError::Misfiled { .. })));
        assert!(store.files(agency).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn hits_are_relayed_once_however_often_one_asks() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let camera = camera_of(store, agency, 1).await;
        let list = a_list(store, agency, &["LKW0001", "1KW0001"]).await;
        let file = FileRef::main(agency, today());
        let mut with_hits = batch(agency, vec![a_read(1, camera), a_read(2, camera)]);
        let read = file.read(with_hits.reads[0].id);
        with_hits.hits = vec![a_hit(read, list, 0), a_hit(read, list, 1)];
        store.append(&with_hits).await.unwrap();
        assert_eq!(store.journal_backlog(), 2);
        let first = store.relay(file).await.unwrap();
        assert_eq!(first, Relayed { n_hits: 2, last_hit: Some(HitId::from_i64(2)), n_leaves: 0 });
        assert_eq!(store.journal_backlog(), 0);
        assert_eq!(store.relay(file).await.unwrap(), Relayed::default());
        assert_eq!(store.relay_everything().await.unwrap(), Relayed::default());
        let hits = store.hits_of_read(&permit(agency), read).await.unwrap();
        assert_eq!(hits.into_iter().map(|hit| hit.hit).collect::<Vec<_>>(), with_hits.hits);
    })
    .await;
}

#[tokio::test]
async fn a_crash_between_commit_and_relay_loses_no_hit() {
    both_engines(|bench| async move {
        let agency = an_agency(&bench.store).await;
        let camera = camera_of(&bench.store, agency, 1).await;
        let list = a_list(&bench.store, agency, &["LKW0001"]).await;
        for (n, kind) in [(1, FileKind::Main), (2, FileKind::Late)] {
            let mut with_hit = batch(agency, vec![a_read(n, camera)]);
            with_hit.file.kind = kind;
            with_hit.hits = vec![a_hit(with_hit.file.read(with_hit.reads[0].id), list, 0)];
            bench.store.append(&with_hit).await.unwrap();
        }
        let store = bench.after_a_crash().await;
        assert_eq!(store.relay_everything().await.unwrap().n_hits, 2);
        assert_eq!(store.relay_everything().await.unwrap().n_hits, 0);
        // The journal goes on where it was.
        let mut more = batch(agency, vec![a_read(3, camera)]);
        more.hits = vec![a_hit(more.file.read(more.reads[0].id), list, 0)];
        store.append(&more).await.unwrap();
        assert_eq!(store.relay(more.file).await.unwrap().n_hits, 1);
        assert_eq!(store.journal_backlog(), 0);
    })
    .await;
}

#[tokio::test]
async fn events_are_known_again_after_a_crash() {
    both_engines(|bench| async move {
        let agency = an_agency(&bench.store).await;
        let camera = camera_of(&bench.store, agency, 1).await;
        let reads = vec![a_read(1, camera), a_bare_read(2, camera), a_read(3, camera)];
        bench.store.append(&batch(agency, reads.clone())).await.unwrap();
        let store = bench.after_a_crash().await;
        let file = FileRef::main(agency, today());
        let known = store.known_events(file).await.unwrap();
        let expected =
            [(reads[0].event.unwrap(), reads[0].id), (reads[2].event.unwrap(), reads[2].id)];
        assert_eq!(known, expected);
        assert_eq!(store.event(file, reads[0].id).await.unwrap(), reads[0].event);
        assert_eq!(store.event(file, reads[1].id).await.unwrap(), None);
        assert_eq!(store.event(file, ReadId::from_i64(7)).await.unwrap(), None);
        assert!(store.known_events(FileRef::late(agency, today())).await.unwrap().is_empty());
        assert_eq!(store.last_read_id(agency).await.unwrap(), reads[2].id);
    })
    .await;
}

#[tokio::test]
async fn nobody_waiting_for_a_batch_does_not_spoil_the_next() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let camera = camera_of(store, agency, 1).await;
        let list = a_list(store, agency, &["LKW0001"]).await;
        for n in 1..40_u16 {
            let mut one = batch(agency, vec![a_read(n, camera)]);
            one.hits = vec![a_hit(one.file.read(one.reads[0].id), list, 0)];
            let appending = store.append(&one);
            // Sooner or later within the commit.
            let patience = std::time::Duration::from_micros(u64::from(n) * 100);
            let _ = tokio::time::timeout(patience, appending).await;
        }
        let mut last = batch(agency, vec![a_read(99, camera)]);
        last.hits = vec![a_hit(last.file.read(last.reads[0].id), list, 0)];
        store.append(&last).await.unwrap();
        let n_reads = store.files(agency).await.unwrap()[0].n_reads;
        assert_eq!(store.relay_everything().await.unwrap().n_hits, n_reads);
    })
    .await;
}
