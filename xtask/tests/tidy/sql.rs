//! What SQL may not ask: the time, chance, or who somebody is.

use camino::Utf8PathBuf;
use xtask::tree;

use crate::no_faults;
use crate::rust_text::strings;

/// Time and chance are arguments (D8): a statement that asks for them cannot be tested by moving the clock.
const NOT_ASKED: [&str; 22] = [
    "now(",
    "random(",
    "randomblob(",
    "current_timestamp",
    "current_date",
    "current_time",
    "localtime",
    "localtimestamp",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
    "timeofday(",
    "datetime(",
    "strftime(",
    "julianday(",
    "unixepoch(",
    "date('now",
    "time('now",
    "'now'",
    "gen_random_uuid",
    "uuid_generate",
    "setseed(",
];

/// Parts of names that would put a person into the read model (clauses AUSP-detected, TWF-401.7, D9).
const NOT_ABOUT_PEOPLE: [&str; 20] = [
    "face",
    "faces",
    "facial",
    "race",
    "racial",
    "gender",
    "sex",
    "ethnicity",
    "ethnic",
    "skin",
    "hair",
    "age",
    "driver",
    "drivers",
    "occupant",
    "occupants",
    "passenger",
    "pedestrian",
    "religion",
    "nationality",
];

/// How a statement begins. Strings that begin otherwise are prose.
const BEGINNINGS: [&str; 13] = [
    "select", "insert", "update", "delete", "create", "alter", "drop", "with", "pragma", "begin",
    "replace", "values", "analyze",
];

/// All SQL of the tree: files, and statements in Rust strings, with where each begins.
fn all_sql() -> Vec<(Utf8PathBuf, usize, String)> {
    let mut found = Vec::new();
    for (path, text) in tree::texts(&[".sql", ".rs"]).expect("git lists the tree") {
        if path.as_str().ends_with(".sql") {
            found.push((path, 1, text));
        } else if path.as_str().starts_with("crates/") || path.as_str().starts_with("bench/") {
            let statements = strings(&text).into_iter().filter(|(_, text)| is_sql(text));
            found.extend(statements.map(|(line, text)| (path.clone(), line, text)));
        }
    }
    found
}

fn is_sql(literal: &str) -> bool {
    let text = literal.trim_start_matches(['b', 'r', '#', '"', '\\', ' ', '\n']);
    let Some((first, rest)) = text.split_once(char::is_whitespace) else { return false };
    // Statements are written with capitals; a sentence that begins with one of these words is not one.
    BEGINNINGS.contains(&first.to_ascii_lowercase().as_str())
        && first.chars().all(|c| c.is_ascii_uppercase())
        && !rest.is_empty()
}

#[test]
fn no_statement_asks_for_time_or_chance() {
    let mut faults = Vec::new();
    for (path, line, text) in all_sql() {
        let text = text.to_ascii_lowercase();
        for word in NOT_ASKED.iter().filter(|word| has_word(&text, word)) {
            faults.push(format!("{path}:{line}: SQL asks `{word}`; pass it as a parameter"));
        }
    }
    no_faults(&faults);
}

/// Whether `word` stands in `text` with no letter before it, so that `known(` is not `now(`.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// Clauses AUSP-detected and TWF-401.7: nothing about people is in the read model.
#[test]
fn clause_ausp_detected_no_column_speaks_of_a_person() {
    let mut faults = Vec::new();
    for (path, line, text) in all_sql() {
        for name in words_of_names(&text).filter(|name| NOT_ABOUT_PEOPLE.contains(&name.as_str())) {
            faults.push(format!("{path}:{line}: SQL names `{name}`"));
        }
    }
    let read_model = ["crates/domain/src/read.rs", "crates/domain/src/hit.rs"];
    for (path, text) in tree::texts(&[".rs"]).unwrap() {
        if !read_model.contains(&path.as_str()) {
            continue;
        }
        for (number, line) in crate::rust_text::code_without_tests(&text) {
            for name in
                words_of_names(&line).filter(|name| NOT_ABOUT_PEOPLE.contains(&name.as_str()))
            {
                faults.push(format!("{path}:{number}: the read model names `{name}`"));
            }
        }
    }
    no_faults(&faults);
}

/// The parts of every name, comments left out: `plate_face` is `plate` and `face`.
fn words_of_names(text: &str) -> impl Iterator<Item = String> {
    let code: Vec<&str> =
        text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let code = code.join("\n").to_ascii_lowercase();
    let words: Vec<String> = code
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

#[test]
fn the_reading_itself() {
    assert!(is_sql("\"SELECT id FROM reads\""));
    assert!(is_sql("r#\"\n    INSERT INTO reads VALUES ($1)\"#"));
    assert!(!is_sql("\"Select a camera\""));
    assert!(!is_sql("\"SELECT\""));
    assert!(has_word("select now()", "now("));
    assert!(!has_word("select known()", "now("));
    let words: Vec<String> = words_of_names("CREATE TABLE r (driver_face TEXT -- age\n)").collect();
    assert_eq!(words, ["create", "table", "r", "driver", "face", "text"]);
}
