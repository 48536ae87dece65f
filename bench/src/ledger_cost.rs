//! What the ledger costs: beside ingest, beside a look, beside fifty live consoles. CPU time of this whole process, each
//! figure beside the same work without a ledger, done in the same run.
#![expect(clippy::print_stdout, reason = "figures are what this prints")]

use std::time::Duration;

use anyhow::{Context as _, Result};
use app::{
    Joins, PictureHashes, ReadRecords, ReadsAsk, SessionRef, list_reads, open_read, take_reads,
};
use domain::access::{ListCameras, ListHotlists, ListReads, OpenRead, decide};
use domain::{
    Action, Actor, AgencyId, CameraId, Confidence, DayKeys as _, Marks, NewRead, Permit, Pictures,
    ReadId, ReadRef, StoredRead, Timestamp,
};
use plate::PlateText;
use rustix::time::{ClockId, clock_gettime};
use store::{Batch, FileRef, LogId, ReadsQuery, Store};
use testkit::{House, server_key};

/// What `bench ledger` is told.
#[derive(clap::Args)]
pub(crate) struct LedgerArgs {
    /// Seconds of each load.
    #[arg(long, default_value_t = 20)]
    seconds: u32,
    /// Looks that are measured.
    #[arg(long, default_value_t = 2_000)]
    looks: u32,
}

/// Reads a second beside which ingest's ledger is measured, and reads of one post.
const READS_A_SECOND: u32 = 5_000;
const READS_A_POST: u32 = 100;
/// Looks at once, when they share their commits.
const AT_ONCE: u32 = 32;
/// Live consoles, and how often each fetches.
const CONSOLES: u8 = 50;
const FETCH_EVERY: Duration = Duration::from_millis(500);
/// Reads a second while the consoles look.
const READS_MEANWHILE: u32 = 1_000;

/// Measures all of it.
pub(crate) fn ledger(args: &LedgerArgs) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        ingest(args.seconds).await?;
        looks(args.looks).await?;
        consoles(args.seconds).await
    })
}

/// CPU seconds that this process has used.
fn cpu_s() -> f64 {
    let at = clock_gettime(ClockId::ProcessCPUTime);
    at.tv_sec as f64 + at.tv_nsec as f64 / 1e9
}

/// CPU seconds that `work` takes, and what it made.
async fn measured<T>(work: impl Future<Output = Result<T>>) -> Result<(f64, T)> {
    let before = cpu_s();
    let made = work.await?;
    Ok((cpu_s() - before, made))
}

fn permit<A: Action>(agency: AgencyId, now: Timestamp) -> Result<Permit<A>> {
    Ok(decide(Actor::Server, agency, now)?)
}

fn a_read(id: ReadId, camera: CameraId, at: Timestamp, nth: u32) -> Result<NewRead> {
    let sure = Confidence::from_thousandths(940);
    Ok(NewRead {
        id,
        camera,
        captured_at: at,
        claimed_at: None,
        received_at: at,
        plate: PlateText::parse(&format!("B{:06}", nth % 1_000_000))?,
        jurisdiction: None,
        confidence: sure,
        characters: vec![sure; 7],
        alternatives: Vec::new(),
        vehicle: None,
        marks: Marks::default(),
        event: None,
        pictures: Pictures::default(),
    })
}

/// Batches of a hundred at a steady pace, straight into the store: without leaves and with them.
async fn ingest(seconds: u32) -> Result<()> {
    println!("ingest, {READS_A_SECOND} reads/s in batches of {READS_A_POST}, {seconds} s each");
    let without = ingest_with(seconds, false).await?;
    let with = ingest_with(seconds, true).await?;
    let added = 100.0 * (with - without) / f64::from(seconds);
    println!("  without leaves  {:6.2} % of a core", 100.0 * without / f64::from(seconds));
    println!("  with leaves     {:6.2} % of a core", 100.0 * with / f64::from(seconds));
    println!("  the ledger adds {added:6.2} % of a core (to reach: 5 or less)\n");
    Ok(())
}

