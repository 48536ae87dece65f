//! `cargo xtask test`: every check, cheap ones first, each with its own line in the summary.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::needs::{self, Need};
use crate::run::{Heard, Program};
use crate::shown::{CargoTests, is_brief};
use crate::surroundings::{data_dir, program, root, timed};
use crate::tally::{self, Tally};
use crate::{again, demo, fuzz, licences, training, web};

/// What can be said to it.
#[derive(clap::Args)]
pub struct Test {
    /// Only these; all but `training` when nothing is said.
    #[arg(value_enum)]
    which: Vec<Step>,
    /// Install nothing; what needs something that is missing fails and says how to get it.
    #[arg(long)]
    no_install: bool,
}

/// One part of the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Step {
    /// Formatting.
    Fmt,
    /// Licences, bans and sources of what we build with.
    Licences,
    /// The console's scripts: types, lints, own tests, build.
    Web,
    /// Lints, warnings refused.
    Clippy,
    /// Documentation builds without a warning.
    Docs,
    /// Unit tests of every crate.
    Unit,
    /// Integration tests of every crate; the store's on both engines.
    Integration,
    /// What is said of the whole tree: rings, SQL, clauses, words.
    Tidy,
    /// Unit, integration, tidy and documentation tests in one build.
    Rust,
    /// Fuzz targets compile.
    Fuzz,
    /// The console in Chromium, against a running server.
    Browser,
    /// The generators' tests, and two minutes of training that must reduce the loss; needs PyTorch.
    Training,
}

/// Cheap and telling first; one development build serves clippy's dependants, the tests and the browser's server.
const DEFAULT: [Step; 8] = [
    Step::Fmt,
    Step::Licences,
    Step::Web,
    Step::Clippy,
    Step::Docs,
    Step::Rust,
    Step::Fuzz,
    Step::Browser,
];

struct Ended {
    step: Step,
    tally: Tally,
    problems: Vec<String>,
    skips: Vec<String>,
    /// What failed once and then passed.
    unsteady: Vec<String>,
    took: Duration,
}

/// Runs the steps, all of them even when one fails, and closes with the sum of what every runner counted.
pub fn run(test: &Test) -> Result<ExitCode> {
    let steps = if test.which.is_empty() { &DEFAULT[..] } else { &test.which[..] };
    match data_dir() {
        Some(dir) => println!("Test pictures: {dir}. No test may skip for want of them."),
        None => println!(
            "Test pictures: none (PLATEGLASS_DATA names no folder). Tests that need them skip and say so."
        ),
    }
    let mut ended = Vec::new();
    for &step in steps {
        println!("\n==== {} ====", name(step));
        let (heard, took) = timed(|| take(step, steps, !test.no_install));
        let one = judge(step, heard, took);
        // Said at once too: what comes after takes half an hour.
        one.problems.iter().for_each(|problem| println!("FAILED: {problem}"));
        ended.push(one);
    }
    Ok(sum_up(&ended))
}

fn name(step: Step) -> String {
    clap::ValueEnum::to_possible_value(&step)
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}

fn take(step: Step, steps: &[Step], install: bool) -> Result<Option<Heard>> {
    let meet = |needs: &[Need]| needs::meet(needs, install);
    match step {
        Step::Fmt => quiet(cargo(&["fmt", "--all", "--check"]).check()),
        Step::Licences => quiet(check_licences()),
        Step::Web => {
            meet(&[needs::NODE])?;
            check_web()
        }
        Step::Clippy => {
            meet(&[needs::C_COMPILER, needs::PERL])?;
            quiet(
                cargo(&[
                    "clippy",
                    "--locked",
                    "--workspace",
                    "--all-targets",
                    "--",
                    "-D",
                    "warnings",
                ])
                .check(),
            )
        }
        Step::Docs => {
            meet(&[needs::C_COMPILER, needs::PERL])?;
            let doc = ["doc", "--locked", "--workspace", "--no-deps", "--document-private-items"];
            quiet(cargo(&doc).with("RUSTDOCFLAGS", "-D warnings").check())
        }
        Step::Unit => rust_tests(&["--workspace", "--lib", "--bins"], install),
        Step::Integration => rust_tests(&["--workspace", "--test", "*"], install),
        Step::Tidy => rust_tests(&["--package", "xtask"], install),
        Step::Rust => rust_tests(&["--workspace"], install),
        Step::Fuzz => {
            meet(&[needs::C_COMPILER, needs::PERL])?;
            quiet(fuzz::check())
        }
        Step::Browser => {
            meet(&[needs::C_COMPILER, needs::PERL, needs::NODE, needs::CHROMIUM])?;
            check_browser(steps.contains(&Step::Web), steps.contains(&Step::Rust))
        }
        Step::Training => training::check().map(Some),
    }
}

