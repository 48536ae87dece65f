//! Recognition: how much is read, how sure that is, how long a frame takes and what memory it needs.

mod choices;
#[path = "../../crates/vision/tests/common/mod.rs"]
mod common;
mod photographs;
mod sureness;

use anyhow::{Context, Result, ensure};
use common::{Scene, Score, drive};
use photographs::Photographs;
use rustix::time::{ClockId, clock_gettime};
use std::fs;
use std::hint::black_box;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use sureness::Sureness;
use vision::{DetectBuffers, Frame, OneThread, Passages, PlateFound, Recogniser, Runtime, rectify};

/// Runs of each stage, of which the median is printed: an odd number, so that it is one of them.
const RUNS: usize = 41;
/// The frame that the times are for.
const FRAME_PX: (u32, u32) = (1280, 720);
/// How many frames are timed whole; an odd number again. Some need a second look, most do not.
const FRAMES_TIMED: usize = 9;
/// Seeds of the drives past the drawn scenes.
const DRIVES: std::ops::RangeInclusive<u64> = FIRST_DRIVE..=LAST_DRIVE;
const FIRST_DRIVE: u64 = 7;
const LAST_DRIVE: u64 = 10;

/// Prints accuracy, CPU time by stage and memory. `data` is the folder of test pictures; without it only the drawn
/// scenes of the repository are read.
pub(crate) fn recognise(
    data: Option<PathBuf>,
    models: Option<&Path>,
    runtime: &Runtime,
) -> Result<()> {
    let recogniser = match models {
        Some(folder) => Recogniser::from_dir_on(folder, runtime),
        None => Recogniser::shipped_on(runtime),
    };
    let recogniser = recogniser.context("failed to load the models")?;
    let drawn = scenes(Path::new("fixtures/scenes/truth.jsonl"))?;
    match data.filter(|folder| folder.join("us_scenes/annotations.jsonl").exists()) {
        Some(folder) => photographed(&recogniser, &folder)?,
        None => {
            say("us_scenes", "skipped", "≥ 96 %", "PLATEGLASS_DATA names no folder with us_scenes")
        }
    }
    let reads = read_all(&recogniser, &drawn)?;
    accuracy("drawn scenes, exact (O=0, I=1)", &drawn, &reads, "")?;
    passages(&recogniser, &drawn)?;
    times(&recogniser, &drawn)?;
    memory(&drawn)
}

#[expect(clippy::print_stdout, reason = "figures are this program's output")]
fn say(what: &str, measured: &str, target: &str, beside: &str) {
    println!("{what:<52} {measured:>14}   {target:<12} {beside}");
}

fn say_score(what: &str, score: Score, target: &str, more: &str) {
    let (low, high) = score.interval();
    let beside = format!("n {}, 95 % {low:.1}–{high:.1}{more}", score.n);
    say(what, &format!("{:.1} %", score.percent()), target, &beside);
}

fn scenes(truth: &Path) -> Result<Vec<Scene>> {
    common::scenes(truth).map_err(anyhow::Error::msg)
}

/// All that is measured on photographs.
fn photographed(recogniser: &Recogniser, data: &Path) -> Result<()> {
    let us = scenes(&data.join("us_scenes/annotations.jsonl"))?;
    let reads = read_all(recogniser, &us)?;
    accuracy("us_scenes, exact (O=0, I=1)", &us, &reads, "≥ 96 %")?;
    let photographs = Photographs { recogniser, data };
    photographs.false_reads("us_scenes", "≤ 0.05")?;
    for set in ["oi_scenes", "cars433_scenes", "ro_vehicles"] {
        photographs.recall(set)?;
    }
    photographs.false_reads("negatives", "≤ 0.01")?;
    let [listed, shown] = photographs.read_crops("us_crops", "≥ 95 %")?;
    photographs.read_crops("us_state_plates", "≥ 96 %")?;
    photographs.issuers("us_crops", "≥ 90 %")?;
    photographs.issuers("us_state_plates", "≥ 90 %")?;
    let mut sure = Sureness::default();
    for (scene, found) in us.iter().zip(&reads) {
        sure.add_scene(scene, found);
    }
    for set in ["oi_scenes", "cars433_scenes"] {
        photographs.sureness(set, &mut sure)?;
    }
    sure.print("us_scenes, oi_scenes, cars433_scenes");
    listed.print_coverage("us_crops valid");
    shown.print_coverage("the same, a wrong text put right");
    Ok(())
}

