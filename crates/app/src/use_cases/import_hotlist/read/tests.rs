//! Files good and bad.

use std::sync::Arc;

use domain::{HotlistId, Timestamp};
use plate::CodeSystem;

use super::*;
use crate::imports::Imports;
use crate::use_cases::import_hotlist::Column;

fn import() -> Arc<Import> {
    let now = Timestamp::from_micros(0);
    Imports::default().begin(HotlistId::from_i64(1), true, None, now).unwrap()
}

fn mapping() -> Mapping {
    let name = |name: &str| Column::Name(name.to_owned());
    Mapping {
        state: Some(name("state")),
        make: Some(name("make")),
        year: Some(name("year")),
        ..Mapping::of_plate(name("plate"))
    }
}

fn read(mapping: &Mapping, file: &[u8]) -> Result<(ReadFile, Vec<HotlistEntry>), String> {
    let mut entries = Vec::new();
    let mut source = file;
    let read = read_file(&mut source, mapping, &import(), |portion| {
        entries.extend(portion);
        true
    });
    read.map(|read| (read, entries)).map_err(|err| err.to_string())
}

#[test]
fn rows_become_entries_and_bad_ones_are_named_by_their_line() {
    let file = "Plate, state,make,year\n7abc 123,TX,FORD,2019\n8XYZ999,ZZ,,\n,TX,,\n7ABC-123,TX,GMC,\nK4W3L,,,19\n";
    let (read, entries) = read(&mapping(), file.as_bytes()).unwrap();
    let plates: Vec<_> = entries.iter().map(|entry| entry.plate.as_str()).collect();
    assert_eq!(plates, ["7ABC123", "7ABC123"]);
    assert_eq!(entries[0].jurisdiction.unwrap().code(), "US-TX");
    assert_eq!((entries[0].make.as_deref(), entries[0].year), (Some("FORD"), Some(2019)));
    let refused: Vec<_> =
        read.tally.refused.iter().map(|row| format!("{}: {}", row.line, row.reason)).collect();
    assert_eq!(
        refused,
        [
            "3: state: \"ZZ\" is no NCIC code of a state or province",
            "4: plate: plate has no letter or digit",
            "6: year: expected four digits such as 2019",
        ]
    );
    assert_eq!((read.tally.n_taken, read.tally.n_refused, read.n_duplicates), (2, 3, 1));
    assert_eq!(read.n_bytes, file.len() as u64);
}

#[test]
fn columns_go_by_number_and_codes_by_the_system_that_was_said() {
    let by_number = Mapping {
        header: false,
        delimiter: ';',
        state: Some(Column::Number(2)),
        state_codes: CodeSystem::Postal,
        ..Mapping::of_plate(Column::Number(1))
    };
    let (_, entries) = read(&by_number, b"ABC123;NB\n").unwrap();
    assert_eq!(entries[0].jurisdiction.unwrap().code(), "CA-NB");
    let (_, entries) =
        read(&Mapping { state_codes: CodeSystem::Ncic, ..by_number }, b"ABC123;NB\n").unwrap();
    assert_eq!(entries[0].jurisdiction.unwrap().code(), "US-NE");
}

#[test]
fn a_mapping_that_does_not_fit_says_what_there_is() {
    let missing = read(&mapping(), b"Plate,province\nA1,TX\n").map(drop).unwrap_err();
    assert_eq!(missing, "state: no column is named \"state\"; the first row has: Plate, province");
    let far = Mapping::of_plate(Column::Number(3));
    assert_eq!(
        read(&far, b"a,b\n").map(drop).unwrap_err(),
        "plate: there is no column 3: the first row has 2"
    );
    let tab = Mapping { delimiter: 'x', ..far };
    assert!(
        read(&tab, b"a\n")
            .map(drop)
            .unwrap_err()
            .starts_with("delimiter: expected one ASCII character")
    );
}

#[test]
fn letters_in_another_encoding_are_refused_with_their_line_or_read_as_said() {
    let latin1 = b"plate,state,make,year\nABC123,TX,Citro\xEBn,\n";
    assert_eq!(
        read(&mapping(), latin1).map(drop).unwrap_err(),
        "line 2: make: byte 0xEB is not UTF-8; if the file is Latin-1 (Windows-1252), say encoding = \"latin1\""
    );
    let said = Mapping { encoding: Encoding::Latin1, ..mapping() };
    assert_eq!(read(&said, latin1).unwrap().1[0].make.as_deref(), Some("Citroën"));
    let utf16: Vec<u8> = "\u{FEFF}plate,state,make,year\nABC123,TX,Citroën,\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let (file, entries) = read(&mapping(), &utf16).unwrap();
    assert_eq!((file.encoding, entries[0].make.as_deref()), (Encoding::Utf16, Some("Citroën")));
    assert!(read(&mapping(), &utf16[2..]).map(drop).unwrap_err().contains("encoding = \"utf16\""));
}

#[test]
fn a_line_of_ten_megabytes_is_one_refused_row() {
    let file = [
        b"plate,state,make,year\nABC123,TX,,\n".to_vec(),
        vec![b'9'; 10_000_000],
        b"\nABC124,TX,,\n".to_vec(),
    ]
    .concat();
    let (read, entries) = read(&mapping(), &file).unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(read.tally.refused[0].line, 3);
    assert!(read.tally.refused[0].reason.starts_with("the row is longer than 64 KiB"));
}

#[test]
fn refused_rows_are_listed_up_to_a_bound_and_all_counted() {
    let file = format!("plate,state,make,year\n{}", "!,,,\n".repeat(2_500));
    let (read, _) = read(&mapping(), file.as_bytes()).unwrap();
    assert_eq!((read.tally.refused.len(), read.tally.n_refused), (REFUSED_LISTED_MAX, 2_500));
}

#[test]
fn a_source_that_breaks_off_imports_nothing() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            into[..6].copy_from_slice(b"plate\n");
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let ended = read_file(&mut Broken, &mapping(), &import(), |_| true).map(drop);
    assert_eq!(ended.unwrap_err().to_string(), "failed to read the file after 0 bytes");
}
