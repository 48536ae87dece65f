//! How soon hits stand on consoles while reads come steadily: a long list with many patterns, single posts with pictures
//! on a timetable, and consoles that do what the page's script does.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use testkit::line::Line;
use testkit::server::Installation;

use super::report::{print_latency, print_seconds};
use super::{events, machine, plates, program};

/// What `bench alerts` is told.
#[derive(clap::Args)]
pub(crate) struct AlertsArgs {
    /// Entries of the hotlist that name a plate, in thousands.
    #[arg(long, default_value_t = 10_000)]
    thousands: u32,
    /// Entries that are patterns, in thousands.
    #[arg(long, default_value_t = 100)]
    patterns: u32,
    /// Reads a second; one in a hundred is on the list.
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    /// Seconds of the load.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// Consoles that follow and fetch their pictures.
    #[arg(long, default_value_t = 50)]
    consoles: u32,
    /// Where to put it all; a temporary folder when nothing is said.
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// Connections over which the cameras post: enough that a slow answer does not hold the timetable up.
const LINES: u32 = 48;
/// People who are signed in; the consoles are their tabs. A person comes with ten recovery codes, one for each time.
const SESSIONS: usize = 10;
/// Given to the last hits to arrive.
const LAST_ARRIVE_WITHIN: Duration = Duration::from_secs(10);

/// A steady load and who looks on.
struct Steady<'a> {
    host: &'a str,
    key: &'a str,
    cookies: &'a [String],
    n_entries: u32,
    n_patterns: u32,
    rate: u32,
    seconds: u32,
    consoles: u32,
    series: &'a str,
    picture: &'a str,
}

/// What came of it: seconds, each from the moment a read was due at the camera.
#[derive(Default)]
struct Seen {
    hits_posted: u64,
    answered: Vec<f64>,
    shown: Vec<f64>,
    pictured: Vec<f64>,
    late: u64,
}

/// Measures how soon hits are seen; beside it, the same with a hundredth of the reads and one console.
pub(crate) fn alerts(args: &AlertsArgs) -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let dir = args.dir.as_deref().unwrap_or(temporary.path());
    let at = Installation::new(program()?, dir, "[recognition]\nenabled = false");
    at.start(&[]).stop();
    let key = at.add_camera("Bench");
    let (n_entries, n_patterns) = (args.thousands * 1_000, args.patterns * 1_000);
    let imported = machine::timed(|| import(&at, dir, n_entries, n_patterns))?;
    print_seconds(
        &format!(
            "import of {n_entries} plates and {n_patterns} patterns under {} masks",
            plates::MASKS
        ),
        imported,
    );
    let server = at.start(&[]);
    let cookies: Vec<String> = (0..SESSIONS).map(|_| at.sign_in(&server)).collect();
    println!("memory of the server, list loaded: {} MiB", machine::resident_mib(server.pid())?);
    let picture = picture()?;
    let baseline = Steady {
        host: &server.host,
        key: &key,
        cookies: &cookies,
        n_entries,
        n_patterns,
        rate: args.rate.div_ceil(100),
        seconds: 60,
        consoles: 1,
        series: "baseline",
        picture: &picture,
    };
    let few = drive(&baseline, server.pid())?;
    print_seen(&format!("baseline: {} reads/s, one console", baseline.rate), few);
    let load = Steady {
        rate: args.rate,
        seconds: args.seconds,
        consoles: args.consoles,
        series: "load",
        ..baseline
    };
    let many = drive(&load, server.pid())?;
    print_seen(
        &format!("{} reads/s, {} consoles (reach: on screen p99 300 ms)", load.rate, load.consoles),
        many,
    );
    server.stop();
    Ok(())
}

fn print_seen(what: &str, seen: Seen) {
    let Seen { hits_posted, mut answered, mut shown, mut pictured, late } = seen;
    println!("{what}: {hits_posted} plates of the list passed; {late} consoles saw fewer hits");
    print_latency("  read due → answered", &mut answered);
    print_latency("  read due → hit on a console", &mut shown);
    print_latency("  read due → its picture there too", &mut pictured);
}

