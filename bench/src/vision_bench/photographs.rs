//! Figures on the sets of photographs: detection, false reads, and the reader alone.

use super::common::{Score, folded};
use super::sureness::Sureness;
use super::{say, say_score};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::Path;
use vision::{
    Bounds, DetectBuffers, Detection, Frame, OneThread, PlateFound, Point, Quad, Recogniser,
    Upright, rectify,
};

/// Narrower plates, at the network's input, are counted apart: nobody could read them.
const WIDE_PX: f32 = 32.0;
/// A detection counts where it shares this much with the plate's box.
const OVERLAP_MIN: f32 = 0.5;
/// A read belongs to a plate, for its text, from this overlap on: boxes in the truth are loose.
const SAME_MIN: f32 = 0.2;
/// A find that shares less than this with any plate or ignored box is false.
const APART_MAX: f32 = 0.1;
/// Reads below this confidence are not reads: what `recognition.confidence_min` says by default.
const CONFIDENCE_MIN: f32 = 0.5;

/// A picture of `us_crops` that is listed with a text which it plainly does not show (BJL833), and the one it does. At 99 %
/// precision three mistakes of 355 decide the coverage, so that is also printed with this one put right.
const MISLISTED: (&str, &str) = ("images/ga1260.jpg", "BJL3833");

/// The folder of test pictures and what looks at them.
pub(super) struct Photographs<'a> {
    pub recogniser: &'a Recogniser,
    pub data: &'a Path,
}

/// One picture of a set.
struct Photograph {
    /// Its file in the set's folder.
    image: String,
    frame: Frame,
    plates: Vec<Plate>,
    ignored: Vec<Bounds>,
}

struct Plate {
    bounds: Bounds,
    text: Option<String>,
    /// A code such as `US-TX`.
    issuer: Option<String>,
}

