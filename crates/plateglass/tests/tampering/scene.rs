//! A server with a witness that has run for a while; and copies of it, to do things to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use app::people::{Inviting, by_login, first_person};
use app::sign_in::demo_link;
use app::{App, AppConfig, Ctx, LedgerConfig, Process, WitnessConfig};
use camino::Utf8PathBuf;
use domain::{AgencyId, PersonId};
use ledger::key::KeyKind;
use ledger::tile::{TileKind, TileRef};
use ledger::tree::root_of;
use ledger::{Checkpoint, Hash, Note, Receipt, SigningKey};
use store::LogId;
use tempfile::TempDir;
use testkit::{ManualClock, SeededChance, server_key, unlike_bytes};
use vault::LogKeys;
use witness::{Logs, Witness};

/// A leaf that the witness has seen, in a whole tile.
pub(crate) const OLD: u64 = 100;
/// One that it has seen, in the newest tile.
pub(crate) const NEWEST: u64 = 270;
/// To what the log is cut.
pub(crate) const CUT: u64 = 280;
/// The size that the witness saw first; a receipt of [`OLD`] is made of it.
const FIRST: u64 = 150;
/// The size that it saw last, and that somebody remembers.
pub(crate) const REMEMBERED: u64 = 300;
/// A leaf that no witness has seen.
pub(crate) const WINDOW: u64 = 305;
/// The log's size before anything is done to it.
pub(crate) const SIZE: u64 = 310;

const WITNESS: &str = "auditor.example/witness";

pub(crate) fn witness_key() -> SigningKey {
    SigningKey::from_seed(WITNESS, KeyKind::Cosigner, [9; 32]).unwrap()
}

/// Another entry in the place of this one: as well formed, and saying something else.
pub(crate) fn forged(entry: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(entry.to_vec()).unwrap();
    let other = text.replace("\"day\":\"", "\"day\":\"x");
    assert_ne!(text, other);
    other.into_bytes()
}

/// What is done to copies of.
pub(crate) struct Original {
    dir: TempDir,
    agency: AgencyId,
    /// What somebody remembers.
    pub(crate) remembered: Checkpoint,
    /// What somebody holds.
    pub(crate) receipt: Receipt,
}

/// A copy that runs.
pub(crate) struct Scene {
    dir: TempDir,
    pub(crate) app: App,
    agency: AgencyId,
    /// Where its witness is asked.
    pub(crate) url: String,
    /// The log's key, as somebody has stolen it.
    pub(crate) stolen: SigningKey,
    pub(crate) remembered: Checkpoint,
    pub(crate) receipt: Receipt,
}

impl Original {
    /// An agency's log of [`SIZE`] leaves, cosigned at [`FIRST`] and [`REMEMBERED`].
    pub(crate) async fn make() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = start(dir.path(), &url, "2026-11-21T12:00:00Z").await;
        let agency = app.add_agency("Testing PD", None).await.unwrap();
        serve(dir.path(), listener, logs_of(&app).await);
        let log = LogId::of_agency(agency);
        fill(&app, agency, FIRST).await;
        app::publish_checkpoints(&app).await.unwrap();
        let receipt = app::leaf_receipt(&app, &admin(&app, agency), OLD).await.unwrap();
        fill(&app, agency, REMEMBERED).await;
        app::publish_checkpoints(&app).await.unwrap();
        let note = app::public_checkpoint(&app, log).await.unwrap();
        let note = Note::parse(note.as_bytes()).unwrap();
        let remembered = Checkpoint::parse(note.text()).unwrap();
        assert_eq!((remembered.size, note.signatures().len()), (REMEMBERED, 2));
        fill(&app, agency, SIZE).await;
        app.shutdown().await;
        Self { dir, agency, remembered, receipt }
    }
}

impl Scene {
    /// A copy, with its own witness that remembers the same.
    pub(crate) async fn copy_of(original: &Original) -> Self {
        let dir = tempfile::tempdir().unwrap();
        copy(original.dir.path(), dir.path());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = start(dir.path(), &url, "2026-11-21T12:00:00Z").await;
        serve(dir.path(), listener, logs_of(&app).await);
        let keys = Utf8PathBuf::from_path_buf(dir.path().join("keys/logs")).unwrap();
        let keys = LogKeys::open(&keys, &server_key(), unlike_bytes()).unwrap();
        let stolen = keys.of(&LogId::of_agency(original.agency).word()).unwrap().remove(0);
        let Original { agency, remembered, receipt, .. } = original;
        let (remembered, receipt) = (remembered.clone(), receipt.clone());
        Self { dir, app, agency: *agency, url, stolen, remembered, receipt }
    }

