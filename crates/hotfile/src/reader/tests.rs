//! Files good and bad.

use domain::{Priority, VehicleClass};
use plate::CodeSystem;
use proptest::prelude::*;

use super::*;
use crate::layout::{Column, Columns, Preset};

/// 2026-11-22, noon in UTC.
const NOW: Timestamp = Timestamp::from_micros(1_795_348_800_000_000);

fn layout() -> Layout {
    let name = |name: &str| Column::Name(name.to_owned());
    let columns = Columns {
        state: Some(name("state")),
        make: Some(name("make")),
        year: Some(name("year")),
        ..Columns::of_plate(name("plate"))
    };
    Layout { columns, ..Layout::plain(name("plate")) }
}

fn preset(word: &str) -> Layout {
    Preset::of(word).unwrap().layout().unwrap()
}

fn topic(value: &str, number: u32, on: bool) -> KnownTopic {
    KnownTopic { value: value.to_owned(), number, on }
}

fn read_with(
    layout: &Layout,
    topics: Vec<KnownTopic>,
    file: &[u8],
    size: usize,
) -> Result<(Summary, Vec<Change>), String> {
    let reading = Reading { zone: TimeZone::UTC, now: NOW, topics };
    let mut reader = Reader::new(layout.clone(), reading).map_err(|err| err.to_string())?;
    let mut changes = Vec::new();
    for piece in file.chunks(size) {
        reader.take(piece, false, &mut changes).map_err(|err| err.to_string())?;
    }
    reader.take(&[], true, &mut changes).map_err(|err| err.to_string())?;
    Ok((reader.finish(), changes))
}

fn read(layout: &Layout, file: &[u8]) -> Result<(Summary, Vec<HotlistEntry>), String> {
    let (summary, changes) = read_with(layout, Vec::new(), file, 70_000)?;
    let added = changes.into_iter().filter_map(|change| match change {
        Change::Add(entry) => Some(entry),
        Change::Remove(_) => None,
    });
    Ok((summary, added.collect()))
}

fn refused(summary: &Summary) -> Vec<String> {
    summary.tally.refused.iter().map(|row| format!("{}: {}", row.line, row.reason)).collect()
}

#[test]
fn rows_become_entries_and_bad_ones_are_named_by_their_line() {
    let file = "Plate, state,make,year\n7abc 123,TX,FORD,2019\n8XYZ999,ZZ,,\n,TX,,\n7ABC-123,TX,GMC,\nK4W3L,,,19\n";
    let (summary, entries) = read(&layout(), file.as_bytes()).unwrap();
    let plates: Vec<_> = entries.iter().map(|entry| entry.plate.as_str()).collect();
    assert_eq!(plates, ["7ABC123", "7ABC123"]);
    assert_eq!(entries[0].jurisdiction.unwrap().code(), "US-TX");
    assert_eq!((entries[0].make.as_deref(), entries[0].year), (Some("FORD"), Some(2019)));
    assert_eq!(
        refused(&summary),
        [
            "3: state: \"ZZ\" is no NCIC code of a state or province",
            "4: plate: plate has no letter or digit",
            "6: year: expected four digits such as 2019",
        ]
    );
    let tally = &summary.tally;
    assert_eq!((tally.n_taken, tally.n_refused, summary.n_duplicates), (2, 3, 1));
}

#[test]
fn columns_go_by_number_and_codes_by_the_system_that_was_said() {
    let by_number = Layout {
        form: Form::Delimited { delimiter: ';', quote: None, header: false },
        columns: Columns { state: Some(Column::Number(2)), ..Columns::of_plate(Column::Number(1)) },
        state_codes: CodeSystem::Postal,
        ..layout()
    };
    let (_, entries) = read(&by_number, b"ABC123;NB\n").unwrap();
    assert_eq!(entries[0].jurisdiction.unwrap().code(), "CA-NB");
    let ncic = Layout { state_codes: CodeSystem::Ncic, ..by_number };
    let (_, entries) = read(&ncic, b"ABC123;NB\n").unwrap();
    assert_eq!(entries[0].jurisdiction.unwrap().code(), "US-NE");
}

