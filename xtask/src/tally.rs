//! Counting what test runners said: their closing lines, and tests that skipped for want of something.

use std::fmt;
use std::ops::AddAssign;

/// How a line of a test begins that could not do its work because something is absent.
pub const SKIPPED: &str = "skipped:";

/// How many tests ended how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Ended well.
    pub passed: u64,
    /// Did not.
    pub failed: u64,
    /// Did not run.
    pub skipped: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

impl Tally {
    /// The sum of all closing lines of cargo test, Node's test runner, Playwright and pytest in `lines`.
    pub fn of_lines(lines: &[String]) -> Self {
        let mut sum = Self::default();
        for line in lines {
            sum += Self::of_line(line);
        }
        sum
    }

    fn of_line(line: &str) -> Self {
        let line = line.trim();
        if let Some(counts) = line.strip_prefix("test result:") {
            return Self::of_counts(counts);
        }
        if let Some(count) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) {
            return Self::of_node(count);
        }
        let closing = line.trim_matches(['=', ' ']);
        let counts = closing.split_once(" in ").map_or(closing, |(counts, _)| counts);
        let counts = counts.split_once(" (").map_or(counts, |(counts, _)| counts);
        if counts.split([',', ';']).all(is_count) {
            Self::of_counts(counts)
        } else {
            Self::default()
        }
    }

    fn of_node(line: &str) -> Self {
        let mut tally = Self::default();
        if let Some((word, Ok(n))) = line.split_once(' ').map(|(word, n)| (word, n.parse())) {
            match word {
                "pass" => tally.passed = n,
                "fail" | "cancelled" => tally.failed = n,
                "skipped" | "todo" => tally.skipped = n,
                _ => {}
            }
        }
        tally
    }

    fn of_counts(counts: &str) -> Self {
        let mut tally = Self::default();
        for part in counts.split([',', ';', '.']) {
            let Some((Ok(n), word)) =
                part.trim().split_once(' ').map(|(n, word)| (n.parse::<u64>(), word))
            else {
                continue;
            };
            match word {
                "passed" => tally.passed += n,
                "failed" | "error" | "errors" | "flaky" => tally.failed += n,
                "ignored" | "skipped" | "did not run" => tally.skipped += n,
                _ => {}
            }
        }
        tally
    }
}

fn is_count(part: &str) -> bool {
    const WORDS: [&str; 8] =
        ["passed", "failed", "skipped", "error", "errors", "flaky", "did not run", "warnings"];
    part.trim()
        .split_once(' ')
        .is_some_and(|(n, word)| n.parse::<u64>().is_ok() && WORDS.contains(&word))
}

/// The lines by which tests said that they skipped.
pub fn skips(lines: &[String]) -> Vec<String> {
    lines
        .iter()
        .map(|line| line.trim())
        .filter(|line| line.starts_with(SKIPPED))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, passed: u64, failed: u64, skipped: u64) {
        assert_eq!(Tally::of_line(line), Tally { passed, failed, skipped }, "{line}");
    }

    #[test]
    fn closing_lines_are_counted() {
        check(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.02s",
            12,
            0,
            1,
        );
        check(
            "test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out",
            2,
            4,
            0,
        );
        check("# pass 5", 5, 0, 0);
        check("ℹ fail 2", 0, 2, 0);
        check("  7 passed (3.2s)", 7, 0, 0);
        check("  1 failed", 0, 1, 0);
        check("2 did not run", 0, 0, 2);
        check("======== 3 passed, 1 failed, 2 skipped in 1.20s ========", 3, 1, 2);
        check("5 passed, 0 failed", 5, 0, 0);
    }

    #[test]
    fn other_lines_are_not() {
        check("the 5 passed cars", 0, 0, 0);
        check("5 cars passed", 0, 0, 0);
        check("", 0, 0, 0);
        check("# tests 5", 0, 0, 0);
        check("running 12 tests", 0, 0, 0);
    }

    #[test]
    fn skipped_lines_are_found() {
        let lines = ["skipped: no pictures".to_owned(), "test a ... ok".to_owned()];
        assert_eq!(skips(&lines), ["skipped: no pictures"]);
    }
}
