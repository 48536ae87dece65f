//! An auditor's day: the witness is made, told what to follow, run, killed and stopped, and a log asks it all the while.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up, it fails on")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use ledger::key::KeyKind;
use ledger::witness::AddCheckpoint;
use ledger::{Checkpoint, Hash, SigningKey, VerifierKey};
use outbound::{Answer, AskWitnessError, WitnessClient};

const NAME: &str = "auditor.example/witness";

fn plateglass(words: &[&str], dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plateglass"));
    command.arg("witness").args(words).arg("--dir").arg(dir);
    command
}

fn ran(words: &[&str], dir: &Path) -> Output {
    plateglass(words, dir).output().unwrap()
}

/// Starts it on a free port; gives its address once it listens.
fn start(dir: &Path) -> (Child, String) {
    let mut command = plateglass(&["--listen", "127.0.0.1:0"], dir);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let (name, at) = line.trim().split_once(" listens on ").unwrap();
    assert_eq!(name, format!("Witness {NAME}"));
    (process, at.to_owned())
}

fn log_key() -> SigningKey {
    SigningKey::from_seed("log.example/key", KeyKind::Log, [1; 32]).unwrap()
}

/// A log of one leaf asks for the first time.
fn ask(leaf: &[u8]) -> AddCheckpoint {
    let root = Hash::of_leaf(leaf);
    let origin = "log.example".to_owned();
    let mut note =
        Checkpoint { origin, size: 1, root, extension: String::new() }.to_note().unwrap();
    note.add(log_key().sign(note.text(), 0));
    AddCheckpoint { old: 0, proof: Vec::new(), note }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_is_made_run_killed_and_stopped_and_signs_one_history() {
    let temporary = tempfile::tempdir().unwrap();
    let dir = &temporary.path().join("auditor");
    let made = ran(&["init", "--name", NAME], dir);
    assert!(made.status.success());
    let said = String::from_utf8(made.stdout).unwrap();
    let key = said.lines().find_map(|line| VerifierKey::parse(line).ok()).unwrap();
    assert_eq!((key.name(), key.kind()), (NAME, KeyKind::Cosigner));
    assert!(!ran(&["init", "--name", NAME], dir).status.success());

    std::fs::write(dir.join("logs"), "log police\n").unwrap();
    let wrong = ran(&["--listen", "127.0.0.1:0"], dir);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("line 1: "));
    let line = format!("log {} log.example\n", log_key().verifier());
    std::fs::write(dir.join("logs"), line).unwrap();

    let (mut process, at) = start(dir);
    let client = WitnessClient::new(Duration::from_secs(30));
    let first = client.ask(&at, &ask(b"one"), &key).await.unwrap();
    assert!(matches!(first, Answer::Cosigned(_)));
    let second = ran(&["--listen", "127.0.0.1:0"], dir);
    assert!(String::from_utf8_lossy(&second.stderr).contains("another witness runs on"));
    process.kill().unwrap();
    process.wait().unwrap();

    let (mut process, at) = start(dir);
    let behind = client.ask(&at, &ask(b"other"), &key).await.unwrap();
    assert_eq!(behind, Answer::Behind { size: 1 });
    let rewritten = AddCheckpoint { old: 1, ..ask(b"other") };
    let refused = client.ask(&at, &rewritten, &key).await.unwrap_err();
    assert!(matches!(refused, AskWitnessError::Refused { status: 422, .. }), "{refused}");
    let again = AddCheckpoint { old: 1, ..ask(b"one") };
    assert!(matches!(client.ask(&at, &again, &key).await.unwrap(), Answer::Cosigned(_)));
    let told = Command::new("kill").arg("-TERM").arg(process.id().to_string()).status().unwrap();
    assert!(told.success() && process.wait().unwrap().success());
}
