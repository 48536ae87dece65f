//! Fetching of lists, and messages of AMBER alerts.

use std::time::Duration;

use domain::access::{ConfirmAmberPlates, ListHotlists, ManageHotlists};
use domain::{
    AmberKind, AmberPlate, AmberStatus, Category, FeedState, Fetch, FetchOutcome, HotlistId,
    MessageName, NewAmberMessage, PlateDecision, PlateOrigin, ProposedPlate, Said, VehicleSaid,
};
use plate::Jurisdiction;
use store::{Store, StoreError};
use testkit::both_engines;

use crate::fixtures::{a_list, a_person, an_agency, noon, permit};

#[tokio::test]
async fn the_state_of_a_feed_and_its_last_fetches_are_kept() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let other = an_agency(store).await;
        let (list, _) = a_list(store, agency, &["LKW4873"]).await;
        let (manages, looks) = (permit::<ManageHotlists>(agency), permit::<ListHotlists>(agency));
        assert!(store.feed_states(&looks).await.unwrap().is_empty());
        let person = a_person(store, agency, "r.ortiz").await;
        let state = FeedState {
            source: "https://lists.example.gov/stolen.csv".to_owned(),
            etag: Some("\"one\"".to_owned()),
            last_modified: None,
            sha256: Some([7; 32]),
            read_by: "a layout".to_owned(),
            n_failed: 2,
            failing_since: Some(noon()),
            worked_at: None,
            next_at: Some(noon().plus(Duration::from_secs(60))),
        };
        let fetch = |n: u64, outcome| Fetch {
            hotlist: list,
            began_at: noon(),
            ended_at: noon().plus(Duration::from_secs(n)),
            by: Some(person),
            outcome,
            says: "line 3: plate: empty".to_owned(),
            sha256: None,
        };
        for n in 0..53 {
            store.note_fetch(&manages, &fetch(n, FetchOutcome::Failed), &state).await.unwrap();
        }
        assert_eq!(store.feed_states(&looks).await.unwrap().get(&list), Some(&state));
        let last = store.fetches(&looks, list, 100).await.unwrap();
        assert_eq!((last.len(), &last[0]), (50, &fetch(52, FetchOutcome::Failed)));
        let works = FeedState { n_failed: 0, failing_since: None, etag: None, ..state };
        store.note_fetch(&manages, &fetch(60, FetchOutcome::Renewed), &works).await.unwrap();
        assert_eq!(store.feed_states(&looks).await.unwrap().get(&list), Some(&works));
        assert_eq!(store.sha256_in_force(&looks, list).await.unwrap(), Some([9; 32]));

        let theirs = permit::<ListHotlists>(other);
        assert!(store.feed_states(&theirs).await.unwrap().is_empty());
        assert!(store.fetches(&theirs, list, 10).await.unwrap().is_empty());
        assert_eq!(store.sha256_in_force(&theirs, list).await.unwrap(), None);
        let foreign = store
            .note_fetch(&permit::<ManageHotlists>(other), &fetch(1, FetchOutcome::Failed), &works)
            .await;
        assert!(matches!(foreign, Err(StoreError::Missing { what: "hotlist" })));
    })
    .await;
}

fn a_message(identifier: &str) -> (NewAmberMessage, Vec<AmberPlate>) {
    let name = MessageName {
        sender: "state@example.gov".to_owned(),
        identifier: identifier.to_owned(),
        sent_at: noon(),
    };
    let proposed = ProposedPlate {
        plate: "LKW4873".to_owned(),
        jurisdiction: Jurisdiction::from_code("US-TX").ok(),
        place: Some((0, 6, 13)),
        vehicle: VehicleSaid { make: Some("Honda".to_owned()), ..VehicleSaid::default() },
    };
    let message = NewAmberMessage {
        references: vec![name.clone()],
        name,
        status: AmberStatus::Actual,
        kind: AmberKind::Update,
        expires_at: Some(noon().plus(Duration::from_secs(60))),
        event: "Child Abduction Emergency".to_owned(),
        area: "Travis".to_owned(),
        said: vec![Said {
            part: "headline".to_owned(),
            language: "en-US".to_owned(),
            text: "plate LKW4873".to_owned(),
        }],
    };
    let plate = AmberPlate { n: 1, proposed, origin: PlateOrigin::Read, decided: None };
    (message, vec![plate])
}

