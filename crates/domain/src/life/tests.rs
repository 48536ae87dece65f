use plate::{Grade, JurisdictionFit, PlateText};
use proptest::prelude::*;

use super::*;
use crate::time::Timestamp;
use crate::vehicle::ClassFit;

const CHEN: Option<PersonId> = Some(PersonId::from_i64(1));
const ORTIZ: Option<PersonId> = Some(PersonId::from_i64(2));

/// Austin's steps (`AUS-344.3.2b`), for somebody on patrol.
fn austin() -> Steps {
    Steps::of([
        (Step::Plate, Need::Always),
        (Step::State, Need::Always),
        (Step::Vehicle, Need::Always),
        (Step::InForce, Need::Always),
        (Step::SecondOfficer, Need::UnlessExigent),
        (Step::Risk, Need::Always),
    ])
}

fn compared(part: Part, agrees: bool) -> Deed {
    Deed::Compared { part, agrees, note: String::new() }
}

fn answered(answer: Answer) -> Deed {
    Deed::Asked { system: "NCIC".to_owned(), answer, reference: "1".to_owned() }
}

fn seconded() -> Deed {
    Deed::Seconded { note: String::new() }
}

fn ended(outcome: Outcome) -> Deed {
    Deed::Ended { outcome, case: String::new(), offence: String::new(), note: String::new() }
}

/// A life in which these deeds were done, each a second after the other, all of them permitted.
fn lived(deeds: impl IntoIterator<Item = (Option<PersonId>, Deed)>) -> Life {
    let mut life = Life::default();
    for (by, deed) in deeds {
        assert_eq!(life.may(&deed, by, &austin()), Ok(()), "{deed:?}");
        did(&mut life, by, deed);
    }
    life
}

fn did(life: &mut Life, by: Option<PersonId>, deed: Deed) {
    let second = i64::try_from(life.deeds().len()).unwrap();
    life.add(Done { at: Timestamp::from_micros(second * 1_000_000), by, deed });
}

fn entry_ended() -> Deed {
    Deed::EntryEnded { how: crate::custom::CustomEnd::Recovered, note: String::new() }
}

fn alert_ended() -> Deed {
    Deed::AlertEnded { how: crate::amber::AlertEnd::Cancelled, note: String::new() }
}

fn all_compared() -> Vec<(Option<PersonId>, Deed)> {
    Part::ALL.iter().map(|part| (CHEN, compared(*part, true))).collect()
}

#[test]
fn a_hit_whose_entry_was_ended_is_closed_unless_somebody_was_stopped() {
    for ends in [entry_ended(), alert_ended()] {
        let mut taken = lived([(CHEN, Deed::Taken)]);
        did(&mut taken, ORTIZ, ends.clone());
        assert_eq!((taken.stage(), taken.outcome()), (Stage::Closed, None));
        assert_eq!(taken.may(&ends, ORTIZ, &austin()), Err(NotNow::IsClosed));
        let stopped = Deed::Stopped { missing: Vec::new() };
        let stopped = lived([(CHEN, stopped), (ORTIZ, ends)]);
        assert_eq!(stopped.stage(), Stage::Stopped, "what became of the stop is still to be said");
        let ended = ended(Outcome::NotLocated);
        assert_eq!(stopped.may(&ended, CHEN, &austin()), Ok(()));
    }
}

#[test]
fn clause_ausp_hotlist_policy_an_alert_alone_clears_nothing() {
    let missing = Life::default().missing(&austin());
    assert_eq!(missing, Step::ALL, "every step is missing");
}

#[test]
fn clause_aus_344_3_2b1_plate_state_and_vehicle_are_three_confirmations() {
    let mut life = Life::default();
    for (n_left, part) in [(5, Part::Plate), (4, Part::State), (3, Part::Vehicle)] {
        did(&mut life, CHEN, compared(part, true));
        assert_eq!(life.missing(&austin()).len(), n_left);
    }
    did(&mut life, CHEN, compared(Part::Vehicle, false));
    assert_eq!(life.progress(Step::Vehicle), Progress::Against, "the last look counts");
    assert!(life.missing(&austin()).contains(&Step::Vehicle));
}

