//! Sign-offs of cameras.

use domain::{AskedSignOff, CameraKey, Role, SignOff, Withdrawn};
use store::StoreError;
use testkit::both_engines;

use crate::fixtures::{a_camera, a_person, an_agency, noon, permit};

fn asked(unit: &str, role: Role) -> AskedSignOff {
    let clause = Some("AUS-344.3.2c".to_owned());
    AskedSignOff { unit: unit.to_owned(), label: unit.to_uppercase(), role, clause }
}

fn given(unit: &str, by: domain::PersonId) -> SignOff {
    let note = "fair".to_owned();
    SignOff { unit: unit.to_owned(), by, at: noon(), note, withdrawn: None }
}

#[tokio::test]
async fn clause_aus_344_3_2c_what_a_camera_waits_for_is_kept_with_all_that_was_given_and_withdrawn()
{
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let (ann, ben) = (a_person(store, ours, "ann").await, a_person(store, ours, "ben").await);
        let all = [asked("technology", Role::Administrator), asked("planning", Role::Chief)];
        let key = CameraKey::from_random([7; 32]).hash();
        let camera =
            store.add_camera(&permit(ours), &a_camera(), &key, &all, noon()).await.unwrap();
        assert_eq!(store.placing(&permit(theirs), camera).await.unwrap(), None);
        let placing = store.placing(&permit(ours), camera).await.unwrap().unwrap();
        assert_eq!((placing.added_by, placing.asked.as_slice()), (None, all.as_slice()));
        assert_eq!(store.missing_sign_offs().await.unwrap()[&camera], all);

        let first = given("technology", ann);
        let of_theirs = store.sign_off(&permit(theirs), camera, &first).await;
        assert!(matches!(of_theirs, Err(StoreError::Missing { .. })));
        assert!(store.sign_off(&permit(ours), camera, &first).await.unwrap());
        let again = store.sign_off(&permit(ours), camera, &given("technology", ben)).await;
        assert!(!again.unwrap(), "a unit signs off once");
        let second = store.sign_off(&permit(ours), camera, &given("planning", ann)).await;
        assert!(!second.unwrap(), "and one person for one unit");
        let stranger = store.sign_off(&permit(ours), camera, &given("mayor", ben)).await;
        assert!(matches!(stranger, Err(StoreError::Sql { .. })), "nobody asked for it");
        assert!(store.sign_off(&permit(ours), camera, &given("planning", ben)).await.unwrap());
        assert!(store.missing_sign_offs().await.unwrap().is_empty());

        let withdrawn = Withdrawn { by: ben, at: noon(), why: "a school".to_owned() };
        let done = store.withdraw_sign_off(&permit(ours), camera, "planning", &withdrawn).await;
        assert!(done.unwrap());
        let twice = store.withdraw_sign_off(&permit(ours), camera, "planning", &withdrawn).await;
        assert!(!twice.unwrap());
        assert_eq!(store.missing_sign_offs().await.unwrap()[&camera], all[1..]);
        let placing = store.placing(&permit(ours), camera).await.unwrap().unwrap();
        let last = SignOff { withdrawn: Some(withdrawn), ..given("planning", ben) };
        assert_eq!(placing.given, [first, last]);
    })
    .await;
}
