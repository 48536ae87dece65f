//! Shifts: who is signed on, whose page is blind, who is on duty; each agency's alone.

use std::time::Duration;

use domain::access::{OpenHit, SeeShift, SetDutyRoster, SignOnShift};
use domain::shift::{NewDuty, NewSignOn, OnWatch, SignOnEnding, Span, Unit};
use domain::{HitId, PersonId, SignOnId, Timestamp};
use store::HeardOf;
use testkit::both_engines;

use crate::fixtures::{a_hit, a_list, a_person, a_read, an_agency, batch, camera_of, noon, permit};

fn after(seconds: u64) -> Timestamp {
    noon().plus(Duration::from_secs(seconds))
}

fn shift() -> Span {
    Span { from: noon(), until: after(1_000) }
}

fn signing_on(person: PersonId, unit: &str, from: Timestamp) -> NewSignOn {
    NewSignOn {
        person,
        unit: Unit::parse(unit).unwrap(),
        camera: None,
        span: Span { from, ..shift() },
        ends_by: after(1_300),
    }
}

#[tokio::test]
async fn clause_twf_401_4g_a_sign_on_comes_back_with_what_became_of_it() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let (ann, bob) = (a_person(store, ours, "ann").await, a_person(store, ours, "bob").await);
        let may = permit::<SignOnShift>(ours);
        let seen = permit::<SeeShift>(ours);
        assert_eq!(store.own_sign_on(&may, ann, noon()).await.unwrap(), None);
        let new = signing_on(ann, "12A", noon());
        let one = store.sign_on(&may, &new).await.unwrap();
        let found = store.own_sign_on(&may, ann, after(1_299)).await.unwrap().unwrap();
        assert_eq!((found.id, &found.about, found.seen_at), (one, &new, noon()));
        assert_eq!(store.own_sign_on(&may, ann, after(1_300)).await.unwrap(), None, "run out");
        assert_eq!(store.own_sign_on(&permit(theirs), ann, noon()).await.unwrap(), None);

        let heard = |was_blind| Some(HeardOf { sign_on: one, was_blind });
        assert_eq!(store.hear_of(&may, ann, after(10)).await.unwrap(), heard(false));
        assert_eq!(store.hear_of(&may, bob, after(10)).await.unwrap(), None);
        assert!(store.note_blind(ours, after(60), after(9)).await.unwrap().is_empty());
        assert_eq!(store.note_blind(ours, after(70), after(10)).await.unwrap(), [one]);
        assert!(store.note_blind(ours, after(71), after(11)).await.unwrap().is_empty(), "known");
        assert_eq!(store.hear_of(&may, ann, after(80)).await.unwrap(), heard(true));
        assert_eq!(store.note_blind(ours, after(200), after(90)).await.unwrap(), [one], "again");
        let spells = store.blind_spells(&seen, shift()).await.unwrap();
        let spells: Vec<_> = spells.iter().map(|spell| (spell.since, spell.until)).collect();
        assert_eq!(spells, [(after(10), Some(after(80))), (after(80), None)]);
        assert!(store.blind_spells(&permit(theirs), shift()).await.unwrap().is_empty());

        let two = store.sign_on(&may, &signing_on(ann, "14", after(300))).await.unwrap();
        let three = store.sign_on(&may, &signing_on(bob, "14", after(300))).await.unwrap();
        assert_eq!(store.end_sign_on(&may, bob, after(400)).await.unwrap(), Some(three));
        assert_eq!(store.end_sign_on(&may, bob, after(400)).await.unwrap(), None);
        assert!(store.end_over(ours, after(1_299)).await.unwrap().is_empty());
        assert!(store.end_over(theirs, after(1_300)).await.unwrap().is_empty());
        assert_eq!(store.end_over(ours, after(9_000)).await.unwrap(), [two]);
        let all = store.sign_ons(&seen, shift()).await.unwrap();
        let ends: Vec<_> = all.iter().map(|one| (one.id, one.ended)).collect();
        let expected = [
            (one, Some((after(300), SignOnEnding::SignedOnAnew))),
            (two, Some((after(1_300), SignOnEnding::ShiftOver))),
            (three, Some((after(400), SignOnEnding::SignedOff))),
        ];
        assert_eq!(ends, expected);
        assert!(store.sign_ons(&permit(theirs), shift()).await.unwrap().is_empty());
        let later = Span { from: after(1_300), until: after(2_000) };
        assert!(store.sign_ons(&seen, later).await.unwrap().is_empty());
        let late = store.sign_on(&may, &signing_on(ann, "12", after(900))).await.unwrap();
        assert_eq!(store.end_sign_on(&may, ann, after(9_999)).await.unwrap(), None, "it ran out");
        let all = store.sign_ons(&seen, shift()).await.unwrap();
        let ended = all.iter().find(|one| one.id == late).unwrap().ended;
        assert_eq!(ended, Some((after(1_300), SignOnEnding::ShiftOver)), "when it ran out");
    })
    .await;
}

