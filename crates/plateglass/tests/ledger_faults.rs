//! The ledger when things go wrong around it: the disk is full, the server is killed in the middle of an act, a second server
//! is started by mistake. A real server, and faults that are real.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what they expected by panicking"
)]

use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use app::{App, AppConfig, Ctx, Process};
use camino::Utf8PathBuf;
use domain::ServerKey;
use ledger::leaf::{ClearField, Kind};
use serde_json::{Value, json};
use testkit::line::{Answer, Line};
use testkit::server::{Installation, Running};
use testkit::{ManualClock, SeededChance};

const PLATE: &str = "7ABC123";

/// Files may grow to this: some looks fit into the database's log, many do not.
const FILE_BYTES_MAX: u64 = 384 * 1024;
/// More looks than fit.
const LOOKS_MAX: usize = 500;

fn installation(dir: &Path) -> Installation {
    let program = env!("CARGO_BIN_EXE_plateglass");
    Installation::new(program, dir, "[recognition]\nenabled = false")
}

/// A signed-in administrator.
struct Desk {
    line: Line,
    cookie: String,
}

impl Desk {
    fn of(at: &Installation, server: &Running) -> Self {
        let cookie = at.sign_in(server);
        let mut desk = Self { line: Line::to(&server.host).unwrap(), cookie };
        let work = json!({
            "purpose": "stolen-vehicle",
            "case_number": "26-001234",
            "reason": "A vehicle was reported stolen at Lamar and 5th."
        });
        let answer = desk.send("PUT", "/api/v1/work", &work);
        assert_eq!(answer.status, 200, "{}", answer.text());
        desk
    }

    fn get(&mut self, path: &str) -> Answer {
        self.line.ask("GET", path, &self.cookie, b"").unwrap()
    }

    fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body)
    }

    fn send(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let headers = format!("{}content-type: application/json\r\n", self.cookie);
        self.line.ask(method, path, &headers, body.to_string().as_bytes()).unwrap()
    }

    /// The newest leaves, newest first.
    fn leaves(&mut self) -> Vec<Value> {
        let answer = self.get("/api/v1/ledger?limit=200");
        assert_eq!(answer.status, 200, "{}", answer.text());
        json_of(&answer)["leaves"].as_array().unwrap().clone()
    }
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

fn is(leaf: &Value, kind: &str, action: &str) -> bool {
    leaf["says"]["kind"] == kind && leaf["says"]["action"] == action
}

fn health(server: &Running) -> (u16, Value) {
    let answer = Line::to(&server.host).unwrap().ask("GET", "/healthz", "", b"").unwrap();
    (answer.status, json_of(&answer))
}

/// Hands in a read of the plate; its reference.
fn hand_in(server: &Running, key: &str, event: &str) -> String {
    let headers = format!("plateglass-camera-key: {key}\r\n");
    let body = json!({ "event_id": event, "plate": PLATE, "confidence": 0.9 }).to_string();
    let mut line = Line::to(&server.host).unwrap();
    let answer = line.ask("POST", "/api/v1/reads", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    json_of(&answer)["reads"][0]["read"].as_str().unwrap().to_owned()
}

/// Asks until it is so. Real servers take real time.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..400 {
        if is_so() {
            return;
        }
        #[expect(clippy::disallowed_methods, reason = "the server is a real process")]
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("{what}: not within ten seconds");
}

/// Bounds what the process may write to a file: beyond, the system refuses as it does when the disk is full.
fn files_may_grow_to(server: &Running, bytes: &str) {
    let limit = format!("--fsize={bytes}:unlimited");
    let pid = server.pid().to_string();
    let set = Command::new("prlimit").args(["--pid", &pid, &limit]).status().unwrap();
    assert!(set.success(), "prlimit is part of util-linux");
}

