//! What is acknowledged is on disk: read from the system calls of a process that keeps batches.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test cannot set up, it fails on"
)]

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a process did, in order.
#[derive(Debug, PartialEq)]
enum Deed {
    Wrote(String),
    Synced(String),
    Said(u32),
}

/// Runs `append-batches` under strace; none where strace cannot be used.
fn watch(dir: &Path, synchronous: &str) -> Option<Vec<Deed>> {
    let trace = dir.join("trace");
    let strace = Command::new("strace")
        .args(["-f", "-y", "-s", "16", "-e", "trace=write,writev,pwrite64,fsync,fdatasync", "-o"])
        .arg(&trace)
        .arg(env!("CARGO_BIN_EXE_append_batches"))
        .arg(dir.join("data"))
        .arg(synchronous)
        .stdout(Stdio::null())
        .output();
    match strace {
        Ok(done) if done.status.success() => Some(deeds(&std::fs::read_to_string(&trace).unwrap())),
        Ok(done) => {
            let said = String::from_utf8_lossy(&done.stderr);
            assert!(
                said.contains("ptrace") || said.contains("PTRACE"),
                "the watched process failed: {said}"
            );
            None
        }
        Err(_) => None,
    }
}

/// `PID write(5</path>, …) = 8`, also in two halves with other threads' calls between; it counts when it is done.
fn deeds(trace: &str) -> Vec<Deed> {
    let mut begun: HashMap<&str, &str> = HashMap::new();
    let mut deeds = Vec::new();
    for line in trace.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if call.ends_with("<unfinished ...>") {
            begun.insert(thread, call);
            continue;
        }
        let call =
            if call.starts_with("<... ") { begun.remove(thread).unwrap_or(call) } else { call };
        let Some((name, rest)) = call.split_once('(') else { continue };
        let path = rest
            .split_once('<')
            .and_then(|(_, rest)| rest.split_once('>'))
            .map_or("", |(path, _)| path);
        match name {
            "fsync" | "fdatasync" => deeds.push(Deed::Synced(path.to_owned())),
            _ => match rest
                .split_once("\"kept ")
                .and_then(|(_, n)| n.split('\\').next()?.parse().ok())
            {
                Some(n) => deeds.push(Deed::Said(n)),
                None => deeds.push(Deed::Wrote(path.to_owned())),
            },
        }
    }
    deeds
}

/// What was not on disk when it was acknowledged.
fn faults(deeds: &[Deed]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut from = 0;
    let mut n_said = 0;
    for (at, deed) in deeds.iter().enumerate() {
        let Deed::Said(n) = deed else { continue };
        n_said += 1;
        let before = &deeds[from..at];
        from = at + 1;
        let last = |is: &dyn Fn(&Deed) -> bool| before.iter().rposition(is);
        let wrote_row =
            last(&|deed| matches!(deed, Deed::Wrote(path) if path.ends_with(".reads-wal")));
        let synced_row =
            last(&|deed| matches!(deed, Deed::Synced(path) if path.ends_with(".reads-wal")));
        let wrote_picture =
            last(&|deed| matches!(deed, Deed::Wrote(path) if path.contains(".pics")));
        let synced_picture =
            last(&|deed| matches!(deed, Deed::Synced(path) if path.contains(".pics")));
        let synced_folder =
            last(&|deed| matches!(deed, Deed::Synced(path) if path.ends_with("/2026-11-21")));
        let mut in_order = |what: &str, earlier: Option<usize>, later: Option<usize>| {
            if earlier.is_none() || later.is_none() || earlier >= later {
                faults.push(format!("batch {n}: {what}"));
            }
        };
        in_order("its row was not synced", wrote_row, synced_row);
        in_order("its picture was not synced", wrote_picture, synced_picture);
        in_order("its picture's name was not synced", synced_picture, synced_folder);
        in_order("its row was written before its picture was safe", synced_folder, wrote_row);
    }
    assert_eq!(n_said, 5, "the trace was not understood");
    faults
}

#[test]
fn an_acknowledged_batch_is_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let Some(deeds) = watch(dir.path(), "full") else {
        println!("skipped: strace cannot be used here");
        return;
    };
    assert_eq!(faults(&deeds), Vec::<String>::new());
}

#[test]
fn the_check_would_notice_a_commit_that_does_not_wait() {
    let dir = tempfile::tempdir().unwrap();
    let Some(deeds) = watch(dir.path(), "off") else {
        println!("skipped: strace cannot be used here");
        return;
    };
    assert!(
        faults(&deeds).iter().any(|fault| fault.contains("its row was not synced")),
        "{:?}",
        faults(&deeds)
    );
}