#[test]
fn a_layout_that_does_not_fit_says_what_there_is() {
    let missing = read(&layout(), b"Plate,province\nA1,TX\n").map(drop).unwrap_err();
    assert_eq!(missing, "state: no column is named \"state\"; the first row has: Plate, province");
    let far = Layout::plain(Column::Number(3));
    assert_eq!(
        read(&far, b"a,b\n").map(drop).unwrap_err(),
        "plate: there is no column 3: the first row has 2"
    );
    let odd = Form::Delimited { delimiter: 'x', quote: None, header: true };
    let err = read(&Layout { form: odd, ..far }, b"a\n").map(drop).unwrap_err();
    assert!(err.starts_with("delimiter: expected one ASCII character"), "{err}");
}

#[test]
fn letters_in_another_encoding_are_refused_with_their_line_or_read_as_said() {
    let latin1 = b"plate,state,make,year\nABC123,TX,Citro\xEBn,\n";
    assert_eq!(
        read(&layout(), latin1).map(drop).unwrap_err(),
        "line 2: make: byte 0xEB is not UTF-8; if the file is Latin-1 (Windows-1252), say encoding = \"latin1\""
    );
    let said = Layout { encoding: Encoding::Latin1, ..layout() };
    assert_eq!(read(&said, latin1).unwrap().1[0].make.as_deref(), Some("Citroën"));
    let utf16: Vec<u8> = "\u{FEFF}plate,state,make,year\nABC123,TX,Citroën,\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let (file, entries) = read(&layout(), &utf16).unwrap();
    assert_eq!((file.encoding, entries[0].make.as_deref()), (Encoding::Utf16, Some("Citroën")));
    assert!(read(&layout(), &utf16[2..]).map(drop).unwrap_err().contains("encoding = \"utf16\""));
}

#[test]
fn a_line_of_ten_megabytes_is_one_refused_row() {
    let file = [
        b"plate,state,make,year\nABC123,TX,,\n".to_vec(),
        vec![b'9'; 10_000_000],
        b"\nABC124,TX,,\n".to_vec(),
    ]
    .concat();
    let (summary, entries) = read(&layout(), &file).unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(summary.tally.refused[0].line, 3);
    assert!(summary.tally.refused[0].reason.starts_with("the row is longer than 64 KiB"));
}

#[test]
fn a_million_bad_rows_are_counted_and_the_first_of_them_listed() {
    let reading = Reading { zone: TimeZone::UTC, now: NOW, topics: Vec::new() };
    let mut reader = Reader::new(layout(), reading).unwrap();
    let mut changes = Vec::new();
    reader.take(b"plate,state,make,year\n", false, &mut changes).unwrap();
    let rows = "!,,,\n".repeat(10_000);
    for _ in 0..100 {
        reader.take(rows.as_bytes(), false, &mut changes).unwrap();
    }
    reader.take(&[], true, &mut changes).unwrap();
    let tally = reader.finish().tally;
    assert_eq!((tally.refused.len(), tally.n_refused), (REFUSED_LISTED_MAX, 1_000_000));
    assert_eq!(tally.refused[0].line, 2);
    assert!(changes.is_empty());
}

#[test]
fn a_row_with_shifted_columns_and_one_that_is_cut_are_refused() {
    let file = b"plate,state,make,year\nABC123,TX,Ford, F150,2019\nABC124,TX,Ford,2019,,\nABC1";
    let (summary, entries) = read(&layout(), file).unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(
        refused(&summary),
        [
            "2: the row has 5 columns and the first one 4: they are shifted",
            "4: the file ends in the middle of this row",
        ]
    );
    // A list of plates alone often has no line end behind the last one.
    let (_, entries) = read(&Layout::plain(Column::Number(1)), b"plate\nABC123").unwrap();
    assert_eq!(entries.len(), 1);
}

