//! Durable ingest through the API, and how soon a hit is seen: a real server, real connections, this process's CPU beside
//! the server's.
#![expect(clippy::print_stdout, reason = "figures are what this prints")]

mod alerts;
mod load;
mod machine;
mod plates;
mod report;

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use testkit::line::Line;
use testkit::server::{Installation, Running};

pub(crate) use alerts::{AlertsArgs, alerts};
use load::{Load, drive};
use report::{print_load, print_seconds};

/// What `bench ingest` is told.
#[derive(clap::Args)]
pub(crate) struct IngestArgs {
    /// Entries of the hotlist, in thousands.
    #[arg(long, default_value_t = 10_000)]
    thousands: u32,
    /// Reads that the day's file holds beforehand, in thousands.
    #[arg(long, default_value_t = 2_000)]
    preload: u32,
    /// Seconds of each load.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// Where to put it all; a temporary folder when nothing is said.
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// The server that `cargo xtask bench` built.
fn program() -> Result<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "how cargo xtask bench hands the server over")]
    let named = std::env::var("PLATEGLASS_BIN").ok().map(PathBuf::from);
    let program =
        named.context("PLATEGLASS_BIN names no server: run `cargo xtask bench ingest`")?;
    ensure!(program.exists(), "`{}` is not there", program.display());
    Ok(program)
}

/// Measures ingest: posts of 100, then single posts over 64 connections.
pub(crate) fn ingest(args: &IngestArgs) -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let dir = args.dir.as_deref().unwrap_or(temporary.path());
    let at = Installation::new(program()?, dir, "[recognition]\nenabled = false");
    at.start(&[]).stop();
    let key = at.add_camera("Bench");
    let n_entries = args.thousands * 1_000;
    let imported = machine::timed(|| import(&at, dir, n_entries))?;
    print_seconds("import of the CSV by command", imported);
    let mut server = None;
    let started = machine::timed(|| {
        server = Some(at.start(&[]));
        Ok(())
    })?;
    let server = server.context("the server started")?;
    print_seconds("start with the list, until it listens", started);
    println!("memory of the server, list loaded: {} MiB", machine::resident_mib(server.pid())?);

    let load = |n_lines, reads_a_post, series| Load {
        host: server.host.clone(),
        key: key.clone(),
        n_lines,
        reads_a_post,
        n_entries,
        series,
        lasts: Duration::from_secs(args.seconds),
        n_posts_max: u64::MAX,
    };
    let n_posts_max = u64::from(args.preload) * 1_000 / 500;
    let preload = drive(
        &Load { lasts: Duration::from_secs(3_600), n_posts_max, ..load(8, 500, 0) },
        server.pid(),
    )?;
    print_load("preload, posts of 500 over 8 connections", &preload);
    baselines(&server, dir)?;
    let hundreds = drive(&load(16, 100, 1), server.pid())?;
    print_load("posts of 100 over 16 connections (reach 20,000 reads/s, p99 150 ms)", &hundreds);
    let singles = drive(&load(64, 1, 2), server.pid())?;
    print_load("single posts over 64 connections (reach 4,000 reads/s, p99 150 ms)", &singles);
    println!("memory of the server at the end: {} MiB", machine::resident_mib(server.pid())?);
    server.stop();
    Ok(())
}

fn import(at: &Installation, dir: &Path, n_entries: u32) -> Result<()> {
    let path = dir.join("hotlist.csv");
    let mut csv = BufWriter::new(File::create(&path)?);
    writeln!(csv, "plate,state")?;
    for n in 0..n_entries {
        writeln!(csv, "{},TX", plates::listed(n))?;
    }
    csv.flush()?;
    at.command(&["hotlist", "add", "Wanted", "--source", "bench", "--category", "stolen-vehicle"]);
    let file = path.display().to_string();
    at.command(&[
        "import-hotlist",
        "--list",
        "Wanted",
        "--plate",
        "plate",
        "--state",
        "state",
        &file,
    ]);
    std::fs::remove_file(path)?;
    Ok(())
}

/// What the machine gives at this moment: requests that do nothing, and appends of the same bytes that wait for the disk.
fn baselines(server: &Running, dir: &Path) -> Result<()> {
    let nothing = load::drive_nothing(&server.host, 64, Duration::from_secs(5), server.pid())?;
    print_load("baseline: GET /healthz over 64 connections", &nothing);
    let batch = plates::body(100, 0, 0, 1, 9);
    let appends = machine::appends(&dir.join("baseline"), &batch, Duration::from_secs(5))?;
    println!("baseline: append of {} bytes and fdatasync: {appends:.0}/s", batch.len());
    Ok(())
}

/// What `bench latency` is told.
#[derive(clap::Args)]
pub(crate) struct LatencyArgs {
    /// Frames posted, one after the other.
    #[arg(long, default_value_t = 200)]
    frames: u32,
    /// A frame with a plate.
    #[arg(long, default_value = "fixtures/demo")]
    frames_dir: PathBuf,
}

