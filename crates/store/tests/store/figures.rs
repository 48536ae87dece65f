//! Questions to the state's system, the facts of stops, and what was found of hits: on both engines, each to its agency alone.

use domain::access::{EnterStopFacts, OpenHit, ReadPrecision, ReadStopFacts};
use domain::figures::Quarter;
use domain::life::{Answer, Deed, Done, Finding, Life, Rejection};
use domain::stop_facts::{Investigation, StopFacts, Subject};
use domain::{AgencyId, AskEnd, AskFailure, HitId, StateAnswer, Timestamp};
use store::{StopsEntered, Store};
use testkit::both_engines;

use crate::fixtures::{a_hit, a_list, a_person, a_read, an_agency, batch, camera_of, noon, permit};

const ALL_TIME: (Timestamp, Timestamp) =
    (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));

/// An agency with three hits of one camera, numbered from 1.
async fn with_hits(store: &Store) -> AgencyId {
    let agency = an_agency(store).await;
    let camera = camera_of(store, agency, 1).await;
    let list = a_list(store, agency, &["LKW0001"]).await;
    let mut hits = batch(agency, (1..=3).map(|n| a_read(n, camera)).collect());
    let refs: Vec<_> = hits.reads.iter().map(|read| hits.file.read(read.id)).collect();
    hits.hits = refs.iter().map(|read| a_hit(*read, list, 0)).collect();
    store.append(&hits).await.unwrap();
    store.relay(hits.file).await.unwrap();
    agency
}

#[tokio::test]
async fn a_question_is_asked_once_at_a_time_and_ends_once() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = with_hits(store).await;
        let chen = a_person(store, agency, "d.chen").await;
        let hit = HitId::from_i64(2);
        let at = |seconds: i64| Timestamp::from_micros(noon().micros() + seconds * 1_000_000);
        let ask = async |reference: &str, now: i64| {
            let times = (at(now), at(now + 60));
            store
                .add_state_ask(&permit(agency), (hit, "NCIC"), reference, chen, times)
                .await
                .unwrap()
        };
        let first = ask("PG01", 0).await.unwrap();
        assert_eq!(ask("PG02", 5).await, None, "it is being asked");
        let end = AskEnd::Failed(AskFailure::Unreachable);
        assert!(store.end_state_ask(&permit(agency), first, at(6), &end).await.unwrap());
        assert!(!store.end_state_ask(&permit(agency), first, at(7), &end).await.unwrap());
        let second = ask("PG03", 8).await.unwrap();
        let answer = StateAnswer {
            answer: Answer::NotInForce,
            reference: String::new(),
            digest: "ab".repeat(32),
        };
        let answered = AskEnd::Answered(answer);
        assert!(store.end_state_ask(&permit(agency), second, at(9), &answered).await.unwrap());
        let third = ask("PG04", 10).await.unwrap();
        assert!(ask("PG05", 70).await.is_some(), "nobody waits for the third any more");

        let asked = store.state_asks(&permit::<OpenHit>(agency), hit, 9).await.unwrap();
        assert_eq!(asked.len(), 4);
        assert_eq!(asked[1].id, third);
        assert_eq!(asked[1].end, None);
        assert_eq!(asked[2].end, Some((at(9), answered)));
        assert_eq!(asked[3].end, Some((at(6), end)));
        assert_eq!((asked[3].by, asked[3].system.as_str()), (chen, "NCIC"));
        let other = an_agency(store).await;
        assert!(store.state_asks(&permit::<OpenHit>(other), hit, 9).await.unwrap().is_empty());
        assert!(!store.end_state_ask(&permit(other), third, at(11), &end_of()).await.unwrap());
    })
    .await;
}

fn end_of() -> AskEnd {
    AskEnd::Failed(AskFailure::Late)
}

#[tokio::test]
async fn clause_aus_344_6b11_facts_are_counted_once_a_stop_and_lead_back_to_none() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = with_hits(store).await;
        let chen = a_person(store, agency, "d.chen").await;
        let may = permit::<EnterStopFacts>(agency);
        for hit in [1, 2] {
            let stopped = Deed::Stopped { missing: Vec::new() };
            let done = Done { at: noon(), by: Some(chen), deed: stopped };
            let life = Life::default();
            store
                .add_deed(&permit::<EnterStopFacts>(agency), HitId::from_i64(hit), &life, &done)
                .await
                .unwrap();
        }
        let pair = |race: &str| (race.to_owned(), "Woman".to_owned());
        let facts = StopFacts {
            driver: pair("White"),
            victim: Some(pair("Black")),
            offence: "240".to_owned(),
            investigation: Investigation::Without,
        };
        let quarter = Quarter::parse("2026-Q4").unwrap();
        let first = HitId::from_i64(1);
        assert!(store.add_stop_facts(&may, first, quarter, &facts).await.unwrap());
        assert!(!store.add_stop_facts(&may, first, quarter, &facts).await.unwrap(), "once");
        let own = store.hits_without_facts(&may, chen, 9).await.unwrap();
        assert_eq!(own, [HitId::from_i64(2)]);
        let reads = permit::<ReadStopFacts>(agency);
        let stops = store.stops(&reads, ALL_TIME).await.unwrap();
        assert_eq!(stops, StopsEntered { n_stops: 2, n_entered: 1 });
        let missing = store.stops_without_facts(agency, ALL_TIME).await.unwrap();
        assert_eq!(missing, [(chen, 1)]);
        assert!(store.add_stop_facts(&may, HitId::from_i64(2), quarter, &facts).await.unwrap());
        let counts = store.stop_counts(&reads, quarter).await.unwrap();
        let counted: Vec<_> =
            counts.iter().map(|one| (one.subject, one.first.as_str(), one.n)).collect();
        let expected = [
            (Subject::Driver, "White", 2),
            (Subject::Offence, "240", 2),
            (Subject::Victim, "Black", 2),
        ];
        assert_eq!(counted, expected);
        assert!(store.has_stop_facts(&permit(agency), first).await.unwrap());
        let other = an_agency(store).await;
        assert!(!store.has_stop_facts(&permit(other), first).await.unwrap());
        assert!(store.stop_counts(&permit(other), quarter).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_was_found_is_counted_by_list_and_camera() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = with_hits(store).await;
        let rejected = Deed::Rejected { why: Rejection::Misread, note: String::new() };
        let done = Done { at: noon(), by: None, deed: rejected };
        let may = permit::<ReadPrecision>(agency);
        store.add_deed(&may, HitId::from_i64(1), &Life::default(), &done).await.unwrap();
        let lists = store.findings_by_list(&may, ALL_TIME).await.unwrap();
        let found: Vec<_> = lists.iter().map(|(_, found, n)| (*found, *n)).collect();
        assert_eq!(found, [(Finding::Misread, 1), (Finding::Unreviewed, 2)]);
        let cameras = store.findings_by_camera(&may, ALL_TIME).await.unwrap();
        assert_eq!(cameras.iter().map(|(_, _, n)| n).sum::<u64>(), 3, "each hit knows its camera");
        let before = (Timestamp::from_micros(0), Timestamp::from_micros(1));
        assert!(store.findings_by_list(&may, before).await.unwrap().is_empty());
    })
    .await;
}
