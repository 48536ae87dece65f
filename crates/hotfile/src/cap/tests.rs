use domain::{AmberKind, AmberStatus, Said, Timestamp, VehicleClass};
use proptest::prelude::*;

use super::*;

fn now() -> Timestamp {
    Timestamp::parse("2026-11-21T12:00:00Z").unwrap()
}

const ALERT: &str = include_str!("tests/alert.xml");
const FEED: &str = include_str!("tests/feed.xml");

fn read(text: &str) -> Result<CapFile, CapFault> {
    read_cap(text.as_bytes(), now())
}

/// Why the one message of a text is refused.
fn refused(text: &str) -> String {
    let file = read(text).unwrap();
    assert_eq!((file.messages.len(), file.refused.len()), (0, 1), "{file:?}");
    format!("line {}: {}", file.refused[0].line, file.refused[0].why)
}

/// `state plate` of each proposal, and the piece of text that it was read from.
fn named(text: &str) -> Vec<String> {
    let said =
        [Said { part: "description".to_owned(), language: String::new(), text: text.to_owned() }];
    let all = proposals(&said);
    let shown = all.iter().map(|one| {
        let (_, from, until) = one.place.unwrap();
        let state = one.jurisdiction.map_or("-", |state| state.code());
        format!("{state} {} “{}”", one.plate, &text[from..until])
    });
    shown.collect()
}

#[test]
fn an_alert_is_read_with_what_it_names() {
    let file = read(ALERT).unwrap();
    assert_eq!((file.n_refused, file.n_other, file.messages.len()), (0, 0, 1));
    let alert = &file.messages[0];
    assert_eq!(alert.name.sender, "missing@dps.example.gov");
    assert_eq!((alert.status, alert.kind), (AmberStatus::Actual, AmberKind::Alert));
    assert_eq!(alert.expires_at, Timestamp::parse("2026-11-21T20:00:00Z").ok());
    assert_eq!(alert.area, "Travis County; Williamson County");
    let parts: Vec<_> =
        alert.said.iter().map(|said| (said.part.as_str(), said.language.as_str())).collect();
    assert_eq!(
        parts,
        [
            ("headline", "en-US"),
            ("description", "en-US"),
            ("instruction", "en-US"),
            ("CMAMtext", "en-US"),
            ("CMAMlongtext", "en-US"),
            ("headline", "es-US"),
            ("description", "es-US"),
        ]
    );
    let found = proposals(&alert.said);
    assert_eq!(found.len(), 1, "{:?}", found.iter().map(|one| &one.plate).collect::<Vec<_>>());
    let (plate, vehicle) = (&found[0].plate, &found[0].vehicle);
    assert_eq!(
        (plate.as_str(), found[0].jurisdiction.map(|one| one.code())),
        ("LKW4873", Some("US-TX"))
    );
    assert_eq!(
        (vehicle.colour.as_deref(), vehicle.make.as_deref()),
        (Some("silver"), Some("Honda"))
    );
    assert_eq!((vehicle.model.as_deref(), vehicle.year), (Some("Civic"), Some(2015)));
    assert_eq!(vehicle.class, VehicleClass::Car);
}

#[test]
fn a_feed_is_read_message_by_message_and_says_what_it_left_out() {
    let file = read(FEED).unwrap();
    let kinds: Vec<_> = file.messages.iter().map(|one| (one.kind, one.status)).collect();
    let (alert, actual) = (AmberKind::Alert, AmberStatus::Actual);
    assert_eq!(kinds, [(alert, actual), (alert, AmberStatus::Test), (AmberKind::Cancel, actual)]);
    // Of the weather; of a version that is not 1.2, and a link.
    assert_eq!((file.n_other, file.n_refused), (1, 2));
    let whys: Vec<_> = file.refused.iter().map(|one| one.why.as_str()).collect();
    assert!(whys[0].contains("another version") && whys[1].contains("link"), "{whys:?}");
    assert_eq!(file.messages[2].references, [file.messages[0].name.clone()]);
}

#[test]
fn an_empty_feed_is_one_and_any_other_document_is_not() {
    let empty = read("<feed xmlns='http://www.w3.org/2005/Atom'><title>none</title></feed>");
    assert_eq!(empty, Ok(CapFile::default()));
    let page = read("<html><body>Maintenance</body></html>").unwrap_err();
    assert!(page.to_string().starts_with("line 1: <html> holds no alert"), "{page}");
}

