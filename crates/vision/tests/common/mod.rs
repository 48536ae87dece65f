//! Pictures with known plates, for tests and for the bench (which takes this file in by its path): what is measured and what
//! is tested are scored by the same lines.
#![allow(dead_code, reason = "each that takes this in uses a part")]

use image::imageops::FilterType;
use image::{Rgb, RgbImage};
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use vision::{Frame, PlateFound};

/// A picture and the plates known to be on it.
pub(crate) struct Scene {
    pub(crate) picture: PathBuf,
    pub(crate) plates: Vec<Known>,
}

/// A plate whose text is known.
pub(crate) struct Known {
    /// Folded (see [`folded`]).
    pub(crate) text: String,
    /// Width in the picture's pixels.
    pub(crate) width_px: f32,
}

/// Every picture of a truth file that has at least one known text; the pictures lie beside it.
pub(crate) fn scenes(truth: &Path) -> Result<Vec<Scene>, String> {
    let lines = fs::read_to_string(truth).map_err(|err| format!("{}: {err}", truth.display()))?;
    let folder = truth.parent().unwrap_or(Path::new("."));
    let rows = lines.lines().map(|line| {
        let row: serde_json::Value = serde_json::from_str(line).map_err(|err| err.to_string())?;
        let image =
            row.get("image").and_then(|image| image.as_str()).ok_or("a row has no image")?;
        let plates = row
            .get("plates")
            .and_then(|plates| plates.as_array())
            .into_iter()
            .flatten()
            .filter_map(known)
            .collect();
        Ok(Scene { picture: folder.join(image), plates })
    });
    let scenes: Result<Vec<Scene>, String> = rows.collect();
    Ok(scenes?.into_iter().filter(|scene| !scene.plates.is_empty()).collect())
}

/// A plate of a truth file: its corners where the scene is drawn, its box where it was photographed.
fn known(plate: &serde_json::Value) -> Option<Known> {
    let number = |at: &str| plate.pointer(at).and_then(serde_json::Value::as_f64);
    let between = |a: &str, b: &str| Some(number(b)? - number(a)?);
    let width = between("/corners/0/0", "/corners/1/0").or_else(|| number("/box/2"));
    Some(Known { text: folded(plate.get("text")?.as_str()?), width_px: width? as f32 })
}

/// Letters and digits only. O and 0, I and 1 are one die in many states, and no truth file tells them apart.
pub(crate) fn folded(text: &str) -> String {
    let plain = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase());
    plain
        .map(|c| match c {
            'O' => '0',
            'I' => '1',
            other => other,
        })
        .collect()
}

impl Scene {
    /// Whether a text is one of this scene's.
    pub(crate) fn knows(&self, text: &str) -> bool {
        let text = folded(text);
        self.plates.iter().any(|plate| plate.text == text)
    }

    /// A picture counts as right if any plate found bears a text of the truth.
    pub(crate) fn is_read(&self, found: &[PlateFound]) -> bool {
        found.iter().any(|plate| self.knows(&plate.text.expose()))
    }

    /// The same if any of a found plate's likeliest texts does.
    pub(crate) fn is_in_ten(&self, found: &[PlateFound]) -> bool {
        let mut others = found.iter().flat_map(|plate| &plate.alternatives);
        others.any(|other| self.knows(&other.text.expose()))
    }
}

/// How many of how many.
#[derive(Clone, Copy, Default)]
pub(crate) struct Score {
    pub(crate) right: usize,
    pub(crate) n: usize,
}

impl Score {
    pub(crate) fn add(&mut self, right: bool) {
        self.right += usize::from(right);
        self.n += 1;
    }

    pub(crate) fn percent(&self) -> f64 {
        100.0 * self.right as f64 / self.n.max(1) as f64
    }

    /// Wilson's interval at 95 %, in percent.
    pub(crate) fn interval(&self) -> (f64, f64) {
        let (z, n, share) = (1.96_f64, self.n.max(1) as f64, self.percent() / 100.0);
        let middle = share + z * z / (2.0 * n);
        let reach = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 100.0 / (1.0 + z * z / n);
        ((middle - reach) * scale, (middle + reach) * scale)
    }
}

/// Frames of one passage.
pub(crate) const FRAMES: usize = 10;
/// The plate's width in the first frame and in the last, in pixels.
pub(crate) const WIDTHS_PX: (f32, f32) = (40.0, 58.0);

/// A drawn scene as ten frames of a video: the plate comes nearer, from 40 to 58 pixels wide, and every frame has its own
/// place on the sensor, motion blur, light, noise and JPEG blocks. The same scene gives the same frames.
pub(crate) fn drive(scene: &Scene, seed: u64) -> Result<Vec<Frame>, String> {
    let picture = image::open(&scene.picture).map_err(|err| err.to_string())?.to_rgb8();
    let width = scene.plates.first().ok_or("the scene has no plate")?.width_px;
    let mut chance = Chance(seed);
    (0..FRAMES)
        .map(|at| {
            let share = at as f32 / (FRAMES - 1) as f32;
            let scale = (WIDTHS_PX.0 + (WIDTHS_PX.1 - WIDTHS_PX.0) * share) / width;
            filmed(&picture, scale, &mut chance)
        })
        .collect()
}

fn filmed(picture: &RgbImage, scale: f32, chance: &mut Chance) -> Result<Frame, String> {
    let (left, top) = (chance.below(6), chance.below(6));
    let (width, height) = (picture.width() - left, picture.height() - top);
    let part = image::imageops::crop_imm(picture, left, top, width, height).to_image();
    let size = |px: u32| ((px as f32 * scale).round() as u32).max(1);
    let small = image::imageops::resize(&part, size(width), size(height), FilterType::Triangle);
    let (smear, light, grain) =
        (1 + chance.below(4), chance.between(0.7, 1.2), chance.between(4.0, 14.0));
    let mut frame = RgbImage::new(small.width(), small.height());
    for (x, y, pixel) in frame.enumerate_pixels_mut() {
        let mut sum = [0.0; 3];
        for step in 0..smear {
            let from = small.get_pixel((x + step).min(small.width() - 1), y).0;
            sum.iter_mut().zip(from).for_each(|(sum, from)| *sum += f32::from(from));
        }
        let noise = grain * chance.normal();
        *pixel = Rgb(sum.map(|sum| (sum / smear as f32 * light + noise).clamp(0.0, 255.0) as u8));
    }
    let mut jpeg = Cursor::new(Vec::new());
    let quality = 35 + chance.below(40) as u8;
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, quality)
        .encode_image(&frame)
        .map_err(|err| err.to_string())?;
    Frame::decode(jpeg.get_ref()).map_err(|err| err.to_string())
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u32) -> u32 {
        ((self.next() >> 32) as u32) % end
    }

    fn between(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// About normal: the sum of twelve even ones.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.between(0.0, 1.0)).sum::<f32>() - 6.0
    }
}
