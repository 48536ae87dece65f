//! Entries of the agency's own: kept in order, approved by another person, each a row of the agency's own list.

use std::time::Duration;

use domain::access::{ApproveCustomEntry, EndCustomEntry, ListCustomEntries, ListHotlists};
use domain::custom::{
    Audience, CustomDeed, CustomDone, CustomEnd, CustomEntry, CustomState, NewCustomEntry,
};
use domain::life::{Deed, Done};
use domain::{
    AgencyId, Category, Circle, CustomEntryId, HotlistEntry, PersonId, Position, Role, Timestamp,
};
use plate::Jurisdiction;
use store::{Hidden, Store};
use testkit::both_engines;

use crate::fixtures::{a_hit, a_person, a_read, an_agency, batch, camera_of, noon, permit};

fn wanted(covert: bool) -> NewCustomEntry {
    NewCustomEntry {
        wanted: HotlistEntry {
            plate: "LKW0001".to_owned(),
            jurisdiction: Jurisdiction::from_code("US-TX").ok(),
            make: Some("Honda".to_owned()),
            case_number: Some("26-001234".to_owned()),
            caution: Some("armed".to_owned()),
            ..HotlistEntry::default()
        },
        category: Category::StolenVehicle,
        offence: "theft".to_owned(),
        person: String::new(),
        reason: "owner saw it leave".to_owned(),
        expires_at: noon().plus(Duration::from_secs(3600)),
        area: Some(Circle {
            centre: Position { latitude: 30.27, longitude: -97.75 },
            radius_m: 500,
        }),
        audience: Audience { roles: [Role::Officer].into(), people: [].into() },
        covert,
    }
}

fn done(by: PersonId, deed: CustomDeed) -> CustomDone {
    CustomDone { at: noon(), by, deed }
}

fn approved(by: PersonId) -> CustomDone {
    done(by, CustomDeed::Approved { why: "it fits".to_owned() })
}

async fn entry(store: &Store, agency: AgencyId, id: CustomEntryId) -> CustomEntry {
    store.custom_entry(&permit::<ListCustomEntries>(agency), id).await.unwrap().unwrap()
}

#[tokio::test]
async fn clause_twf_401_4f_the_database_itself_lets_nobody_approve_what_they_asked_for() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let (ann, ben) = (a_person(store, ours, "ann").await, a_person(store, ours, "ben").await);
        let new = wanted(false);
        let id = store.add_custom_entry(&permit(ours), &new, ann, noon()).await.unwrap();
        let waiting = entry(store, ours, id).await;
        assert_eq!((&waiting.about, waiting.author, waiting.at), (&new, ann, None));
        assert_eq!(waiting.state(noon()), CustomState::Waiting);
        let may = permit::<ApproveCustomEntry>(ours);
        assert!(!store.approve_custom_entry(&may, &waiting, &approved(ann)).await.unwrap());
        let refuse = done(ann, CustomDeed::Refused { why: "no".to_owned() });
        assert!(!store.refuse_custom_entry(&may, &waiting, &refuse).await.unwrap());
        let stranger = permit::<ApproveCustomEntry>(theirs);
        assert!(!store.approve_custom_entry(&stranger, &waiting, &approved(ben)).await.unwrap());
        assert!(store.custom_entries_in_force(ours, noon()).await.unwrap().is_empty());
        assert_eq!(store.own_list(&permit::<ListHotlists>(ours)).await.unwrap(), None);

        assert!(store.approve_custom_entry(&may, &waiting, &approved(ben)).await.unwrap());
        assert!(!store.approve_custom_entry(&may, &waiting, &approved(ben)).await.unwrap());
        let active = entry(store, ours, id).await;
        assert_eq!(active.life.approver(), Some(ben));
        let at = active.at.expect("it is on the agency's own list");
        let kept = store.entry(&permit(ours), at).await.unwrap().unwrap();
        assert_eq!(kept, new.entry());
        let in_force = store.custom_entries_in_force(ours, noon()).await.unwrap();
        assert_eq!(in_force, [active]);
        assert!(store.custom_entries_in_force(ours, new.expires_at).await.unwrap().is_empty());
        assert!(store.custom_entries(&permit(theirs), 9).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_agencys_own_list_is_none_of_those_that_files_are_imported_into() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let (ann, ben) =
            (a_person(store, agency, "ann").await, a_person(store, agency, "ben").await);
        for _ in 0..2 {
            let id = store.add_custom_entry(&permit(agency), &wanted(false), ann, noon()).await;
            let waiting = entry(store, agency, id.unwrap()).await;
            assert!(
                store
                    .approve_custom_entry(&permit(agency), &waiting, &approved(ben))
                    .await
                    .unwrap()
            );
        }
        let own = store.own_list(&permit(agency)).await.unwrap().expect("there is one");
        assert!(own.version.is_some());
        assert!(store.hotlists(&permit(agency)).await.unwrap().is_empty());
        assert!(store.begin_version(&permit(agency), own.id, "x.csv", noon()).await.is_err());
        let mut n = 0;
        store.entries_in_force(Some(agency), |entries| n += entries.len()).await.unwrap();
        assert_eq!(n, 0, "they are loaded by themselves");
    })
    .await;
}

