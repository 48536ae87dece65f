use proptest::prelude::*;

use super::*;
use crate::camera::Position;

const ANN: PersonId = PersonId::from_i64(1);
const BEN: PersonId = PersonId::from_i64(2);
const CAM: PersonId = PersonId::from_i64(3);

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn done(second: i64, by: PersonId, deed: CustomDeed) -> CustomDone {
    CustomDone { at: at(second), by, deed }
}

fn why() -> String {
    "it fits the case".to_owned()
}

fn entry(covert: bool, deeds: Vec<CustomDone>) -> CustomEntry {
    let audience = Audience { roles: [Role::Investigator].into(), people: [CAM].into() };
    CustomEntry {
        id: CustomEntryId::from_i64(1),
        agency: AgencyId::from_i64(1),
        about: NewCustomEntry {
            wanted: HotlistEntry { plate: "7ABC123".to_owned(), ..HotlistEntry::default() },
            category: Category::StolenVehicle,
            offence: String::new(),
            person: String::new(),
            reason: why(),
            expires_at: at(100),
            area: None,
            audience,
            covert,
        },
        author: ANN,
        asked_at: at(0),
        life: CustomLife::of(deeds),
        at: None,
    }
}

#[test]
fn clause_twf_401_4f_who_asks_never_decides_and_another_person_does() {
    let waiting = entry(false, vec![done(0, ANN, CustomDeed::Asked)]);
    let approve = CustomDeed::Approved { why: why() };
    let refuse = CustomDeed::Refused { why: why() };
    assert_eq!(waiting.state(at(1)), CustomState::Waiting);
    for deed in [&approve, &refuse] {
        assert_eq!(waiting.may(deed, Some(ANN), at(1)), Err(CustomNotNow::YourOwn));
        assert_eq!(waiting.may(deed, None, at(1)), Err(CustomNotNow::NobodyDecides));
        assert_eq!(waiting.may(deed, Some(BEN), at(1)), Ok(()));
        assert_eq!(waiting.may(deed, Some(BEN), at(100)), Err(CustomNotNow::Over));
    }
    let mut active = waiting;
    active.life.add(done(1, BEN, approve.clone()));
    assert_eq!(active.state(at(99)), CustomState::Active);
    assert_eq!(active.state(at(100)), CustomState::Expired);
    assert_eq!(active.may(&approve, Some(BEN), at(2)), Err(CustomNotNow::Decided));
    let end = CustomDeed::Ended { how: CustomEnd::Recovered, note: why() };
    assert_eq!(active.may(&end, Some(CAM), at(2)), Ok(()));
    active.life.add(done(2, CAM, end.clone()));
    assert_eq!(active.state(at(3)), CustomState::Ended);
    assert_eq!(active.may(&end, Some(ANN), at(3)), Err(CustomNotNow::NotActive));
    assert_eq!(
        active.life.ended().map(|(done, how, _)| (done.by, how)),
        Some((CAM, CustomEnd::Recovered))
    );
}

#[test]
fn a_covert_entry_is_shown_to_its_audience_its_author_and_its_approver_alone() {
    let deeds = |approved: bool| {
        let asked = done(0, ANN, CustomDeed::Asked);
        let approved = approved.then(|| done(1, BEN, CustomDeed::Approved { why: why() }));
        std::iter::once(asked).chain(approved).collect::<Vec<_>>()
    };
    let (officer, investigator) = ([Role::Officer].into(), [Role::Investigator].into());
    let stranger = PersonId::from_i64(9);
    let covert = entry(true, deeds(true));
    assert!([ANN, BEN, CAM].iter().all(|one| covert.is_shown_to(*one, &officer, false)));
    assert!(covert.is_shown_to(stranger, &investigator, false));
    assert!(!covert.is_shown_to(stranger, &officer, true));
    let waiting = entry(true, deeds(false));
    assert!(
        waiting.is_shown_to(stranger, &officer, true)
            && !waiting.is_shown_to(stranger, &officer, false)
    );
    assert!(entry(false, deeds(true)).is_shown_to(stranger, &officer, false));
}

