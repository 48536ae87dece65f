//! Protected events and requests.

use std::time::Duration;

use domain::protected::{NewProtectedEvent, NexusDecision, NexusState, NexusWork, ProtectedPlace};
use domain::{Position, Withdrawn};
use testkit::both_engines;

use crate::fixtures::{a_person, an_agency, camera_of, noon, permit};

#[tokio::test]
async fn clause_aus_344_4a4_events_and_requests_come_back_as_they_were_given() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let (ann, ben) = (a_person(store, ours, "ann").await, a_person(store, ours, "ben").await);
        let camera = camera_of(store, ours, 1).await;
        let later = noon().plus(Duration::from_secs(3600));
        let new = |place| NewProtectedEvent {
            name: "Vigil".to_owned(),
            why: "people pray".to_owned(),
            place,
            from: noon(),
            until: later,
        };
        let centre = Position { latitude: 30.2747, longitude: -97.7404 };
        let circle = new(ProtectedPlace::Circle { centre, radius_m: 400 });
        let listed = new(ProtectedPlace::Cameras([camera].into()));
        assert!(!store.has_protected_events(&permit(ours)).await.unwrap());
        let one = store.add_protected_event(&permit(ours), &circle, ann, noon()).await.unwrap();
        let two = store.add_protected_event(&permit(ours), &listed, ann, noon()).await.unwrap();
        let found = store.protected_events(&permit(ours)).await.unwrap();
        assert_eq!([&found[0].about, &found[1].about], [&listed, &circle]);
        assert_eq!((found[0].id, found[1].id, found[0].added_by), (two, one, ann));
        assert!(store.protected_events(&permit(theirs)).await.unwrap().is_empty());
        let backwards = NewProtectedEvent { until: noon(), ..circle.clone() };
        assert!(store.add_protected_event(&permit(ours), &backwards, ann, noon()).await.is_err());

        let work = NexusWork { purpose: "investigation".into(), case_number: "26-1".into() };
        let asked = store.ask_nexus(&permit(ours), one, ann, &work, "a robbery", noon()).await;
        let asked = asked.unwrap();
        let decision = |by, until| NexusDecision { by, at: noon(), why: "yes".to_owned(), until };
        let own = store.decide_nexus(&permit(ours), asked, &decision(ann, Some(later))).await;
        assert!(!own.unwrap(), "nobody decides their own");
        let stranger = store.decide_nexus(&permit(theirs), asked, &decision(ben, None)).await;
        assert!(!stranger.unwrap());
        let decided = decision(ben, Some(later));
        assert!(store.decide_nexus(&permit(ours), asked, &decided).await.unwrap());
        let twice = store.decide_nexus(&permit(ours), asked, &decision(ben, None)).await;
        assert!(!twice.unwrap());
        let found = store.nexus_requests(&permit(ours)).await.unwrap();
        assert_eq!((found[0].id, found[0].event, found[0].person), (asked, one, ann));
        assert_eq!((&found[0].work, found[0].nexus.as_str()), (&work, "a robbery"));
        assert_eq!(found[0].decision.as_ref(), Some(&decided));
        assert_eq!(found[0].state(later), NexusState::Ended);

        let withdrawn = Withdrawn { by: ben, at: noon(), why: "the wrong day".to_owned() };
        for event in [one, two] {
            let done = store.withdraw_protected_event(&permit(ours), event, &withdrawn).await;
            assert!(done.unwrap());
        }
        let again = store.withdraw_protected_event(&permit(ours), one, &withdrawn).await;
        assert!(!again.unwrap());
        assert!(!store.has_protected_events(&permit(ours)).await.unwrap());
        let kept = store.protected_events(&permit(ours)).await.unwrap();
        assert_eq!(kept[0].withdrawn, Some(withdrawn));
    })
    .await;
}