#[tokio::test]
async fn hits_of_an_entry_are_found_while_open_hidden_where_covert_and_left_over_when_it_is_ended()
{
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let (ann, ben) =
            (a_person(store, agency, "ann").await, a_person(store, agency, "ben").await);
        let camera = camera_of(store, agency, 1).await;
        let id = store.add_custom_entry(&permit(agency), &wanted(true), ann, noon()).await.unwrap();
        let waiting = entry(store, agency, id).await;
        assert!(store.covert_entries(agency).await.unwrap().is_empty(), "no hits can be of it");
        assert!(
            store.approve_custom_entry(&permit(agency), &waiting, &approved(ben)).await.unwrap()
        );
        let active = entry(store, agency, id).await;
        let at = active.at.unwrap();
        let covert = store.covert_entries(agency).await.unwrap();
        assert_eq!(
            (covert[0].at, covert[0].author, covert[0].approver),
            ((at.version, at.row), ann, ben)
        );

        let mut with_hits = batch(agency, vec![a_read(1, camera)]);
        let read = with_hits.file.read(with_hits.reads[0].id);
        let mut hit = a_hit(read, (at.hotlist, at.version), 0);
        hit.entry = at;
        with_hits.hits = vec![hit];
        store.append(&with_hits).await.unwrap();
        store.relay(with_hits.file).await.unwrap();
        let hidden = Hidden::of([(at.version, at.row)]);
        assert!(hidden.holds(at));
        let counted = |hidden| async move {
            let counts = store.hit_counts(&permit(agency), &[read.id], &hidden).await.unwrap();
            let since = Timestamp::from_micros(0);
            let by_stage = store.hits_by_stage(&permit(agency), since, &hidden).await.unwrap();
            (counts.get(&read.id).copied(), by_stage.values().sum::<u64>())
        };
        assert_eq!(counted(Hidden::default()).await, (Some(1), 1));
        assert_eq!(counted(hidden).await, (None, 0));
        let other = Hidden::of([(at.version, at.row + 1)]);
        assert_eq!(counted(other).await, (Some(1), 1));
        assert_eq!(store.custom_entry_at(&permit(agency), at).await.unwrap().unwrap().id, id);

        let may = permit::<EndCustomEntry>(agency);
        assert_eq!(store.open_hits_of_entry(&may, at).await.unwrap().len(), 1);
        let with_open =
            async |agency| store.entries_with_open_hits(&permit(agency), at.hotlist).await.unwrap();
        assert_eq!(with_open(agency).await, [at]);
        assert!(with_open(an_agency(store).await).await.is_empty(), "it is another agency's");
        assert!(store.hits_of_ended_entries(agency, noon(), 9).await.unwrap().is_empty());
        let end = done(ann, CustomDeed::Ended { how: CustomEnd::Recovered, note: "x".to_owned() });
        assert!(store.end_custom_entry(&may, &active, &end).await.unwrap());
        assert!(!store.end_custom_entry(&may, &active, &end).await.unwrap());
        assert_eq!(entry(store, agency, id).await.state(noon()), CustomState::Ended);
        let left = store.hits_of_ended_entries(agency, noon(), 9).await.unwrap();
        assert_eq!(left.len(), 1);
        // Who opens it again finds it open.
        let closed = Deed::EntryEnded { how: CustomEnd::Recovered, note: "x".to_owned() };
        for deed in [closed, Deed::Reopened { why: "another vehicle".to_owned() }] {
            let life = store.life(&permit(agency), left[0].id).await.unwrap();
            let deed = Done { at: noon(), by: Some(ann), deed };
            assert!(store.add_deed(&may, left[0].id, &life, &deed).await.unwrap());
        }
        assert!(store.hits_of_ended_entries(agency, noon(), 9).await.unwrap().is_empty());
        assert!(store.open_hits_of_entry(&may, at).await.unwrap().is_empty());
        assert!(with_open(agency).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_past_is_looked_through_whole_and_what_fitted_is_kept() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let ann = a_person(store, agency, "ann").await;
        let camera = camera_of(store, agency, 1).await;
        let written = batch(agency, (1..=30).map(|n| a_read(n, camera)).collect());
        store.append(&written).await.unwrap();
        let mut found = Vec::new();
        let since = noon().plus(Duration::from_secs(11));
        store
            .reads_since(&permit(agency), since, |reads| found.extend_from_slice(reads))
            .await
            .unwrap();
        assert_eq!(found.len(), 20);
        let first = &written.reads[10];
        assert_eq!((found[0].plate, found[0].camera), (first.plate.packed(), camera));
        assert_eq!(found[0].jurisdiction, first.jurisdiction);
        let other = an_agency(store).await;
        store
            .reads_since(&permit(other), since, |_| panic!("it is another agency's"))
            .await
            .unwrap();

        let id =
            store.add_custom_entry(&permit(agency), &wanted(false), ann, noon()).await.unwrap();
        let refs: Vec<_> = found.iter().map(|read| read.at).take(3).collect();
        store.keep_past(&permit(agency), id, &refs).await.unwrap();
        store.keep_past(&permit(agency), id, &refs).await.unwrap();
        let mut kept = store.past_of(&permit(agency), id, 9).await.unwrap();
        kept.reverse();
        assert_eq!(kept, refs);
        assert!(store.past_of(&permit(other), id, 9).await.unwrap().is_empty());
    })
    .await;
}
