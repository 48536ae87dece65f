//! Every stage of reading one picture, as one picture: what was seen, where the detector looked, each plate set upright, and
//! what its characters were taken for.

use super::annotate::{self, GREEN};
use super::font;
use anyhow::Context as _;
use image::imageops::{self, FilterType};
use image::{GrayImage, ImageFormat, Luma, Rgb, RgbImage};
use std::path::{Path, PathBuf};
use vision::{DetectBuffers, Frame, Heat, OneThread, PlateFound, Recogniser, rectify};

/// Width of the whole drawing, and of each of the two pictures on top.
const WIDTH: u32 = 1280;
const HALF: u32 = WIDTH / 2;
/// A plate's row: its rectangle, three times what the reader gets, and room around it.
const PLATE: (u32, u32) = (384, 192);
const MARGIN: u32 = 12;
const ROW: u32 = PLATE.1 + 2 * MARGIN;
/// Plates drawn, surest first: more than this is a page that nobody reads.
const PLATES_MAX: usize = 8;
/// Texts listed beside a plate.
const TEXTS: usize = 6;

const PAPER: Rgb<u8> = Rgb([20, 22, 26]);
const INK: Rgb<u8> = Rgb([230, 232, 235]);
const FAINT: Rgb<u8> = Rgb([120, 126, 134]);
const HOT: [f32; 3] = [255.0, 96.0, 0.0];

/// Draws the explanation of `input` and writes it as a PNG beside where annotated copies go.
pub(super) fn write(
    folder: &Path,
    name: &Path,
    recogniser: &Recogniser,
    frame: &Frame,
    plates: &[PlateFound],
) -> anyhow::Result<PathBuf> {
    let mut longer = name.as_os_str().to_owned();
    longer.push(".explained.png");
    let path = folder.join(PathBuf::from(longer));
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)
            .with_context(|| format!("failed to make {}", parent.display()))?;
    }
    draw(recogniser, frame, plates)?
        .save_with_format(&path, ImageFormat::Png)
        .with_context(|| format!("failed to write {}", path.display()))?;
    Ok(path)
}

fn draw(recogniser: &Recogniser, frame: &Frame, plates: &[PlateFound]) -> anyhow::Result<RgbImage> {
    let mut sorted: Vec<&PlateFound> = plates.iter().collect();
    sorted.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    sorted.truncate(PLATES_MAX);
    let seen = pixels(frame)?;
    let high = (u64::from(HALF) * u64::from(frame.height_px) / u64::from(frame.width_px.max(1)))
        .clamp(1, u64::from(4 * HALF)) as u32;
    let rows = u32::try_from(sorted.len().max(1))?;
    let mut page = RgbImage::from_pixel(WIDTH, high + MARGIN + rows * ROW, PAPER);

    let mut outlined = seen.clone();
    for plate in plates {
        annotate::draw(&mut outlined, plate);
    }
    place(&mut page, &imageops::resize(&outlined, HALF, high, FilterType::Triangle), 0, 0);
    let (mut buffers, thread) = (DetectBuffers::default(), OneThread::start());
    let heat = recogniser.detector().heat(frame, &mut buffers, &thread)?;
    let dim = imageops::resize(&seen, HALF, high, FilterType::Triangle);
    place(&mut page, &warmed(dim, &heat), HALF, 0);

    if sorted.is_empty() {
        font::write(&mut page, (MARGIN, high + 2 * MARGIN), 3, FAINT, "NO PLATE");
    }
    for (at, plate) in (0_u32..).zip(sorted) {
        plate_row(&mut page, high + MARGIN + at * ROW, recogniser, frame, plate)?;
    }
    Ok(page)
}

fn pixels(frame: &Frame) -> anyhow::Result<RgbImage> {
    RgbImage::from_raw(frame.width_px, frame.height_px, frame.rgb().to_vec())
        .context("the frame has another size than its pixels")
}

/// The frame in the dark, lit where the detector sees a plate's centre.
fn warmed(mut picture: RgbImage, heat: &Heat) -> RgbImage {
    let (width, height) = picture.dimensions();
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let share = |at: u32, of: u32| (at as f32 + 0.5) / of.max(1) as f32;
        let warm = heat.at(share(x, width), share(y, height));
        let mixed = |channel: u8, hot: f32| {
            let dark = f32::from(channel) * 0.35;
            (dark + (hot - dark) * warm) as u8
        };
        let [r, g, b] = pixel.0;
        *pixel = Rgb([mixed(r, HOT[0]), mixed(g, HOT[1]), mixed(b, HOT[2])]);
    }
    picture
}

/// One plate: set upright, its characters with how sure each is, the likeliest texts, who issued it.
fn plate_row(
    page: &mut RgbImage,
    top: u32,
    recogniser: &Recogniser,
    frame: &Frame,
    plate: &PlateFound,
) -> anyhow::Result<()> {
    let wants = &recogniser.reader().manifest().input;
    let upright = rectify(frame, &plate.corners, wants.upright())?;
    // Of a coloured rectangle the first plane: it is there to show where the characters stand.
    let grey = GrayImage::from_fn(wants.width_px, wants.height_px, |x, y| {
        let at = y as usize * upright.form.width_px + x as usize;
        Luma([upright.planes.get(at).copied().unwrap_or(0.0) as u8])
    });
    let large = imageops::resize(&grey, PLATE.0, PLATE.1, FilterType::Triangle);
    place(page, &image::DynamicImage::ImageLuma8(large).into_rgb8(), MARGIN, top + MARGIN);

    let left = PLATE.0 + 3 * MARGIN;
    let text = plate.text.expose();
    let mut x = left;
    for (letter, sure) in text.chars().zip(&plate.characters) {
        font::write(page, (x, top + MARGIN), 6, INK, &letter.to_string());
        let bar = (sure.clamp(0.0, 1.0) * 60.0) as u32;
        fill(page, (x, top + MARGIN + 54 + 60 - bar), (30, bar.max(1)), GREEN);
        font::write(page, (x, top + MARGIN + 122), 2, FAINT, &percent(*sure));
        x += 48;
    }
    let issuer = plate.issuer.map_or_else(
        || "ISSUER NOT TOLD".to_owned(),
        |guess| format!("{} {}", guess.jurisdiction.code(), percent(guess.probability)),
    );
    let all = format!("SURE {} SEEN {}", percent(plate.confidence), percent(plate.detection));
    font::write(page, (left, top + MARGIN + 150), 2, INK, &all);
    font::write(page, (left, top + MARGIN + 172), 2, INK, &issuer);
    let texts = WIDTH - 290;
    for (at, other) in (0_u32..).zip(plate.alternatives.iter().take(TEXTS)) {
        let line = format!("{:<10} {}", other.text.expose().as_ref(), percent(other.probability));
        let ink = if at == 0 { INK } else { FAINT };
        font::write(page, (texts, top + MARGIN + at * 30), 3, ink, &line);
    }
    Ok(())
}

fn percent(share: f32) -> String {
    format!("{:.0}%", share * 100.0)
}

fn place(page: &mut RgbImage, picture: &RgbImage, left: u32, top: u32) {
    imageops::replace(page, picture, i64::from(left), i64::from(top));
}

fn fill(page: &mut RgbImage, (left, top): (u32, u32), (width, height): (u32, u32), ink: Rgb<u8>) {
    for y in top..(top + height).min(page.height()) {
        for x in left..(left + width).min(page.width()) {
            page.put_pixel(x, y, ink);
        }
    }
}
