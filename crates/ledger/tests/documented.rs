//! The examples of docs/ledger.md are made here, from fixed seeds, and its tables are those of the code. Where they differ,
//! `UPDATE_EXPECT=1 cargo test -p ledger --test documented` writes the examples anew; the tables are written by hand.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what they expected by panicking"
)]

#[path = "documented/example.rs"]
mod example;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use expect_test::expect_file;
use ledger::audit::{Depth, audit};
use ledger::leaf::{ClearField, Kind, Schedule, SealedField};
use ledger::policy::Policy;
use ledger::{Receipt, TileRef};

use example::Example;

const DOCUMENT: &str = include_str!("../../../docs/ledger.md");
/// What stands before a fenced block that is made here.
const MARKER: &str = "<!-- made by crates/ledger/tests/documented.rs: ";

/// The document with its examples made anew.
fn with_examples(examples: &BTreeMap<&str, String>) -> String {
    let mut made = String::new();
    let mut lines = DOCUMENT.lines();
    let mut used = Vec::new();
    while let Some(line) = lines.next() {
        writeln!(made, "{line}").unwrap();
        let Some(name) = line.strip_prefix(MARKER) else { continue };
        let name = name.strip_suffix(" -->").expect("a marker ends on its line");
        let example = examples.get(name).unwrap_or_else(|| panic!("no example is called `{name}`"));
        assert_eq!(lines.next(), Some("```text"), "a fenced block follows the marker of `{name}`");
        lines.by_ref().find(|line| *line == "```").expect("the fenced block ends");
        writeln!(made, "```text\n{}\n```", example.trim_end_matches('\n')).unwrap();
        used.push(name);
    }
    used.sort_unstable();
    assert_eq!(used, examples.keys().copied().collect::<Vec<_>>(), "every example, each once");
    made
}

/// The cells of the rows of the table below this heading.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, below) = DOCUMENT.split_once(&format!("{heading}\n")).expect(heading);
    let rows = below.lines().skip_while(|line| !line.starts_with('|'));
    let rows = rows.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

fn words(rows: &[Vec<&'static str>]) -> Vec<&'static str> {
    rows.iter().map(|row| row[0].trim_matches('`')).collect()
}

#[test]
fn the_examples_are_what_the_code_makes() {
    let examples = Example::make().blocks();
    expect_file!["../../../docs/ledger.md"].assert_eq(&with_examples(&examples));
}

#[test]
fn the_tables_are_those_of_the_code() {
    let of_code: Vec<_> = Kind::ALL.iter().map(|kind| kind.word()).collect();
    assert_eq!(words(&table("### Kinds of records")), of_code);
    let of_code: Vec<_> = ClearField::ALL.iter().map(|field| field.word()).collect();
    assert_eq!(words(&table("### Clear fields")), of_code);
    let rows = table("### Sealed fields");
    let of_code: Vec<_> = SealedField::ALL.iter().map(|field| field.word()).collect();
    assert_eq!(words(&rows), of_code);
    for (row, field) in rows.iter().zip(SealedField::ALL) {
        let kept = match field.schedule() {
            Schedule::Never => "for ever",
            Schedule::WithReads => "with the reads",
        };
        assert_eq!(row[2], kept, "{field}");
    }
}

/// What a reader does with the document alone: takes the keys, the checkpoint and the receipt out of it, and checks.
#[test]
fn what_is_shown_can_be_checked() {
    let example = Example::make();
    let block = |name: &str| {
        let (_, after) = DOCUMENT.split_once(&format!("{MARKER}{name} -->\n```text\n")).unwrap();
        after.split_once("```").unwrap().0
    };
    let policy = Policy::parse(block("policy")).unwrap();
    let receipt = Receipt::parse(block("receipt").as_bytes()).unwrap();
    let shown = receipt.check(&policy).unwrap();
    assert_eq!(shown.leaf.kind(), Kind::Reads);
    assert_eq!(block("checkpoint"), example.note.to_string());
    let files = example.files();
    let fetch = &mut |path: &str| files.get(path).cloned().ok_or(());
    let sound = audit(&mut Files(fetch), &policy, Depth::Leaves, None, |_, _| {}).unwrap();
    assert_eq!(sound.cosigned.len(), 1);
    assert!(block("sound").contains(&format!("its {} leaves", sound.checkpoint.size)));
    // The tiles that are listed are all that there are.
    let listed: Vec<_> = block("tiles").lines().skip(1).map(|line| line.trim()).collect();
    let n_hash_tiles = TileRef::between(0, sound.checkpoint.size).len();
    assert_eq!(listed.iter().filter(|line| line.starts_with("tile/")).count(), n_hash_tiles + 2);
}

struct Files<'a>(&'a mut dyn FnMut(&str) -> Result<Vec<u8>, ()>);

impl ledger::audit::Source for Files<'_> {
    type Error = ();

    fn file(&mut self, path: &str) -> Result<Vec<u8>, ()> {
        (self.0)(path)
    }
}