async fn amber_list(store: &Store, agency: domain::AgencyId) -> HotlistId {
    let manages = permit(agency);
    let added = store.add_hotlist(&manages, "AMBER", "NCMEC", Category::AmberAlert, noon()).await;
    added.unwrap()
}

#[tokio::test]
async fn a_message_comes_back_as_it_came_and_once() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let list = amber_list(store, agency).await;
        let (manages, looks) = (permit::<ManageHotlists>(agency), permit::<ListHotlists>(agency));
        let new = [a_message("1"), a_message("2")];
        assert_eq!(store.add_amber_messages(&manages, list, &new).await.unwrap(), 2);
        assert_eq!(store.add_amber_messages(&manages, list, &new).await.unwrap(), 0);
        let kept = store.amber_messages(&looks, list).await.unwrap();
        assert_eq!(kept.len(), 2);
        for (kept, (message, plates)) in kept.iter().zip(&new) {
            assert_eq!((&kept.message, &kept.plates), (message, plates));
            assert_eq!((kept.hotlist, kept.received_at), (list, noon()));
        }
        assert_eq!(store.lists_with_amber_words(&looks).await.unwrap(), [list]);
        assert!(store.forget_amber_words(kept[0].id).await.unwrap());
        assert!(!store.forget_amber_words(kept[0].id).await.unwrap());
        let kept = store.amber_messages(&looks, list).await.unwrap();
        assert!(kept[0].message.said.is_empty() && !kept[1].message.said.is_empty());
        let other = permit::<ListHotlists>(an_agency(store).await);
        assert!(store.amber_messages(&other, list).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_plate_is_decided_once_and_what_was_confirmed_can_be_taken_back() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let list = amber_list(store, agency).await;
        let looks = permit::<ListHotlists>(agency);
        store.add_amber_messages(&permit(agency), list, &[a_message("1")]).await.unwrap();
        let message = store.amber_messages(&looks, list).await.unwrap()[0].id;
        let person = a_person(store, agency, "r.ortiz").await;
        let confirms = permit::<ConfirmAmberPlates>(agency);
        let at = (list, message, 1);
        let confirmed = PlateDecision::Confirmed {
            plate: "LKW4878".to_owned(),
            jurisdiction: Jurisdiction::from_code("US-NM").ok(),
        };
        let decide = async |at, decision: &PlateDecision| {
            store.decide_amber_plate(&confirms, at, decision, person).await.unwrap()
        };
        assert!(decide(at, &confirmed).await);
        assert!(!decide(at, &confirmed).await, "it is decided");
        let plates = async || store.amber_messages(&looks, list).await.unwrap()[0].plates.clone();
        assert_eq!(plates().await[0].decided, Some((confirmed.clone(), person, noon())));
        let refused = PlateDecision::Refused("another car".to_owned());
        assert!(decide(at, &refused).await);
        assert!(!decide(at, &confirmed).await && !decide((list, message, 9), &confirmed).await);
        assert_eq!(plates().await[0].decided, Some((refused, person, noon())));

        let typed = ProposedPlate {
            plate: "NEW777".to_owned(),
            jurisdiction: None,
            place: None,
            vehicle: VehicleSaid::default(),
        };
        store.type_amber_plate(&confirms, (list, message), &typed, person).await.unwrap();
        let added = plates().await[1].clone();
        assert_eq!((added.n, added.origin, &added.proposed), (2, PlateOrigin::Typed, &typed));
        let theirs = permit::<ConfirmAmberPlates>(an_agency(store).await);
        let foreign = store.type_amber_plate(&theirs, (list, message), &typed, person).await;
        assert!(matches!(foreign, Err(StoreError::Missing { what: "message" })));
    })
    .await;
}
