//! Copies of pictures with the plates outlined and their texts written above.

use super::font;
use anyhow::Context;
use image::{ImageFormat, Rgb, RgbImage};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use vision::{Frame, PlateFound, Point};

/// Outline and writing: a green no car is painted in.
pub(super) const GREEN: Rgb<u8> = Rgb([0, 255, 80]);
/// Behind the writing.
const BLACK: Rgb<u8> = Rgb([0, 0, 0]);

/// Writes the annotated copy of `frame` as a JPEG at `name` below `folder`.
pub(super) fn write(
    folder: &Path,
    name: &Path,
    frame: &Frame,
    plates: &[PlateFound],
) -> anyhow::Result<()> {
    let path = folder.join(jpeg_name(name));
    let parent = path.parent().unwrap_or(folder);
    fs::create_dir_all(parent).with_context(|| format!("failed to make {}", parent.display()))?;
    let pixels = RgbImage::from_raw(frame.width_px, frame.height_px, frame.rgb().to_vec());
    let mut picture = pixels.context("the frame has another size than its pixels")?;
    for plate in plates {
        draw(&mut picture, plate);
    }
    picture
        .save_with_format(&path, ImageFormat::Jpeg)
        .with_context(|| format!("failed to write {}", path.display()))
}

/// The name with `.jpg` at its end, without making `a.png` and `a.webp` one.
fn jpeg_name(name: &Path) -> PathBuf {
    let is_jpeg = name.extension().is_some_and(|ending| {
        ending.eq_ignore_ascii_case("jpg") || ending.eq_ignore_ascii_case("jpeg")
    });
    if is_jpeg {
        return name.to_owned();
    }
    let mut longer = OsString::from(name);
    longer.push(".jpg");
    PathBuf::from(longer)
}

/// Outlines a plate and writes its text above.
pub(super) fn draw(picture: &mut RgbImage, plate: &PlateFound) {
    // One pixel in 400 of the width: visible when the whole picture is on a screen.
    let pen = (picture.width() / 400).max(1);
    let corners = plate.corners.points();
    let ends = corners.iter().cycle().skip(1);
    for (from, to) in corners.iter().zip(ends) {
        line(picture, *from, *to, pen);
    }
    let bounds = plate.corners.bounds();
    let label = format!("{} {:.0}%", plate.text.expose().as_ref(), plate.confidence * 100.0);
    let height = (font::HEIGHT + 2) * pen;
    let top = (bounds.top as u32).saturating_sub(height + pen);
    write_label(picture, (bounds.left as u32, top), pen, &label);
}

/// A line of `pen` pixels' width, by small steps.
fn line(picture: &mut RgbImage, from: Point, to: Point, pen: u32) {
    let size = picture.width().max(picture.height()) as f32;
    // Corners may lie far outside; steps beyond the picture's own size draw nothing new.
    let steps = from.distance(to).clamp(1.0, 4.0 * size) as u32;
    for step in 0..=steps {
        let share = step as f32 / steps as f32;
        let x = from.x + (to.x - from.x) * share;
        let y = from.y + (to.y - from.y) * share;
        if x >= 0.0 && y >= 0.0 {
            block(picture, (x as u32, y as u32), pen, GREEN);
        }
    }
}

fn write_label(picture: &mut RgbImage, (left, top): (u32, u32), pen: u32, label: &str) {
    let mut x = left;
    for letter in label.chars() {
        let glyph = font::glyph(letter);
        for column in 0..=font::WIDTH {
            for row in 0..font::HEIGHT + 2 {
                let ink = row > 0 && font::is_ink(glyph, column, row - 1);
                let at = (x.saturating_add(column * pen), top.saturating_add(row * pen));
                block(picture, at, pen, if ink { GREEN } else { BLACK });
            }
        }
        x = x.saturating_add((font::WIDTH + 1) * pen);
    }
}

/// A square of the pen's width, as far as it lies in the picture.
fn block(picture: &mut RgbImage, (left, top): (u32, u32), pen: u32, colour: Rgb<u8>) {
    for y in top..top.saturating_add(pen).min(picture.height()) {
        for x in left..left.saturating_add(pen).min(picture.width()) {
            picture.put_pixel(x, y, colour);
        }
    }
}