#[test]
fn clause_aus_344_3_2b2_only_an_entry_in_force_is_confirmed() {
    for (answer, progress) in [
        (Answer::InForce, Progress::Holds),
        (Answer::NotInForce, Progress::Against),
        (Answer::NoAnswer, Progress::Waiting),
    ] {
        let life = lived([(CHEN, answered(answer))]);
        assert_eq!(life.progress(Step::InForce), progress);
    }
    let skipped = Deed::NotPracticable { why: "no signal".to_owned() };
    assert_eq!(Life::default().may(&skipped, CHEN, &austin()), Err(NotNow::NoException));
}

#[test]
fn clause_bel_461_3f_what_was_not_practicable_is_said_and_why() {
    let belton = Steps::of([(Step::InForce, Need::IfPracticable)]);
    let skipped = Deed::NotPracticable { why: "no signal at the scene".to_owned() };
    assert_eq!(Life::default().may(&skipped, CHEN, &belton), Ok(()));
    let life = lived([(CHEN, compared(Part::Plate, true))]);
    assert_eq!(life.missing(&belton), [Step::InForce]);
    let mut life = Life::default();
    did(&mut life, CHEN, skipped);
    assert!(life.missing(&belton).is_empty());
}

#[test]
fn clause_aus_344_3_2b3_the_second_officer_is_another_person() {
    let nobody_yet = Life::default().may(&seconded(), ORTIZ, &austin());
    assert_eq!(nobody_yet, Err(NotNow::NothingToSecond), "there is nothing to agree to");
    let life = lived(all_compared());
    assert_eq!(life.may(&seconded(), CHEN, &austin()), Err(NotNow::SecondIsFirst));
    let mut life = lived(all_compared().into_iter().chain([(ORTIZ, seconded())]));
    assert_eq!(life.progress(Step::SecondOfficer), Progress::Holds);
    did(&mut life, ORTIZ, compared(Part::Plate, true));
    let now = life.progress(Step::SecondOfficer);
    assert_eq!(now, Progress::Waiting, "who compared since cannot have seconded themselves");
}

#[test]
fn clause_aus_344_3_2b3a_investigators_have_no_exception() {
    let cannot_wait = Deed::CouldNotWait { why: "a child is in the car".to_owned() };
    let life = lived([(CHEN, cannot_wait.clone())]);
    assert_eq!(life.progress(Step::SecondOfficer), Progress::Excused);
    assert!(!life.missing(&austin()).contains(&Step::SecondOfficer));
    let follow_up = Steps::of(austin().all().chain([(Step::SecondOfficer, Need::Always)]));
    assert_eq!(Life::default().may(&cannot_wait, CHEN, &follow_up), Err(NotNow::NoException));
    assert!(life.missing(&follow_up).contains(&Step::SecondOfficer), "nor does another's count");
}

#[test]
fn clause_aus_344_3_2b4_the_risk_is_weighed() {
    let life = lived([(CHEN, Deed::Weighed { note: "armed, wait for a second car".to_owned() })]);
    assert_eq!(life.progress(Step::Risk), Progress::Holds);
}

#[test]
fn what_only_looks_alike_is_seen_whatever_the_policy_says() {
    let none = Steps::default();
    let of = |grade, state, class| none.clone().and_of_the_hit(grade, state, class);
    let exact = of(Grade::Exact, JurisdictionFit::Same, ClassFit::Unknown);
    assert_eq!(exact.all().count(), 0);
    let alike = of(Grade::LookAlike, JurisdictionFit::Same, ClassFit::Same);
    assert_eq!(alike.need(Step::Plate), Some(Need::Always));
    assert_eq!(alike.need(Step::Vehicle), Some(Need::Always));
    let elsewhere = of(Grade::Exact, JurisdictionFit::Different, ClassFit::Same);
    assert_eq!(elsewhere.need(Step::State), Some(Need::Always));
    let another = of(Grade::Exact, JurisdictionFit::Same, ClassFit::Different);
    assert_eq!(another.all().collect::<Vec<_>>(), [(Step::Vehicle, Need::Always)]);
}