async fn ingest_with(seconds: u32, with_leaves: bool) -> Result<f64> {
    let bench = testkit::Bench::sqlite().await;
    let store = &bench.store;
    let now = Timestamp::parse("2026-11-21T12:00:00Z")?;
    let agency = store.add_agency("Bench PD", None, now).await?;
    store.add_log(LogId::of_agency(agency), "bench.example/agency-1", now).await?;
    let file = FileRef::main(agency, now.day());
    let records = ReadRecords::of(&bench.keys.existing_or_new(agency, file.day)?);
    let n_batches = seconds * READS_A_SECOND / READS_A_POST;
    let each = Duration::from_secs(1) * READS_A_POST / READS_A_SECOND;
    let (mut last, mut ticks) = (ReadId::ZERO, tokio::time::interval(each));
    let (cpu, ()) = measured(async {
        for nth in 0..n_batches {
            ticks.tick().await;
            let mut reads = Vec::new();
            for one in 0..READS_A_POST {
                last = ReadId::following(last, now);
                reads.push(a_read(last, CameraId::from_i64(1), now, nth * READS_A_POST + one)?);
            }
            let leaf = records.leaf(file, &reads, &PictureHashes::default());
            let leaf = leaf.filter(|_| with_leaves);
            store.append(&Batch { file, reads, hits: Vec::new(), leaf }).await?;
            // As the relay does: leaves wait a second for others.
            if with_leaves && nth % (READS_A_SECOND / READS_A_POST) == 0 {
                store.relay(file).await?;
            }
        }
        Ok(())
    })
    .await?;
    // Making the leaves is not part of the work without them.
    let leaves = if with_leaves { 0.0 } else { leaf_making(&records, file, n_batches, now)? };
    Ok(cpu - leaves)
}

/// CPU seconds that making the leaves of so many batches takes.
fn leaf_making(
    records: &ReadRecords,
    file: FileRef,
    n_batches: u32,
    now: Timestamp,
) -> Result<f64> {
    let mut last = ReadId::ZERO;
    let reads: Vec<NewRead> = (0..READS_A_POST)
        .map(|nth| {
            last = ReadId::following(last, now);
            a_read(last, CameraId::from_i64(1), now, nth)
        })
        .collect::<Result<_>>()?;
    let before = cpu_s();
    for _ in 0..n_batches {
        std::hint::black_box(records.leaf(file, &reads, &PictureHashes::default()));
    }
    Ok(cpu_s() - before)
}

/// Opening one read through the use case, which writes a beginning and an end, and the same rows straight from the store.
async fn looks(n: u32) -> Result<()> {
    let house = House::new().await;
    let read = post(&house, 100, 0).await?;
    let store = open_beside(&house).await?;
    let agency = house.agency;
    let (bare, ()) = measured(async {
        for _ in 0..n {
            let now = house.app.now();
            let opened = store.read(&permit::<OpenRead>(agency, now)?, read).await?;
            std::hint::black_box(opened);
            std::hint::black_box(store.hits_of_read(&permit(agency, now)?, read).await?);
            std::hint::black_box(store.cameras(&permit::<ListCameras>(agency, now)?).await?);
            std::hint::black_box(store.hotlists(&permit::<ListHotlists>(agency, now)?).await?);
        }
        Ok(())
    })
    .await?;
    let watch = app::clock::Stopwatch::start();
    let (recorded, ()) = measured(async {
        for _ in 0..n {
            std::hint::black_box(open_read(&house.app, &house.admin(), read).await?);
        }
        Ok(())
    })
    .await?;
    let alone = watch.elapsed().as_secs_f64();
    let watch = app::clock::Stopwatch::start();
    let n_together = n / AT_ONCE * AT_ONCE;
    let (shared, ()) = measured(async {
        let mut at_once = tokio::task::JoinSet::new();
        for _ in 0..AT_ONCE {
            let (app, ctx) = (house.app.clone(), house.admin());
            at_once.spawn(async move {
                for _ in 0..n / AT_ONCE {
                    open_read(&app, &ctx, read).await?;
                }
                Ok::<_, app::AskError>(())
            });
        }
        at_once.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(())
    })
    .await?;
    let together = watch.elapsed().as_secs_f64();
    let ms = |seconds: f64| 1_000.0 * seconds / f64::from(n);
    let shared_ms = 1_000.0 * shared / f64::from(n_together);
    println!("opening a read, {n} times");
    println!("  {:<30}{:7.3} ms CPU", "straight from the store", ms(bare));
    for (how, cpu_ms, rate) in [
        ("one after the other", ms(recorded), f64::from(n) / alone),
        ("32 at a time, sharing commits", shared_ms, f64::from(n_together) / together),
    ] {
        println!(
            "  {how:<30}{cpu_ms:7.3} ms CPU, the ledger's {:6.3} at most (to reach: 1 or less), {rate:.0}/s",
            cpu_ms - ms(bare)
        );
    }
    println!();
    house.app.shutdown().await;
    Ok(())
}

