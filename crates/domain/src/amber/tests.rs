use super::*;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_micros(minute * 60_000_000)
}

fn name(identifier: &str, minute: i64) -> MessageName {
    MessageName {
        sender: "missing@dps.example".to_owned(),
        identifier: identifier.to_owned(),
        sent_at: at(minute),
    }
}

/// A message that ends an hour after minute 0, with one plate that was confirmed.
fn message(id: i64, kind: AmberKind, references: &[MessageName]) -> AmberMessage {
    let decided = PlateDecision::Confirmed { plate: "ABC1234".to_owned(), jurisdiction: None };
    let proposed = ProposedPlate {
        plate: "ABC1234".to_owned(),
        jurisdiction: None,
        place: None,
        vehicle: VehicleSaid::default(),
    };
    AmberMessage {
        id: AmberId::from_i64(id),
        hotlist: HotlistId::from_i64(1),
        received_at: at(id),
        message: NewAmberMessage {
            name: name(&id.to_string(), id),
            status: AmberStatus::Actual,
            kind,
            references: references.to_vec(),
            expires_at: Some(at(60)),
            event: "Child Abduction Emergency".to_owned(),
            area: "Travis County".to_owned(),
            said: Vec::new(),
        },
        plates: vec![AmberPlate {
            n: 1,
            proposed,
            origin: PlateOrigin::Read,
            decided: Some((decided, PersonId::from_i64(1), at(id))),
        }],
    }
}

fn alert() -> AmberMessage {
    message(1, AmberKind::Alert, &[])
}

#[test]
fn an_alert_counts_until_its_end_and_without_one_for_a_day() {
    let one = [alert()];
    assert_eq!(amber_standings(&one, at(59)), [AmberStanding::InForce]);
    assert_eq!(amber_standings(&one, at(60)), [AmberStanding::Expired]);
    let mut endless = alert();
    endless.message.expires_at = None;
    assert_eq!(amber_standings(&[endless.clone()], at(24 * 60)), [AmberStanding::InForce]);
    assert_eq!(amber_standings(&[endless], at(24 * 60 + 1)), [AmberStanding::Expired]);
}

#[test]
fn what_is_no_actual_message_never_counts_nor_ends_anything() {
    for status in [AmberStatus::Test, AmberStatus::Exercise, AmberStatus::System] {
        let mut test = alert();
        test.message.status = status;
        assert_eq!(amber_standings(&[test.clone()], at(2)), [AmberStanding::NotMeant]);
        assert!(amber_entries(&[test], at(2)).is_empty());
        let mut cancel = message(2, AmberKind::Cancel, &[name("1", 1)]);
        cancel.message.status = status;
        assert_eq!(amber_standings(&[alert(), cancel], at(3))[0], AmberStanding::InForce);
    }
}

#[test]
fn a_cancel_ends_what_it_names_whichever_came_first() {
    let cancel = message(2, AmberKind::Cancel, &[name("1", 1)]);
    let ended = AmberStanding::Cancelled(AmberId::from_i64(2));
    assert_eq!(amber_standings(&[alert(), cancel.clone()], at(3))[0], ended);
    assert_eq!(amber_standings(&[cancel.clone(), alert()], at(3))[1], ended);
    assert!(amber_entries(&[alert(), cancel], at(3)).is_empty());
}

#[test]
fn only_its_sender_ends_a_message_and_only_the_one_that_is_named() {
    let mut foreign = message(2, AmberKind::Cancel, &[name("1", 1)]);
    foreign.message.name.sender = "prank@example.net".to_owned();
    assert_eq!(amber_standings(&[alert(), foreign], at(3))[0], AmberStanding::InForce);
    let other = message(2, AmberKind::Cancel, &[name("1", 0)]);
    assert_eq!(amber_standings(&[alert(), other], at(3))[0], AmberStanding::InForce);
}

#[test]
fn an_update_takes_the_place_and_two_that_name_each_other_do_not_end_both() {
    let update = message(2, AmberKind::Update, &[name("1", 1)]);
    let stands = amber_standings(&[alert(), update.clone()], at(3));
    let replaced = AmberStanding::Replaced(AmberId::from_i64(2));
    assert_eq!(stands, [replaced, AmberStanding::InForce]);
    let mut first = message(1, AmberKind::Update, &[name("2", 2)]);
    first.message.name = name("1", 1);
    let stands = amber_standings(&[first, update], at(3));
    assert_eq!(stands, [replaced, AmberStanding::InForce]);
}

#[test]
fn one_plate_of_two_alerts_is_one_entry_until_the_later_end() {
    let mut second = message(2, AmberKind::Alert, &[]);
    second.message.expires_at = Some(at(90));
    let entries = amber_entries(&[alert(), second], at(3));
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].expires_at, Some(at(90)));
    assert_eq!(entries[0].note.as_deref(), Some("Area of the alert: Travis County"));
}

