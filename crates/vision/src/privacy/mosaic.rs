//! Cutting pictures out of a frame, and averaging what may not be seen.

use super::place::Place;
use crate::error::VisionError;
use crate::frame::{CHANNELS, Frame};
use crate::resize::{Filter, Picture, Rect, resize};
use fast_image_resize::Resizer;

/// Widest picture kept: enough for a list and a detail page; more pixels would only be more to lose.
const WIDTH_MAX_PX: u32 = 640;

/// Pixels on their way to a JPEG.
pub(super) struct Pixels {
    pub width_px: u32,
    pub height_px: u32,
    pub rgb: Vec<u8>,
}

impl Pixels {
    fn picture(&self) -> Picture<'_> {
        Picture { width_px: self.width_px, height_px: self.height_px, rgb: &self.rgb }
    }

    fn whole(&self) -> Rect {
        Rect { left: 0, top: 0, width: self.width_px, height: self.height_px }
    }
}

/// A part of the frame as photographed, made smaller where it is wider than is kept.
pub(super) fn cut(frame: &Frame, part: Rect) -> Result<Pixels, VisionError> {
    let scale = (WIDTH_MAX_PX as f32 / part.width as f32).min(1.0);
    let side = |px: u32| ((px as f32 * scale).round() as u32).max(1);
    scaled(frame.picture(), part, Filter::Triangle, (side(part.width), side(part.height)))
}

/// The vehicle with everything but its clear part averaged.
pub(super) fn cut_masked(frame: &Frame, place: &Place) -> Result<Pixels, VisionError> {
    let sharp = cut(frame, place.vehicle)?;
    let cells = |px: u32| ((px as f32 / place.cell_px).floor() as u32).max(1);
    let size = (cells(place.vehicle.width), cells(place.vehicle.height));
    let coarse = scaled(frame.picture(), place.vehicle, Filter::Mean, size)?;
    // Smoothed, so that the eye is not drawn to the cells.
    let size = (sharp.width_px, sharp.height_px);
    let mut masked = scaled(coarse.picture(), coarse.whole(), Filter::Triangle, size)?;
    keep_clear(&sharp, &mut masked, place);
    Ok(masked)
}

/// Copies the clear part from the sharp picture into the masked one.
fn keep_clear(sharp: &Pixels, masked: &mut Pixels, place: &Place) {
    let scale = sharp.width_px as f32 / place.vehicle.width as f32;
    // Inwards, never outwards: a rounded edge may not show a pixel more.
    let span = |start: u32, len: u32, origin: u32| {
        let near = (start.saturating_sub(origin) as f32 * scale).ceil() as usize;
        let far = ((start + len).saturating_sub(origin) as f32 * scale).floor() as usize;
        near..far.max(near)
    };
    let columns = span(place.clear.left, place.clear.width, place.vehicle.left);
    let rows = span(place.clear.top, place.clear.height, place.vehicle.top);
    let stride = sharp.width_px as usize * CHANNELS;
    let bytes = columns.start * CHANNELS..columns.end.min(sharp.width_px as usize) * CHANNELS;
    let pairs = sharp.rgb.chunks_exact(stride).zip(masked.rgb.chunks_exact_mut(stride));
    for (from, to) in pairs.skip(rows.start).take(rows.len()) {
        if let (Some(from), Some(to)) = (from.get(bytes.clone()), to.get_mut(bytes.clone())) {
            to.copy_from_slice(from);
        }
    }
}

/// A part of a picture at another size.
fn scaled(
    picture: Picture<'_>,
    part: Rect,
    filter: Filter,
    (width_px, height_px): (u32, u32),
) -> Result<Pixels, VisionError> {
    let mut rgb = Vec::new();
    resize(&mut Resizer::new(), picture, part, filter, (width_px, height_px), &mut rgb)?;
    Ok(Pixels { width_px, height_px, rgb })
}
