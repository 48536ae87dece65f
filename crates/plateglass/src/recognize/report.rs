//! What was read, as a table or as lines of JSON.

use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;
use vision::PlateFound;

/// A picture that was read.
pub(super) struct Picture {
    pub width_px: u32,
    pub height_px: u32,
    pub plates: Vec<PlateFound>,
}

/// Writes results as they come.
pub(super) struct Report {
    json: bool,
    headed: bool,
}

/// Decimals of probabilities: what more digits would say changes from one processor to the next.
const DECIMALS: f64 = 10_000.0;

#[derive(Serialize)]
struct PictureLine {
    path: String,
    width_px: u32,
    height_px: u32,
    plates: Vec<PlateLine>,
}

#[derive(Serialize)]
struct PlateLine {
    text: String,
    confidence: f64,
    characters: Vec<f64>,
    alternatives: Vec<AlternativeLine>,
    /// Top left, top right, bottom right, bottom left; x and y in pixels.
    corners: [[f64; 2]; 4],
    detection: f64,
}

#[derive(Serialize)]
struct AlternativeLine {
    text: String,
    probability: f64,
}

impl Report {
    pub(super) fn new(json: bool) -> Report {
        Report { json, headed: false }
    }

    /// Writes one picture's results. A name that is no Unicode is written with � for what is not.
    pub(super) fn write(
        &mut self,
        out: &mut impl Write,
        path: &Path,
        picture: &Picture,
    ) -> io::Result<()> {
        if self.json { json(out, path, picture) } else { self.table(out, path, picture) }
    }

    fn table(&mut self, out: &mut impl Write, path: &Path, picture: &Picture) -> io::Result<()> {
        if !self.headed {
            writeln!(out, "{:<12} {:>10} {:>9}  picture", "plate", "confidence", "detected")?;
            self.headed = true;
        }
        let name = path.display();
        for plate in &picture.plates {
            let text = plate.text.expose();
            let (sure, seen) = (percent(plate.confidence), percent(plate.detection));
            writeln!(out, "{:<12} {sure:>10} {seen:>9}  {name}", text.as_ref())?;
        }
        if picture.plates.is_empty() {
            writeln!(out, "{:<12} {:>10} {:>9}  {name}", "-", "", "")?;
        }
        Ok(())
    }
}

fn json(out: &mut impl Write, path: &Path, picture: &Picture) -> io::Result<()> {
    let line = PictureLine {
        path: path.display().to_string(),
        width_px: picture.width_px,
        height_px: picture.height_px,
        plates: picture.plates.iter().map(plate_line).collect(),
    };
    serde_json::to_writer(&mut *out, &line)?;
    writeln!(out)
}

fn plate_line(plate: &PlateFound) -> PlateLine {
    let text = |text: plate::PlateText| text.expose().as_ref().to_owned();
    let alternatives = plate.alternatives.iter().map(|other| AlternativeLine {
        text: text(other.text),
        probability: rounded(other.probability),
    });
    PlateLine {
        text: text(plate.text),
        confidence: rounded(plate.confidence),
        characters: plate.characters.iter().copied().map(rounded).collect(),
        alternatives: alternatives.collect(),
        corners: plate.corners.points().map(|corner| [tenth(corner.x), tenth(corner.y)]),
        detection: rounded(plate.detection),
    }
}

fn percent(share: f32) -> String {
    format!("{:.0} %", share * 100.0)
}

fn rounded(probability: f32) -> f64 {
    (f64::from(probability) * DECIMALS).round() / DECIMALS
}

/// Corners to a tenth of a pixel: finer than the detector knows them.
fn tenth(pixels: f32) -> f64 {
    (f64::from(pixels) * 10.0).round() / 10.0
}
