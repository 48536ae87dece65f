//! Links are used once; sessions last as long as they were given.

use std::time::Duration;

use testkit::both_engines;

use crate::fixtures::{an_agency, noon};

const SECRET: [u8; 32] = [3; 32];
const OTHER: [u8; 32] = [4; 32];

#[tokio::test]
async fn a_link_is_used_once_and_in_time() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let later = noon().plus(Duration::from_secs(60));
        store.add_link(&SECRET, agency, later).await.unwrap();
        assert_eq!(store.use_link(&OTHER, noon()).await.unwrap(), None);
        assert_eq!(store.use_link(&SECRET, later).await.unwrap(), None);
        let both = tokio::join!(store.use_link(&SECRET, noon()), store.use_link(&SECRET, noon()));
        let both = [both.0.unwrap(), both.1.unwrap()];
        assert_eq!(both.iter().flatten().collect::<Vec<_>>(), [&agency]);
        assert_eq!(store.use_link(&SECRET, noon()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let later = noon().plus(Duration::from_secs(60));
        store.add_session(&SECRET, agency, noon(), later).await.unwrap();
        store.add_session(&OTHER, agency, noon(), later).await.unwrap();
        assert_eq!(store.session(&SECRET, noon()).await.unwrap(), Some(agency));
        assert_eq!(store.session(&SECRET, later).await.unwrap(), None);
        store.end_session(&SECRET).await.unwrap();
        assert_eq!(store.session(&SECRET, noon()).await.unwrap(), None);
        assert_eq!(store.session(&OTHER, noon()).await.unwrap(), Some(agency));
        store.forget_expired_sign_ins(later).await.unwrap();
        assert_eq!(store.session(&OTHER, noon()).await.unwrap(), None);
    })
    .await;
}
