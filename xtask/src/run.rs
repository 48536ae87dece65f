//! Starting other programs: shown before they run, their lines passed on as they come.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;

use crate::shown::is_brief;

/// What a counted run said.
#[derive(Debug, Default)]
pub struct Heard {
    /// Whether it ended well.
    pub ended_well: bool,
    /// Everything it wrote, line by line, both streams as they came.
    pub lines: Vec<String>,
    /// The tests that failed, each with what it said, where that is known.
    pub failed: Vec<String>,
    /// Whether all that failed passed when it was tried again.
    pub is_unsteady: bool,
}

/// A program with its arguments, to run in the repository's root or the folder named with [`Program::within`].
#[derive(Debug)]
pub struct Program(Command);

impl Program {
    /// The program `name` with `args`, run in the repository's root.
    pub fn new(name: &str, args: &[&str]) -> Self {
        let mut command = Command::new(name);
        command.args(args).current_dir(crate::surroundings::root()).stdin(Stdio::null());
        Self(command)
    }

    /// One more argument.
    pub fn arg(mut self, arg: impl AsRef<str>) -> Self {
        self.0.arg(arg.as_ref());
        self
    }

    /// More arguments.
    pub fn args(mut self, args: &[&str]) -> Self {
        self.0.args(args);
        self
    }

    /// Run in `dir`.
    pub fn within(mut self, dir: &Utf8Path) -> Self {
        self.0.current_dir(dir);
        self
    }

    /// With a variable set.
    pub fn with(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.0.env(name, value.as_ref());
        self
    }

    fn show(&self) -> String {
        let words = std::iter::once(self.0.get_program()).chain(self.0.get_args());
        words.map(|word| quoted(&word.to_string_lossy())).collect::<Vec<_>>().join(" ")
    }

    /// Runs it and fails when it fails.
    pub fn run(mut self) -> Result<()> {
        let shown = self.show();
        println!("$ {shown}");
        let status = self.0.status().with_context(|| format!("failed to start `{shown}`"))?;
        if !status.success() {
            bail!("`{shown}` failed ({status})");
        }
        Ok(())
    }

    /// Runs it and fails when it fails; in brief it is shown only then.
    pub fn check(self) -> Result<()> {
        if !is_brief() {
            return self.run();
        }
        let shown = self.show();
        let heard = self.hear_showing(|_| false)?;
        if !heard.ended_well {
            heard.lines.iter().for_each(|line| println!("{line}"));
            bail!("`{shown}` failed");
        }
        Ok(())
    }

    /// Runs it quietly and gives what it wrote to standard output.
    pub fn read(mut self) -> Result<String> {
        let shown = self.show();
        let output = self
            .0
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("failed to start `{shown}`"))?;
        if !output.status.success() {
            bail!("`{shown}` failed ({})", output.status);
        }
        String::from_utf8(output.stdout)
            .with_context(|| format!("`{shown}` wrote something that is not UTF-8"))
    }

    /// Whether it runs and ends well; nothing is shown.
    pub fn works(mut self) -> bool {
        self.0
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// Runs it, passing its lines on and keeping them. That it failed is in the answer, not an error.
    pub fn hear(self) -> Result<Heard> {
        self.hear_showing(|_| true)
    }

    /// The same, showing those lines alone of which `is_shown` says so; all of them are kept.
    pub fn hear_showing(mut self, mut is_shown: impl FnMut(&str) -> bool) -> Result<Heard> {
        let shown = self.show();
        println!("$ {shown}");
        let mut child = self
            .0
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("failed to start `{shown}`"))?;
        let (to_us, from_child) = mpsc::channel();
        let mut lines = Vec::new();
        std::thread::scope(|scope| {
            if let Some(stdout) = child.stdout.take() {
                let to_us = to_us.clone();
                scope.spawn(move || pass_on(stdout, &to_us));
            }
            if let Some(stderr) = child.stderr.take() {
                scope.spawn(move || pass_on(stderr, &to_us));
            }
            for line in from_child {
                if is_shown(&line) {
                    println!("{line}");
                }
                lines.push(line);
            }
        });
        let status = child.wait().with_context(|| format!("lost `{shown}`"))?;
        Ok(Heard { ended_well: status.success(), lines, ..Heard::default() })
    }

    /// Becomes that program: signals, terminal and exit code are its own from here on.
    pub fn become_it(mut self) -> Result<ExitCode> {
        use std::os::unix::process::CommandExt;
        let shown = self.show();
        println!("$ {shown}");
        Err(self.0.stdin(Stdio::inherit()).exec())
            .with_context(|| format!("failed to start `{shown}`"))
    }
}

fn pass_on(stream: impl Read, to: &mpsc::Sender<String>) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|n_bytes| n_bytes > 0) {
        let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
        line.clear();
        if to.send(text).is_err() {
            return;
        }
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@+%*".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_shown_is_heard_too() {
        let mut seen = 0;
        let showing = |_: &str| {
            seen += 1;
            false
        };
        let heard = Program::new("sh", &["-c", "echo a; echo b"]).hear_showing(showing).unwrap();
        assert_eq!((heard.lines, seen), (vec!["a".to_owned(), "b".to_owned()], 2));
    }

    #[test]
    fn both_streams_and_the_end_are_heard() {
        let heard = Program::new("sh", &["-c", "echo out; echo err >&2; exit 3"]).hear().unwrap();
        assert!(!heard.ended_well);
        let mut lines = heard.lines;
        lines.sort();
        assert_eq!(lines, ["err", "out"]);
    }

    #[test]
    fn a_command_is_shown_as_one_could_type_it() {
        let program = Program::new("cargo", &["clippy", "--", "-D", "warnings"]).arg("two words");
        assert_eq!(program.show(), "cargo clippy -- -D warnings 'two words'");
    }
}