    /// The same server, started anew at a moment at which its witness does not answer.
    pub(crate) async fn without_its_witness(&mut self, moment: &str) {
        self.app.clone().shutdown().await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nowhere = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        self.app = start(self.dir.path(), &nowhere, moment).await;
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn log(&self) -> LogId {
        LogId::of_agency(self.agency)
    }

    pub(crate) fn admin(&self) -> Ctx {
        admin(&self.app, self.agency)
    }

    /// A checkpoint over these entries, signed with the stolen key.
    pub(crate) fn sign(&self, entries: &[Vec<u8>]) -> String {
        let hashes: Vec<Hash> = entries.iter().map(|entry| Hash::of_leaf(entry)).collect();
        self.note(entries.len() as u64, root_of(&hashes)).to_string()
    }

    pub(crate) fn note(&self, size: u64, root: Hash) -> Note {
        let origin = self.remembered.origin.clone();
        let checkpoint = Checkpoint { origin, size, root, extension: String::new() };
        let mut note = checkpoint.to_note().unwrap();
        note.add(self.stolen.sign(note.text(), 0));
        note
    }

    /// What an auditor can fetch now.
    pub(crate) async fn published(&self) -> BTreeMap<String, Vec<u8>> {
        let (app, log) = (&self.app, self.log());
        let note = app::public_checkpoint(app, log).await.unwrap();
        let size = note.lines().nth(1).unwrap().parse().unwrap();
        let mut files = BTreeMap::from([("checkpoint".to_owned(), note.into_bytes())]);
        for tile in TileRef::between(0, size) {
            if let Ok(bytes) = app::public_tile(app, log, tile).await {
                files.insert(tile.to_string(), bytes);
            }
            let bundle = TileRef { kind: TileKind::Entries, ..tile };
            if tile.kind == TileKind::Hashes(0)
                && let Ok(bytes) = app::entry_bundle(app, &self.admin(), log, bundle).await
            {
                files.insert(bundle.to_string(), bytes);
            }
        }
        files
    }
}

fn admin(app: &App, agency: AgencyId) -> Ctx {
    Ctx::command(agency, app.now())
}

/// Somebody with an account.
async fn somebody(app: &App, agency: AgencyId) -> PersonId {
    const LOGIN: &str = "r.ortiz";
    if let Some(there) = by_login(app, &admin(app, agency), LOGIN).await.unwrap() {
        return there;
    }
    let who = Inviting {
        login: LOGIN.to_owned(),
        name: "R. Ortiz".to_owned(),
        email: String::new(),
        is_outside: false,
        is_temporary: false,
    };
    first_person(app, agency, who, &[domain::Role::Auditor], "a test").await.unwrap().person
}

/// Adds leaves until the log has so many.
async fn fill(app: &App, agency: AgencyId, size: u64) {
    let log = LogId::of_agency(agency);
    let person = somebody(app, agency).await;
    // What an act handed in is in the log once this is.
    demo_link(app, person).await.unwrap();
    let has = app::log_state(app, log).await.unwrap().size;
    let links = (has..size).map(|_| {
        let app = app.clone();
        async move { demo_link(&app, person).await.map(drop) }
    });
    let mut made = tokio::task::JoinSet::new();
    links.for_each(|link| drop(made.spawn(link)));
    made.join_all().await.into_iter().for_each(Result::unwrap);
    assert_eq!(app::log_state(app, log).await.unwrap().size, size);
}

async fn start(dir: &Path, url: &str, moment: &str) -> App {
    /// Each start draws other salts.
    static SEED: AtomicU64 = AtomicU64::new(1);
    let dir = Utf8PathBuf::from_path_buf(dir.to_owned()).unwrap();
    let key = witness_key().verifier().clone();
    let witness = WitnessConfig { name: "auditor".to_owned(), key, url: url.to_owned() };
    let ledger = LedgerConfig { witnesses: vec![witness], ..LedgerConfig::default() };
    let config = AppConfig { process: Process::ServerByHand, ledger, ..AppConfig::in_dir(dir) };
    let clock = Arc::new(ManualClock::at(moment));
    let chance = Arc::new(SeededChance::new(SEED.fetch_add(1, Ordering::Relaxed)));
    App::start(config, &server_key(), clock, chance, None).await.unwrap()
}

/// The logs that a witness follows: all of the server's.
async fn logs_of(app: &App) -> Logs {
    let mut logs = Logs::default();
    for state in app::log_states(app).await.unwrap() {
        for key in state.keys {
            logs.add(&state.origin, key).unwrap();
        }
    }
    logs
}

fn serve(dir: &Path, listener: tokio::net::TcpListener, logs: Logs) {
    let dir = Utf8PathBuf::from_path_buf(dir.join("witness")).unwrap();
    std::fs::create_dir_all(&dir).unwrap();
    let witness = Witness::open(&dir, witness_key(), logs, Arc::new(|| 1_795_262_400)).unwrap();
    tokio::spawn(async move { axum::serve(listener, witness::router(witness)).await });
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