#[test]
fn entities_encodings_and_cut_files_are_refused_with_their_line() {
    let bomb = "<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY x 'y'>]>\n<alert>&x;</alert>";
    assert!(read(bomb).unwrap_err().why.contains("XML"));
    let cut = &ALERT[..ALERT.len() / 2];
    let fault = read(cut).unwrap_err();
    assert!(fault.line > 1 && fault.why.contains("not XML that is whole"), "{fault}");
    let latin = ALERT.replacen("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\"", 1);
    assert!(read(&latin).unwrap_err().why.contains("something else than UTF-8"));
    let mut bytes = ALERT.as_bytes().to_vec();
    let place = ALERT.find("<status>").unwrap();
    bytes.insert(place, 0xE9);
    let fault = read_cap(&bytes, now()).unwrap_err();
    assert_eq!((fault.line, fault.why.as_str()), (6, "a byte is not UTF-8"));
    let utf16: Vec<u8> = [0xFF, 0xFE, b'<', 0].to_vec();
    assert!(read_cap(&utf16, now()).unwrap_err().why.contains("UTF-16"));
    let large = vec![b' '; CAP_BYTES_MAX + 1];
    assert!(read_cap(&large, now()).unwrap_err().why.contains("more than"));
}

#[test]
fn a_file_that_is_made_to_keep_us_busy_is_read_soon_or_refused() {
    let deep = |name: &str| {
        format!(
            "<feed>{}{}</feed>",
            format!("<{name}>").repeat(20_000),
            format!("</{name}>").repeat(20_000)
        )
    };
    let items = read(&deep("item")).unwrap();
    assert_eq!((items.n_refused, items.refused.len()), (500, 100));
    let alerts =
        deep("alert").replacen("<feed>", &format!("<feed xmlns=\"{}\">", super::feed::CAP), 1);
    let file = read(&alerts).unwrap();
    assert_eq!(file.n_refused, 501, "of each that is looked at, and one for the rest");
    let wide = format!("<feed>{}</feed>", "<a/>".repeat(300_000));
    assert!(read(&wide).is_err());
}

#[test]
fn a_message_that_is_not_whole_is_refused_with_the_element() {
    let without = |from: &str, to: &str| refused(&ALERT.replacen(from, to, 1));
    let sent = "<sent>2026-11-21T05:58:00-06:00</sent>";
    assert_eq!(without(sent, ""), "line 2: <sent> is missing");
    assert!(without(sent, "<sent>yesterday</sent>").contains("<sent> is no moment"));
    assert!(without(sent, "<sent>2026-11-22T05:58:00-06:00</sent>").contains("in the future"));
    assert!(without("<status>Actual", "<status>Real").contains("<status> is none of"));
    assert!(without("<msgType>Alert", "<msgType>Update").contains("<references> is missing"));
    let ends = "<expires>2026-11-21T14:00:00-06:00";
    assert!(without(ends, "<expires>2999-01-01T00:00:00-06:00").contains("31 days"));
    assert!(without("<identifier>", "<identifier>a,b").contains("comma"));
    let long = format!("<instruction>{}", "x".repeat(20_001));
    assert!(without("<instruction>", &long).contains("<instruction> is longer"));
}

#[test]
fn what_tells_of_no_abducted_child_is_another_matter() {
    let other = ALERT.replace("<value>CAE</value>", "<value>TOR</value>");
    assert_eq!(read(&other).unwrap().n_other, 1);
    // Without a code the event's name counts.
    let plain = ALERT.replace("<valueName>SAME</valueName>", "<valueName>OURS</valueName>");
    assert_eq!(read(&plain).unwrap().messages.len(), 1);
}

#[test]
fn the_last_end_of_the_parts_counts_and_none_where_one_has_none() {
    let later = ALERT.replacen(
        "<expires>2026-11-21T14:00:00-06:00",
        "<expires>2026-11-21T16:00:00-06:00",
        1,
    );
    let end = read(&later).unwrap().messages[0].expires_at;
    assert_eq!(end, Timestamp::parse("2026-11-21T22:00:00Z").ok());
    let open = ALERT.replacen("<expires>2026-11-21T14:00:00-06:00</expires>", "", 1);
    assert_eq!(read(&open).unwrap().messages[0].expires_at, None);
}

