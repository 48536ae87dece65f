//! In which line of its file a fault is.

use crate::bundle::{BundleFiles, Fault, File};
use crate::settings::line_of;

impl Fault {
    /// The line of its file, counted from 1; none where it is about the whole file, or about something that is missing.
    pub fn line(&self, files: &BundleFiles) -> Option<usize> {
        if let Some(number) = self.place.strip_prefix("line ") {
            return number.parse().ok();
        }
        match &self.file {
            File::Settings => setting(&files.settings, &self.place),
            File::Rules => rule(&files.rules, &self.place),
            File::Statute(pack) => rule(files.statutes.get(pack)?, &self.place),
            File::Clauses => toml_line(&files.clauses, |line| names(line, "id", &self.place)),
            File::Published => {
                files.published.find(&self.place).map(|at| line_of(&files.published, at))
            }
        }
    }
}

/// The line of a TOML text for which something holds.
fn toml_line(text: &str, holds: impl Fn(&str) -> bool) -> Option<usize> {
    text.lines().position(|line| holds(line.trim())).map(|at| at + 1)
}

/// Whether a line is `key = "value"`.
fn names(line: &str, key: &str, value: &str) -> bool {
    line.split_once('=').is_some_and(|(left, right)| {
        left.trim() == key && right.split('"').nth(1).is_some_and(|text| text == value)
    })
}

/// The line of a setting by its path, such as `retention.days` or `purposes.audit.label`: where the path leads as far as it can
/// be followed.
fn setting(text: &str, path: &str) -> Option<usize> {
    let mut found = None;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut from = 0;
    let mut table = String::new();
    for part in path.split('.') {
        let whole = if table.is_empty() { part.to_owned() } else { format!("{table}.{part}") };
        let heads = [format!("[{whole}]"), format!("[[{whole}]]")];
        let head = lines.iter().position(|line| heads.iter().any(|head| line.starts_with(head)));
        let below = || {
            let rest = lines.iter().enumerate().skip(from);
            let until_next = rest.take_while(|(at, line)| *at == from || !line.starts_with('['));
            let is_key = |line: &str| line.split('=').next().is_some_and(|key| key.trim() == part);
            until_next.filter(|(_, line)| is_key(line)).map(|(at, _)| at).next()
        };
        let word = || {
            let rest = lines.iter().enumerate().skip(from);
            rest.filter(|(_, line)| names(line, "word", part)).map(|(at, _)| at).next()
        };
        let next = head.or_else(below).or_else(word);
        let Some(at) = next else { break };
        found = Some(at + 1);
        from = at;
        if head.is_some() {
            table = whole;
        }
    }
    found
}

/// The line in which a rule begins, by its id, or by its number where it has none.
fn rule(text: &str, id: &str) -> Option<usize> {
    if let Some(number) = id.strip_prefix("rule ").and_then(|number| number.parse::<usize>().ok()) {
        let begins = |line: &str| line.starts_with("permit") || line.starts_with("forbid");
        let mut rules = text.lines().enumerate().filter(|(_, line)| begins(line));
        return rules.nth(number.checked_sub(1)?).map(|(at, _)| at + 1);
    }
    text.find(&format!("@id(\"{id}\")")).map(|at| line_of(text, at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bundle::Bundle;

    fn example() -> BundleFiles {
        crate::shipped().first().unwrap().1.clone()
    }

    /// The first fault of the example with one text changed, and the line to which it points.
    fn pointed_at(change: impl FnOnce(&mut BundleFiles)) -> String {
        let mut files = example();
        change(&mut files);
        let faults = Bundle::read(&files).expect_err("it was read");
        let fault = faults.first().unwrap();
        let text = match &fault.file {
            File::Settings => &files.settings,
            File::Clauses => &files.clauses,
            File::Published => &files.published,
            _ => &files.rules,
        };
        let line = fault.line(&files).unwrap_or_else(|| panic!("{fault} has no line"));
        text.lines().nth(line - 1).unwrap_or_default().to_owned()
    }

    fn setting(from: &'static str, to: &'static str) -> String {
        pointed_at(|files| files.settings = files.settings.replacen(from, to, 1).into())
    }

    #[test]
    fn a_fault_points_to_its_line() {
        assert_eq!(setting("days = 30", "days = 60"), "days = 60");
        assert_eq!(setting("version = 1", "version = 2"), "version = 2");
        assert_eq!(setting("\nmonths = 3", "\nmonths = 99"), "months = 99");
        assert_eq!(
            setting("word = \"monitoring\"", "word = \"Monitoring\""),
            "word = \"Monitoring\""
        );
        assert_eq!(setting("version = 1", "version = 1\nversion = 1"), "version = 1");
        let rule = pointed_at(|files| {
            files.rules = files.rules.replacen("@clause(\"OURS-case\")\n", "", 1).into();
        });
        assert_eq!(rule, "@id(\"case-missing\")");
        let nameless = pointed_at(|files| {
            files.rules = files.rules.replacen("@id(\"administrator\")", "", 1).into();
        });
        assert_eq!(nameless, "permit (");
        let clause = pointed_at(|files| {
            files.clauses = files.clauses.replacen("\"case-missing\"", "\"case-lost\"", 1).into();
        });
        assert!(clause.contains("id = \"OURS-case\""), "{clause}");
        let hole =
            pointed_at(|files| files.published = format!("{}{{no.such}}", files.published).into());
        assert!(hole.contains("{no.such}"), "{hole}");
        let html =
            pointed_at(|files| files.published = format!("{}\n<b>\n", files.published).into());
        assert_eq!(html, "<b>");
    }

    #[test]
    fn what_is_missing_has_no_line() {
        let mut files = example();
        files.published = files.published.replacen("## Access", "## Acces", 1).into();
        let faults = Bundle::read(&files).expect_err("it was read");
        assert_eq!(faults[0].line(&files), None, "{}", faults[0]);
    }

    proptest! {
        /// Whatever the texts and the place: a line that is there, or none.
        #[test]
        fn no_place_points_beyond_its_text(place in "[a-z.\\[\\]0-9 ]{0,40}", text in "(\\[{0,2}[a-z.]{0,9}\\]{0,2}|[a-z]{0,6} ?= ?\"?[a-z]{0,6}\"?|\n){0,30}") {
            let files = BundleFiles {
                settings: text.clone().into(),
                rules: text.clone().into(),
                clauses: text.clone().into(),
                published: text.clone().into(),
                ..BundleFiles::default()
            };
            let n_lines = text.split('\n').count();
            for file in [File::Settings, File::Rules, File::Clauses, File::Published] {
                let fault = Fault::new(file, place.clone(), "");
                if let Some(line) = fault.line(&files).filter(|_| !place.starts_with("line ")) {
                    prop_assert!((1..=n_lines).contains(&line), "{line} of {n_lines}");
                }
            }
        }
    }
}