/// Prints what other sizes and ways of looking cost and find.
pub(crate) fn choices(data: Option<&Path>, runtime: &Runtime) -> Result<()> {
    let recogniser = Recogniser::shipped_on(runtime)?;
    let drawn = scenes(Path::new("fixtures/scenes/truth.jsonl"))?;
    let frames = ordinary_frames(&recogniser, &drawn)?;
    let (frame, _) = frames.first().context("no frame is timed")?;
    let photographs = data.map(|data| Photographs { recogniser: &recogniser, data });
    choices::print(&recogniser, frame, photographs.as_ref(), runtime)
}

fn read_all(recogniser: &Recogniser, scenes: &[Scene]) -> Result<Vec<Vec<PlateFound>>> {
    let read = |scene: &Scene| {
        let frame = Frame::decode(&fs::read(&scene.picture)?)?;
        Ok(recogniser.recognise(&frame)?)
    };
    scenes.iter().map(read).collect()
}

/// A picture counts as right if any plate found bears a text of the truth.
fn accuracy(what: &str, scenes: &[Scene], reads: &[Vec<PlateFound>], target: &str) -> Result<()> {
    let (mut right, mut in_ten) = (Score::default(), Score::default());
    for (scene, found) in scenes.iter().zip(reads) {
        right.add(scene.is_read(found));
        in_ten.add(scene.is_in_ten(found));
    }
    ensure!(right.n > 0, "{what}: no scene has a text");
    let more = format!("; in the ten likeliest {:.1} %", in_ten.percent());
    say_score(what, right, target, &more);
    Ok(())
}

/// Ten frames of a passage together, beside the surest of them alone: on one drive past every scene, and on four, whose smear
/// and noise differ.
fn passages(recogniser: &Recogniser, drawn: &[Scene]) -> Result<()> {
    let (mut together, mut alone) = (Score::default(), Score::default());
    for seed in DRIVES {
        for scene in drawn.iter().filter(|scene| is_wide_enough(scene)) {
            let frames = drive(scene, seed).map_err(anyhow::Error::msg)?;
            let (all, surest) = passage(recogniser, frames)?;
            together.add(scene.is_read(&all));
            alone.add(scene.is_read(surest.as_slice()));
        }
        let gain = together.percent() - alone.percent();
        let more = format!("; the surest frame alone {:.1} % ({gain:+.1} points)", alone.percent());
        match seed {
            FIRST_DRIVE => {
                say_score("ten frames of a passage, 40–58 px, exact", together, "+ 5 points", &more)
            }
            LAST_DRIVE => {
                say_score("  the same on four drives past each", together, "+ 5 points", &more)
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_wide_enough(scene: &Scene) -> bool {
    matches!(scene.plates.as_slice(), [plate] if plate.width_px >= common::WIDTHS_PX.1)
}

/// What all frames say together, and the surest find of any one.
fn passage(
    recogniser: &Recogniser,
    frames: Vec<Frame>,
) -> Result<(Vec<PlateFound>, Option<PlateFound>)> {
    let mut surest: Option<PlateFound> = None;
    let mut passages = Passages::new(recogniser);
    let mut over = Vec::new();
    for frame in frames {
        for found in recogniser.recognise(&frame)? {
            if surest.as_ref().is_none_or(|best| found.confidence > best.confidence) {
                surest = Some(found);
            }
        }
        over.extend(passages.next(frame)?);
    }
    over.extend(passages.finish());
    Ok((over.into_iter().map(|passage| passage.plate).collect(), surest))
}

/// CPU milliseconds of a whole process: the models run on a thread of their own.
fn cpu_ms() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 * 1e-6
}

/// The median of the CPU milliseconds of `RUNS` runs.
fn median_ms<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut runs: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = cpu_ms();
            black_box(work());
            cpu_ms() - start
        })
        .collect();
    runs.sort_by(f64::total_cmp);
    runs.get(RUNS / 2).copied().unwrap_or(f64::NAN)
}

