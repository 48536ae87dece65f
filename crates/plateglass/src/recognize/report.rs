//! What was read, as a table or as lines of JSON.

use super::film::FRAMES_A_SECOND;
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;
use vision::{Passage, PlateFound};

/// A picture that was read.
pub(super) struct Picture {
    pub width_px: u32,
    pub height_px: u32,
    pub plates: Vec<PlateFound>,
}

/// What one line, or one block of the table, is about.
pub(super) enum Line<'a> {
    /// A picture and all its plates.
    Picture(&'a Picture),
    /// One plate's passage through a video.
    Passage(&'a Passage),
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
struct PassageLine {
    path: String,
    /// Seconds from the video's start.
    first_s: f64,
    last_s: f64,
    /// Frames that were weighed together, ten a second.
    n_frames: u32,
    /// Where the frame is that shows the plate best; the corners are of that frame.
    picture_s: f64,
    width_px: u32,
    height_px: u32,
    plate: PlateLine,
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
    issuer: Option<IssuerLine>,
}

#[derive(Serialize)]
struct IssuerLine {
    jurisdiction: &'static str,
    probability: f64,
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

    /// Writes one line's results. A name that is no Unicode is written with � for what is not.
    pub(super) fn write(
        &mut self,
        out: &mut impl Write,
        path: &Path,
        line: &Line<'_>,
    ) -> io::Result<()> {
        let name = path.display().to_string();
        match (self.json, line) {
            (true, Line::Picture(picture)) => json(out, &picture_line(name, picture)),
            (true, Line::Passage(passage)) => json(out, &passage_line(name, passage)),
            (false, Line::Picture(picture)) => self.table(out, &name, &picture.plates),
            (false, Line::Passage(passage)) => {
                let when = when(passage);
                self.table(out, &format!("{name} {when}"), std::slice::from_ref(&passage.plate))
            }
        }
    }

    fn table(&mut self, out: &mut impl Write, name: &str, plates: &[PlateFound]) -> io::Result<()> {
        if !self.headed {
            let (plate, issuer) = ("plate", "issuer");
            writeln!(
                out,
                "{plate:<12} {issuer:<6} {:>10} {:>9}  picture",
                "confidence", "detected"
            )?;
            self.headed = true;
        }
        for plate in plates {
            let text = plate.text.expose();
            let (sure, seen) = (percent(plate.confidence), percent(plate.detection));
            let issuer = plate.issuer.map_or("", |guess| guess.jurisdiction.code());
            writeln!(out, "{:<12} {issuer:<6} {sure:>10} {seen:>9}  {name}", text.as_ref())?;
        }
        if plates.is_empty() {
            writeln!(out, "{:<12} {:<6} {:>10} {:>9}  {name}", "-", "", "", "")?;
        }
        Ok(())
    }
}

fn json(out: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    writeln!(out)
}

fn picture_line(path: String, picture: &Picture) -> PictureLine {
    PictureLine {
        path,
        width_px: picture.width_px,
        height_px: picture.height_px,
        plates: picture.plates.iter().map(plate_line).collect(),
    }
}

fn passage_line(path: String, passage: &Passage) -> PassageLine {
    PassageLine {
        path,
        first_s: seconds(passage.first),
        last_s: seconds(passage.last),
        n_frames: passage.n_frames,
        picture_s: seconds(passage.picture_number),
        width_px: passage.picture.width_px,
        height_px: passage.picture.height_px,
        plate: plate_line(&passage.plate),
    }
}

/// When a passage was, for the table.
fn when(passage: &Passage) -> String {
    let (first, last) = (seconds(passage.first), seconds(passage.last));
    format!("{first:.1}–{last:.1} s, {} frames", passage.n_frames)
}

/// A frame's time from the video's start.
fn seconds(frame: u64) -> f64 {
    frame as f64 / f64::from(FRAMES_A_SECOND)
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
        issuer: plate.issuer.map(|guess| IssuerLine {
            jurisdiction: guess.jurisdiction.code(),
            probability: rounded(guess.probability),
        }),
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
