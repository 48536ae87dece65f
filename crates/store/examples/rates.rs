//! How fast a day file takes reads, is searched for events, sealed, and a hotlist imported: rows per second of CPU time and
//! of the clock, on an encrypted SQLite store.
//!
//! `cargo run --release -p store --example rates -- [reads already in the file] [entries to import]`
#![expect(clippy::disallowed_methods, reason = "it measures time")]
#![expect(clippy::print_stdout, reason = "it is a command")]

use std::time::Instant;

use domain::access::{Action, Permit, decide};
use domain::{
    Actor, AgencyId, CameraId, Category, Confidence, EventDigest, HotlistEntry, ImportTally, Marks,
    NewRead, PictureRef, Pictures, ReadId, Timestamp,
};
use plate::PlateText;
use store::{Batch, FileRef, Store};
use testkit::Bench;

struct Clock {
    begun: Instant,
    cpu: f64,
}

/// Seconds of CPU time of this process, by the kernel's hundredths.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

impl Clock {
    fn start() -> Self {
        Self { begun: Instant::now(), cpu: cpu() }
    }

    fn say(&self, what: &str, n: u32) {
        let (cpu, wall) = (cpu() - self.cpu, self.begun.elapsed().as_secs_f64());
        let n = f64::from(n);
        println!(
            "{what:<44} {:>10.0} /CPU-s {:>10.0} /s  ({cpu:.2} CPU-s, {wall:.2} s)",
            n / cpu,
            n / wall
        );
    }
}

fn permit<A: Action>(agency: AgencyId) -> Permit<A> {
    decide(Actor::Server, agency, Timestamp::from_micros(0)).expect("the server may")
}

fn reads(file: FileRef, from: u32, n: u32) -> Vec<NewRead> {
    let camera = CameraId::from_i64(1);
    let plate = |n: u32| PlateText::parse(&format!("{n:07}")).expect("seven digits are a plate");
    let read = |n: u32| {
        let id = ReadId::from_i64(1_800_000_000_000_000 + i64::from(n) * 2048);
        NewRead {
            id,
            camera,
            captured_at: Timestamp::from_micros(file.day.start().micros() + i64::from(n)),
            claimed_at: None,
            received_at: Timestamp::from_micros(file.day.start().micros() + i64::from(n)),
            plate: plate(n.wrapping_mul(7_919) % 10_000_000),
            jurisdiction: None,
            confidence: Confidence::from_thousandths(950),
            characters: vec![Confidence::from_thousandths(990); 7],
            alternatives: Vec::new(),
            vehicle: None,
            marks: Marks::default(),
            event: Some(EventDigest::of(camera, &n.to_string())),
            pictures: Pictures {
                plate: Some(PictureRef { object: id, offset: 0, length: 4_000 }),
                vehicle: None,
            },
        }
    };
    (from..from + n).map(read).collect()
}

async fn append(store: &Store, file: FileRef, batches: Vec<Vec<NewRead>>) {
    for reads in batches {
        store
            .append(&Batch { file, reads, hits: Vec::new(), leaf: None })
            .await
            .expect("a batch is kept");
    }
}

async fn measure_reads(store: &Store, agency: AgencyId, n_before: u32) {
    let file = FileRef::main(agency, Timestamp::from_micros(1_795_262_400_000_000).day());
    let clock = Clock::start();
    let mut at = 0;
    while at < n_before {
        append(store, file, vec![reads(file, at, 500)]).await;
        at += 500;
    }
    clock.say("filling, batches of 500 (reads made included)", n_before);
    for (size, n_batches) in [(1, 2_000), (17, 500), (100, 500), (500, 100)] {
        let batches: Vec<_> = (0..n_batches).map(|n| reads(file, at + n * size, size)).collect();
        at += size * n_batches;
        let clock = Clock::start();
        append(store, file, batches).await;
        clock.say(&format!("append, batches of {size}"), size * n_batches);
    }
    let clock = Clock::start();
    let n_events = store.known_events(file).await.expect("events are loaded").len();
    clock.say("known_events", u32::try_from(n_events).unwrap_or(0));
    let clock = Clock::start();
    store.files(agency).await.expect("files are counted");
    clock.say("files (counting)", at);
    let clock = Clock::start();
    store.seal(file).await.expect("the day is sealed");
    clock.say("seal", at);
}

async fn measure_import(store: &Store, agency: AgencyId, n_entries: u32) {
    let now = Timestamp::from_micros(0);
    let list = store
        .add_hotlist(&permit(agency), "L", "S", Category::StolenPlate, now)
        .await
        .expect("a list");
    let version =
        store.begin_version(&permit(agency), list, "l.csv", now).await.expect("a version");
    let clock = Clock::start();
    let mut row = 0;
    while row < n_entries {
        let entry = |n| HotlistEntry { plate: format!("{n:07}"), ..HotlistEntry::default() };
        let entries: Vec<_> = (row..row + 5_000).map(entry).collect();
        store.add_entries(version, row, &entries).await.expect("entries are imported");
        row += 5_000;
    }
    clock.say("import, portions of 5,000", row);
    let tally = ImportTally { n_taken: u64::from(row), ..ImportTally::default() };
    store.finish_version(version, &tally, &[9; 32]).await.expect("it is finished");
    store.swap_version(list, version, now).await.expect("it is put in force");
    let clock = Clock::start();
    let mut n_loaded = 0;
    store
        .entries_in_force(None, |entries| n_loaded += entries.len())
        .await
        .expect("entries are loaded");
    clock.say("entries_in_force", u32::try_from(n_loaded).unwrap_or(0));
    let second = store.begin_version(&permit(agency), list, "l.csv", now).await.expect("a version");
    store.finish_version(second, &ImportTally::default(), &[9; 32]).await.expect("it is finished");
    store.swap_version(list, second, now).await.expect("it is put in force");
    let clock = Clock::start();
    let n_dropped = store.drop_old_versions().await.expect("the old version is dropped");
    clock.say("drop_old_versions", u32::try_from(n_dropped).unwrap_or(0));
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut args = std::env::args().skip(1).filter_map(|n| n.parse().ok());
    let (n_before, n_entries) =
        (args.next().unwrap_or(2_000_000), args.next().unwrap_or(1_000_000));
    let bench = Bench::sqlite().await;
    let agency =
        bench.store.add_agency("A", None, Timestamp::from_micros(0)).await.expect("an agency");
    measure_reads(&bench.store, agency, n_before).await;
    measure_import(&bench.store, agency, n_entries).await;
    bench.store.close().await;
}