fn quiet(result: Result<()>) -> Result<Option<Heard>> {
    result.map(|()| None)
}

fn cargo(args: &[&str]) -> Program {
    let cargo = Program::new("cargo", args);
    match data_dir() {
        Some(dir) => cargo.with("PLATEGLASS_DATA", dir),
        None => cargo,
    }
}

fn rust_tests(which: &[&str], install: bool) -> Result<Option<Heard>> {
    needs::meet(
        &[
            needs::C_COMPILER,
            needs::PERL,
            needs::POSTGRESQL,
            needs::SFTP_SERVER,
            needs::STRACE,
            needs::FFMPEG,
            needs::GO,
            needs::NODE,
        ],
        install,
    )?;
    let tests = || cargo(&["test", "--locked", "--no-fail-fast"]).args(which);
    let hear = |words: &[&str]| {
        let mut shown = CargoTests::new(is_brief());
        tests().args(words).hear_showing(move |line| shown.is_shown(line))
    };
    again::hear_tests(hear).map(Some)
}

fn check_licences() -> Result<()> {
    let faults = licences::faults()?;
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    licences::cargo_deny()
}

/// Types and lints of both folders of TypeScript, the scripts' own tests where there are some, then the build.
fn check_web() -> Result<Option<Heard>> {
    let mut heard = Heard { ended_well: true, ..Heard::default() };
    for folder in ["web", "e2e"] {
        let dir = root().join(folder);
        if !dir.join("package.json").is_file() {
            bail!("{folder}/package.json is missing");
        }
        web::npm_ci(&dir)?;
        if web::has_script(&dir, "check")? {
            Program::new("npm", &["run", "check"]).within(&dir).check()?;
        }
    }
    let dir = root().join("web");
    if web::has_script(&dir, "test")? {
        heard = Program::new("npm", &["test"]).within(&dir).hear()?;
    }
    web::build()?;
    Ok(Some(heard))
}

fn check_browser(web_is_built: bool, rust_is_built: bool) -> Result<Option<Heard>> {
    if !web_is_built {
        web::build()?;
    }
    // After the tests this is what they built already; alone, the server is enough.
    if rust_is_built {
        cargo(&["build", "--locked", "--workspace", "--all-targets"]).check()?;
    } else {
        let needed = ["plateglass", "plateglass-verify", "testkit"];
        let packages = needed.iter().flat_map(|name| ["--package", *name]);
        let words: Vec<&str> = ["build", "--locked"].into_iter().chain(packages).collect();
        cargo(&words).check()?;
    }
    let e2e = root().join("e2e");
    web::npm_ci(&e2e)?;
    let chromium = program("chromium").context("Chromium is not on the path")?;
    let built = demo::target_dir()?.join("debug");
    let mut tests = Program::new("npm", &["test"])
        .within(&e2e)
        .with("PLATEGLASS_BIN", built.join("plateglass"))
        .with("PLATEGLASS_VERIFY", built.join("plateglass-verify"))
        .with("PLATEGLASS_MEDDLE", built.join("meddle"))
        .with("PLATEGLASS_CHROMIUM", chromium);
    if let Some(dir) = data_dir() {
        tests = tests.with("PLATEGLASS_DATA", dir);
    }
    again::hear_browser(tests).map(Some)
}

