//! Recognition: how much is read, how long a frame takes and what memory it needs.

use anyhow::{Context, Result, ensure};
use rustix::time::{ClockId, clock_gettime};
use std::fs;
use std::hint::black_box;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use vision::{DetectBuffers, Frame, OneThread, Recogniser, rectify};

/// Runs of each stage, of which the median is printed: an odd number, so that it is one of them.
const RUNS: usize = 41;
/// The frame that the times are for.
const FRAME_PX: (u32, u32) = (1280, 720);

/// A picture and the texts known to be on it.
struct Scene {
    picture: PathBuf,
    texts: Vec<String>,
}

/// Prints accuracy, CPU time by stage and memory. `data` is the folder of test pictures; without it only the drawn
/// scenes of the repository are read.
pub(crate) fn recognise(data: Option<PathBuf>) -> Result<()> {
    let recogniser = Recogniser::shipped().context("failed to load the built-in models")?;
    let drawn = scenes(Path::new("fixtures/scenes/truth.jsonl"))?;
    match data.map(|folder| folder.join("us_scenes/annotations.jsonl")).filter(|p| p.exists()) {
        Some(truth) => {
            accuracy(&recogniser, "us_scenes, exact (O=0, I=1)", &scenes(&truth)?, "≥ 80 %")?
        }
        None => {
            say("us_scenes", "skipped", "≥ 80 %", "PLATEGLASS_DATA names no folder with us_scenes")
        }
    }
    accuracy(&recogniser, "drawn scenes, exact (O=0, I=1)", &drawn, "")?;
    times(&recogniser, &drawn)?;
    memory(&drawn)
}

#[expect(clippy::print_stdout, reason = "figures are this program's output")]
fn say(what: &str, measured: &str, target: &str, beside: &str) {
    println!("{what:<44} {measured:>14}   {target:<12} {beside}");
}

/// Scenes with at least one known text, from a truth file that lies beside the pictures.
fn scenes(truth: &Path) -> Result<Vec<Scene>> {
    let lines =
        fs::read_to_string(truth).with_context(|| format!("failed to read {}", truth.display()))?;
    let folder = truth.parent().unwrap_or(Path::new("."));
    let mut scenes = Vec::new();
    for line in lines.lines() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        let image =
            row.get("image").and_then(|image| image.as_str()).context("a row has no image")?;
        let plates = row.get("plates").and_then(|plates| plates.as_array());
        let texts = plates.into_iter().flatten().filter_map(|plate| plate.get("text")?.as_str());
        let texts: Vec<String> = texts.map(folded).collect();
        if !texts.is_empty() {
            scenes.push(Scene { picture: folder.join(image), texts });
        }
    }
    Ok(scenes)
}

/// Letters and digits only; O and 0, I and 1 are one die in many states, and no truth file tells them apart.
fn folded(text: &str) -> String {
    let plain = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase());
    plain
        .map(|c| match c {
            'O' => '0',
            'I' => '1',
            other => other,
        })
        .collect()
}

/// A picture counts as right if any plate found bears a text of the truth.
fn accuracy(recogniser: &Recogniser, what: &str, scenes: &[Scene], target: &str) -> Result<()> {
    let (mut right, mut in_ten) = (0, 0);
    for scene in scenes {
        let frame = Frame::decode(&fs::read(&scene.picture)?)?;
        let found = recogniser.recognise(&frame)?;
        let known = |text: &str| scene.texts.contains(&folded(text));
        right += usize::from(found.iter().any(|plate| known(&plate.text.expose())));
        let mut others = found.iter().flat_map(|plate| &plate.alternatives);
        in_ten += usize::from(others.any(|other| known(&other.text.expose())));
    }
    let n = scenes.len();
    ensure!(n > 0, "{what}: no scene has a text");
    let (low, high) = wilson(right, n);
    let percent = |count: usize| 100.0 * count as f64 / n as f64;
    let beside =
        format!("n {n}, 95 % {low:.1}–{high:.1}; in the ten likeliest {:.1} %", percent(in_ten));
    say(what, &format!("{:.1} %", percent(right)), target, &beside);
    Ok(())
}

/// Wilson's 95 % interval for a share, in percent.
fn wilson(right: usize, n: usize) -> (f64, f64) {
    let (z, n, share) = (1.96_f64, n as f64, right as f64 / n as f64);
    let middle = share + z * z / (2.0 * n);
    let reach = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 100.0 / (1.0 + z * z / n);
    ((middle - reach) * scale, (middle + reach) * scale)
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
    let (frame, jpeg) = ordinary_frame(recogniser, drawn)?;
    let thread = OneThread::start();
    let (detector, reader) = (recogniser.detector(), recogniser.reader());
    let mut buffers = DetectBuffers::default();
    let layout = detector.layout(&frame);
    let resize = median_ms(|| buffers.fill(&frame, detector.manifest(), layout).map(<[f32]>::len));
    let input = buffers.fill(&frame, detector.manifest(), layout)?.to_vec();
    let detect = median_ms(|| detector.locate(&input, layout, &thread));
    let seen = detector.locate(&input, layout, &thread)?;
    let corners = seen.first().context("the frame shows no plate any more")?.corners;
    let wants = &reader.manifest().input;
    let cut = || {
        rectify(&frame, &corners, wants.padding, wants.width_px as usize, wants.height_px as usize)
    };
    let rectifying = median_ms(cut);
    let plate = [cut()?];
    let read = median_ms(|| reader.read(&plate, &thread));
    let whole = median_ms(|| recogniser.recognise(&frame));
    let decode = median_ms(|| Frame::decode(&jpeg));
    let slow = median_ms(|| image_resize(&frame));
    let ms = |ms: f64| format!("{ms:.2} ms");
    say(
        "a 1280×720 frame with one plate, CPU",
        &ms(whole),
        "≤ 20 ms",
        "one thread, decoding left out, median",
    );
    say("  resize and normalise", &ms(resize), "", &format!("`image` resizing alone {}", ms(slow)));
    say("  detect", &ms(detect), "", "640×384 input");
    say("  rectify", &ms(rectifying), "", "");
    say("  read", &ms(read), "", "");
    say("  baseline: decoding the same JPEG", &ms(decode), "", "");
    Ok(())
}

/// The first drawn scene whose plate is read when the scene fills a 1280×720 frame, and that frame as JPEG.
fn ordinary_frame(recogniser: &Recogniser, drawn: &[Scene]) -> Result<(Frame, Vec<u8>)> {
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
            && scene.texts.contains(&folded(&plate.text.expose()))
        {
            return Ok((frame, jpeg));
        }
    }
    anyhow::bail!("no drawn scene is read with exactly one plate")
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