/// A server that is told of a file that may not grow, instead of being killed for it.
fn start_unkillable_by_size(at: &Installation) -> Running {
    at.start(&["sh", "-c", r#"trap "" XFSZ; exec "$0" "$@""#])
}

#[test]
fn nothing_is_shown_or_changed_while_the_disk_is_full_and_the_alarm_rings() {
    let dir = tempfile::tempdir().unwrap();
    full_disk(&installation(dir.path()));
}

/// As it is when the log's file is on the same disk.
#[test]
fn a_log_that_cannot_be_written_either_stops_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let at = installation(dir.path());
    std::fs::write(dir.path().join("server.log"), " ".repeat(1024 * 1024)).unwrap();
    full_disk(&at);
}

fn full_disk(at: &Installation) {
    at.start(&[]).stop();
    let key = at.add_camera("Lamar");
    let server = start_unkillable_by_size(at);
    let mut desk = Desk::of(at, &server);
    let read = format!("/api/v1/reads/{}", hand_in(&server, &key, "before"));
    assert_eq!(health(&server).0, 200);

    files_may_grow_to(&server, &FILE_BYTES_MAX.to_string());
    let mut n_shown = 0;
    let refused = loop {
        let answer = desk.get(&read);
        if answer.status != 200 {
            break answer;
        }
        n_shown += 1;
        assert!(n_shown < LOOKS_MAX, "the disk is never full");
    };
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert_eq!(json_of(&refused)["error"], "not-recorded", "{}", refused.text());
    assert!(!refused.text().contains(PLATE));
    let (status, said) = health(&server);
    assert_eq!((status, &said["ok"]), (503, &json!(false)), "{said}");
    // Lists and changes neither; but what the cameras see is taken, for its leaf is committed with it.
    for path in [&read, "/api/v1/reads", "/api/v1/hits", "/api/v1/ledger"] {
        let answer = desk.get(path);
        assert!(
            answer.status == 503 && !answer.text().contains(PLATE),
            "{path}: {}",
            answer.text()
        );
    }
    let list = json!({ "name": "Wanted", "source": "a test", "category": "stolen-vehicle" });
    assert_eq!(desk.post("/api/v1/hotlists", &list).status, 503);
    hand_in(&server, &key, "meanwhile");

    files_may_grow_to(&server, "unlimited");
    assert_eq!(desk.get(&read).status, 200);
    wait_until("health", || health(&server).0 == 200);
    wait_until("the leaf of the read that came meanwhile", || {
        desk.leaves().iter().filter(|leaf| leaf["says"]["kind"] == "reads").count() == 2
    });
    let hotlists = desk.get("/api/v1/hotlists");
    assert!(hotlists.status == 200 && !hotlists.text().contains("Wanted"));
    // What was shown is on record, each once; and every act has its end.
    wait_until("every end", || {
        let leaves = desk.leaves();
        let n = |kind| leaves.iter().filter(|leaf| is(leaf, kind, "open-read")).count();
        assert_eq!(n("begin"), n_shown + 1);
        n("complete") == n_shown + 1
    });
    server.stop();
}

#[test]
fn an_act_in_the_middle_of_which_the_server_was_killed_stays_open_and_is_closed_as_unknown() {
    let dir = tempfile::tempdir().unwrap();
    let at = installation(dir.path());
    at.start(&[]).stop();
    at.command(&["hotlist", "add", "Wanted", "--source", "a test", "--category", "stolen-vehicle"]);
    let server = at.start(&[]);
    let mut desk = Desk::of(&at, &server);
    let mut slow = TcpStream::connect(&server.host).unwrap();
    let head = format!(
        "POST /api/v1/hotlists/1/import?plate=plate HTTP/1.1\r\nhost: {}\r\n{}content-length: 1000000\r\n\r\nplate\nABC1\n",
        server.host, desk.cookie
    );
    slow.write_all(head.as_bytes()).unwrap();
    let mut begun = None;
    wait_until("the import's beginning", || {
        let leaves = desk.leaves();
        let by_request = |leaf: &&Value| leaf["says"]["where"] == "api";
        let found =
            leaves.iter().find(|leaf| is(leaf, "begin", "manage-hotlists") && by_request(leaf));
        begun = found.and_then(|leaf| leaf["leaf"].as_u64());
        begun.is_some()
    });
    let begun = begun.unwrap();
    server.kill();

    let server = at.start(&[]);
    let page = json_of(&Desk::of(&at, &server).get(&format!("/api/v1/ledger/{begun}")));
    assert_eq!(page["is_open"], json!(true), "{page}");
    server.stop();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(closed_as_unknown(dir.path(), begun));
}

/// The same folder, some years later.
async fn closed_as_unknown(dir: &Path, begun: u64) {
    let data = Utf8PathBuf::from_path_buf(dir.join("data")).unwrap();
    let key = server_key(&data);
    let config = AppConfig { process: Process::ServerByHand, ..AppConfig::in_dir(data) };
    let clock = Arc::new(ManualClock::at("2036-11-21T12:00:00Z"));
    let chance = Arc::new(SeededChance::new(7));
    let app = App::start(config, &key, clock, chance, None).await.unwrap();
    app::sweep_ledger(&app, app.now()).await.unwrap();
    let agency = app.agencies().await.unwrap().first().unwrap().0;
    let admin = Ctx::command(agency, app.now());
    assert!(!app::open_leaf(&app, &admin, begun).await.unwrap().stored.is_open);
    let (_, rows) = app::list_leaves(&app, &admin, None, 20).await.unwrap();
    let ends: Vec<_> =
        rows.iter().filter(|row| row.leaf.number(ClearField::Of) == Some(begun)).collect();
    assert_eq!(ends.len(), 1);
    let end = ends.first().unwrap();
    assert_eq!(
        (end.leaf.kind(), end.leaf.text(ClearField::Outcome)),
        (Kind::Complete, Some("unknown"))
    );
    app.shutdown().await;
}

fn server_key(data: &Utf8PathBuf) -> ServerKey {
    let hex = std::fs::read_to_string(data.join("server-key")).unwrap();
    let byte = |at: usize| u8::from_str_radix(hex.get(2 * at..2 * at + 2).unwrap(), 16).unwrap();
    ServerKey::from_bytes(std::array::from_fn(byte))
}

#[test]
fn a_second_server_on_the_same_folder_ends_and_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let at = installation(dir.path());
    let server = at.start(&[]);
    let second = Command::new(env!("CARGO_BIN_EXE_plateglass"))
        .arg("serve")
        .arg("--config")
        .arg(dir.path().join("plateglass.toml"))
        .output()
        .unwrap();
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains("another server is running on this store: stop it first"), "{said}");
    assert_eq!(second.stdout, b"");
    // The first goes on, and what happened to the second is not in its log.
    assert_eq!(health(&server).0, 200);
    let mut desk = Desk::of(&at, &server);
    assert_eq!(desk.get("/api/v1/reads").status, 200);
    // Killed, it leaves nothing behind that would keep the next one out.
    server.kill();
    at.start(&[]).stop();
}