#[test]
fn clause_aus_344_3_2a1_only_who_took_a_hit_ends_it_in_the_queue() {
    let sent = || Deed::Sent { how: Sending::Dispatched, note: "unit 12".to_owned() };
    assert_eq!(Life::default().may(&sent(), CHEN, &austin()), Err(NotNow::TakeItFirst));
    let life = lived([(CHEN, Deed::Taken)]);
    let held = NotNow::HeldBy(PersonId::from_i64(1));
    assert_eq!(life.may(&sent(), ORTIZ, &austin()), Err(held.clone()));
    assert_eq!(life.may(&Deed::Taken, ORTIZ, &austin()), Err(held));
    assert_eq!(life.may(&Deed::Taken, CHEN, &austin()), Err(NotNow::YoursAlready));
    let over = Deed::HandedOver { to: PersonId::from_i64(2) };
    let life = lived([(CHEN, Deed::Taken), (CHEN, over), (ORTIZ, sent())]);
    assert_eq!((life.stage(), life.holder()), (Stage::Sent, ORTIZ));
}

#[test]
fn a_hit_that_is_given_back_is_unreviewed_again() {
    let back = Deed::Released { why: "my shift ends".to_owned() };
    let life = lived([(CHEN, Deed::Taken), (CHEN, back)]);
    assert_eq!((life.stage(), life.holder()), (Stage::Raised, None));
}

#[test]
fn a_stop_is_known_once_and_an_arrest_tells_of_one() {
    let life = lived([(CHEN, Deed::Taken)]);
    assert_eq!(life.may(&ended(Outcome::Arrest), CHEN, &austin()), Err(NotNow::NoStop));
    let stop = Deed::Stopped { missing: life.missing(&austin()) };
    let life = lived([(CHEN, Deed::Taken), (CHEN, stop.clone())]);
    assert_eq!(life.may(&stop, CHEN, &austin()), Err(NotNow::StopIsKnown));
    assert_eq!(life.stop().map(|(_, missing)| missing.len()), Some(6));
    assert_eq!(life.may(&ended(Outcome::Arrest), CHEN, &austin()), Ok(()));
}

#[test]
fn what_is_closed_takes_a_prosecution_a_correction_and_a_reason_to_reopen() {
    let life = lived([(CHEN, Deed::Taken), (CHEN, ended(Outcome::Recovered))]);
    assert_eq!(life.stage(), Stage::Closed);
    assert_eq!(life.may(&Deed::Taken, ORTIZ, &austin()), Err(NotNow::IsClosed));
    assert_eq!(life.may(&ended(Outcome::NoStop), CHEN, &austin()), Err(NotNow::OnlyProsecution));
    assert_eq!(life.may(&ended(Outcome::Prosecution), CHEN, &austin()), Ok(()));
    let plate = PlateText::parse("7ABC123").unwrap();
    let corrected = Deed::Corrected { plate, jurisdiction: None };
    assert_eq!(life.may(&corrected, CHEN, &austin()), Ok(()));
    let mut life = life;
    did(&mut life, ORTIZ, Deed::Reopened { why: "another car".to_owned() });
    assert_eq!((life.stage(), life.holder()), (Stage::Taken, ORTIZ));
}

#[test]
fn a_deed_reads_as_it_was_written_and_says_nothing_in_a_log() {
    let plate = PlateText::parse("7ABC123").unwrap();
    for deed in [
        Deed::Taken,
        Deed::HandedOver { to: PersonId::from_i64(2) },
        compared(Part::State, false),
        answered(Answer::InForce),
        Deed::Stopped { missing: vec![Step::Plate] },
        ended(Outcome::WrongVehicle),
        Deed::Corrected { plate, jurisdiction: None },
    ] {
        let text = serde_json::to_string(&deed).unwrap();
        assert_eq!(serde_json::from_str::<Deed>(&text).unwrap(), deed);
        assert_eq!(format!("{deed:?}"), format!("Deed({}, …)", deed.word()));
    }
}

