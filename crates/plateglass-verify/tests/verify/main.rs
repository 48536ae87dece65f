//! The program as an outsider runs it: on folders, over HTTP, on receipts, right ones and tampered ones.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test cannot set up, it fails on"
)]

mod folder_log;
mod logs;
mod proofs;
mod web;

use std::process::Command;

/// What the program said and how it ended.
#[derive(PartialEq, Eq, Debug)]
struct Said {
    code: i32,
    text: String,
}

/// Runs the program; nothing of this machine's proxies is used.
fn verify(args: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plateglass-verify"));
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    let output = command.args(args).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    Said { code: output.status.code().unwrap(), text: String::from_utf8(text).unwrap() }
}

impl Said {
    /// Fails unless it ended so and said all of this, in one line.
    #[track_caller]
    fn is(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{}", self.text);
        assert_eq!(self.text.lines().count(), 1, "{}", self.text);
        for word in words {
            assert!(self.text.contains(word), "`{word}` is not in: {}", self.text);
        }
    }
}
