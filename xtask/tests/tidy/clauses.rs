//! docs/clauses.md maps every clause that is shown to the tests that show it; both directions are held here.
//!
//! A test shows a clause by naming the clause's id in its name's form or in the comment above it:
//! `clause_aus_344_2c_…`, `Clause AUS-344.2c: …`.

use std::collections::{BTreeMap, BTreeSet};

use xtask::surroundings::root;
use xtask::tree;

use crate::no_faults;

/// The documents that ids come from; an id is one of these, then a dot or hyphen and its number or part.
const SOURCES: [&str; 5] = ["AUSP", "AUS-344", "TWF-401", "BEL-461", "PIE"];

const MAP: &str = "docs/clauses.md";

/// Clause id → the tests named beside it, as `path::name`.
fn map() -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(root().join(MAP)).expect("the map of clauses is there");
    let mut map: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in text.lines().filter(|line| line.starts_with("| ") && line.contains("::")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert!(cells.len() == 3, "{MAP}: a row has three cells: {row}");
        let (Some(ids), Some(tests)) = (cells.first(), cells.last()) else { continue };
        // Tests stand between backticks, because titles have commas in them.
        let tests: Vec<String> = tests.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        for id in ids.split(',') {
            // A clause may have several rows.
            map.entry(id.trim().to_owned()).or_default().extend(tests.clone());
        }
    }
    map
}

/// Clause ids in a text, in reading order.
fn ids(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let words = text.split(|c: char| !is_part(c)).map(|word| word.trim_end_matches(['.', '-']));
    words.filter(|word| is_id(word)).map(str::to_owned).collect()
}

fn is_id(word: &str) -> bool {
    SOURCES.iter().any(|source| {
        word.strip_prefix(source).is_some_and(|rest| rest.starts_with(['.', '-']) && rest.len() > 1)
    })
}

/// Every test file that could name a clause.
fn test_texts() -> Vec<(String, String)> {
    let texts = tree::texts(&[".rs", ".ts", ".py"]).expect("git lists the tree");
    let texts = texts.into_iter().map(|(path, text)| (path.to_string(), text));
    texts.filter(|(path, _)| path != "xtask/tests/tidy/clauses.rs").collect()
}

/// Clauses that the tests of one file name: in the comment above a test, or in a title.
fn shown_in(path: &str, text: &str) -> BTreeSet<String> {
    if path.ends_with(".rs") {
        let marked = text.lines().filter(|line| {
            let line = line.trim_start();
            line.starts_with("///") && line.to_ascii_lowercase().contains("clause")
        });
        let tests_begin =
            text.find("#[test]").or_else(|| text.find("::test]")).or_else(|| text.find("::test("));
        if tests_begin.is_none() {
            return BTreeSet::new();
        }
        return marked.flat_map(ids).collect();
    }
    let is_test = path.starts_with("e2e/") || path.contains("test");
    if is_test {
        text.lines()
            .filter(|line| line.to_ascii_lowercase().contains("clause"))
            .flat_map(ids)
            .collect()
    } else {
        BTreeSet::new()
    }
}

#[test]
fn every_test_of_the_map_exists() {
    let mut faults = Vec::new();
    for (id, tests) in map() {
        if !is_id(&id) {
            faults.push(format!("{MAP}: `{id}` is not a clause id"));
        }
        for test in tests {
            let Some((path, name)) = test.split_once("::") else {
                faults.push(format!("{MAP}: {id}: `{test}` is not `path::test`"));
                continue;
            };
            match std::fs::read_to_string(root().join(path)) {
                Ok(text) if has_test(path, &text, name) => {}
                Ok(_) => faults.push(format!("{MAP}: {id}: {path} has no test `{name}`")),
                Err(_) => faults.push(format!("{MAP}: {id}: there is no {path}")),
            }
        }
    }
    no_faults(&faults);
}

/// Rust tests are functions; browser tests have titles.
fn has_test(path: &str, text: &str, name: &str) -> bool {
    if path.ends_with(".rs") { text.contains(&format!("fn {name}(")) } else { text.contains(name) }
}

#[test]
fn every_clause_that_a_test_names_is_in_the_map() {
    let map = map();
    let mut faults = Vec::new();
    for (path, text) in test_texts() {
        for id in shown_in(&path, &text) {
            let tests = map.get(&id).map(Vec::as_slice).unwrap_or_default();
            if !tests.iter().any(|test| test.starts_with(&format!("{path}::"))) {
                faults.push(format!("{path} shows {id}: say so in {MAP}"));
            }
        }
        for name in named_for_a_clause(&text) {
            if !map.values().flatten().any(|test| *test == format!("{path}::{name}")) {
                faults.push(format!("{path}::{name} is named for a clause: say so in {MAP}"));
            }
        }
    }
    no_faults(&faults);
}

fn named_for_a_clause(text: &str) -> Vec<&str> {
    let names = text.lines().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("fn ").or_else(|| line.strip_prefix("async fn "))
    });
    names
        .filter(|name| name.starts_with("clause_"))
        .filter_map(|name| name.split('(').next())
        .collect()
}

#[test]
fn the_reading_itself() {
    let found = ids("Clauses AUSP-detected, TWF-401.7 and AUS-344.2a. Not AUSTIN-1, nor TWF-401.");
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["AUS-344.2a", "AUSP-detected", "TWF-401.7"]);
    assert_eq!(
        named_for_a_clause("    async fn clause_aus_344_2c_lists() {"),
        ["clause_aus_344_2c_lists"]
    );
}