/// Any deed of anybody.
fn anything() -> impl Strategy<Value = (Option<PersonId>, Deed)> {
    let who = prop_oneof![Just(CHEN), Just(ORTIZ)];
    let part = proptest::sample::select(Part::ALL);
    let outcome = proptest::sample::select(Outcome::ALL);
    let deed = prop_oneof![
        Just(Deed::Taken),
        Just(Deed::Released { why: String::new() }),
        Just(Deed::HandedOver { to: PersonId::from_i64(2) }),
        Just(Deed::Sent { how: Sending::Broadcast, note: String::new() }),
        Just(Deed::Rejected { why: Rejection::Misread, note: String::new() }),
        (part, any::<bool>()).prop_map(|(part, agrees)| compared(part, agrees)),
        proptest::sample::select(Answer::ALL).prop_map(answered),
        Just(seconded()),
        Just(Deed::CouldNotWait { why: String::new() }),
        Just(Deed::Weighed { note: String::new() }),
        Just(Deed::Stopped { missing: Vec::new() }),
        outcome.prop_map(ended),
        Just(entry_ended()),
        Just(alert_ended()),
        Just(Deed::Reopened { why: String::new() }),
    ];
    (who, deed)
}

proptest! {
    /// Whatever people try, nobody seconds themselves, and a cleared hit was compared by one and agreed to by another.
    #[test]
    fn a_cleared_hit_was_seen_by_two(tried in proptest::collection::vec(anything(), 0..40)) {
        let steps = Steps::of(austin().all().chain([(Step::SecondOfficer, Need::Always)]));
        let mut life = Life::default();
        for (by, deed) in tried {
            if life.may(&deed, by, &steps).is_ok() {
                did(&mut life, by, deed);
            }
            if life.missing(&steps).is_empty() {
                let second = life.last(Step::SecondOfficer).and_then(|done| done.by);
                for step in [Step::Plate, Step::State, Step::Vehicle] {
                    prop_assert!(life.last(step).is_some_and(|done| done.by != second));
                }
            }
            let held = life.holder().is_some();
            prop_assert!(life.stage() != Stage::Taken || held, "what is taken has a holder");
        }
    }
}

#[test]
fn what_is_offered_stays_with_the_giver_until_it_is_accepted() {
    let steps = Steps::default();
    let (giver, taker, third) =
        (PersonId::from_i64(71), PersonId::from_i64(72), PersonId::from_i64(73));
    let mut life = Life::default();
    let done = |by, deed| Done { at: Timestamp::default(), by: Some(by), deed };
    let offer = |to| Deed::Offered { to, note: String::new() };
    assert_eq!(life.may(&offer(taker), Some(giver), &steps), Ok(()), "nobody has it");
    life.add(done(giver, Deed::Taken));
    assert_eq!(life.may(&offer(taker), Some(third), &steps), Err(NotNow::HeldBy(giver)));
    assert_eq!(life.may(&offer(giver), Some(giver), &steps), Err(NotNow::ToYourself));
    assert_eq!(life.may(&Deed::Accepted, Some(taker), &steps), Err(NotNow::NotOffered));
    life.add(done(giver, offer(taker)));
    assert_eq!((life.holder(), life.stage()), (Some(giver), Stage::Taken));
    assert_eq!(life.may(&Deed::Accepted, Some(third), &steps), Err(NotNow::NotOffered));
    assert_eq!(life.may(&Deed::Accepted, Some(taker), &steps), Ok(()));
    let mut released = life.clone();
    released.add(done(giver, Deed::Released { why: "x".to_owned() }));
    assert_eq!(released.offer(), None, "what is given back is offered to nobody");
    life.add(done(taker, Deed::Accepted));
    assert_eq!((life.holder(), life.offer()), (Some(taker), None));
    let mut waiting = Life::default();
    waiting.add(done(giver, offer(taker)));
    assert_eq!((waiting.holder(), waiting.stage()), (None, Stage::Raised));
    waiting.add(done(taker, Deed::Accepted));
    assert_eq!((waiting.holder(), waiting.stage()), (Some(taker), Stage::Taken));
}