fn judge(step: Step, heard: Result<Option<Heard>>, took: Duration) -> Ended {
    let (problems, skips, unsteady) = (Vec::new(), Vec::new(), Vec::new());
    let mut ended = Ended { step, tally: Tally::default(), problems, skips, unsteady, took };
    match heard {
        Err(err) => ended.problems.push(format!("{err:#}")),
        // A check without tests counts as one.
        Ok(None) => ended.tally.passed = 1,
        Ok(Some(heard)) => {
            ended.tally = Tally::of_lines(&heard.lines);
            ended.skips = tally::skips(&heard.lines);
            if heard.is_unsteady {
                ended.tally.passed += std::mem::take(&mut ended.tally.failed);
                ended.unsteady = heard.failed;
            } else if !heard.ended_well {
                ended.problems.push("a test failed: its name and reason stand above".to_owned());
                ended.problems.extend(heard.failed);
            } else if ended.tally == Tally::default() && step != Step::Web {
                ended.problems.push("no test ran".to_owned());
            }
            let n_skips = u64::try_from(ended.skips.len()).unwrap_or(u64::MAX);
            ended.tally.passed = ended.tally.passed.saturating_sub(n_skips);
            ended.tally.skipped += n_skips;
            if ended.tally == Tally::default() {
                ended.tally.passed = u64::from(ended.problems.is_empty());
            }
        }
    }
    if let Some(dir) = data_dir().filter(|_| !ended.skips.is_empty()) {
        ended.problems.push(format!("tests skipped although the test pictures are there ({dir})"));
    }
    if !ended.problems.is_empty() && ended.tally.failed == 0 {
        ended.tally.failed = 1;
    }
    ended
}

fn sum_up(ended: &[Ended]) -> ExitCode {
    println!("\n==== summary ====");
    let mut sum = Tally::default();
    for Ended { step, tally, problems, skips, unsteady, took } in ended {
        let verdict = if problems.is_empty() { "ok" } else { "FAILED" };
        println!("{:12} {verdict:7} {tally}, {} s", name(*step), took.as_secs());
        let unsteady = unsteady.iter().map(|test| format!("failed once, then passed: {test}"));
        for line in skips.iter().chain(problems).cloned().chain(unsteady) {
            println!("{:12} {}", "", line.replace('\n', "\n             "));
        }
        sum += *tally;
    }
    println!("{sum}");
    if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(ended_well: bool, lines: &[&str]) -> Result<Option<Heard>> {
        let lines = lines.iter().map(|&line| line.to_owned()).collect();
        Ok(Some(Heard { ended_well, lines, ..Heard::default() }))
    }

    fn tally_of(heard: Result<Option<Heard>>) -> Tally {
        judge(Step::Unit, heard, Duration::ZERO).tally
    }

    #[test]
    fn a_check_counts_as_one_and_a_failure_is_never_lost() {
        assert_eq!(tally_of(Ok(None)), Tally { passed: 1, failed: 0, skipped: 0 });
        assert_eq!(
            tally_of(Err(anyhow::anyhow!("no"))),
            Tally { passed: 0, failed: 1, skipped: 0 }
        );
        let crashed = heard(false, &["test result: ok. 3 passed; 0 failed; 0 ignored"]);
        assert_eq!(tally_of(crashed), Tally { passed: 3, failed: 1, skipped: 0 });
        assert_eq!(tally_of(heard(true, &[])).failed, 1, "a runner that ran nothing has failed");
    }

    #[test]
    fn what_failed_once_and_then_passed_is_told_and_counts_as_passed() {
        let lines = vec!["test result: FAILED. 2 passed; 1 failed; 0 ignored".to_owned()];
        let heard = |is_unsteady| Heard {
            lines: lines.clone(),
            failed: vec!["a".to_owned()],
            is_unsteady,
            ..Heard::default()
        };
        let once = judge(Step::Rust, Ok(Some(heard(true))), Duration::ZERO);
        assert_eq!(once.tally, Tally { passed: 3, failed: 0, skipped: 0 });
        assert_eq!((once.problems.len(), once.unsteady), (0, vec!["a".to_owned()]));
        let twice = judge(Step::Rust, Ok(Some(heard(false))), Duration::ZERO);
        assert_eq!(twice.tally, Tally { passed: 2, failed: 1, skipped: 0 });
        assert_eq!((twice.problems.len(), twice.unsteady.len()), (2, 0));
    }

    #[test]
    fn a_test_that_says_it_skipped_is_not_counted_as_passed() {
        let lines = ["skipped: no pictures", "test result: ok. 3 passed; 0 failed; 0 ignored"];
        let tally = tally_of(heard(true, &lines));
        assert_eq!((tally.passed, tally.skipped), (2, 1));
        assert_eq!(tally.failed, u64::from(data_dir().is_some()));
    }
}
