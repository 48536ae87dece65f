//! RGB pictures at another size.
//!
//! The one place that calls the resizer, and in its typed form: its code is generic over fourteen kinds of pixel,
//! and leaving the choice to run time compiles all of them into this crate (minutes, measured).

use crate::error::VisionError;
use crate::frame::rgb_bytes;
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

/// A rectangle in whole pixels, at least one pixel each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rect {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
}

/// Pixels as red, green and blue bytes, row by row.
#[derive(Clone, Copy)]
pub(crate) struct Picture<'a> {
    pub width_px: u32,
    pub height_px: u32,
    pub rgb: &'a [u8],
}

/// How the pixels under one new pixel are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    /// A triangle over the whole footprint: what is shrunk is averaged, so thin strokes do not flicker away.
    Triangle,
    /// The plain mean of the footprint, and nothing of its neighbours.
    Mean,
}

/// Scales a part of a picture into `to`, which becomes `to_width` × `to_height` pixels.
pub(crate) fn resize(
    resizer: &mut Resizer,
    picture: Picture<'_>,
    part: Rect,
    filter: Filter,
    (to_width, to_height): (u32, u32),
    to: &mut Vec<u8>,
) -> Result<(), VisionError> {
    let Picture { width_px, height_px, rgb } = picture;
    let failed = |reason: String| VisionError::Scale { width_px, height_px, reason };
    to.resize(rgb_bytes(to_width, to_height), 0);
    let from = TypedImageRef::<U8x3>::from_buffer(width_px, height_px, rgb)
        .map_err(|err| failed(err.to_string()))?;
    let mut into = TypedImage::<U8x3>::from_buffer(to_width, to_height, to)
        .map_err(|err| failed(err.to_string()))?;
    let filter = match filter {
        Filter::Triangle => FilterType::Bilinear,
        Filter::Mean => FilterType::Box,
    };
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).crop(
        f64::from(part.left),
        f64::from(part.top),
        f64::from(part.width),
        f64::from(part.height),
    );
    resizer.resize_typed(&from, &mut into, &options).map_err(|err| failed(err.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaled(rgb: &[u8], width_px: u32, part: Rect, filter: Filter, size: (u32, u32)) -> Vec<u8> {
        let height_px = rgb.len() as u32 / 3 / width_px;
        let mut to = Vec::new();
        let picture = Picture { width_px, height_px, rgb };
        resize(&mut Resizer::new(), picture, part, filter, size, &mut to).unwrap();
        to
    }

    #[test]
    fn the_mean_is_of_the_part_alone() {
        let row: Vec<u8> = [10, 20, 30, 250].iter().flat_map(|v| [*v; 3]).collect();
        let part = Rect { left: 0, top: 0, width: 2, height: 1 };
        assert_eq!(scaled(&row, 4, part, Filter::Mean, (1, 1)), [15; 3]);
    }

    #[test]
    fn a_part_outside_the_picture_is_an_error() {
        let part = Rect { left: 3, top: 0, width: 2, height: 1 };
        let picture = Picture { width_px: 4, height_px: 1, rgb: &[0; 12] };
        let mut to = Vec::new();
        let refused = resize(&mut Resizer::new(), picture, part, Filter::Mean, (1, 1), &mut to);
        assert!(refused.unwrap_err().to_string().starts_with("failed to scale a 4×1 picture"));
    }
}
