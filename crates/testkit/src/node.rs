//! Programs of npm that tests talk to: real servers, each a process of its own on this machine.

#![expect(clippy::print_stdout, reason = "that a test was skipped is said")]

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A program's process; ends with this value, and when this process ends, because its input closes.
#[derive(Debug)]
pub struct NodeProgram {
    process: Child,
    says: BufReader<ChildStdout>,
}

impl NodeProgram {
    /// Starts `serve.mjs` of the folder `source`, with what its `package-lock.json` names, installed beside what cargo builds in
    /// the folder `target`. Nothing where Node and npm are missing, which is said.
    pub fn start(source: &Path, target: &Path, arguments: &[&str]) -> Option<Self> {
        if !is_there("node") || !is_there("npm") {
            println!("skipped: Node and npm are not here, and {} needs them", source.display());
            return None;
        }
        let mut process = Command::new("node")
            .arg("serve.mjs")
            .args(arguments)
            .current_dir(installed(source, target))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts");
        let says = BufReader::new(process.stdout.take().expect("its output is piped"));
        Some(Self { process, says })
    }

    /// The next line that it writes; waits for it.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        let n_read = self.says.read_line(&mut line).expect("it writes text");
        assert!(n_read > 0, "the program ended");
        line.trim_end().to_owned()
    }
}

impl Drop for NodeProgram {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// The program with its packages: a copy, so that nothing is written beside the sources. Tests that run at once wait here for
/// each other.
fn installed(source: &Path, target: &Path) -> PathBuf {
    std::fs::create_dir_all(target).expect("the folder can be made");
    let lock = File::create(target.join("lock")).expect("the folder can be written to");
    lock.lock().expect("a lock file can be locked");
    let is_new: Vec<bool> =
        FILES.iter().map(|file| copy(&source.join(file), &target.join(file))).collect();
    let is_complete = target.join("node_modules/.package-lock.json").is_file();
    if !is_complete || is_new.contains(&true) {
        let installed = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(target)
            .stdout(Stdio::null())
            .status();
        assert!(installed.is_ok_and(|status| status.success()), "npm ci installs the program");
    }
    target.to_owned()
}

/// What a program is, besides its packages.
const FILES: [&str; 3] = ["package.json", "package-lock.json", "serve.mjs"];

/// Copies a file where it is not the same already: another test's process may be reading it. Whether it was copied.
fn copy(from: &Path, to: &Path) -> bool {
    let text = std::fs::read(from).expect("the program's files are here");
    let differs = std::fs::read(to).ok().is_none_or(|there| there != text);
    if differs {
        std::fs::write(to, text).expect("it can be written");
    }
    differs
}