#[test]
fn an_area_holds_cameras_whose_position_is_known() {
    let centre = Position { latitude: 30.2747, longitude: -97.7404 };
    let area = Circle { centre, radius_m: 1_000 };
    assert!(area.holds(Some(centre)));
    assert!(!area.holds(Some(Position { latitude: 30.2698, longitude: -97.7531 })));
    assert!(!area.holds(None));
}

#[test]
fn every_category_asks_for_a_case_and_a_partial_plate_is_known_as_one() {
    for category in Category::ALL {
        assert!(demands(category).contains(&Demand::Case), "{category:?}");
    }
    assert!(demands(Category::AmberAlert).contains(&Demand::Person));
    let mut one = entry(false, Vec::new()).about;
    assert!(!one.is_partial());
    one.wanted.plate = "7A?C*".to_owned();
    assert!(one.is_partial());
    assert_eq!(one.entry().expires_at, Some(at(100)));
    assert_eq!(format!("{one:?}"), "NewCustomEntry(…)");
}

#[test]
fn deeds_are_kept_as_they_were_told() {
    let all = [
        CustomDeed::Asked,
        CustomDeed::Counted { n_reads: 12, days: 7 },
        CustomDeed::Approved { why: why() },
        CustomDeed::Refused { why: why() },
        CustomDeed::Matched { n_reads: 1, hours: 72 },
        CustomDeed::Ended { how: CustomEnd::Other, note: why() },
    ];
    for deed in all {
        let told = serde_json::to_value(&deed).unwrap();
        assert_eq!(told["deed"], deed.word());
        assert_eq!(serde_json::from_value::<CustomDeed>(told).unwrap(), deed);
        assert!(!format!("{deed:?}").contains("case"));
    }
}

fn any_deed() -> impl Strategy<Value = CustomDeed> {
    prop_oneof![
        Just(CustomDeed::Asked),
        (0_u64..9).prop_map(|n_reads| CustomDeed::Counted { n_reads, days: 7 }),
        Just(CustomDeed::Approved { why: why() }),
        Just(CustomDeed::Refused { why: why() }),
        (0_u64..9).prop_map(|n_reads| CustomDeed::Matched { n_reads, hours: 24 }),
        Just(CustomDeed::Ended { how: CustomEnd::Cancelled, note: why() }),
    ]
}

proptest! {
    #[test]
    fn clause_twf_401_4f_whatever_is_tried_it_is_active_only_by_another_persons_approval(
        tried in proptest::collection::vec((any_deed(), 1_i64..4, 0_i64..130), 0..40),
    ) {
        let mut tried = tried;
        tried.sort_by_key(|(_, _, second)| *second);
        let mut life = CustomLife::default();
        let mut over = false;
        for (deed, by, second) in tried {
            let (by, now) = (PersonId::from_i64(by), at(second));
            if life.may(&deed, Some(by), at(100), now).is_ok() {
                prop_assert!(!over, "nothing happens after the end");
                life.add(CustomDone { at: now, by, deed });
            }
            let state = life.state(at(100), now);
            over = matches!(state, CustomState::Refused | CustomState::Ended)
                || (state == CustomState::Expired && life.author().is_some());
            if state == CustomState::Active {
                prop_assert!(now < at(100));
                prop_assert!(life.author().is_some() && life.approver().is_some());
                prop_assert_ne!(life.author(), life.approver());
            }
            // The fold of the deeds is the life, however often it is made.
            let again = CustomLife::of(life.deeds().to_vec());
            prop_assert_eq!(again.state(at(100), now), state);
        }
        let decisions = life.deeds().iter().filter(|done| {
            matches!(done.deed, CustomDeed::Approved { .. } | CustomDeed::Refused { .. })
        });
        prop_assert!(decisions.count() <= 1);
    }
}
