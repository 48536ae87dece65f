//! What we write is read by code that is neither ours nor what ours is built from, and the other way about: Go's own
//! notes and trees (golang.org/x/mod/sumdb), from which C2SP's formats come. Its side is in tests/interop/main.go.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "what a test cannot set up it fails on, and where it skips it says so"
)]

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ledger::key::{KeyKind, SigningKey};
use ledger::tile::{TILE_WIDTH, TileKind};
use ledger::tree::{
    Subtrees as _, check_consistency, check_inclusion, in_memory, prove_consistency,
    prove_inclusion, root_of,
};
use ledger::witness::{AddCheckpoint, Seen, Unwilling, consider};
use ledger::{Checkpoint, Hash, Note, TileRef, VerifierKey};
use serde_json::{Value, json};

/// Where Debian's golang-golang-x-mod-dev puts Go's source of notes and trees.
const GOPATH: &str = "/usr/share/gocode";

/// The program of the other side; none, with the reason said, where Go is not installed.
fn other_side() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/main.go");
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    if !Path::new(GOPATH).join("src/golang.org/x/mod/sumdb/note").is_dir() {
        println!("skipped: there is no golang.org/x/mod (Debian: golang-golang-x-mod-dev)");
        return None;
    }
    // Each test builds its own: they run side by side.
    let name = std::thread::current().name().unwrap_or("other").to_owned();
    let built = tmp.join(format!("interop-{name}"));
    let go = Command::new("go")
        .args(["build", "-o"])
        .args([&built, &here])
        .env("GO111MODULE", "off")
        .env("GOPATH", GOPATH)
        .env("GOFLAGS", "")
        .env("GOCACHE", tmp.join("go-cache"))
        .env("CGO_ENABLED", "0")
        .status();
    match go {
        Err(err) if err.kind() == ErrorKind::NotFound => {
            println!("skipped: there is no Go (Debian: golang-go)");
            None
        }
        built_well => {
            assert!(built_well.unwrap().success(), "Go did not build {}", here.display());
            Some(built)
        }
    }
}

/// Asks the other side, all at once.
fn ask(program: &Path, questions: &[Value]) -> Vec<Value> {
    let mut child =
        Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&serde_json::to_vec(questions).unwrap()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let answers: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answers.len(), questions.len());
    answers
}

/// Asks what must be found right and what must be found wrong.
#[track_caller]
fn judged(program: &Path, cases: &[(bool, Value)]) {
    let questions: Vec<Value> = cases.iter().map(|(_, question)| question.clone()).collect();
    for ((right, question), answer) in cases.iter().zip(ask(program, &questions)) {
        assert_eq!(answer["Ok"], *right, "{question}\n{answer}");
    }
}

fn entry(n: u64) -> Vec<u8> {
    format!("entry {n}").into_bytes()
}

fn leaves(n: u64) -> Vec<Hash> {
    (0..n).map(|n| Hash::of_leaf(&entry(n))).collect()
}

fn texts(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(Hash::to_string).collect()
}

fn checkpoint(origin: &str, leaves: &[Hash]) -> Checkpoint {
    let (size, root) = (leaves.len() as u64, root_of(leaves));
    Checkpoint { origin: origin.to_owned(), size, root, extension: String::new() }
}

fn keys() -> (SigningKey, SigningKey) {
    let log = SigningKey::from_seed("log.example/1", KeyKind::Log, [1; 32]).unwrap();
    let witness = SigningKey::from_seed("witness.example", KeyKind::Cosigner, [2; 32]).unwrap();
    (log, witness)
}

#[test]
fn go_opens_our_notes_and_refuses_forged_ones() {
    let Some(program) = other_side() else { return };
    let (log, witness) = keys();
    let mut note = checkpoint("log.example/1", &leaves(300)).to_note().unwrap();
    note.add(log.sign(note.text(), 0));
    note.add(witness.sign(note.text(), 1_700_000_000));
    let open = |note: &str| {
        json!({ "Ask": "open", "Note": note, "Keys": [log.verifier().to_string()],
                "Witnesses": [witness.verifier().to_string()] })
    };
    let text = note.to_string();
    let mut only_others = Note::new(note.text()).unwrap();
    let stranger = SigningKey::from_seed("log.example/1", KeyKind::Log, [3; 32]).unwrap();
    only_others.add(stranger.sign(note.text(), 0));
    let mut later = Note::new(note.text()).unwrap();
    let mut signature = witness.sign(note.text(), 1_700_000_000);
    signature.signature[7] ^= 1;
    later.add(signature);
    judged(
        &program,
        &[
            (true, open(&text)),
            (false, open(&text.replace("\n300\n", "\n301\n"))),
            (false, open(&only_others.to_string())),
            (false, open(&later.to_string())),
        ],
    );
    let names = &ask(&program, &[open(&text)])[0]["Names"];
    assert_eq!(*names, json!(["log.example/1", "witness.example"]));
}