/// Times each stage on a frame with one plate, beside decoding the same frame in the same run.
fn times(recogniser: &Recogniser, drawn: &[Scene]) -> Result<()> {
    let frames = ordinary_frames(recogniser, drawn)?;
    let (frame, jpeg) = frames.first().context("no frame is timed")?;
    let thread = OneThread::start();
    let (detector, reader) = (recogniser.detector(), recogniser.reader());
    let mut buffers = DetectBuffers::default();
    let layout = detector.layout(frame);
    let resize = median_ms(|| buffers.fill(frame, detector.manifest(), layout).map(<[f32]>::len));
    let input = buffers.fill(frame, detector.manifest(), layout)?.to_vec();
    let detect = median_ms(|| detector.locate(&input, layout, &thread));
    let seen = detector.locate(&input, layout, &thread)?;
    let corners = seen.first().context("the frame shows no plate any more")?.corners;
    let cut = || rectify(frame, &corners, reader.manifest().input.upright());
    let rectifying = median_ms(cut);
    let plate = [cut()?];
    let read = median_ms(|| reader.read(&plate, &thread));
    let looked = median_ms(|| reader.look(&plate, &thread));
    let issuing = recogniser.issuer().map_or(Ok(0.0), |issuer| {
        let plate = [rectify(frame, &corners, issuer.manifest().input.upright())?];
        anyhow::Ok(median_ms(|| issuer.look(&plate, &thread)))
    })?;
    let mut wholes: Vec<f64> =
        frames.iter().map(|(frame, _)| median_ms(|| recogniser.recognise(frame))).collect();
    wholes.sort_by(f64::total_cmp);
    let whole = wholes.get(FRAMES_TIMED / 2).copied().unwrap_or(f64::NAN);
    let decode = median_ms(|| Frame::decode(jpeg));
    let slow = median_ms(|| image_resize(frame));
    let ms = |ms: f64| format!("{ms:.2} ms");
    say(
        "a 1280×720 frame with one plate, CPU",
        &ms(whole),
        "≤ 16 ms",
        &format!("one thread, decoding left out, median of {FRAMES_TIMED} frames"),
    );
    say("  resize and normalise", &ms(resize), "", &format!("`image` resizing alone {}", ms(slow)));
    say(
        "  detect",
        &ms(detect),
        "",
        &format!("{}×{} input", layout.padded_width, layout.padded_height),
    );
    say("  rectify", &ms(rectifying), "", "");
    say("  read", &ms(read), "", &format!("of which the model {}", ms(looked)));
    say("  tell who issued it", &ms(issuing), "", "");
    say("  baseline: decoding the same JPEG", &ms(decode), "", "");
    Ok(())
}

/// Drawn scenes whose one plate is read when the scene fills a 1280×720 frame, with that frame as JPEG: the first nine.
fn ordinary_frames(recogniser: &Recogniser, drawn: &[Scene]) -> Result<Vec<(Frame, Vec<u8>)>> {
    let mut frames = Vec::new();
    for scene in drawn {
        let picture = image::open(&scene.picture)?.to_rgb8();
        let (width, height) = FRAME_PX;
        let filled =
            image::imageops::resize(&picture, width, height, image::imageops::FilterType::Triangle);
        let mut jpeg = Cursor::new(Vec::new());
        filled.write_to(&mut jpeg, image::ImageFormat::Jpeg)?;
        let jpeg = jpeg.into_inner();
        let frame = Frame::decode(&jpeg)?;
        let found = recogniser.recognise(&frame)?;
        if let [plate] = found.as_slice()
            && scene.knows(&plate.text.expose())
        {
            frames.push((frame, jpeg));
        }
        if frames.len() == FRAMES_TIMED {
            return Ok(frames);
        }
    }
    anyhow::bail!("only {} drawn scenes are read with exactly one plate", frames.len())
}

/// What the same scaling costs with the `image` crate, for comparison.
fn image_resize(frame: &Frame) -> Option<image::RgbImage> {
    let picture = image::RgbImage::from_raw(frame.width_px, frame.height_px, frame.rgb().to_vec())?;
    Some(image::imageops::resize(&picture, 640, 360, image::imageops::FilterType::Triangle))
}

/// The highest resident memory of `plateglass recognize` over the drawn scenes, in a process of its own.
fn memory(drawn: &[Scene]) -> Result<()> {
    let program = std::env::current_exe()?.with_file_name("plateglass");
    if !program.exists() {
        say(
            "resident memory of recognize",
            "skipped",
            "≤ 200 MB",
            "plateglass is not built beside bench",
        );
        return Ok(());
    }
    let folder =
        drawn.first().and_then(|scene| scene.picture.parent()).context("no drawn scenes")?;
    let mut child = Command::new(program)
        .args(["recognize", "--json"])
        .arg(folder)
        .stdout(Stdio::null())
        .spawn()
        .context("failed to start plateglass recognize")?;
    let mut highest_kb = 0;
    while child.try_wait()?.is_none() {
        highest_kb = highest_kb.max(peak_kb(child.id()).unwrap_or(0));
        pause();
    }
    let megabytes = highest_kb as f64 * 1024.0 / 1e6;
    say(
        "resident memory of recognize, highest",
        &format!("{megabytes:.0} MB"),
        "≤ 200 MB",
        "VmHWM over the drawn scenes",
    );
    Ok(())
}

/// `VmHWM` of a running process, in kB.
fn peak_kb(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a measuring program waits for its child; nothing else runs here"
)]
fn pause() {
    std::thread::sleep(std::time::Duration::from_millis(5));
}
