//! What people sign in with, and the steps between: each works as often as it should and no more.

use std::time::Duration;

use domain::PersonId;
use store::{AuthenticatorRow, Enrolment, NewPasskey, StepRow, Store, StoreError};
use testkit::both_engines;

use crate::fixtures::{a_person, a_session, an_agency, noon, permit};

const SECRET: [u8; 32] = [3; 32];
const OTHER: [u8; 32] = [4; 32];
const CODE: [u8; 32] = [5; 32];
const MINUTE: Duration = Duration::from_secs(60);

fn enrolment(phc: &str) -> Enrolment {
    Enrolment {
        phc: phc.to_owned(),
        authenticator: Some(AuthenticatorRow { secret: b"sealed".to_vec(), last_step: 7 }),
        passkey: None,
        recovery: vec![CODE, [6; 32]],
    }
}

async fn invited(store: &Store, person: PersonId, secret: &[u8; 32]) {
    store.add_invitation(secret, person, noon(), noon().plus(MINUTE)).await.unwrap();
}

async fn enrolled(store: &Store) -> PersonId {
    let agency = an_agency(store).await;
    let person = a_person(store, agency, "r.ortiz").await;
    invited(store, person, &SECRET).await;
    let who = store.enrol(&SECRET, &enrolment("hash"), noon()).await.unwrap();
    assert_eq!(who, Some(person));
    person
}

#[tokio::test]
async fn an_invitation_works_in_time_and_the_newer_replaces_the_older() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let person = a_person(store, agency, "r.ortiz").await;
        invited(store, person, &SECRET).await;
        assert_eq!(store.invitation(&SECRET, noon()).await.unwrap(), Some(person));
        let late = noon().plus(MINUTE);
        assert_eq!(store.invitation(&SECRET, late).await.unwrap(), None);
        assert_eq!(store.enrol(&SECRET, &enrolment("late"), late).await.unwrap(), None);
        invited(store, person, &OTHER).await;
        assert_eq!(store.invitation(&SECRET, noon()).await.unwrap(), None);
        assert_eq!(store.enrol(&SECRET, &enrolment("old"), noon()).await.unwrap(), None);
        assert_eq!(store.password(person).await.unwrap(), None);
        assert_eq!(store.invitation(&OTHER, noon()).await.unwrap(), Some(person));
        store.forget_expired_sign_ins(late).await.unwrap();
        assert_eq!(store.invitation(&OTHER, noon()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_used_once_and_sets_everything_or_nothing() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let person = a_person(store, agency, "r.ortiz").await;
        invited(store, person, &SECRET).await;
        // The last of it cannot be written: then none of it is, and the invitation still works.
        let twice = Enrolment { recovery: vec![CODE, CODE], ..enrolment("first") };
        let failed = store.enrol(&SECRET, &twice, noon()).await;
        assert!(matches!(failed, Err(StoreError::Sql { .. })));
        assert_eq!(store.password(person).await.unwrap(), None);
        assert_eq!(store.authenticator(person).await.unwrap(), None);
        assert_eq!(store.n_recovery_codes(person).await.unwrap(), 0);
        assert_eq!(store.person(person).await.unwrap().unwrap().enrolled_at, None);

        let (one, two) = (enrolment("one"), enrolment("two"));
        let both =
            tokio::join!(store.enrol(&SECRET, &one, noon()), store.enrol(&SECRET, &two, noon()));
        assert_eq!([both.0.unwrap(), both.1.unwrap()].iter().flatten().count(), 1);
        assert_eq!(store.invitation(&SECRET, noon()).await.unwrap(), None);
        let kept = store.authenticator(person).await.unwrap().unwrap();
        assert_eq!(Some(kept), one.authenticator);
        assert_eq!(store.n_recovery_codes(person).await.unwrap(), 2);
        assert_eq!(store.person(person).await.unwrap().unwrap().enrolled_at, Some(noon()));
    })
    .await;
}

#[tokio::test]
async fn who_enrols_anew_has_nothing_of_the_old_any_more() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let person = enrolled(store).await;
        store.add_session(&a_session(1, person)).await.unwrap();
        assert!(store.swap_guard(person, "", "5 failures", Some(noon())).await.unwrap());
        invited(store, person, &OTHER).await;
        // What they have works until they use the invitation.
        assert_eq!(store.sessions_of(person, noon()).await.unwrap().len(), 1);
        let later = noon().plus(MINUTE / 2);
        let anew = Enrolment { recovery: vec![[9; 32]], ..enrolment("anew") };
        assert_eq!(store.enrol(&OTHER, &anew, later).await.unwrap(), Some(person));
        let password = store.password(person).await.unwrap().unwrap();
        assert_eq!((password.phc.as_str(), password.set_at), ("anew", later));
        assert_eq!((password.guard.as_str(), password.locked_at), ("", None));
        assert!(!store.use_recovery_code(person, &CODE, later).await.unwrap());
        assert_eq!(store.n_recovery_codes(person).await.unwrap(), 1);
        assert!(store.sessions_of(person, later).await.unwrap().is_empty());
        // The day on which they first came is kept.
        assert_eq!(store.person(person).await.unwrap().unwrap().enrolled_at, Some(noon()));
    })
    .await;
}