#[tokio::test]
async fn clause_twf_401_4g_a_unit_is_on_duty_once_in_a_shift_and_what_was_taken_off_stays() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let ann = a_person(store, ours, "ann").await;
        let may = permit::<SetDutyRoster>(ours);
        let duty =
            |unit: &str, person, span| NewDuty { unit: Unit::parse(unit).unwrap(), person, span };
        let next = Span { from: after(1_000), until: after(2_000) };
        let new =
            [duty("14", None, shift()), duty("12", Some(ann), shift()), duty("12", None, next)];
        let added = store.add_duties(&may, &new, ann, noon()).await.unwrap();
        assert_eq!(added.len(), 3);
        assert!(store.add_duties(&may, &new, ann, noon()).await.unwrap().is_empty());
        let listed = store.duties(&permit(ours), shift()).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|one| &one.about).collect();
        assert_eq!(listed, [&new[1], &new[0]], "in the order of units");
        assert!(store.duties(&permit(theirs), shift()).await.unwrap().is_empty());
        assert!(!store.remove_duty(&permit(theirs), added[0], ann, noon()).await.unwrap());
        assert!(store.remove_duty(&may, added[0], ann, noon()).await.unwrap());
        assert!(!store.remove_duty(&may, added[0], ann, noon()).await.unwrap());
        assert_eq!(store.duties(&permit(ours), shift()).await.unwrap().len(), 1);
        assert_eq!(store.add_duties(&may, &new[..1], ann, noon()).await.unwrap().len(), 1, "anew");
    })
    .await;
}

#[tokio::test]
async fn clause_twf_401_4g_a_hit_keeps_who_was_signed_on_when_it_was_raised() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (agency, other) = (an_agency(store).await, an_agency(store).await);
        let (ann, bob) =
            (a_person(store, agency, "ann").await, a_person(store, agency, "bob").await);
        let stranger = a_person(store, other, "sam").await;
        let may = permit::<SignOnShift>(agency);
        let first = store.sign_on(&may, &signing_on(ann, "12A", noon())).await.unwrap();
        store.sign_on(&permit(other), &signing_on(stranger, "1", noon())).await.unwrap();
        // Hits of the fixtures are raised when their reads were taken.
        let late = signing_on(bob, "14", after(2));
        let second = store.sign_on(&may, &late).await.unwrap();
        let camera = camera_of(store, agency, 1).await;
        let list = a_list(store, agency, &["LKW0001"]).await;
        let mut with_hits = batch(agency, (1..=3).map(|n| a_read(n, camera)).collect());
        let refs: Vec<_> = with_hits
            .reads
            .iter()
            .map(|read| (read.received_at, with_hits.file.read(read.id)))
            .collect();
        with_hits.hits = refs
            .iter()
            .map(|(at, read)| domain::NewHit { raised_at: *at, ..a_hit(*read, list, 0) })
            .collect();
        store.append(&with_hits).await.unwrap();
        store.relay(with_hits.file).await.unwrap();
        store.end_sign_on(&may, ann, after(3)).await.unwrap();

        let watch = async |hit: i64| {
            let found = store.hit_watch(&permit::<OpenHit>(agency), HitId::from_i64(hit)).await;
            let found = found.unwrap().unwrap();
            found.iter().map(|(seen, on)| (seen.sign_on, on.about.person)).collect::<Vec<_>>()
        };
        assert_eq!(watch(1).await, [(first, ann)]);
        assert_eq!(watch(2).await, [(first, ann), (second, bob)]);
        assert_eq!(watch(3).await, [(first, ann), (second, bob)]);
        let elsewhere = store.hit_watch(&permit::<OpenHit>(other), HitId::from_i64(1)).await;
        assert_eq!(elsewhere.unwrap(), None);

        let waiting = store.watches_to_record(agency, 2).await.unwrap();
        let on = |sign_on: SignOnId, at| OnWatch { sign_on, seen_at: at };
        let expected = [
            (HitId::from_i64(1), vec![on(first, noon())]),
            (HitId::from_i64(2), vec![on(first, noon()), on(second, after(2))]),
        ];
        assert_eq!(waiting, expected);
        let hits = [HitId::from_i64(1), HitId::from_i64(2)];
        store.watches_recorded(agency, &hits).await.unwrap();
        let waiting = store.watches_to_record(agency, 2).await.unwrap();
        assert_eq!(waiting.iter().map(|(hit, _)| hit.to_i64()).collect::<Vec<_>>(), [3]);
        assert!(store.watches_to_record(other, 9).await.unwrap().is_empty());
    })
    .await;
}
