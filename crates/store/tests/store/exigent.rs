//! Looks that could not wait for their case number: kept once a statement, completed by their own person, released by another.

use std::time::Duration;

use domain::{ExigentId, ExigentLook, Timestamp};
use testkit::both_engines;

use crate::fixtures::{a_person, an_agency, noon, permit};

const HOUR: Duration = Duration::from_secs(3600);

fn look(stated_at: Timestamp) -> ExigentLook {
    ExigentLook {
        id: ExigentId::from_i64(0),
        purpose: "missing-person".to_owned(),
        stated_at,
        looked_at: stated_at,
        due_at: stated_at.plus(HOUR),
        leaf: 41,
        completed_at: None,
        released_at: None,
    }
}

#[tokio::test]
async fn a_look_is_kept_once_a_statement_and_completed_by_its_own_person() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let (one, two) = (a_person(store, ours, "one").await, a_person(store, ours, "two").await);
        for stated in [noon(), noon(), noon().plus(HOUR)] {
            store.note_exigent_look(ours, one, &look(stated)).await.unwrap();
        }
        let open = store.exigent_looks_of(one).await.unwrap();
        assert_eq!(open.len(), 2);
        assert_eq!(open[0], ExigentLook { id: open[0].id, ..look(noon()) });
        assert_eq!(store.standing(one).await.unwrap().unwrap().exigent, open);
        assert!(store.exigent_looks_of(two).await.unwrap().is_empty());
        let in_time = noon().plus(HOUR / 2);
        let id = open[0].id;
        assert!(!store.complete_exigent_look(&permit(ours), id, two, in_time).await.unwrap());
        assert!(!store.complete_exigent_look(&permit(theirs), id, one, in_time).await.unwrap());
        assert!(store.complete_exigent_look(&permit(ours), id, one, in_time).await.unwrap());
        assert!(!store.complete_exigent_look(&permit(ours), id, one, in_time).await.unwrap());
        let left = store.exigent_looks_of(one).await.unwrap();
        assert_eq!(left.iter().map(|look| look.id).collect::<Vec<_>>(), [open[1].id]);
    })
    .await;
}

#[tokio::test]
async fn what_is_completed_too_late_stays_until_somebody_releases_it() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let (one, two) = (a_person(store, ours, "one").await, a_person(store, ours, "two").await);
        store.note_exigent_look(ours, one, &look(noon())).await.unwrap();
        let (late, later) = (noon().plus(HOUR), noon().plus(HOUR * 2));
        let release = async |agency| {
            store.release_exigent_looks(&permit(agency), one, Some(two), later).await.unwrap()
        };
        assert_eq!(release(ours).await, 0, "it is not completed");
        let id = store.exigent_looks_of(one).await.unwrap()[0].id;
        assert!(store.complete_exigent_look(&permit(ours), id, one, late).await.unwrap());
        let locking = store.exigent_looks_of(one).await.unwrap();
        assert!(locking[0].locks_at(late) && !locking[0].is_open());
        assert_eq!((release(theirs).await, release(ours).await, release(ours).await), (0, 1, 0));
        assert!(store.exigent_looks_of(one).await.unwrap().is_empty());
    })
    .await;
}