/// A row of the example of fixed width.
fn fixed(topic: &str, plate: &str, state: &str, lit: &str, vst: &str, weed: &str) -> String {
    format!(
        "{topic:<3}{plate:<10}{state:<2}{lit:<2}2019{:<4}{:<3}{vst:<2}{:<7}{:<10}{:<9}{:<8}{weed:<8}{:<14}{:<40}\n",
        "TOYT",
        "CAM",
        "BLU/WHI",
        "V123456789",
        "24-11532",
        "20260101",
        "ARMED",
        "left rear window broken",
    )
}

#[test]
fn a_row_of_fixed_width_is_read_by_its_places_and_its_codes() {
    let file = format!(
        "HDR20261122\n{}TRL0000001\n",
        fixed("VEH", "7ABC123", "NB", "MC", "MC", "20271231")
    );
    let topics = vec![topic("VEH", 7, true)];
    let (summary, changes) =
        read_with(&preset("ncic-example"), topics, file.as_bytes(), 10).unwrap();
    assert_eq!(refused(&summary), [""; 0]);
    let [Change::Add(entry)] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((entry.plate.as_str(), entry.jurisdiction.unwrap().code()), ("7ABC123", "US-NE"));
    assert_eq!(entry.class, VehicleClass::Motorcycle);
    let words = [&entry.make, &entry.colour, &entry.body, &entry.plate_type, &entry.model];
    let words = words.map(|word| word.as_deref().unwrap());
    assert_eq!(words, ["Toyota", "blue over white", "motorcycle", "motorcycle", "CAM"]);
    assert_eq!((entry.topic, entry.reference.as_deref()), (Some(7), Some("V123456789")));
    assert_eq!((entry.case_number.as_deref(), entry.year), (Some("24-11532"), Some(2019)));
    assert_eq!(entry.caution.as_deref(), Some("ARMED"));
    assert_eq!(entry.note.as_deref(), Some("left rear window broken"));
    let until = entry.expires_at.unwrap().to_string();
    assert_eq!(until, "2028-01-01T00:00:00Z");
}

#[test]
fn a_shifted_or_cut_row_of_fixed_width_is_refused_by_its_length() {
    let good = fixed("VEH", "7ABC123", "TX", "PC", "4D", "20271231");
    let file = format!("{good} {good}{}", &good[..60]);
    let topics = vec![topic("VEH", 1, true)];
    let (summary, changes) =
        read_with(&preset("ncic-example"), topics, file.as_bytes(), 999).unwrap();
    assert_eq!(changes.len(), 1);
    let expected =
        |line, length| format!("{line}: the row is {length} characters long, and 126 are expected");
    assert_eq!(refused(&summary), [expected(2, 127), expected(3, 60)]);
}

#[test]
fn codes_that_no_table_knows_are_kept_as_they_are_and_counted() {
    let file = fixed("VEH", "7ABC123", "TX", "ZZ", "Q9", "20271231");
    let topics = vec![topic("VEH", 1, true)];
    let (summary, changes) =
        read_with(&preset("ncic-example"), topics, file.as_bytes(), 999).unwrap();
    let [Change::Add(entry)] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((entry.body.as_deref(), entry.plate_type.as_deref()), (Some("Q9"), Some("ZZ")));
    assert_eq!(entry.class, VehicleClass::Unknown);
    let unknown: Vec<_> = summary.unknown_codes.by_field().collect();
    assert_eq!(unknown, [("body", 1), ("plate_type", 1)]);
}

