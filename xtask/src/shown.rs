//! Which lines of a test runner are shown. All of them are counted; a thousand that tell of what passed hide the one that matters.

use crate::surroundings::variable;

/// Whether only what failed is shown: where `CI` is set nobody watches, and what is kept of a long log is often its beginning.
pub fn is_brief() -> bool {
    variable("CI").is_some()
}

/// Cargo's tests: each program's name and how it ended, and all that a failed test said.
#[derive(Debug, Default)]
pub struct CargoTests {
    is_brief: bool,
    is_among_successes: bool,
    is_among_failures: bool,
    is_in_error: bool,
}

impl CargoTests {
    /// Brief: of what passed, only the programs' names.
    pub fn new(is_brief: bool) -> Self {
        Self { is_brief, ..Self::default() }
    }

    /// Whether the next line is shown.
    pub fn is_shown(&mut self, line: &str) -> bool {
        let is_end = line.starts_with("test result:");
        if line == "successes:" || line == "failures:" || is_end {
            self.is_among_successes = line == "successes:";
            self.is_among_failures = line == "failures:";
        }
        // What a compiler says of an error goes on to the next empty line.
        self.is_in_error = line.starts_with("error") || self.is_in_error && !line.is_empty();
        if self.is_brief {
            self.is_in_error || self.is_among_failures || is_program(line) || is_failure(line)
        } else {
            let is_passed = line.starts_with("test ") && line.ends_with(" ... ok");
            !(self.is_among_successes || is_passed || line.is_empty())
        }
    }
}

fn is_program(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("Running ") || line.starts_with("Doc-tests ")
}

/// A test's, or a program's that crashed.
fn is_failure(line: &str) -> bool {
    line.ends_with(" ... FAILED")
        || line.starts_with("test result: FAILED")
        || line.starts_with("Caused by:")
        || line.contains("process didn't exit successfully")
}

/// Playwright's tests: in brief, those that failed, and from the first reason on all that it says.
#[derive(Debug, Default)]
pub struct BrowserTests {
    is_brief: bool,
    is_among_reasons: bool,
}

impl BrowserTests {
    /// Brief: nothing of what passed.
    pub fn new(is_brief: bool) -> Self {
        Self { is_brief, ..Self::default() }
    }

    /// Whether the next line is shown.
    pub fn is_shown(&mut self, line: &str) -> bool {
        let line = line.trim_start();
        self.is_among_reasons |= line.starts_with("1) ");
        !self.is_brief || self.is_among_reasons || line.starts_with('✘') || line.starts_with("x ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARGO: &str = "   Compiling a\n     Running tests/a.rs\n\nrunning 2 tests\ntest a ... ok\ntest b ... FAILED\n\n\
        successes:\n\n---- a stdout ----\na table\n\nsuccesses:\n    a\n\nfailures:\n\n---- b stdout ----\nno\n\n\
        failures:\n    b\n\ntest result: FAILED. 1 passed; 1 failed\n\n     Running tests/b.rs\ntest c ... ok\n\
        test result: ok. 1 passed; 0 failed\nerror: 1 target failed:";

    fn shown(said: &str, is_shown: impl FnMut(&&str) -> bool) -> Vec<&str> {
        said.lines().filter(is_shown).filter(|line| !line.is_empty()).collect()
    }

    #[test]
    fn what_passed_is_not_shown_and_what_failed_is() {
        let mut tests = CargoTests::new(false);
        let all = shown(CARGO, |line| tests.is_shown(line));
        assert!(all.contains(&"---- b stdout ----") && all.contains(&"running 2 tests"));
        assert!(!all.contains(&"a table") && !all.contains(&"test a ... ok"));
        let mut tests = CargoTests::new(true);
        assert_eq!(
            shown(CARGO, |line| tests.is_shown(line)),
            [
                "     Running tests/a.rs",
                "test b ... FAILED",
                "failures:",
                "---- b stdout ----",
                "no",
                "failures:",
                "    b",
                "test result: FAILED. 1 passed; 1 failed",
                "     Running tests/b.rs",
                "error: 1 target failed:",
            ]
        );
    }

    #[test]
    fn what_does_not_compile_is_shown_with_its_place() {
        let said = "   Compiling a\nerror[E0308]: mismatched types\n --> src/a.rs:3:5\n\nwarning: unused\n  --> src/b.rs:1:1\n";
        let mut tests = CargoTests::new(true);
        let brief = shown(said, |line| tests.is_shown(line));
        assert_eq!(brief, ["error[E0308]: mismatched types", " --> src/a.rs:3:5"]);
    }

    #[test]
    fn the_browsers_reasons_are_shown_to_the_end() {
        let said = "  ✓  1 a\n  ✘  2 b\n WARN c\n  ✓  3 d\n\n  1) b\n    Error: no\n  1 failed\n    b\n  2 passed";
        let mut tests = BrowserTests::new(true);
        let brief = shown(said, |line| tests.is_shown(line));
        assert_eq!(
            brief,
            ["  ✘  2 b", "  1) b", "    Error: no", "  1 failed", "    b", "  2 passed"]
        );
        let mut tests = BrowserTests::new(false);
        assert!(said.lines().all(|line| tests.is_shown(line)));
    }
}