#[test]
fn plates_are_found_as_people_write_them() {
    for (text, expected) in [
        ("TX license plate ABC1234", "US-TX ABC1234 “ABC1234”"),
        ("Texas LP: ABC-1234", "US-TX ABC1234 “ABC-1234”"),
        ("with Texas license plate number ABC 1234.", "US-TX ABC1234 “ABC 1234”"),
        ("license plate: California 7ABC123", "US-CA 7ABC123 “7ABC123”"),
        ("Lic. Plate No. 123 ABC (NM)", "US-NM 123ABC “123 ABC”"),
        ("New Mexico tag BCD123", "US-NM BCD123 “BCD123”"),
        ("LP#TX/ABC1234", "US-TX ABC1234 “ABC1234”"),
        ("bearing a temporary paper plate 12345B7 of Oklahoma", "US-OK 12345B7 “12345B7”"),
        ("placas de Texas LKW4873", "US-TX LKW4873 “LKW4873”"),
        ("license plate is 8XYZ999", "- 8XYZ999 “8XYZ999”"),
        ("Texas vanity plate LUVBUG on a red Ford", "- LUVBUG “LUVBUG”"),
        ("plate GA PQR4567", "US-GA PQR4567 “PQR4567”"),
        ("BLUE FORD F150 OK PLATE KDX482 LAST SEEN IN AUSTIN", "- KDX482 “KDX482”"),
    ] {
        assert_eq!(named(text), [expected], "{text}");
    }
}

#[test]
fn what_is_no_plate_is_not_proposed() {
    for text in [
        "License plate unknown.",
        "The plate is not known",
        "plate",
        "Call 512-555-0100 with any information.",
        "She is 4 feet 2 and wore a pink coat.",
        "license plate unknown. If seen call 911",
        "a plate of food for 12 people",
        "LP",
    ] {
        assert_eq!(named(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn two_vehicles_are_two_plates_each_with_its_own_words() {
    let text = "A red 2012 Ford Fusion, Texas plate ABC1234, or a black Chevrolet pickup with Louisiana plate 123ABC.";
    let said =
        [Said { part: "description".to_owned(), language: String::new(), text: text.to_owned() }];
    let found = proposals(&said);
    let told: Vec<_> = found
        .iter()
        .map(|one| {
            (
                one.plate.as_str(),
                one.vehicle.colour.as_deref(),
                one.vehicle.make.as_deref(),
                one.vehicle.class,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("ABC1234", Some("red"), Some("Ford"), VehicleClass::Unknown),
            ("123ABC", Some("black"), Some("Chevrolet"), VehicleClass::Truck),
        ]
    );
}

#[test]
fn one_plate_in_two_parts_is_one_proposal_with_the_state_that_one_of_them_names() {
    let said = ["Plate ABC1234", "Texas plate ABC1234", "plate ABC 1234"].map(|text| Said {
        part: "x".to_owned(),
        language: String::new(),
        text: text.to_owned(),
    });
    let found = proposals(&said);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].jurisdiction.map(|one| one.code()), Some("US-TX"));
    assert_eq!(found[0].place.map(|(part, ..)| part), Some(1));
}

proptest! {
    /// Whatever the text: every proposal is a plate that stands where it is said to stand.
    #[test]
    fn proposals_stand_in_the_text(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24), free in any::<String>()) {
        for text in [pieces.join(" "), pieces.concat(), free] {
            let said = [Said { part: "x".to_owned(), language: String::new(), text: text.clone() }];
            let found = proposals(&said);
            prop_assert!(found.len() <= PROPOSALS_MAX);
            for one in found {
                let (_, from, until) = one.place.unwrap();
                prop_assert_eq!(crate::spelled(&text[from..until]), Ok(one.plate));
            }
        }
    }

    /// A message with anything changed is read, refused with its line, or another matter.
    #[test]
    fn any_bytes_are_read_or_refused(at in 0..ALERT.len(), cut in 0..80_usize, put in prop::collection::vec(any::<u8>(), 0..20)) {
        let until = (at + cut).min(ALERT.len());
        let bytes = [&ALERT.as_bytes()[..at], &put, &ALERT.as_bytes()[until..]].concat();
        match read_cap(&bytes, now()) {
            Ok(file) => {
                prop_assert!(file.refused.len() as u64 <= file.n_refused);
                for one in file.messages {
                    prop_assert!(proposals(&one.said).len() <= PROPOSALS_MAX);
                }
            }
            Err(fault) => prop_assert!(fault.line > 0 && !fault.why.is_empty()),
        }
    }
}

const PIECES: &[&str] = &[
    "plate", "Texas", "TX", "license", "ABC1234", "ABC", "1234", "-", "unknown", "número", "placa",
    "LP:", "é", ".", "New", "Mexico", "7", "Honda", "2015", "\u{3000}", "of",
];
