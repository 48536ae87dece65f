//! Tests that failed: what they said, and a second try by themselves.
//!
//! A test that fails once in hundreds of runs is a defect to be found, and the summary says that there is one; but it says
//! nothing of the change at hand. One that fails twice does.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::run::{Heard, Program};
use crate::shown::{BrowserTests, is_brief};

/// More than these at once are no accident. A disk that stands still for half a minute makes a handful fail.
const AGAIN_MAX: usize = 10;
/// Lines of what a test said that the summary repeats.
const REASON_LINES: usize = 6;

/// Runs cargo's tests, and those that failed once more by themselves. `hear` runs them with more arguments.
pub fn hear_tests(mut hear: impl FnMut(&[&str]) -> Result<Heard>) -> Result<Heard> {
    // Passed tests' output is shown because that is where they say that they skipped.
    let mut heard = hear(&["--", "--show-output"])?;
    let names = names_of(&heard.lines, "FAILED");
    heard.failed = names.iter().map(|name| told(&heard.lines, name)).collect();
    if all_is_told(&heard.lines) && (1..=AGAIN_MAX).contains(&names.len()) {
        println!("\n== what failed, once more by itself ==");
        let words: Vec<&str> = ["--", "--exact"].into_iter().chain(names.iter().copied()).collect();
        let again = hear(&words)?;
        let passed = names_of(&again.lines, "ok");
        heard.is_unsteady = again.ended_well && names.iter().all(|name| passed.contains(name));
    }
    Ok(heard)
}

/// Whether every program that failed told which of its tests did: one that crashed or was not built has no closing line, and
/// would be lost among those that pass when they are tried again.
fn all_is_told(lines: &[String]) -> bool {
    let closing = |line: &String| {
        let (n, said) = line.strip_prefix("error: ")?.split_once(" target")?;
        matches!(said, " failed:" | "s failed:").then(|| n.parse::<usize>().ok())?
    };
    let told = lines.iter().filter(|line| line.starts_with("test result: FAILED")).count();
    lines.iter().find_map(closing) == Some(told)
}

/// Runs Playwright's tests, which tries those that failed again of its own accord and calls them flaky.
pub fn hear_browser(tests: Program) -> Result<Heard> {
    let mut shown = BrowserTests::new(is_brief());
    let mut heard = tests.hear_showing(|line| shown.is_shown(line))?;
    heard.failed = listed(&heard.lines, "failed");
    if heard.ended_well {
        heard.failed = listed(&heard.lines, "flaky");
        heard.is_unsteady = !heard.failed.is_empty();
    }
    Ok(heard)
}

/// What stands under Playwright's closing line of that word.
fn listed(lines: &[String], word: &str) -> Vec<String> {
    let is_heading = |line: &String| {
        line.trim()
            .split_once(' ')
            .is_some_and(|(n, said)| said == word && n.parse::<u64>().is_ok())
    };
    let under = lines.iter().skip_while(|line| !is_heading(line)).skip(1);
    under.take_while(|line| line.starts_with("    ")).map(|line| line.trim().to_owned()).collect()
}

/// The tests that ended so.
fn names_of<'a>(lines: &'a [String], ending: &str) -> BTreeSet<&'a str> {
    let name = |line: &'a String| {
        let (name, end) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
        (end == ending).then_some(name)
    };
    lines.iter().filter_map(name).collect()
}

/// A failed test's name, and the first of what it said from its panic on.
fn told(lines: &[String], name: &str) -> String {
    let heading = format!("---- {name} stdout ----");
    let said = lines.iter().skip_while(|line| **line != heading).skip(1);
    let said = said.take_while(|line| !line.starts_with("---- "));
    let reason = said.skip_while(|line| !line.contains("panicked at"));
    let lines = reason.take(REASON_LINES).take_while(|line| !line.is_empty());
    lines.fold(name.to_owned(), |text, line| format!("{text}\n  {line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_failed_test_is_named_with_its_reason() {
        let lines = lines(
            "test a::good ... ok\n\
             test a::bad ... FAILED\n\
             test src/lib.rs - one (line 3) ... FAILED\n\
             ---- a::good stdout ----\n\
             skipped: no pictures\n\
             ---- a::bad stdout ----\n\
             a table\n\
             thread 'a::bad' panicked at src/a.rs:3:5:\n\
             assertion failed: left == right\n\
             \n\
             ---- other stdout ----",
        );
        let failed: Vec<&str> = names_of(&lines, "FAILED").into_iter().collect();
        assert_eq!(failed, ["a::bad", "src/lib.rs - one (line 3)"]);
        assert_eq!(
            told(&lines, "a::bad"),
            "a::bad\n  thread 'a::bad' panicked at src/a.rs:3:5:\n  assertion failed: left == right"
        );
        assert_eq!(told(&lines, "unheard"), "unheard");
    }

    #[test]
    fn the_browsers_tests_are_named_where_they_close() {
        let lines =
            lines("  1 failed\n    a.spec.ts:3:1 › a\n  2 flaky\n    b\n    c\n  5 passed (1m)");
        assert_eq!(listed(&lines, "failed"), ["a.spec.ts:3:1 › a"]);
        assert_eq!(listed(&lines, "flaky"), ["b", "c"]);
        assert!(listed(&lines, "interrupted").is_empty());
    }

    #[test]
    fn what_fails_once_is_unsteady_and_what_fails_twice_is_not() {
        // Told and not run: what a test of ours prints is among the lines of the run that it is part of.
        let run = |endings: [&str; 2]| {
            let mut tries = endings.into_iter();
            let mut asked = Vec::new();
            let heard = hear_tests(|words| {
                asked.push(words.join(" "));
                let ending = tries.next().expect("two tries at most");
                let lines = lines(&closed(&format!("test a ... {ending}\ntest b ... ok"), 1));
                Ok(Heard { ended_well: ending == "ok", lines, ..Heard::default() })
            });
            let heard = heard.expect("it runs");
            (heard.failed, heard.is_unsteady, asked)
        };
        let asked = vec!["-- --show-output".to_owned(), "-- --exact a".to_owned()];
        let a = vec!["a".to_owned()];
        assert_eq!(run(["FAILED", "ok"]), (a.clone(), true, asked.clone()));
        assert_eq!(run(["FAILED", "FAILED"]), (a.clone(), false, asked.clone()));
        assert_eq!(run(["FAILED", "ignored"]), (a, false, asked));
        assert_eq!(run(["ok", "ok"]), (vec![], false, vec!["-- --show-output".to_owned()]));
    }

    /// What cargo closes with when a program's tests fail, and how many programs it says there were.
    fn closed(said: &str, targets: usize) -> String {
        let s = if targets == 1 { "" } else { "s" };
        format!(
            "{said}\ntest result: FAILED. 1 passed; 1 failed\nerror: {targets} target{s} failed:"
        )
    }

    #[test]
    fn what_crashed_or_was_not_built_is_not_lost_beside_a_test_that_passes_then() {
        for said in [String::new(), "test a ... FAILED".into(), closed("test a ... FAILED", 2)] {
            let mut tries = 0;
            let heard = hear_tests(|_| {
                tries += 1;
                Ok(Heard { lines: lines(&said), ..Heard::default() })
            });
            let heard = heard.expect("it runs");
            assert_eq!((heard.is_unsteady, tries), (false, 1), "{said}");
        }
    }
}