#[tokio::test]
async fn control_ac_7_of_two_who_count_failures_at_once_one_counts_again() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let person = enrolled(store).await;
        let both = tokio::join!(
            store.swap_guard(person, "", "one", None),
            store.swap_guard(person, "", "two", None)
        );
        let (one, two) = (both.0.unwrap(), both.1.unwrap());
        assert!(one != two, "neither count is lost");
        let counted = if one { "one" } else { "two" };
        assert_eq!(store.password(person).await.unwrap().unwrap().guard, counted);
        assert!(!store.swap_guard(person, "", "three", Some(noon())).await.unwrap());
        assert!(store.swap_guard(person, counted, "five", Some(noon())).await.unwrap());
        let agency = store.person(person).await.unwrap().unwrap().agency;
        assert_eq!(store.locked_passwords(&permit(agency)).await.unwrap(), [person]);
        assert!(store.release_password(person).await.unwrap());
        assert!(!store.release_password(person).await.unwrap());
        assert_eq!(store.password(person).await.unwrap().unwrap().guard, "");
        assert!(store.locked_passwords(&permit(agency)).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_costlier_hash_replaces_only_the_one_that_was_checked() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let person = enrolled(store).await;
        store.rehash_password(person, "another", "stray").await.unwrap();
        assert_eq!(store.password(person).await.unwrap().unwrap().phc, "hash");
        store.rehash_password(person, "hash", "costlier").await.unwrap();
        assert_eq!(store.password(person).await.unwrap().unwrap().phc, "costlier");
    })
    .await;
}