impl Photographs<'_> {
    /// Detection recall, plates of 32 pixels and more at the network's input and smaller ones apart.
    pub(super) fn recall(&self, set: &str) -> Result<()> {
        let detector = self.recogniser.detector();
        let thread = OneThread::start();
        let mut wide = Score::default();
        let narrow = self.count_found(set, &mut wide, |frame, buffers| {
            let mut found = detector.glance(frame, buffers, &thread)?.unwrap_or_default();
            found.extend(detector.detect(frame, buffers, &thread)?);
            found.extend(detector.detect_close_up(frame, buffers, &thread)?);
            Ok(found)
        })?;
        let more = format!("; narrower ones {} of {}", narrow.right, narrow.n);
        say_score(&format!("{set} valid, found at IoU 0.5, ≥ 32 px"), wide, "≥ 97 %", &more);
        Ok(())
    }

    /// Counts the wide plates that a way of looking finds; gives the count of the narrow ones.
    pub(super) fn count_found(
        &self,
        set: &str,
        wide: &mut Score,
        mut look: impl FnMut(&Frame, &mut DetectBuffers) -> Result<Vec<Detection>>,
    ) -> Result<Score> {
        let mut narrow = Score::default();
        let mut buffers = DetectBuffers::default();
        let input_px = self.recogniser.detector().manifest().input.long_side_px as f32;
        self.each(set, |photograph| {
            let frame = &photograph.frame;
            let found = look(frame, &mut buffers)?;
            let scale = input_px / frame.width_px.max(frame.height_px) as f32;
            for plate in &photograph.plates {
                let near =
                    |seen: &Detection| seen.corners.bounds().overlap(&plate.bounds) >= OVERLAP_MIN;
                let is_wide = plate.bounds.width() * scale >= WIDE_PX;
                let score = if is_wide { &mut *wide } else { &mut narrow };
                score.add(found.iter().any(near));
            }
            Ok(())
        })?;
        Ok(narrow)
    }

    /// Reads a picture that lie on no plate.
    pub(super) fn false_reads(&self, set: &str, target: &str) -> Result<()> {
        let (mut false_reads, mut pictures) = (0, 0);
        self.each(set, |photograph| {
            pictures += 1;
            let plates = photograph.plates.iter().map(|plate| plate.bounds);
            let all: Vec<Bounds> = plates.chain(photograph.ignored.iter().copied()).collect();
            let found = self.recogniser.recognise(&photograph.frame)?;
            let is_false = |found: &&PlateFound| {
                let bounds = found.corners.bounds();
                found.confidence >= CONFIDENCE_MIN
                    && all.iter().all(|plate| plate.overlap(&bounds) < APART_MAX)
            };
            false_reads += found.iter().filter(is_false).count();
            Ok(())
        })?;
        let share = f64::from(u32::try_from(false_reads)?) / f64::from(pictures.max(1));
        let beside = format!("n {pictures}, {false_reads} reads of confidence ≥ {CONFIDENCE_MIN}");
        say(&format!("{set}, false reads a picture"), &format!("{share:.3}"), target, &beside);
        Ok(())
    }

    /// The reader alone, on pictures that are the plate. How sure it is of each, by the texts as they are listed and with
    /// the [`MISLISTED`] one put right.
    pub(super) fn read_crops(&self, set: &str, target: &str) -> Result<[Sureness; 2]> {
        let reader = self.recogniser.reader();
        let wants = &reader.manifest().input;
        let thread = OneThread::start();
        let (mut score, mut sure) = (Score::default(), [Sureness::default(), Sureness::default()]);
        self.each(set, |photograph| {
            let [Plate { bounds, text: Some(text), .. }] = photograph.plates.as_slice() else {
                return Ok(());
            };
            let form = Upright { padding: 0.0, ..wants.upright() };
            let plate = [rectify(&photograph.frame, &quad(bounds), form)?];
            let reading = reader.read(&plate, &thread)?.into_iter().flatten().next();
            let says = |text: &str| {
                reading.as_ref().is_some_and(|it| folded(&it.text.expose()) == folded(text))
            };
            let (mislisted, shows) = MISLISTED;
            let shown = if photograph.image == mislisted { shows } else { text };
            score.add(says(text));
            let confidence = reading.as_ref().map_or(0.0, |it| it.confidence);
            for (sure, text) in sure.iter_mut().zip([text, shown]) {
                sure.add(confidence, says(text));
            }
            Ok(())
        })?;
        say_score(&format!("{set} valid, the reader alone, exact"), score, target, "");
        Ok(sure)
    }

    /// Who issued pictures that are the plate: the likeliest, and what is told because it is likely enough.
    pub(super) fn issuers(&self, set: &str, target: &str) -> Result<()> {
        let issuer = self.recogniser.issuer().context("there is no issuer model")?;
        let thread = OneThread::start();
        let (mut likeliest, mut told) = (Score::default(), Score::default());
        self.each(set, |photograph| {
            let [Plate { bounds, issuer: Some(truth), .. }] = photograph.plates.as_slice() else {
                return Ok(());
            };
            let plate =
                rectify(&photograph.frame, &quad(bounds), issuer.manifest().input.upright())?;
            let seen = issuer.look(&[plate], &thread)?;
            let is_right = |it: vision::IssuerGuess| it.jurisdiction.code() == truth;
            likeliest.add(issuer.likeliest(&seen).is_some_and(is_right));
            if let Some(guess) = issuer.decide(&seen) {
                told.add(is_right(guess));
            }
            Ok(())
        })?;
        let more = format!("; told of {}, {} right", told.n, told.right);
        say_score(&format!("{set} valid, who issued it"), likeliest, target, &more);
        Ok(())
    }

    /// How sure the pipeline is of each plate with a known text, and whether it is right.
    pub(super) fn sureness(&self, set: &str, sure: &mut Sureness) -> Result<()> {
        self.each(set, |photograph| {
            let found = self.recogniser.recognise(&photograph.frame)?;
            for plate in &photograph.plates {
                let Some(text) = &plate.text else { continue };
                let shared =
                    found.iter().map(|it| (it, it.corners.bounds().overlap(&plate.bounds)));
                let best = shared.max_by(|(_, a), (_, b)| a.total_cmp(b));
                if let Some((it, _)) = best.filter(|(_, shared)| *shared > SAME_MIN) {
                    sure.add(it.confidence, folded(&it.text.expose()) == *text);
                }
            }
            Ok(())
        })
    }

    /// Every picture of a set's valid half.
    fn each(&self, set: &str, mut take: impl FnMut(&Photograph) -> Result<()>) -> Result<()> {
        let folder = self.data.join(set);
        let truth = folder.join("annotations.jsonl");
        let lines = fs::read_to_string(&truth)
            .with_context(|| format!("failed to read {}", truth.display()))?;
        for line in lines.lines() {
            let row: Value = serde_json::from_str(line)?;
            let is = |key: &str, value: &str| row.get(key).and_then(Value::as_str) == Some(value);
            let doubled = row.get("also_in_us_crops").is_some_and(|it| *it == Value::Bool(true));
            if is("split", "valid") && !doubled {
                take(&photograph(&folder, &row)?)?;
            }
        }
        Ok(())
    }
}

fn photograph(folder: &Path, row: &Value) -> Result<Photograph> {
    let image = row.get("image").and_then(Value::as_str).context("a row has no image")?;
    let list = |key: &str| row.get(key).and_then(Value::as_array).into_iter().flatten();
    let plates = list("plates").filter_map(|plate| {
        let word = |key: &str| plate.get(key).and_then(Value::as_str).map(str::to_uppercase);
        let state = word("state").map(|state| format!("US-{state}"));
        Some(Plate {
            bounds: bounds(plate.get("box")?)?,
            text: word("text").as_deref().map(folded),
            issuer: state.or_else(|| word("region")),
        })
    });
    Ok(Photograph {
        image: image.to_owned(),
        plates: plates.collect(),
        ignored: list("ignore").filter_map(bounds).collect(),
        frame: Frame::decode(&fs::read(folder.join(image))?)?,
    })
}

/// A box of left, top, width and height.
fn bounds(of: &Value) -> Option<Bounds> {
    let number = |at: usize| of.get(at).and_then(Value::as_f64).map(|it| it as f32);
    let (left, top) = (number(0)?, number(1)?);
    Some(Bounds { left, top, right: left + number(2)?, bottom: top + number(3)? })
}

fn quad(bounds: &Bounds) -> Quad {
    let Bounds { left, top, right, bottom } = *bounds;
    let corner = |x, y| Point { x, y };
    Quad::from_points([
        corner(left, top),
        corner(right, top),
        corner(right, bottom),
        corner(left, bottom),
    ])
}