#[test]
fn go_accepts_our_proofs_and_refuses_changed_ones() {
    let Some(program) = other_side() else { return };
    let mut cases = Vec::new();
    for size in [1, 2, 3, 64, 255, 256, 257, 700_u64] {
        let all = leaves(size);
        let root = root_of(&all).to_string();
        for index in (0..size).step_by(1 + usize::try_from(size / 9).unwrap()) {
            let Ok(proof) = prove_inclusion(index, size, &mut in_memory(&all));
            let right = json!({ "Ask": "record", "Proof": texts(&proof), "Index": index, "Size": size,
                "Root": root, "Leaf": all[usize::try_from(index).unwrap()].to_string() });
            cases.extend(changed(&right, &["Leaf", "Root"], "Index"));
            cases.push((true, right));
        }
        for old in (1..size).step_by(1 + usize::try_from(size / 9).unwrap()) {
            let Ok(proof) = prove_consistency(old, size, &mut in_memory(&all));
            let before = root_of(&all[..usize::try_from(old).unwrap()]).to_string();
            let right = json!({ "Ask": "growth", "Proof": texts(&proof), "Old": old, "OldRoot": before,
                "Size": size, "Root": root });
            cases.extend(changed(&right, &["OldRoot", "Root"], "Old"));
            cases.push((true, right));
        }
    }
    assert!(cases.len() > 500, "{}", cases.len());
    judged(&program, &cases);
}

/// The same question with another hash, another place, a hash of the proof changed, one left out, one too many.
fn changed(right: &Value, hashes: &[&str], place: &str) -> Vec<(bool, Value)> {
    let other = json!(Hash::of_leaf(b"forged").to_string());
    let with = |name: &str, value: Value| {
        let mut question = right.clone();
        question[name] = value;
        (false, question)
    };
    let mut cases: Vec<_> = hashes.iter().map(|name| with(name, other.clone())).collect();
    cases.push(with(place, json!(right[place].as_u64().unwrap() + 1)));
    let proof = right["Proof"].as_array().unwrap();
    cases.push(with("Proof", [proof.as_slice(), std::slice::from_ref(&other)].concat().into()));
    if let Some((_, rest)) = proof.split_first() {
        cases.push(with("Proof", rest.into()));
        cases.push(with("Proof", [std::slice::from_ref(&other), rest].concat().into()));
    }
    cases
}

#[test]
fn go_proves_from_our_tiles_and_notices_a_changed_one() {
    let Some(program) = other_side() else { return };
    let dir = tempfile::tempdir().unwrap();
    let (size, all) = (70_000_u64, leaves(70_000));
    let mut subtrees = in_memory(&all);
    for tile in TileRef::between(0, size) {
        let TileKind::Hashes(level) = tile.kind else { continue };
        let first = tile.index * u64::from(TILE_WIDTH);
        let hashes = (first..first + u64::from(tile.width)).flat_map(|place| {
            let Ok(hash) = subtrees.hash(level * 8, place);
            *hash.as_bytes()
        });
        let path = dir.path().join(tile.to_string());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, hashes.collect::<Vec<u8>>()).unwrap();
    }
    let question = |index: u64| {
        json!({ "Ask": "tiles", "Folder": dir.path().to_str().unwrap(), "Size": size, "Index": index,
                "Root": root_of(&all).to_string(), "Leaf": all[usize::try_from(index).unwrap()].to_string() })
    };
    let indexes = [0, 255, 256, 65_535, 65_536, 69_999];
    judged(&program, &indexes.map(|index| (true, question(index))));
    let answers = ask(&program, &indexes.map(question));
    for (index, answer) in indexes.into_iter().zip(answers) {
        let Ok(ours) = prove_inclusion(index, size, &mut in_memory(&all));
        assert_eq!(answer["Records"][0]["Proof"], json!(texts(&ours)));
    }
    let path = dir.path().join("tile/0/001");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    judged(&program, &[(false, question(256)), (true, question(65_536))]);
}

/// A log that Go made and signed.
struct Foreign(Value);

impl Foreign {
    fn of(program: &Path, entries: &[Vec<u8>], sizes: &[u64], key: Option<&Self>) -> Self {
        let entries: Vec<String> = entries.iter().map(|entry| STANDARD.encode(entry)).collect();
        let mut question = json!({ "Ask": "log", "Entries": entries, "Sizes": sizes });
        if let Some(Self(same)) = key {
            question["Skey"] = same["Skey"].clone();
            question["Vkey"] = same["Vkey"].clone();
        }
        let answer = ask(program, &[question]).remove(0);
        assert_eq!(answer["Ok"], true, "{answer}");
        Self(answer)
    }

    fn key(&self) -> VerifierKey {
        VerifierKey::parse(self.0["Vkey"].as_str().unwrap()).unwrap()
    }

