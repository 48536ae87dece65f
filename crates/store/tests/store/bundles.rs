//! Agencies' policies: begun once, changed by two people, each from its day on.

use std::time::Duration;

use domain::access::ManagePolicy;
use domain::{AgencyId, BundleId, PersonId, Timestamp};
use store::{BundleRow, SeenPolicy, Store};
use testkit::both_engines;

use crate::fixtures::{a_person, an_agency, noon, permit};

const DAY: Duration = Duration::from_secs(24 * 3600);

fn digest(seed: char) -> String {
    seed.to_string().repeat(64)
}

fn proposed(seed: char, by: PersonId, effective_at: Timestamp) -> BundleRow {
    BundleRow {
        id: BundleId::from_i64(0),
        digest: digest(seed),
        files: format!("{{\"of\":\"{seed}\"}}"),
        proposed_by: Some(by),
        proposed_at: noon(),
        approved_by: None,
        approved_at: None,
        effective_at,
        withdrawn_by: None,
        withdrawn_at: None,
        reason: "council resolution".to_owned(),
        replaces: None,
        touches_privacy: false,
    }
}

/// What an approver saw: the policy of `seed`, compared with the one of this number.
fn seen(digest: &str, replaces: i64) -> SeenPolicy {
    SeenPolicy {
        digest: digest.to_owned(),
        replaces: Some(BundleId::from_i64(replaces)),
        touches_privacy: true,
    }
}

/// The digests of what decides or will, in their order, each by its first letter.
async fn approved(store: &Store, agency: AgencyId) -> String {
    let rows = store.approved_policies(agency).await.unwrap();
    rows.iter().filter_map(|row| row.digest.chars().next()).collect()
}

#[tokio::test]
async fn an_agency_begins_with_one_policy_and_once() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        assert!(store.begin_policy(ours, &digest('a'), "{}", noon()).await.unwrap());
        assert!(!store.begin_policy(ours, &digest('b'), "{}", noon()).await.unwrap());
        assert_eq!(
            (approved(store, ours).await.as_str(), approved(store, theirs).await.as_str()),
            ("a", "")
        );
        assert!(store.begin_policy(theirs, &digest('c'), "{}", noon()).await.unwrap());
        let all = store.policies(&permit(ours)).await.unwrap();
        assert_eq!((all.len(), all[0].proposed_by, all[0].approved_at), (1, None, Some(noon())));
        assert_eq!(store.policies(&permit(theirs)).await.unwrap()[0].digest, digest('c'));
    })
    .await;
}

#[tokio::test]
async fn a_policy_is_approved_by_another_person_of_the_agency_and_once() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let (one, two) = (a_person(store, ours, "one").await, a_person(store, ours, "two").await);
        store.begin_policy(ours, &digest('a'), "{}", noon()).await.unwrap();
        let propose = permit::<ManagePolicy>(ours);
        let id =
            store.propose_policy(&propose, &proposed('b', one, noon().plus(DAY))).await.unwrap();
        assert_eq!(approved(store, ours).await, "a");
        let (b, first) = (digest('b'), store.policies(&permit(ours)).await.unwrap()[1].id);
        let right = seen(&b, first.to_i64());
        let approve = async |agency: AgencyId, by: PersonId, seen: &SeenPolicy| {
            store.approve_policy(&permit(agency), id, seen, by, noon()).await.unwrap()
        };
        assert!(!approve(ours, one, &right).await, "its proposer");
        assert!(!approve(theirs, two, &right).await, "another agency");
        assert!(!approve(ours, two, &seen(&digest('c'), first.to_i64())).await, "another text");
        assert!(!approve(ours, two, &seen(&b, id.to_i64())).await, "another difference");
        assert!(approve(ours, two, &right).await);
        assert!(!approve(ours, two, &right).await);
        assert_eq!(approved(store, ours).await, "ba");
        let newest = store.policies(&permit(ours)).await.unwrap().remove(0);
        assert_eq!((newest.proposed_by, newest.approved_by), (Some(one), Some(two)));
        assert_eq!((newest.replaces, newest.touches_privacy), (Some(first), true));
        assert_eq!(newest.reason, "council resolution");
        assert_eq!(
            (newest.files.as_str(), newest.effective_at),
            ("{\"of\":\"b\"}", noon().plus(DAY))
        );
    })
    .await;
}

#[tokio::test]
async fn the_policy_that_begins_last_comes_first_and_one_that_decides_cannot_be_withdrawn() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let (one, two) = (a_person(store, ours, "one").await, a_person(store, ours, "two").await);
        store.begin_policy(ours, &digest('a'), "{}", noon()).await.unwrap();
        let mut ids = Vec::new();
        for (seed, days) in [('b', 3), ('c', 1), ('d', 1), ('e', 2)] {
            let row = proposed(seed, one, noon().plus(DAY * days));
            ids.push(store.propose_policy(&permit(ours), &row).await.unwrap());
        }
        let first = ids[0].to_i64() - 1;
        for (at, (seed, follows)) in
            [('b', first), ('c', first), ('d', ids[1].to_i64())].into_iter().enumerate()
        {
            let (id, of) = (ids[at], digest(seed));
            let seen = seen(&of, follows);
            assert!(store.approve_policy(&permit(ours), id, &seen, two, noon()).await.unwrap());
        }
        // Of two that begin together the later one was meant.
        assert_eq!(approved(store, ours).await, "bdca");
        let withdraw = async |agency: AgencyId, id: BundleId, at: Timestamp| {
            store.withdraw_policy(&permit(agency), id, Some(two), at).await.unwrap()
        };
        assert!(!withdraw(theirs, ids[0], noon()).await);
        assert!(withdraw(ours, ids[0], noon()).await);
        assert!(!withdraw(ours, ids[0], noon()).await);
        assert!(!withdraw(ours, ids[1], noon().plus(DAY)).await, "it decides");
        assert!(withdraw(ours, ids[3], noon().plus(DAY * 3)).await, "it never did");
        let (e, last) = (digest('e'), ids[2].to_i64());
        assert!(
            !store
                .approve_policy(&permit(ours), ids[3], &seen(&e, last), two, noon())
                .await
                .unwrap()
        );
        assert_eq!(approved(store, ours).await, "dca");
        let rows = store.policies(&permit(ours)).await.unwrap();
        assert_eq!(rows.iter().filter(|row| row.withdrawn_by == Some(two)).count(), 2);
        assert_eq!(store.policies(&permit(ours)).await.unwrap().len(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_policy_that_is_approved_after_its_day_counts_from_its_approval() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let ours = an_agency(store).await;
        let (one, two) = (a_person(store, ours, "one").await, a_person(store, ours, "two").await);
        store.begin_policy(ours, &digest('a'), "{}", noon()).await.unwrap();
        let first = store.policies(&permit(ours)).await.unwrap()[0].id.to_i64();
        let id = store.propose_policy(&permit(ours), &proposed('b', one, noon())).await.unwrap();
        let (b, late) = (digest('b'), noon().plus(DAY));
        assert!(
            store.approve_policy(&permit(ours), id, &seen(&b, first), two, late).await.unwrap()
        );
        let rows = store.approved_policies(ours).await.unwrap();
        assert_eq!((rows[0].effective_at, rows[0].approved_at), (late, Some(late)));
    })
    .await;
}
