//! What was tried to make the recogniser faster, measured again on the shipped weights: what docs/adr/0010 rests on.

use super::common::Score;
use super::photographs::Photographs;
use super::{median_ms, say, say_score};
use anyhow::Result;
use std::path::Path;
use vision::{
    DetectBuffers, Detection, Detector, DetectorManifest, Frame, OneThread, Recogniser, Runtime,
    rectify,
};

/// Longer sides of the detector's input that are tried; the shipped one is 640.
const SIDES_PX: [u32; 6] = [320, 384, 448, 512, 640, 768];
/// Coarse looks that are tried, with how sure each must be for a closer one, and how many are.
const COARSE_PX: [u32; 3] = [320, 384, 448];
const COARSE_MIN: [f32; 2] = [0.08, 0.2];
const CLOSER_MAX: usize = 6;
/// Plates read in one run.
const BATCHES: [usize; 4] = [1, 2, 4, 8];

/// A detector of the shipped weights that finds from another score on.
fn eager(score_min: f32, runtime: &Runtime, thread: &OneThread) -> Result<Detector> {
    let folder = Path::new("crates/vision/models");
    let text = std::fs::read_to_string(folder.join("detector.toml"))?;
    let shipped = text.lines().find(|line| line.starts_with("score_min")).unwrap_or_default();
    let text = text.replace(shipped, &format!("score_min = {score_min}"));
    let manifest = DetectorManifest::parse("detector.toml", &text)?;
    let onnx = std::fs::read(folder.join(&manifest.file))?;
    let names = manifest.output.form.names();
    let model = runtime.load("detector.onnx", "eager", onnx, &manifest.input.name, &names)?;
    Ok(Detector::new(manifest, model, thread)?)
}

/// Prints time and recall for each input size, for a coarse look with closer ones after it, and time for batches of plates.
pub(super) fn print(
    recogniser: &Recogniser,
    frame: &Frame,
    photographs: Option<&Photographs<'_>>,
    runtime: &Runtime,
) -> Result<()> {
    let thread = OneThread::start();
    let detector = recogniser.detector();
    for side in SIDES_PX {
        let mut buffers = DetectBuffers::default();
        let time = median_ms(|| detector.detect_at(frame, side, &mut buffers, &thread));
        row(&format!("one look at {side}"), time, photographs, |frame, buffers| {
            Ok(detector.detect_at(frame, side, buffers, &thread)?)
        })?;
    }
    for (side, least) in COARSE_PX.into_iter().flat_map(|side| COARSE_MIN.map(|it| (side, it))) {
        let eager = eager(least, runtime, &thread)?;
        let mut looks = 0;
        let mut pictures = 0;
        let mut twice = |frame: &Frame, buffers: &mut DetectBuffers| -> Result<Vec<Detection>> {
            let coarse = eager.detect_at(frame, side, buffers, &thread)?;
            pictures += 1;
            looks += coarse.len().min(CLOSER_MAX);
            let closer = coarse.iter().take(CLOSER_MAX);
            let closer = closer.map(|it| detector.look_closer(frame, it, buffers, &thread));
            Ok(closer.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        };
        let mut buffers = DetectBuffers::default();
        let time = median_ms(|| twice(frame, &mut buffers));
        row(&format!("a look at {side} from {least}, then closer"), time, photographs, &mut twice)?;
        let mean = f64::from(u32::try_from(looks)?) / f64::from(pictures.max(1));
        say("  closer looks a picture", &format!("{mean:.2}"), "", "");
    }
    let mut buffers = DetectBuffers::default();
    let seen = detector.detect(frame, &mut buffers, &thread)?;
    let reader = recogniser.reader();
    for plates in BATCHES {
        let corners = seen.first().map(|it| it.corners);
        let plate = corners.map(|it| rectify(frame, &it, reader.manifest().input.upright()));
        let Some(plate) = plate.transpose()? else { continue };
        let plates_now = vec![plate; plates];
        let time = median_ms(|| reader.look(&plates_now, &thread)) / plates as f64;
        say(&format!("a plate read, {plates} at once"), &format!("{time:.2} ms"), "", "");
    }
    Ok(())
}

fn row(
    what: &str,
    time: f64,
    photographs: Option<&Photographs<'_>>,
    mut look: impl FnMut(&Frame, &mut DetectBuffers) -> Result<Vec<Detection>>,
) -> Result<()> {
    say(what, &format!("{time:.2} ms"), "", "resize and detect, a 1280×720 frame");
    let Some(photographs) = photographs else { return Ok(()) };
    let mut score = Score::default();
    for set in ["oi_scenes", "cars433_scenes", "ro_vehicles"] {
        photographs.count_found(set, &mut score, &mut look)?;
    }
    say_score("  found, of the three sets' plates", score, "", "");
    Ok(())
}