fn import(at: &Installation, dir: &Path, n_entries: u32, n_patterns: u32) -> Result<()> {
    let path = dir.join("hotlist.csv");
    let mut csv = std::io::BufWriter::new(std::fs::File::create(&path)?);
    writeln!(csv, "plate,state")?;
    for n in 0..n_entries {
        writeln!(csv, "{},TX", plates::listed(n))?;
    }
    for n in 0..n_patterns {
        writeln!(csv, "{},TX", plates::pattern(n, '?'))?;
    }
    csv.flush()?;
    at.command(&["hotlist", "add", "Wanted", "--source", "bench", "--category", "stolen-vehicle"]);
    let file = path.display().to_string();
    let said = at.command(&[
        "import-hotlist",
        "--list",
        "Wanted",
        "--plate",
        "plate",
        "--state",
        "state",
        &file,
    ]);
    println!("{}", said.trim());
    std::fs::remove_file(path)?;
    Ok(())
}

/// A cut-out plate's picture in base64: noise, as bad to compress as a photograph.
fn picture() -> Result<String> {
    let mut seed = 7_u32;
    let noise = image::GrayImage::from_fn(240, 80, |x, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let stripe = if (x / 12) % 2 == 0 { 60 } else { 180 };
        image::Luma([stripe + u8::try_from(seed >> 27).unwrap_or(0)])
    });
    let mut jpeg = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 80).encode_image(&noise)?;
    Ok(BASE64.encode(&jpeg))
}

/// When each wanted plate was due at its camera.
type Due = Mutex<HashMap<String, Instant>>;

fn drive(load: &Steady<'_>, server_pid: u32) -> Result<Seen> {
    let due = Due::default();
    let (next, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let begun = machine::now() + Duration::from_secs(2);
    let (cpu, own) = (machine::cpu_seconds(server_pid)?, machine::cpu_seconds(std::process::id())?);
    let mut seen = Seen::default();
    std::thread::scope(|threads| -> Result<()> {
        // Whatever breaks off is told: without this its consoles would be waited for, and they for its end.
        let _end = Ends(&over);
        let consoles: Vec<_> = (load.cookies.iter().cycle())
            .take(load.consoles as usize)
            .map(|cookie| {
                let (due, over) = (&due, &over);
                threads.spawn(move || follow(load.host, cookie, due, over))
            })
            .collect();
        let cameras: Vec<_> =
            (0..LINES).map(|_| threads.spawn(|| post_on_time(load, begun, &next, &due))).collect();
        for camera in cameras {
            let answered = camera.join().map_err(|_| anyhow::anyhow!("a camera broke off"))??;
            seen.answered.extend(answered);
        }
        let lasted = begun.elapsed().as_secs_f64();
        println!(
            "CPU: server {:.0} %, load generator {:.0} % of one core; memory of the server: {} MiB",
            (machine::cpu_seconds(server_pid)? - cpu) / lasted * 100.0,
            (machine::cpu_seconds(std::process::id())? - own) / lasted * 100.0,
            machine::resident_mib(server_pid)?
        );
        machine::wait(LAST_ARRIVE_WITHIN);
        over.store(true, Ordering::Relaxed);
        seen.hits_posted = due.lock().unwrap_or_else(PoisonError::into_inner).len() as u64;
        for console in consoles {
            let told = console.join().map_err(|_| anyhow::anyhow!("a console broke off"))??;
            seen.late += u64::from((told.shown.len() as u64) < seen.hits_posted);
            seen.shown.extend(told.shown);
            seen.pictured.extend(told.pictured);
        }
        Ok(())
    })?;
    Ok(seen)
}

/// Says that it is over when it goes out of scope.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Posts what is due, when it is due, whatever became of what was due before.
fn post_on_time(
    load: &Steady<'_>,
    begun: Instant,
    next: &AtomicU64,
    due: &Due,
) -> Result<Vec<f64>> {
    let mut line = Line::to(load.host)?;
    let header = format!("plateglass-camera-key: {}\r\n", load.key);
    let n_reads = u64::from(load.rate) * u64::from(load.seconds);
    let each = Duration::from_secs(1) / load.rate;
    let mut took = Vec::new();
    loop {
        let nth = next.fetch_add(1, Ordering::Relaxed);
        if nth >= n_reads {
            return Ok(took);
        }
        let at = begun + each * u32::try_from(nth).unwrap_or(u32::MAX);
        machine::wait(at.saturating_duration_since(machine::now()));
        let (text, is_wanted) = plates::nth(nth, load.n_entries, load.n_patterns, load.series);
        if is_wanted {
            due.lock().unwrap_or_else(PoisonError::into_inner).entry(text.clone()).or_insert(at);
        }
        // Patterns have six places or seven.
        let characters = vec!["0.97"; text.len()].join(",");
        let body = format!(
            r#"[{{"event_id":"{}-{nth}","plate":"{text}","jurisdiction":"US-TX","confidence":0.97,"characters":[{characters}],"plate_picture":"{}"}}]"#,
            load.series, load.picture
        );
        let answer = line.ask("POST", "/api/v1/reads", &header, body.as_bytes())?;
        took.push(at.elapsed().as_secs_f64());
        ensure!(answer.status == 200, "{} {}", answer.status, answer.text());
    }
}

/// What one console saw.
#[derive(Default)]
struct Told {
    shown: Vec<f64>,
    pictured: Vec<f64>,
}

/// Follows as the page's script does: told of hits, it fetches what came since, then the pictures; told meanwhile, once more.
fn follow(host: &str, cookie: &str, due: &Due, over: &AtomicBool) -> Result<Told> {
    let stream = events(host, cookie)?;
    let hang_up = stream.get_ref().try_clone()?;
    let (tell, told) = mpsc::channel();
    std::thread::scope(|threads| {
        threads.spawn(move || listen(stream, &tell));
        let seen = look(host, cookie, due, over, &told);
        // The listener waits for bytes: without this it would wait for ever.
        drop(hang_up.shutdown(Shutdown::Both));
        seen
    })
}

fn listen(mut stream: BufReader<TcpStream>, tell: &mpsc::Sender<()>) {
    let mut line = String::new();
    while stream.read_line(&mut line).is_ok_and(|n| n > 0) {
        if line.starts_with("data:") && line.contains("hits") && tell.send(()).is_err() {
            return;
        }
        line.clear();
    }
}

fn look(
    host: &str,
    cookie: &str,
    due: &Due,
    over: &AtomicBool,
    told: &mpsc::Receiver<()>,
) -> Result<Told> {
    let mut line = Line::to(host)?;
    let mut seen = Told::default();
    let mut last = fetch(&mut line, cookie, "latest=1")?.last;
    loop {
        match told.recv_timeout(Duration::from_millis(200)) {
            Ok(()) => while told.try_recv().is_ok() {},
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                anyhow::bail!("the stream of events ended")
            }
            Err(mpsc::RecvTimeoutError::Timeout) if over.load(Ordering::Relaxed) => {
                return Ok(seen);
            }
            Err(mpsc::RecvTimeoutError::Timeout) => continue,
        }
        let mut rows = Vec::new();
        let mut before = String::new();
        let after = last;
        loop {
            let page = fetch(&mut line, cookie, &format!("after={after}{before}"))?;
            last = last.max(page.last);
            rows.extend(page.rows);
            match page.next {
                Some(next) => before = format!("&before={next}"),
                None => break,
            }
        }
        let now = machine::now();
        let dues: Vec<Option<Instant>> = {
            let due = due.lock().unwrap_or_else(PoisonError::into_inner);
            rows.iter().map(|row| due.get(&row.plate).copied()).collect()
        };
        seen.shown.extend(dues.iter().flatten().map(|at| (now - *at).as_secs_f64()));
        for (row, at) in rows.iter().zip(dues) {
            let Some(picture) = &row.picture else { continue };
            let answer = line.ask("GET", picture, cookie, b"")?;
            ensure!(answer.status == 200, "a picture: {}", answer.status);
            seen.pictured.extend(at.map(|at| at.elapsed().as_secs_f64()));
        }
    }
}