#[test]
fn rows_that_are_over_are_counted_and_not_kept_and_later_ones_wait() {
    let file = "plate,state,make,model,colour,year,vehicle,case,caution,note,priority,from,until\n\
        OVER1,,,,,,,,,,,,2026-11-21\n\
        TODAY1,,,,,,,,,,,,2026-11-22\n\
        LATER1,,,,,,motorcycle,24-1,,,High,2027-01-01,01/31/2027\n\
        BACK1,,,,,,,,,,,2027-01-02,2027-01-01\n\
        ODD1,,,,,,,,,,,soon,\n";
    let (summary, entries) = read(&preset("own"), file.as_bytes()).unwrap();
    let plates: Vec<_> = entries.iter().map(|entry| entry.plate.as_str()).collect();
    assert_eq!(plates, ["TODAY1", "LATER1"]);
    assert!(entries[0].counts_at(NOW) && !entries[1].counts_at(NOW));
    assert_eq!(entries[1].priority, Some(Priority::High));
    assert_eq!(entries[1].class, VehicleClass::Motorcycle);
    assert_eq!(summary.tally.n_expired, 1);
    assert_eq!(
        refused(&summary),
        ["5: expires: lies before effective", "6: effective: is no date as the layout writes it",]
    );
}

#[test]
fn rows_of_a_topic_that_is_off_or_unknown_are_counted_and_not_kept() {
    let rows = ["VEH", "IMM", "veh", "XYZ", "IMM"]
        .map(|file| fixed(file, "7ABC123", "TX", "PC", "4D", "20271231"));
    let topics = vec![topic("VEH", 1, true), topic("IMM", 2, false)];
    let (summary, changes) =
        read_with(&preset("ncic-example"), topics, rows.concat().as_bytes(), 999).unwrap();
    assert_eq!((changes.len(), summary.tally.n_taken, summary.tally.n_off), (2, 2, 3));
    let counted =
        |value: &str, number, n_rows, on| TopicRows { value: value.to_owned(), number, n_rows, on };
    let expected = [
        counted("VEH", Some(1), 2, true),
        counted("IMM", Some(2), 2, false),
        counted("XYZ", None, 1, false),
    ];
    assert_eq!(summary.topics, expected);
}

#[test]
fn a_column_that_holds_no_topics_does_not_become_thousands_of_them() {
    let rows: String = (0..1_000)
        .map(|n| fixed(&format!("{n:03}"), "7ABC123", "TX", "PC", "4D", "20271231"))
        .collect();
    let (summary, changes) =
        read_with(&preset("ncic-example"), Vec::new(), rows.as_bytes(), 999).unwrap();
    assert!(changes.is_empty());
    assert_eq!((summary.topics.len(), summary.n_of_other_topics), (STRANGERS_MAX, 980));
}

#[test]
fn an_incremental_file_adds_and_takes_off() {
    let header = "ACTION|FILE|LIC|LIS|LIT|VYR|VMA|VMO|VST|VCO|NIC|OCA|ENTERED|WEED|CAUTION|MIS\n";
    let file = format!(
        "{header}E|VEH|7ABC123|TX|PC|2019|FORD|||RED|V1||||DANGER|\nX|VEH|8XYZ999|TX||||||||||||\n\
         Q|VEH|8XYZ998|TX||||||||||||\n"
    );
    let topics = vec![topic("VEH", 3, true)];
    let layout = preset("ncic-example-delimited");
    let (summary, changes) = read_with(&layout, topics.clone(), file.as_bytes(), 9).unwrap();
    let [Change::Add(entry), Change::Remove(removal)] = changes.as_slice() else {
        panic!("{changes:?}")
    };
    assert_eq!(entry.make.as_deref(), Some("Ford"));
    assert_eq!((removal.plate.as_str(), removal.topic), ("8XYZ999", Some(3)));
    assert_eq!((summary.tally.n_taken, summary.tally.n_removals), (1, 1));
    assert_eq!(refused(&summary), ["4: action: is none that the layout knows"]);
    let whole = Layout { update: Update::Full, ..layout };
    let (summary, _) = read_with(&whole, topics, file.as_bytes(), 9).unwrap();
    assert!(refused(&summary)[0].contains("say update = \"incremental\""));
}