/// Measures how soon a hit is seen: a frame is posted, the console is told, and fetches its fragment.
pub(crate) fn hit_latency(args: &LatencyArgs) -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let metrics = machine::free_port()?;
    let more = format!("metrics_listen = \"{metrics}\"");
    let at = Installation::new(program()?, temporary.path(), &more);
    at.start(&[]).stop();
    let key = at.add_camera("Bench");
    let (frame, plate) = readable(&at, &args.frames_dir)?;
    std::fs::write(temporary.path().join("one.csv"), format!("plate\n{plate}\n"))?;
    at.command(&["hotlist", "add", "Wanted", "--source", "bench", "--category", "amber-alert"]);
    let file = temporary.path().join("one.csv").display().to_string();
    at.command(&["import-hotlist", "--list", "Wanted", &file]);
    let server = at.start(&[]);
    let mut line = Line::to(&server.host)?;
    let cookie = at.sign_in(&server);
    let mut told = events(&server.host, &cookie)?;
    let mut took = Vec::new();
    for n in 0..args.frames {
        let header = format!("plateglass-camera-key: {key}\r\nplateglass-event-id: {n}\r\n");
        let (host, frame) = (server.host.clone(), frame.clone());
        let seconds = machine::timed(|| {
            // The camera has a line of its own: the console may be told before the camera has its answer.
            let posted = std::thread::spawn(move || {
                Line::to(&host)?.ask("POST", "/api/v1/frames", &header, &frame)
            });
            wait_for_hits(&mut told)?;
            let fragment = line.ask("GET", "/hits/feed", &cookie, b"")?;
            ensure!(fragment.status == 200, "the fragment: {}", fragment.status);
            let answer = posted.join().map_err(|_| anyhow::anyhow!("the camera broke off"))??;
            ensure!(answer.status == 200, "the frame: {} {}", answer.status, answer.text());
            Ok(())
        })?;
        took.push(seconds);
    }
    report::print_latency(
        "frame posted → hit fetched by a connected console (reach p99 500 ms)",
        &mut took,
    );
    let (n, worst) = slowest_match(&metrics.to_string())?;
    println!("of which matching (reach 1 ms): n {n}, every one within {worst}");
    server.stop();
    Ok(())
}

/// How many batches were matched, and the smallest bound that the server's histogram has for all of them.
fn slowest_match(metrics: &str) -> Result<(u64, String)> {
    let page = Line::to(metrics)?.ask("GET", "/metrics", "", b"")?.text().to_owned();
    let buckets: Vec<(&str, u64)> = page
        .lines()
        .filter_map(|line| line.strip_prefix("plateglass_match_seconds_bucket{le=\""))
        .filter_map(|rest| rest.split_once("\"} "))
        .filter_map(|(bound, count)| Some((bound, count.parse().ok()?)))
        .collect();
    let n = buckets.iter().map(|(_, count)| *count).max().unwrap_or(0);
    ensure!(n > 0, "the server counted no matching");
    let within = buckets.iter().find(|(_, count)| *count == n);
    Ok((n, within.map_or_else(String::new, |(bound, _)| format!("{bound} s"))))
}

/// A frame whose plate the server's own recogniser reads, and the plate.
fn readable(at: &Installation, dir: &Path) -> Result<(Vec<u8>, String)> {
    let said =
        std::process::Command::new(program()?).args(["recognize", "--json"]).arg(dir).output()?;
    let lines = String::from_utf8_lossy(&said.stdout).into_owned();
    for line in lines.lines() {
        let Ok(seen) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let plate = seen.pointer("/plates/0/text").and_then(serde_json::Value::as_str);
        let sure = seen.pointer("/plates/0/confidence").and_then(serde_json::Value::as_f64);
        let path = seen.get("path").and_then(serde_json::Value::as_str);
        // Surely enough that the server keeps it.
        if let (Some(plate), Some(path), Some(0.9..)) = (plate, path, sure) {
            return Ok((std::fs::read(path)?, plate.to_owned()));
        }
    }
    anyhow::bail!("no plate is read in `{}` ({})", dir.display(), at.dir().display())
}

fn events(host: &str, cookie: &str) -> Result<BufReader<TcpStream>> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(
        stream,
        "GET /events HTTP/1.1\r\nhost: {host}\r\naccept: text/event-stream\r\n{cookie}\r\n"
    )?;
    let mut first = [0; 12];
    stream.read_exact(&mut first)?;
    ensure!(&first == b"HTTP/1.1 200", "no stream of events: {}", String::from_utf8_lossy(&first));
    Ok(BufReader::new(stream))
}

fn wait_for_hits(events: &mut BufReader<TcpStream>) -> Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        ensure!(events.read_line(&mut line)? > 0, "the stream of events ended");
        if line.starts_with("data:") && line.contains("hits") {
            return Ok(());
        }
    }
}