/// A page of the feed.
struct Feed {
    last: i64,
    next: Option<String>,
    rows: Vec<Row>,
}

struct Row {
    plate: String,
    picture: Option<String>,
}

fn fetch(line: &mut Line, cookie: &str, query: &str) -> Result<Feed> {
    let answer = line.ask("GET", &format!("/hits/feed?{query}"), cookie, b"")?;
    ensure!(answer.status == 200, "the feed: {}", answer.status);
    let text = answer.text();
    let last = between(&text, "data-last=\"", "\"").context("the feed says which is last")?;
    let next = between(&text, "data-next=\"", "\"").filter(|next| !next.is_empty());
    let rows = text.split("data-hit=\"").skip(1).filter_map(row).collect();
    Ok(Feed { last: last.parse()?, next: next.map(str::to_owned), rows })
}

/// A hit's plate and the address of its picture.
fn row(html: &str) -> Option<Row> {
    let plate = between(html, "data-open>", "</a>")?;
    let plate = plate.split("<abbr").next()?.split("<span class=\"unseen\"").next()?;
    let mut inside = false;
    let plate = plate.chars().filter(|c| {
        inside = (inside || *c == '<') && *c != '>';
        !inside && c.is_ascii_alphanumeric()
    });
    let picture = between(html, "<img src=\"", "\"").map(|address| address.replace("&amp;", "&"));
    Some(Row { plate: plate.collect(), picture })
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}
