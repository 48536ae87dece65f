//! A log that grows and lies as a test wants it to, and a witness in a folder of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use camino::Utf8Path;
use ledger::key::KeyKind;
use ledger::tree::{in_memory, prove_consistency, root_of};
use ledger::witness::AddCheckpoint;
use ledger::{Checkpoint, Hash, Note, SigningKey, VerifierKey};
use tempfile::TempDir;
use tower::ServiceExt as _;
use witness::{Logs, OpenWitnessError, Witness, router};

pub(crate) const ORIGIN: &str = "police.example/log";
/// SHA-256 of the origin, as `sha256sum` gives it.
pub(crate) const HEX: &str = "39cac6bf493daff626e11a76ba1fc387a8aea7b5987aa3102b7de0840493d48f";

/// A log: leaf `n` of history `h` is a hash of both.
pub(crate) struct Log {
    key: SigningKey,
}

impl Log {
    pub(crate) fn new(seed: u8) -> Self {
        let key = SigningKey::from_seed(&format!("key-{seed}.example"), KeyKind::Log, [seed; 32]);
        Self { key: key.unwrap() }
    }

    pub(crate) fn key(&self) -> &VerifierKey {
        self.key.verifier()
    }

    pub(crate) fn checkpoint(&self, size: u8, history: u8) -> Note {
        self.checkpoint_of(ORIGIN, size, history)
    }

    pub(crate) fn checkpoint_of(&self, origin: &str, size: u8, history: u8) -> Note {
        self.sign(origin, &leaves(size, history))
    }

    /// What the log asks to go from `old` to `new` leaves of a history.
    pub(crate) fn ask(&self, old: u8, new: u8, history: u8) -> AddCheckpoint {
        let leaves = leaves(new, history);
        let Ok(proof) = prove_consistency(old.into(), new.into(), &mut in_memory(&leaves));
        AddCheckpoint { old: old.into(), proof, note: self.checkpoint(new, history) }
    }

    /// The next leaf after `old` ones of history 0, another than history 0 has there, with a good proof.
    pub(crate) fn ask_forked(&self, old: u8) -> AddCheckpoint {
        let mut forked = leaves(old, 0);
        forked.push(Hash::of_leaf(b"another"));
        let new = forked.len() as u64;
        let Ok(proof) = prove_consistency(old.into(), new, &mut in_memory(&forked));
        AddCheckpoint { old: old.into(), proof, note: self.sign(ORIGIN, &forked) }
    }

    fn sign(&self, origin: &str, leaves: &[Hash]) -> Note {
        let (origin, size) = (origin.to_owned(), leaves.len() as u64);
        let checkpoint =
            Checkpoint { origin, size, root: root_of(leaves), extension: String::new() };
        let mut note = checkpoint.to_note().unwrap();
        note.add(self.key.sign(note.text(), 0));
        note
    }
}

fn leaves(n: u8, history: u8) -> Vec<Hash> {
    (0..n).map(|leaf| Hash::of_leaf(&[leaf, history])).collect()
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A witness that follows one log, with a clock to move.
pub(crate) struct House {
    pub(crate) dir: TempDir,
    pub(crate) log: Log,
    pub(crate) now: Arc<AtomicU64>,
    pub(crate) witness: Option<Witness>,
}

impl House {
    pub(crate) fn new() -> Self {
        let now = Arc::new(AtomicU64::new(1_700_000_000));
        let dir = tempfile::tempdir().unwrap();
        let mut house = Self { dir, log: Log::new(1), now, witness: None };
        house.open();
        house
    }

    pub(crate) fn key() -> SigningKey {
        SigningKey::from_seed("auditor.example", KeyKind::Cosigner, [9; 32]).unwrap()
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.dir.path()).unwrap()
    }

    pub(crate) fn try_open(&self) -> Result<Witness, OpenWitnessError> {
        let mut logs = Logs::default();
        logs.add(ORIGIN, self.log.key().clone()).unwrap();
        logs.add(ORIGIN, Log::new(2).key().clone()).unwrap();
        let now = Arc::clone(&self.now);
        Witness::open(self.path(), Self::key(), logs, Arc::new(move || now.load(Ordering::Relaxed)))
    }

    pub(crate) fn open(&mut self) {
        self.witness = Some(self.try_open().unwrap());
    }

    /// Stops the witness and starts it again on what it left.
    pub(crate) fn restart(&mut self) {
        self.witness = None;
        self.open();
    }

    pub(crate) fn witness(&self) -> Witness {
        self.witness.clone().unwrap()
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder().method(method).uri(path).body(body.into()).unwrap();
        let answer = router(self.witness()).oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: head.status, headers: head.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, Body::empty()).await
    }

    pub(crate) async fn post(&self, request: &AddCheckpoint) -> Answer {
        self.call(Method::POST, "/add-checkpoint", request.to_string()).await
    }

    /// Asks, and checks that it is cosigned.
    pub(crate) async fn cosign(&self, request: &AddCheckpoint) {
        let answer = self.post(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        self.assert_fits(&request.note, &answer.body);
    }

    pub(crate) fn assert_fits(&self, note: &Note, answer: &str) {
        let key = Self::key();
        let line = ledger::witness::cosignatures(note, answer.as_bytes(), key.verifier());
        let line = line.expect("a cosignature that fits");
        let at = key.verifier().verify(note.text(), &line.signature).unwrap();
        assert_eq!(at, Some(self.now.load(Ordering::Relaxed)));
    }
}