#[test]
fn genetec_and_vigilant_are_read_as_they_come() {
    let (_, entries) =
        read(&preset("genetec"), b"Stolen;QC;DEF228;2026-01-31;2027-05-31;P1\n").unwrap();
    let entry = &entries[0];
    assert_eq!((entry.plate.as_str(), entry.jurisdiction.unwrap().code()), ("DEF228", "CA-QC"));
    assert_eq!(entry.note.as_deref(), Some("Stolen"));
    assert_eq!(entry.expires_at.unwrap().to_string(), "2027-06-01T00:00:00Z");
    let row = format!("{:<20}QCDEF228    2026-01-312027-05-31\n", "Stolen");
    let (_, entries) = read(&preset("genetec-fixed"), row.as_bytes()).unwrap();
    assert_eq!(entries[0].plate, "DEF228");
    let file = b"Hot Plate,State,Alert,Severity\nDEF228,TX,Stolen,High\nDEF229,TX,Stolen,Odd\n";
    let (_, entries) = read(&preset("vigilant"), file).unwrap();
    let ranks: Vec<_> = entries.iter().map(|entry| entry.priority).collect();
    assert_eq!(ranks, [Some(Priority::High), None]);
}

#[test]
fn priorities_may_be_ranges_of_numbers() {
    let layout = Layout::parse(
        "version = 1\nname = \"Ours\"\nkind = \"delimited\"\nheader = false\n[columns]\nplate = 1\npriority = 2\n\
         [priorities]\nhigh = [\"0-33\"]\nlow = [\"34-100\"]\n",
    )
    .unwrap();
    let (_, entries) = read(&layout, b"ABC1,33\nABC2,34\nABC3,101\n").unwrap();
    let ranks: Vec<_> = entries.iter().map(|entry| entry.priority).collect();
    assert_eq!(ranks, [Some(Priority::High), Some(Priority::Low), None]);
}

/// Bytes that look like a file of any of the layouts, and any bytes at all.
fn files() -> impl Strategy<Value = Vec<u8>> {
    let parts = prop_oneof![
        "[A-Z0-9]{1,8}",
        Just("plate,state,make,model,colour,year,reference,note\n".to_owned()),
        Just(
            "ACTION|FILE|LIC|LIS|LIT|VYR|VMA|VMO|VST|VCO|NIC|OCA|ENTERED|WEED|CAUTION|MIS\n"
                .to_owned()
        ),
        Just(fixed("VEH", "7ABC123", "TX", "PC", "4D", "20271231")),
        Just("Stolen;QC;DEF228;2026-01-31;2027-05-31;P1\n".to_owned()),
        "[,;|\"\r\n\t ]{1,3}",
        "\\PC{0,6}",
    ];
    let bytes = parts.prop_map(String::into_bytes);
    let noise = proptest::collection::vec(any::<u8>(), 0..8);
    proptest::collection::vec(prop_oneof![9 => bytes, 1 => noise], 0..12)
        .prop_map(|parts| parts.concat())
}

proptest! {
    /// Whatever a file holds, every layout reads it to its end or refuses it with a reason, the same in pieces of any size, and
    /// each of its rows is counted once.
    #[test]
    fn any_file_is_read_or_refused_the_same_in_pieces_of_any_size(
        file in files(), size in 1_usize..64,
    ) {
        for preset in crate::layout::presets() {
            let layout = preset.layout().unwrap();
            let topics = vec![topic("VEH", 1, true)];
            let whole = read_with(&layout, topics.clone(), &file, 1 << 20);
            let pieces = read_with(&layout, topics, &file, size);
            let Ok((summary, changes)) = &whole else { continue };
            let tally = &summary.tally;
            prop_assert_eq!(changes.len() as u64, tally.n_taken + tally.n_removals);
            prop_assert_eq!(tally.refused.len() as u64, tally.n_refused);
            // The encoding is told by the first bytes, of which a small piece has fewer.
            if size >= 4 && !file.contains(&0) {
                prop_assert_eq!(&whole, &pieces);
            }
        }
    }
}