#[test]
fn what_waits_or_was_refused_is_no_entry() {
    let mut waits = alert();
    waits.plates[0].decided = None;
    assert!(amber_entries(&[waits.clone()], at(3)).is_empty());
    let refused = PlateDecision::Refused("is a phone number".to_owned());
    waits.plates[0].decided = Some((refused, PersonId::from_i64(1), at(2)));
    assert!(amber_entries(&[waits], at(3)).is_empty());
}

/// What an entry of [`alert`] ended by.
fn end(messages: &[AmberMessage], minute: i64) -> Option<(AlertEnd, Option<PersonId>, String)> {
    let entry = amber_entries(&[alert()], at(2)).remove(0);
    amber_end(&entry, messages, at(minute)).map(|ended| (ended.how, ended.by, ended.note))
}

fn refused(by: i64) -> Option<(PlateDecision, PersonId, Timestamp)> {
    let why = PlateDecision::Refused("another car".to_owned());
    Some((why, PersonId::from_i64(by), at(4)))
}

fn by_message(how: AlertEnd, message: &str) -> Option<(AlertEnd, Option<PersonId>, String)> {
    Some((how, None, format!("message {message}")))
}

#[test]
fn what_is_matched_has_no_end_and_what_no_message_made_neither() {
    assert_eq!(end(&[alert()], 59), None);
    let update = message(2, AmberKind::Update, &[name("1", 1)]);
    assert_eq!(end(&[alert(), update], 3), None, "the update names it too");
    let cancel = message(2, AmberKind::Cancel, &[name("1", 1)]);
    let again = message(3, AmberKind::Alert, &[]);
    assert_eq!(end(&[alert(), cancel, again], 4), None, "another alert names it");
    assert_eq!(end(&[], 3), None, "its message is not known");
    let imported = HotlistEntry { plate: "ABC1234".to_owned(), ..HotlistEntry::default() };
    assert_eq!(amber_end(&imported, &[alert()], at(60)), None, "it came from a file of rows");
}

#[test]
fn an_end_says_by_which_message_it_came() {
    assert_eq!(end(&[alert()], 60), by_message(AlertEnd::Over, "1"));
    let cancel = message(2, AmberKind::Cancel, &[name("1", 1)]);
    assert_eq!(end(&[alert(), cancel], 3), by_message(AlertEnd::Cancelled, "2"));
    let mut update = message(2, AmberKind::Update, &[name("1", 1)]);
    update.plates[0].decided = None;
    let updated = by_message(AlertEnd::Updated, "2");
    assert_eq!(end(&[alert(), update.clone()], 3), updated);
    let mut telephone = update.plates[0].clone();
    telephone.proposed.plate = "5550100".to_owned();
    telephone.decided = refused(7);
    update.plates.push(telephone);
    assert_eq!(end(&[alert(), update.clone()], 3), updated, "another plate was refused");
    let ends = message(3, AmberKind::Cancel, &[name("2", 2)]);
    let all = [alert(), update.clone(), ends];
    assert_eq!(end(&all, 4), by_message(AlertEnd::Cancelled, "3"));
    update.plates.clear();
    assert_eq!(end(&[alert(), update], 3), updated, "nobody was asked about it");
}

#[test]
fn what_was_taken_back_says_by_whom_where_that_is_known() {
    let by = |person: i64| {
        Some((AlertEnd::TakenBack, Some(PersonId::from_i64(person)), "another car".to_owned()))
    };
    let mut one = alert();
    one.plates[0].decided = refused(7);
    assert_eq!(end(&[one.clone()], 5), by(7));
    let mut other = one.plates[0].clone();
    other.proposed.plate = "QQQ1111".to_owned();
    other.decided = refused(8);
    one.plates.push(other);
    assert_eq!(end(&[one.clone()], 5), by(7));
    // It was read otherwise, and confirmed corrected.
    one.plates[0].proposed.plate = "A8C1234".to_owned();
    let unknown = Some((AlertEnd::TakenBack, None, String::new()));
    assert_eq!(end(&[one.clone()], 5), unknown, "either can have been it");
    one.plates.pop();
    assert_eq!(end(&[one], 5), by(7));
}

#[test]
fn words_read_as_they_are_written() {
    for (status, word) in AmberStatus::ALL {
        assert_eq!((AmberStatus::parse(word), status.word()), (Some(status), word));
    }
    for (kind, word) in AmberKind::ALL {
        assert_eq!((AmberKind::parse(word), kind.word()), (Some(kind), word));
    }
    for (origin, word) in PlateOrigin::ALL {
        assert_eq!((PlateOrigin::parse(word), origin.word()), (Some(origin), word));
    }
}

#[test]
fn neither_plates_nor_words_show_in_a_log() {
    let said =
        Said { part: "headline".to_owned(), language: String::new(), text: "her name".to_owned() };
    let mut one = alert();
    one.message.said = vec![said];
    let shown = format!("{one:?}");
    assert!(!shown.contains("ABC1234") && !shown.contains("her name"), "{shown}");
}
