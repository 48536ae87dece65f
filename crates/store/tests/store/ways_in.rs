//! Ways in beside the password: tokens, a provider's subjects, and what is kept of sign-ins.

use std::time::Duration;

use domain::access::ManageTokens;
use domain::{AgencyId, PersonId, Timestamp, TokenId};
use store::{SignInRow, Store, Subject, TokenRow};
use testkit::both_engines;

use crate::fixtures::{a_person, an_agency, noon, permit};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

fn a_token(seed: u8, person: PersonId) -> TokenRow {
    TokenRow {
        id: TokenId::from_i64(0),
        hash: [seed; 32],
        person,
        name: "dispatch".to_owned(),
        shown: "pgt_AAAA…".to_owned(),
        scopes: vec!["list-hits".to_owned(), "open-hit".to_owned()],
        made_at: noon(),
        expires_at: noon().plus(DAY),
        revoked_at: None,
        last_used_at: None,
        work: None,
    }
}

#[tokio::test]
async fn a_tokens_life() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let [person, other] =
            [a_person(store, agency, "r.ortiz").await, a_person(store, agency, "other").await];
        let make = permit::<ManageTokens>(agency);
        let id = store.add_token(&make, &a_token(1, person)).await.unwrap();
        let kept = store.token(&[1; 32]).await.unwrap().unwrap();
        assert_eq!(kept, TokenRow { id, ..a_token(1, person) });
        assert!(store.add_token(&make, &a_token(1, other)).await.is_err(), "one digest, one token");
        assert!(
            store.add_token(&permit(AgencyId::from_i64(77)), &a_token(3, person)).await.is_err()
        );
        store.note_token_use(id, noon()).await.unwrap();
        store.set_token_work(id, Some("{}")).await.unwrap();
        let used = store.token(&[1; 32]).await.unwrap().unwrap();
        assert_eq!((used.last_used_at, used.work.as_deref()), (Some(noon()), Some("{}")));
        assert!(!store.revoke_token(other, id, noon()).await.unwrap());
        assert!(store.revoke_token(person, id, noon()).await.unwrap());
        assert!(!store.revoke_token(person, id, noon()).await.unwrap());

        // They end with the account.
        let second = store.add_token(&make, &a_token(2, person)).await.unwrap();
        store.disable_person(&permit(agency), person, "left", noon()).await.unwrap();
        let ended = store.tokens_of(person).await.unwrap();
        assert_eq!(ended.iter().map(|one| one.id).collect::<Vec<_>>(), [second, id]);
        assert!(ended.iter().all(|one| one.revoked_at == Some(noon())));
    })
    .await;
}

#[tokio::test]
async fn a_subject_is_one_persons_and_a_person_has_one_with_an_issuer() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let [one, two] =
            [a_person(store, agency, "one").await, a_person(store, agency, "two").await];
        let of = |issuer, subject| Subject { issuer, subject };
        let (ana, bo) = (of("https://a.example", "ana"), of("https://a.example", "bo"));
        assert_eq!(store.person_of_subject(ana).await.unwrap(), None);
        assert!(store.link_subject(ana, one, noon()).await.unwrap());
        assert!(!store.link_subject(ana, two, noon()).await.unwrap());
        assert!(!store.link_subject(bo, one, noon()).await.unwrap());
        assert!(store.link_subject(of("https://b.example", "ana"), two, noon()).await.unwrap());
        assert_eq!(store.person_of_subject(ana).await.unwrap(), Some(one));
        assert_eq!(store.person(one).await.unwrap().unwrap().enrolled_at, Some(noon()));

        // An invitation is used up only where the subject is free.
        let until = noon().plus(MINUTE);
        store.add_invitation(&[1; 32], two, noon(), until).await.unwrap();
        assert_eq!(store.enrol_with_subject(&[1; 32], ana, noon()).await.unwrap(), None);
        assert_eq!(store.enrol_with_subject(&[1; 32], bo, noon()).await.unwrap(), Some(two));
        assert_eq!(store.enrol_with_subject(&[1; 32], bo, noon()).await.unwrap(), None);
        assert_eq!(store.person_of_subject(bo).await.unwrap(), Some(two));
    })
    .await;
}

fn a_sign_in(agency: AgencyId, person: PersonId, at: Timestamp) -> SignInRow {
    SignInRow {
        agency,
        person,
        at,
        way: "passkey".to_owned(),
        address: "192.0.2.7".to_owned(),
        browser: "a test".to_owned(),
        is_new_device: true,
        is_new_address: true,
    }
}

async fn listed(store: &Store, agency: AgencyId) -> usize {
    let until = noon().plus(DAY * 1000);
    store.sign_ins(&permit(agency), noon(), until).await.unwrap().len()
}

#[tokio::test]
async fn sign_ins_are_listed_by_time_and_make_browser_and_address_known() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let [person, other] =
            [a_person(store, agency, "r.ortiz").await, a_person(store, agency, "other").await];
        let device = [9; 32];
        assert!(!store.is_known_device(&device, person).await.unwrap());
        assert!(!store.came_from(person, "192.0.2.7").await.unwrap());
        let first = a_sign_in(agency, person, noon());
        store.add_sign_in(&first, Some(&device)).await.unwrap();
        assert!(store.is_known_device(&device, person).await.unwrap());
        assert!(!store.is_known_device(&device, other).await.unwrap());
        assert!(store.came_from(person, "192.0.2.7").await.unwrap());
        assert!(!store.came_from(other, "192.0.2.7").await.unwrap());
        let later = a_sign_in(agency, other, noon().plus(DAY));
        store.add_sign_in(&later, None).await.unwrap();
        let day = store.sign_ins(&permit(agency), noon(), noon().plus(DAY)).await.unwrap();
        assert_eq!(day, [first]);
        assert_eq!(listed(store, agency).await, 2);

        // After a year and a month both are forgotten.
        store.forget_expired_sign_ins(noon().plus(DAY * 400)).await.unwrap();
        assert_eq!(listed(store, agency).await, 1);
        assert!(!store.is_known_device(&device, person).await.unwrap());
    })
    .await;
}