/// Fifty consoles that follow the reads, through the use case and straight from the store.
async fn consoles(seconds: u32) -> Result<()> {
    let house = House::new().await;
    // The day's key has to be there before a store is opened beside: it would see none of the day's reads.
    post(&house, READS_A_POST, 0).await?;
    let store = open_beside(&house).await?;
    let (agency, app) = (house.agency, house.app.clone());
    let bare = while_reads_come(&house, seconds, |_| {
        let (store, now) = (store.clone(), app.now());
        async move {
            let query = ReadsQuery { before: None, camera: None, limit: 51 };
            let reads = store.list_reads(&permit::<ListReads>(agency, now)?, query).await?;
            anyhow::ensure!(reads.len() == 51, "the store beside sees {} reads", reads.len());
            let ids: Vec<ReadId> = reads.iter().map(|read| read.at.id).collect();
            let hits =
                store.hit_counts(&permit(agency, now)?, &ids, &store::Hidden::default()).await?;
            let cameras = store.cameras(&permit::<ListCameras>(agency, now)?).await?;
            let lists = store.hotlists(&permit::<ListHotlists>(agency, now)?).await?;
            let joins = Joins::of(cameras, lists);
            let n_hits = |read: ReadId| hits.get(&read).copied().unwrap_or(0);
            let card = |read: &StoredRead| joins.read_card(read, n_hits(read.at.id));
            std::hint::black_box(reads.iter().map(card).collect::<Vec<_>>());
            Ok(())
        }
    })
    .await?;
    let recorded = while_reads_come(&house, seconds, |console| {
        let app = house.app.clone();
        let ctx = house.admin().in_session(SessionRef([console; 8]));
        async move {
            std::hint::black_box(list_reads(&app, &ctx, ReadsAsk::default()).await?);
            Ok(())
        }
    })
    .await?;
    let share = |cpu: f64| 100.0 * cpu / f64::from(seconds);
    println!("{CONSOLES} live consoles at {READS_MEANWHILE} reads/s, {seconds} s each");
    println!("  straight from the store     {:6.2} % of a core", share(bare));
    println!("  as looks that stand         {:6.2} % of a core", share(recorded));
    println!(
        "  the ledger adds at most     {:6.2} % of a core (to reach: 5 or less)",
        share(recorded - bare)
    );
    house.app.shutdown().await;
    Ok(())
}

async fn while_reads_come<F, Fut>(house: &House, seconds: u32, fetch: F) -> Result<f64>
where
    F: Fn(u8) -> Fut,
    Fut: Future<Output = Result<()>>,
{
    let mut reads = tokio::time::interval(Duration::from_secs(1) * READS_A_POST / READS_MEANWHILE);
    let mut turn = tokio::time::interval(FETCH_EVERY / u32::from(CONSOLES));
    let ends = tokio::time::Instant::now() + Duration::from_secs(seconds.into());
    let (mut nth, mut console) = (READS_A_POST, 0);
    let (cpu, ()) = measured(async {
        while tokio::time::Instant::now() < ends {
            tokio::select! {
                _ = reads.tick() => {
                    post(house, READS_A_POST, nth).await?;
                    nth += READS_A_POST;
                }
                _ = turn.tick() => {
                    fetch(console).await?;
                    console = (console + 1) % CONSOLES;
                }
            }
        }
        app::sweep_ledger(&house.app, house.app.now()).await.map_err(anyhow::Error::from_boxed)?;
        Ok(())
    })
    .await?;
    Ok(cpu)
}

/// Hands in reads as a camera does; the last one.
async fn post(house: &House, n: u32, from: u32) -> Result<ReadRef> {
    let reads = (from..from + n).map(|nth| {
        testkit::house::read(
            house.camera,
            &format!("{nth}"),
            &format!("B{:06}", nth % 1_000_000),
            None,
        )
    });
    let reads = reads.map(|read| app::IncomingRead { event: None, ..read });
    let taken = take_reads(&house.app, &house.camera(), reads.collect()).await?;
    Ok(taken.last().context("reads were taken")?.read)
}

/// The house's store, opened beside it: what a look is without its record.
async fn open_beside(house: &House) -> Result<Store> {
    let keys = vault::KeyStore::open(
        &house.config.data_dir.join("keys"),
        &server_key(),
        std::sync::Arc::new(|bytes: &mut [u8]| bytes.fill(7)),
    )?;
    Ok(Store::open(house.config.store.clone(), &server_key(), std::sync::Arc::new(keys)).await?)
}
