//! Agencies and cameras.

use std::time::Duration;

use domain::CameraKey;
use store::{Store, StoreError};
use testkit::both_engines;

use crate::fixtures::{a_camera, an_agency, camera_of, noon, permit};

#[tokio::test]
async fn agencies_are_found_again() {
    both_engines(|bench| async move {
        let store = &bench.store;
        store.ping().await.unwrap();
        let one = an_agency(store).await;
        let two = store.add_agency("Elgin PD", None, noon()).await.unwrap();
        assert!(two > one);
        let agencies = store.agencies().await.unwrap();
        assert_eq!(agencies.iter().map(|agency| agency.id).collect::<Vec<_>>(), [one, two]);
        assert_eq!(store.agency(two).await.unwrap().as_ref(), Some(&agencies[1]));
        assert_eq!(
            (agencies[1].name.as_str(), &agencies[1].ori, agencies[1].added_at),
            ("Elgin PD", &None, noon())
        );
        assert_eq!(store.agency(domain::AgencyId::from_i64(99)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_cameras_life() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let camera = camera_of(store, ours, 1).await;
        let listed = store.cameras(&permit(ours)).await.unwrap();
        assert_eq!((listed[0].id, &listed[0].about), (camera, &a_camera()));
        assert!(store.cameras(&permit(theirs)).await.unwrap().is_empty());

        let key = CameraKey::from_random([2; 32]).hash();
        assert!(matches!(
            store.rekey_camera(&permit(theirs), camera, &key).await,
            Err(StoreError::Missing { .. })
        ));
        store.rekey_camera(&permit(ours), camera, &key).await.unwrap();
        let logins = store.all_camera_keys().await.unwrap();
        assert_eq!(logins.len(), 1);
        assert!(logins[0].key.matches(&key) && !logins[0].disabled && logins[0].agency == ours);

        let later = noon().plus(Duration::from_secs(60));
        store.touch_cameras(&[(camera, later)]).await.unwrap();
        store.touch_cameras(&[(camera, noon())]).await.unwrap();
        assert_eq!(store.cameras(&permit(ours)).await.unwrap()[0].last_seen_at, Some(later));

        store.disable_camera(&permit(theirs), camera, later).await.unwrap();
        assert!(!store.all_camera_keys().await.unwrap()[0].disabled);
        store.disable_camera(&permit(ours), camera, noon()).await.unwrap();
        store.disable_camera(&permit(ours), camera, later).await.unwrap();
        assert!(store.all_camera_keys().await.unwrap()[0].disabled);
        assert_eq!(store.cameras(&permit(ours)).await.unwrap()[0].disabled_at, Some(noon()));
    })
    .await;
}

#[tokio::test]
async fn two_cameras_never_share_a_key() {
    both_engines(|bench| async move {
        let agency = an_agency(&bench.store).await;
        camera_of(&bench.store, agency, 1).await;
        let key = CameraKey::from_random([1; 32]).hash();
        let refused = bench.store.add_camera(&permit(agency), &a_camera(), &key, &[], noon()).await;
        assert!(matches!(refused, Err(StoreError::Sql { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_second_server_on_one_store_is_refused() {
    both_engines(|bench| async move {
        let first = Store::claim(&bench.config).await.unwrap();
        assert!(matches!(Store::claim(&bench.config).await, Err(StoreError::Claimed)));
        drop(first);
        // PostgreSQL lets go when it notices that the connection is gone.
        for _ in 0..50 {
            if Store::claim(&bench.config).await.is_ok() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("the claim of a server that ended still stands");
    })
    .await;
}
