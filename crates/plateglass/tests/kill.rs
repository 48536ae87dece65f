//! A hundred times: the server is killed while reads come in, started again, and nothing that it acknowledged is missing.
//!
//! It is killed whenever the test's seeded chance says, before, between and after the commit of a batch and the relay of
//! its hits. A read that is there is known again when it is sent again, under the same reference; hits are counted at the end.
#![expect(clippy::indexing_slicing, reason = "tests say what they expected by panicking")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::line::Line;
use testkit::server::{Installation, Running};

const KILLS: u64 = 100;
const LINES: u64 = 3;
/// It is killed after so many acknowledgements at most, and then up to so many microseconds later: somewhere in the next
/// batches, however fast the machine is.
const ACKNOWLEDGED_MAX: usize = 5;
const THEN_MICROS_MAX: u64 = 8_000;
/// A life without that many acknowledgements ends after this.
const LIVES_AT_MOST: Duration = Duration::from_secs(5);

/// What was acknowledged: the event and the read it became.
type Acknowledged = Arc<Mutex<HashMap<String, String>>>;

fn body(event: &str) -> Vec<u8> {
    // Every fourth read is wanted.
    let wanted = event.bytes().map(u64::from).sum::<u64>() % 4 == 0;
    let plate = if wanted { "7ABC123" } else { "K4W3L" };
    json!({ "event_id": event, "plate": plate, "confidence": 0.9, "captured_at": CAPTURED })
        .to_string()
        .into_bytes()
}

/// One day for all reads, in the past: the days' files and their journals are what is tested, not midnight.
const CAPTURED: &str = "2026-11-20T12:00:00Z";

fn hand_in(line: &mut Line, key: &str, event: &str) -> Option<Value> {
    let header = format!("plateglass-camera-key: {key}\r\n");
    let answer = line.ask("POST", "/api/v1/reads", &header, &body(event)).ok()?;
    assert!(answer.status == 200 || answer.status == 503, "{}", answer.text());
    (answer.status == 200)
        .then(|| serde_json::from_slice(&answer.body).expect("the answer is JSON"))
}

fn send_until_killed(
    host: &str,
    key: &str,
    life: u64,
    killed: &AtomicBool,
    acknowledged: &Acknowledged,
) {
    std::thread::scope(|threads| {
        for nth in 0..LINES {
            threads.spawn(move || {
                let Ok(mut line) = Line::to(host) else { return };
                for n in 0_u64.. {
                    if killed.load(Ordering::Relaxed) {
                        return;
                    }
                    let event = format!("{life}-{nth}-{n}");
                    let Some(taken) = hand_in(&mut line, key, &event) else { return };
                    let read = taken["reads"][0]["read"].as_str().expect("a reference").to_owned();
                    acknowledged.lock().expect("nobody panics with it").insert(event, read);
                }
            });
        }
    });
}

fn wait_for(acknowledged: &Acknowledged, enough: usize, then: Duration) {
    let step = Duration::from_millis(1);
    let mut waited = Duration::ZERO;
    while waited < LIVES_AT_MOST
        && acknowledged.lock().expect("nobody panics with it").len() < enough
    {
        sleep(step);
        waited += step;
    }
    sleep(then);
}

fn sleep(time: Duration) {
    #[expect(
        clippy::disallowed_methods,
        reason = "the server is a real process: it is killed by the real clock"
    )]
    std::thread::sleep(time);
}

fn compare(server: &Running, key: &str, acknowledged: &HashMap<String, String>) {
    let mut line = Line::to(&server.host).expect("the server listens");
    for (event, read) in acknowledged {
        let taken = hand_in(&mut line, key, event).expect("the server answers");
        assert_eq!(
            taken["reads"][0]["duplicate"],
            json!(true),
            "{event} was acknowledged and is gone"
        );
        assert_eq!(
            taken["reads"][0]["read"].as_str(),
            Some(read.as_str()),
            "{event} is another read"
        );
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_server_is_killed_a_hundred_times() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let at = Installation::new(
        env!("CARGO_BIN_EXE_plateglass"),
        dir.path(),
        "[recognition]\nenabled = false",
    );
    at.start(&[]).stop();
    let key = at.add_camera("Lamar");
    at.command(&["hotlist", "add", "Wanted", "--source", "a test", "--category", "stolen-vehicle"]);
    std::fs::write(dir.path().join("wanted.csv"), "plate\n7ABC123\n")
        .expect("the folder can be written to");
    let file = dir.path().join("wanted.csv").display().to_string();
    at.command(&["import-hotlist", "--list", "Wanted", &file]);

    let mut chance = 0x2026_1121_u64;
    let mut all: HashMap<String, String> = HashMap::new();
    let mut last: HashMap<String, String> = HashMap::new();
    for life in 0..KILLS {
        let server = at.start(&[]);
        compare(&server, &key, &last);
        chance =
            chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let enough = usize::try_from(chance >> 40).unwrap_or(0) % (ACKNOWLEDGED_MAX + 1);
        let then = Duration::from_micros((chance >> 20) % THEN_MICROS_MAX);
        let (killed, acknowledged) = (AtomicBool::new(false), Acknowledged::default());
        let host = server.host.clone();
        std::thread::scope(|threads| {
            threads.spawn(|| send_until_killed(&host, &key, life, &killed, &acknowledged));
            wait_for(&acknowledged, enough, then);
            server.kill();
            killed.store(true, Ordering::Relaxed);
        });
        last = std::mem::take(&mut *acknowledged.lock().expect("nobody panics with it"));
        all.extend(last.clone());
    }
    let server = at.start(&[]);
    compare(&server, &key, &all);
    assert!(
        all.len() as u64 > KILLS,
        "only {} reads were acknowledged in {KILLS} lives",
        all.len()
    );
    every_wanted_read_is_one_hit(&at, &server, &all);
}

/// Hits come from the journal by the relay, also after a kill between the two: each wanted read has exactly one.
fn every_wanted_read_is_one_hit(
    at: &Installation,
    server: &Running,
    all: &HashMap<String, String>,
) {
    let mut line = Line::to(&server.host).expect("the server listens");
    let cookie = at.sign_in(server);
    let mut hits: HashMap<String, u32> = HashMap::new();
    let mut before = String::new();
    loop {
        let path = format!("/api/v1/hits?limit=200{before}");
        let answer = line.ask("GET", &path, &cookie, b"").expect("the server answers");
        let page: Value = serde_json::from_slice(&answer.body).expect("a page of hits");
        for hit in page["items"].as_array().expect("hits") {
            *hits.entry(hit["read"].as_str().expect("a read").to_owned()).or_default() += 1;
        }
        match page["next"].as_str() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    assert!(hits.values().all(|n| *n == 1), "a hit was raised twice");
    for (event, read) in all {
        let wanted = event.bytes().map(u64::from).sum::<u64>() % 4 == 0;
        assert_eq!(hits.contains_key(read), wanted, "the hit of {event}");
    }
}
