//! Cutting pictures out of a frame, and averaging what may not be seen.

use super::place::{Place, Rect};
use crate::error::VisionError;
use crate::frame::{CHANNELS, Frame, rgb_bytes};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

/// Widest picture kept: enough for a list and a detail page; more pixels would only be more to lose.
const WIDTH_MAX_PX: u32 = 640;

/// Pixels on their way to a JPEG.
pub(super) struct Pixels {
    pub width_px: u32,
    pub height_px: u32,
    pub rgb: Vec<u8>,
}

/// A part of the frame as photographed, made smaller where it is wider than is kept.
pub(super) fn cut(frame: &Frame, part: Rect) -> Result<Pixels, VisionError> {
    let scale = (WIDTH_MAX_PX as f32 / part.width as f32).min(1.0);
    let side = |px: u32| ((px as f32 * scale).round() as u32).max(1);
    scaled(frame.rgb(), (frame.width_px, frame.height_px), part, (side(part.width), side(part.height)), FilterType::Bilinear)
}

/// The vehicle with everything but its clear part averaged.
pub(super) fn cut_masked(frame: &Frame, place: &Place) -> Result<Pixels, VisionError> {
    let sharp = cut(frame, place.vehicle)?;
    let cells = |px: u32| ((px as f32 / place.cell_px).floor() as u32).max(1);
    let coarse_size = (cells(place.vehicle.width), cells(place.vehicle.height));
    let size = (frame.width_px, frame.height_px);
    // A box filter gives each cell the plain mean of its own pixels and of no others.
    let coarse = scaled(frame.rgb(), size, place.vehicle, coarse_size, FilterType::Box)?;
    let whole = Rect { left: 0, top: 0, width: coarse.width_px, height: coarse.height_px };
    // Smoothed, so that the eye is not drawn to the cells.
    let mut masked = scaled(&coarse.rgb, coarse_size, whole, (sharp.width_px, sharp.height_px), FilterType::Bilinear)?;
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
    rgb: &[u8],
    (width, height): (u32, u32),
    part: Rect,
    (to_width, to_height): (u32, u32),
    filter: FilterType,
) -> Result<Pixels, VisionError> {
    let failed = |reason: String| VisionError::Scale { frame: format!("a {width}×{height} picture"), reason };
    let from = ImageRef::new(width, height, rgb, PixelType::U8x3).map_err(|err| failed(err.to_string()))?;
    let mut pixels = vec![0; rgb_bytes(to_width, to_height)];
    let mut to = Image::from_slice_u8(to_width, to_height, &mut pixels, PixelType::U8x3)
        .map_err(|err| failed(err.to_string()))?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).crop(
        f64::from(part.left),
        f64::from(part.top),
        f64::from(part.width),
        f64::from(part.height),
    );
    Resizer::new().resize(&from, &mut to, &options).map_err(|err| failed(err.to_string()))?;
    Ok(Pixels { width_px: to_width, height_px: to_height, rgb: pixels })
}
