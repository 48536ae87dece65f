//! What is done with hits: kept in order, by one at a time, to their agency alone.

use domain::access::{ListHits, OpenHit, WorkHits};
use domain::life::{Deed, Done, Life, Rejection, Stage};
use domain::{AgencyId, HitId, Timestamp};
use store::{Hidden, Store};
use testkit::both_engines;

use crate::fixtures::{a_hit, a_list, a_read, an_agency, batch, camera_of, noon, permit};

fn done(deed: Deed) -> Done {
    Done { at: noon(), by: None, deed }
}

async fn life(store: &Store, agency: AgencyId, hit: HitId) -> Life {
    store.life(&permit::<OpenHit>(agency), hit).await.unwrap()
}

async fn open(store: &Store, agency: AgencyId) -> Vec<i64> {
    let hits = store.open_hits(&permit::<ListHits>(agency), None, 10).await.unwrap();
    hits.iter().map(|hit| hit.id.to_i64()).collect()
}

#[tokio::test]
async fn deeds_come_back_in_their_order_and_whoever_is_second_is_told() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let camera = camera_of(store, agency, 1).await;
        let list = a_list(store, agency, &["LKW0001"]).await;
        let mut with_hits = batch(agency, (1..=3).map(|n| a_read(n, camera)).collect());
        let refs: Vec<_> =
            with_hits.reads.iter().map(|read| with_hits.file.read(read.id)).collect();
        with_hits.hits = refs.iter().map(|read| a_hit(*read, list, 0)).collect();
        store.append(&with_hits).await.unwrap();
        store.relay(with_hits.file).await.unwrap();
        assert_eq!(open(store, agency).await, [3, 2, 1]);

        let (hit, may) = (HitId::from_i64(2), permit::<WorkHits>(agency));
        let before = life(store, agency, hit).await;
        let escalated = done(Deed::Escalated);
        assert!(store.add_deed(&may, hit, &before, &escalated).await.unwrap());
        let again = done(Deed::Released { why: "x".to_owned() });
        let late = store.add_deed(&may, hit, &before, &again).await.unwrap();
        assert!(!late, "somebody was quicker");
        let before = life(store, agency, hit).await;
        assert_eq!(before.deeds(), [escalated]);
        let rejected =
            done(Deed::Rejected { why: Rejection::Misread, note: "an 8, not a B".to_owned() });
        assert!(store.add_deed(&may, hit, &before, &rejected).await.unwrap());
        assert_eq!(open(store, agency).await, [3, 1]);
        let lives = store.lives(&permit(agency), &[hit, HitId::from_i64(1)]).await.unwrap();
        assert_eq!(lives.len(), 1, "with the other nothing was done");
        assert_eq!((lives[&hit].stage, lives[&hit].is_escalated), (Stage::Rejected, true));
        let since = Timestamp::from_micros(0);
        let counts = store.hits_by_stage(&permit(agency), since, &Hidden::default()).await.unwrap();
        assert_eq!((counts[&Stage::Raised], counts[&Stage::Rejected]), (2, 1));
        let until = Timestamp::from_micros(i64::MAX);
        let waiting = store.waiting_hits(agency, (since, until), 10).await.unwrap();
        assert_eq!(waiting, [HitId::from_i64(1), HitId::from_i64(3)]);

        let other = an_agency(store).await;
        assert_eq!(life(store, other, hit).await, Life::default());
        assert!(open(store, other).await.is_empty());
        assert!(store.lives(&permit(other), &[hit]).await.unwrap().is_empty());
    })
    .await;
}