#[tokio::test]
async fn control_ia_5_a_code_is_taken_once_and_none_before_it() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let person = enrolled(store).await;
        assert!(!store.take_code(person, 7).await.unwrap(), "it proved the enrolment");
        let both = tokio::join!(store.take_code(person, 9), store.take_code(person, 9));
        assert!(both.0.unwrap() != both.1.unwrap());
        for step in [8, 9] {
            assert!(!store.take_code(person, step).await.unwrap());
        }
        assert!(store.take_code(person, 10).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_is_used_once_and_by_its_owner() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let person = enrolled(store).await;
        let agency = store.person(person).await.unwrap().unwrap().agency;
        let other = a_person(store, agency, "other").await;
        assert!(!store.use_recovery_code(other, &CODE, noon()).await.unwrap());
        assert!(!store.use_recovery_code(person, &OTHER, noon()).await.unwrap());
        let both = tokio::join!(
            store.use_recovery_code(person, &CODE, noon()),
            store.use_recovery_code(person, &CODE, noon())
        );
        assert!(both.0.unwrap() != both.1.unwrap());
        assert!(!store.use_recovery_code(person, &CODE, noon()).await.unwrap());
        assert_eq!(store.n_recovery_codes(person).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_step_is_taken_once_and_in_time() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let person = Some(a_person(store, agency, "r.ortiz").await);
        let step = store::StepRow { person, step: "second".to_owned(), state: vec![1, 2] };
        let later = noon().plus(MINUTE);
        store.add_step(&SECRET, &step, later).await.unwrap();
        assert_eq!(store.step(&SECRET, noon()).await.unwrap().as_ref(), Some(&step));
        assert_eq!(store.step(&OTHER, noon()).await.unwrap(), None);
        assert_eq!(store.step(&SECRET, later).await.unwrap(), None);
        assert_eq!(store.take_step(&SECRET, later).await.unwrap(), None);
        let both = tokio::join!(store.take_step(&SECRET, noon()), store.take_step(&SECRET, noon()));
        let both = [both.0.unwrap(), both.1.unwrap()];
        assert_eq!(both.iter().flatten().collect::<Vec<_>>(), [&step]);
        assert_eq!(store.step(&SECRET, noon()).await.unwrap(), None);
        let nobodys = store::StepRow { person: None, ..step };
        store.add_step(&OTHER, &nobodys, later).await.unwrap();
        store.forget_expired_sign_ins(later).await.unwrap();
        assert_eq!(store.step(&OTHER, noon()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_in_time_when_told_and_with_all_others() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let person = a_person(store, agency, "r.ortiz").await;
        let (one, two) = (a_session(1, person), a_session(2, person));
        for session in [&one, &two] {
            store.add_session(session).await.unwrap();
        }
        let known = store.standing(person).await.unwrap().unwrap();
        let session = async |hash: &[u8; 32], now| {
            let (row, standing) = store.session(hash, now).await.unwrap()?;
            assert_eq!(standing, known);
            Some(row)
        };
        assert_eq!(session(&one.hash, noon()).await.as_ref(), Some(&one));
        assert_eq!(session(&one.hash, one.expires_at).await, None);
        assert_eq!(session(&OTHER, noon()).await, None);
        let listed = store.sessions_of(person, noon()).await.unwrap();
        assert!(listed.len() == 2 && listed.contains(&one) && listed.contains(&two));
        assert!(store.sessions_of(person, one.expires_at).await.unwrap().is_empty());

        let later = noon().plus(MINUTE / 2);
        store.note_session_use(&one.hash, later).await.unwrap();
        store.note_session_use(&one.hash, noon()).await.unwrap();
        store.set_work(&one.hash, Some("a case")).await.unwrap();
        store.note_authentication(&two.hash, later).await.unwrap();
        let kept = session(&one.hash, noon()).await.unwrap();
        assert_eq!((kept.used_at, kept.authenticated_at), (later, noon()));
        assert_eq!(kept.work.as_deref(), Some("a case"));
        store.set_work(&one.hash, None).await.unwrap();
        assert_eq!(session(&one.hash, noon()).await.unwrap().work, None);
        let kept = session(&two.hash, noon()).await.unwrap();
        assert_eq!((kept.used_at, kept.authenticated_at, kept.work), (later, later, None));

        store.end_session(&one.hash).await.unwrap();
        store.end_session(&one.hash).await.unwrap();
        assert_eq!(session(&one.hash, noon()).await, None);
        store.add_session(&one).await.unwrap();
        assert_eq!(store.end_sessions_of(person).await.unwrap(), 2);
        assert!(store.sessions_of(person, noon()).await.unwrap().is_empty());
        store.add_session(&one).await.unwrap();
        store.forget_expired_sign_ins(one.expires_at).await.unwrap();
        assert_eq!(session(&one.hash, noon()).await, None);
    })
    .await;
}

fn a_passkey(credential: u8) -> NewPasskey {
    NewPasskey {
        credential: vec![credential; 16],
        passkey: "{\"counter\":0}".to_owned(),
        label: "Desk key".to_owned(),
        added_at: noon(),
    }
}

#[tokio::test]
async fn a_passkeys_life() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let person = enrolled(store).await;
        let agency = store.person(person).await.unwrap().unwrap().agency;
        let other = a_person(store, agency, "other").await;
        let change = permit(agency);
        let id = store.add_passkey(&change, person, &a_passkey(1)).await.unwrap().unwrap();
        let second = store.add_passkey(&change, person, &a_passkey(2)).await.unwrap().unwrap();
        // One credential is one person's.
        assert_eq!(store.add_passkey(&change, other, &a_passkey(1)).await.unwrap(), None);
        let kept = store.passkey(&[1; 16]).await.unwrap().unwrap();
        assert_eq!((kept.id, kept.person, kept.last_used_at), (id, person, None));
        let ids =
            store.passkeys_of(person).await.unwrap().iter().map(|key| key.id).collect::<Vec<_>>();
        assert_eq!(ids, [id, second]);
        assert!(store.passkeys_of(other).await.unwrap().is_empty());

        assert!(store.passkey_used(&kept, "{\"counter\":1}", noon()).await.unwrap());
        // Of two uses at once from the same state one is too late.
        assert!(!store.passkey_used(&kept, "{\"counter\":2}", noon()).await.unwrap());
        let used = store.passkey(&kept.credential).await.unwrap().unwrap();
        assert_eq!((used.passkey.as_str(), used.last_used_at), ("{\"counter\":1}", Some(noon())));
        assert!(!store.remove_passkey(&change, other, id).await.unwrap());
        assert!(store.remove_passkey(&change, person, id).await.unwrap());
        assert!(!store.remove_passkey(&change, person, id).await.unwrap());
        assert_eq!(store.passkey(&kept.credential).await.unwrap(), None);
        assert_eq!(store.passkeys_of(person).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn strangers_steps_are_bounded_and_other_peoples_are_not_touched() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let person = enrolled(store).await;
        let step = |person| StepRow { person, step: "a step".to_owned(), state: Vec::new() };
        let until = |n: u64| noon().plus(Duration::from_millis(n));
        store.add_step(&OTHER, &step(Some(person)), until(1)).await.unwrap();
        let hash = |n: u64| {
            let mut hash = [0; 32];
            hash[..8].copy_from_slice(&n.to_be_bytes());
            hash
        };
        for n in 1..=2_003 {
            store.add_step(&hash(n), &step(None), until(n + 10)).await.unwrap();
        }
        for (n, is_there) in [(1, false), (3, true), (2_003, true)] {
            let found = store.step(&hash(n), noon()).await.unwrap();
            assert_eq!(found.is_some(), is_there, "step {n}");
        }
        assert!(store.step(&OTHER, noon()).await.unwrap().is_some());
    })
    .await;
}