    fn note(&self, place: usize) -> &str {
        self.0["Notes"][place].as_str().unwrap()
    }

    /// The body of tlog-witness's request for the note at `place`, from the proof that it grew out of `old` leaves.
    fn request(&self, place: usize, old: u64) -> AddCheckpoint {
        let note = Note::parse(self.note(place).as_bytes()).unwrap();
        let size = Checkpoint::parse(note.text()).unwrap().size;
        let proof = self.growths().into_iter().find(|growth| (growth.0, growth.1) == (old, size));
        let lines: String = proof
            .map(|(_, _, proof)| proof.iter().map(|hash| format!("{hash}\n")).collect())
            .unwrap_or_default();
        let body = format!("old {old}\n{lines}\n{}", self.note(place));
        AddCheckpoint::parse(body.as_bytes()).unwrap()
    }

    fn growths(&self) -> Vec<(u64, u64, Vec<Hash>)> {
        let growth = |one: &Value| {
            (one["Old"].as_u64().unwrap(), one["New"].as_u64().unwrap(), hashes(&one["Proof"]))
        };
        self.0["Growths"].as_array().unwrap().iter().map(growth).collect()
    }
}

fn hashes(of: &Value) -> Vec<Hash> {
    let hash = |one: &Value| Hash::parse(one.as_str().unwrap()).unwrap();
    of.as_array().into_iter().flatten().map(hash).collect()
}

const SIZES: [u64; 7] = [1, 5, 64, 255, 256, 300, 700];

#[test]
fn we_check_the_proofs_of_a_log_that_go_made() {
    let Some(program) = other_side() else { return };
    let entries: Vec<_> = (0..700).map(entry).collect();
    let log = Foreign::of(&program, &entries, &SIZES, None);
    let roots = hashes(&log.0["Roots"]);
    let root = |size: u64| roots[SIZES.iter().position(|one| *one == size).unwrap()];
    let forged = Hash::of_leaf(b"forged");
    for one in log.0["Records"].as_array().unwrap() {
        let (index, size) = (one["Index"].as_u64().unwrap(), one["Size"].as_u64().unwrap());
        let (leaf, proof) = (Hash::of_leaf(&entry(index)), hashes(&one["Proof"]));
        assert_eq!(check_inclusion(index, size, leaf, &proof, root(size)), Ok(()));
        assert!(check_inclusion(index, size, forged, &proof, root(size)).is_err());
        assert!(check_inclusion(index, size, leaf, &proof, forged).is_err());
    }
    let growths = log.growths();
    assert_eq!(growths.len(), 21);
    for (old, new, proof) in growths {
        assert_eq!(check_consistency(old, root(old), new, root(new), &proof), Ok(()));
        assert!(check_consistency(old, forged, new, root(new), &proof).is_err());
        assert!(check_consistency(old, root(old), new, forged, &proof).is_err());
    }
}

#[test]
fn our_witness_cosigns_a_log_of_gos_and_refuses_its_fork() {
    let Some(program) = other_side() else { return };
    let (_, witness) = keys();
    let entries: Vec<_> = (0..700).map(entry).collect();
    let log = Foreign::of(&program, &entries, &SIZES, None);
    let keys = [log.key()];
    let mut seen = Seen::nothing();
    let mut opened = Vec::new();
    for (place, size) in SIZES.into_iter().enumerate() {
        let request = log.request(place, seen.size);
        let willing = consider(&request, seen, &keys).unwrap();
        assert_eq!(willing.seen.size, size);
        let mut note = request.note;
        note.add(witness.sign(&willing.text, 1_700_000_000 + size));
        opened.push((
            true,
            json!({ "Ask": "open", "Note": note.to_string(), "Keys": [log.key().to_string()],
                    "Witnesses": [witness.verifier().to_string()] }),
        ));
        if place + 1 < SIZES.len() {
            seen = willing.seen;
        }
    }
    judged(&program, &opened);
    // The same key signs a history with one leaf changed.
    let mut rewritten = entries;
    rewritten[17] = b"rewritten".to_vec();
    let fork = Foreign::of(&program, &rewritten, &SIZES, Some(&log));
    assert_eq!(fork.key(), log.key());
    let refused = consider(&fork.request(6, seen.size), seen, &keys).unwrap_err();
    assert!(matches!(refused, Unwilling::Inconsistent(_)), "{refused:?}");
    let same_size = consider(&fork.request(5, seen.size), seen, &keys).unwrap_err();
    assert!(matches!(same_size, Unwilling::Inconsistent(_)), "{same_size:?}");
    let stranger = Foreign::of(&program, &rewritten, &SIZES, None);
    assert_eq!(
        consider(&stranger.request(0, 0), Seen::nothing(), &keys),
        Err(Unwilling::NotSigned)
    );
}
