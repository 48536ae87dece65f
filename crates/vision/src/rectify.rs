//! A plate's four corners to an upright grey rectangle.

use crate::error::VisionError;
use crate::frame::{CHANNELS, Frame};
use crate::geometry::{Homography, Point, Quad};

/// A plate as if seen from straight ahead: grey values 0–255, row by row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rectified {
    /// Width in pixels.
    pub width_px: usize,
    /// Height in pixels.
    pub height_px: usize,
    /// Grey values, width × height.
    pub grey: Vec<f32>,
}

/// Samples in each direction of a new pixel where a plate is made smaller. Blocks take out the whole factor, so
/// less than two is left.
const SAMPLES_ACROSS: usize = 2;

/// Cuts a plate out, with a border of `padding` (a share of the plate's own width and height on each side), and
/// makes it `width_px` × `height_px`.
pub fn rectify(
    frame: &Frame,
    corners: &Quad,
    padding: f32,
    width_px: usize,
    height_px: usize,
) -> Result<Rectified, VisionError> {
    let not_a_plate = || VisionError::NotAPlate { corners: format!("{:?}", corners.points()) };
    let map = Homography::to_quad(corners).ok_or_else(not_a_plate)?;
    let padded = map.padded(padding);
    // Whole pixels are averaged first, the rest by samples in each new pixel: between four pixels of a large plate
    // a single sample misses strokes.
    let shrink = padded.width() / width_px.max(1) as f32;
    let block = (shrink as usize).max(1);
    let samples = if shrink > 1.0 { SAMPLES_ACROSS } else { 1 };
    let patch = Patch::around(frame, &padded, block).ok_or_else(not_a_plate)?;
    let share = |at: usize, of: usize| {
        (at as f32 + 0.5) / (of * samples) as f32 * (1.0 + 2.0 * padding) - padding
    };
    let sample = |x: usize, y: usize| patch.at(map.at(share(x, width_px), share(y, height_px)));
    let mean = |x: usize, y: usize| {
        let within = (0..samples * samples)
            .map(|at| sample(x * samples + at % samples, y * samples + at / samples));
        within.sum::<f32>() / (samples * samples) as f32
    };
    let places = (0..height_px).flat_map(|y| (0..width_px).map(move |x| (x, y)));
    Ok(Rectified { width_px, height_px, grey: places.map(|(x, y)| mean(x, y)).collect() })
}

/// The grey values around a plate, each the mean of block × block pixels.
struct Patch {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    block: usize,
    grey: Vec<f32>,
}

impl Patch {
    /// Takes what lies around `quad`, clipped to the frame. `None` where nothing of it is in the frame.
    fn around(frame: &Frame, quad: &Quad, block: usize) -> Option<Patch> {
        let bounds = quad.bounds().grown(1.0 + block as f32, 1.0 + block as f32);
        let (frame_width, frame_height) = (frame.width_px as usize, frame.height_px as usize);
        // Floats saturate when cast: left of the frame becomes 0, far right its width.
        let left = (bounds.left as usize).min(frame_width);
        let top = (bounds.top as usize).min(frame_height);
        let right = (bounds.right.ceil() as usize).min(frame_width);
        let bottom = (bounds.bottom.ceil() as usize).min(frame_height);
        let width = right.checked_sub(left)? / block;
        let height = bottom.checked_sub(top)? / block;
        if width == 0 || height == 0 {
            return None;
        }
        let mut patch = Patch { left, top, width, height, block, grey: Vec::new() };
        patch.fill(frame);
        Some(patch)
    }

    fn fill(&mut self, frame: &Frame) {
        self.grey = vec![0.0; self.width * self.height];
        let part = 1.0 / (self.block * self.block) as f32;
        let span = self.left * CHANNELS..(self.left + self.width * self.block) * CHANNELS;
        for (row, cells) in self.grey.chunks_exact_mut(self.width).enumerate() {
            let first = self.top + row * self.block;
            for y in first..first + self.block {
                let pixels = frame.row(y).get(span.clone()).unwrap_or_default();
                for (cell, block) in
                    cells.iter_mut().zip(pixels.chunks_exact(CHANNELS * self.block))
                {
                    *cell += part * block.chunks_exact(CHANNELS).map(luma).sum::<f32>();
                }
            }
        }
    }

    /// The grey value at a place of the frame, between its four nearest; outside, the nearest edge's.
    fn at(&self, place: Point) -> f32 {
        let block = self.block as f32;
        let along = |place: f32, start: usize, len: usize| {
            let cell = ((place - start as f32) / block - 0.5).clamp(0.0, (len - 1) as f32);
            let near = cell as usize;
            (near, (near + 1).min(len - 1), cell - near as f32)
        };
        let (x0, x1, across) = along(place.x, self.left, self.width);
        let (y0, y1, down) = along(place.y, self.top, self.height);
        let grey = |x: usize, y: usize| self.grey.get(y * self.width + x).copied().unwrap_or(0.0);
        let mix = |a: f32, b: f32, share: f32| a + (b - a) * share;
        mix(mix(grey(x0, y0), grey(x1, y0), across), mix(grey(x0, y1), grey(x1, y1), across), down)
    }
}

/// Brightness of a pixel by the weights of BT.601, which JPEG and the training use.
fn luma(pixel: &[u8]) -> f32 {
    match pixel {
        [r, g, b] => 0.299 * f32::from(*r) + 0.587 * f32::from(*g) + 0.114 * f32::from(*b),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A frame whose grey value says the place: brighter to the right, or downwards.
    fn ramp(width_px: u32, height_px: u32, across: bool) -> Frame {
        let pixel = |x: u32, y: u32| [(if across { x } else { y }) as u8; 3];
        let rgb = (0..height_px).flat_map(|y| (0..width_px).flat_map(move |x| pixel(x, y)));
        Frame::from_rgb(width_px, height_px, rgb.collect()).unwrap()
    }

    fn quad(points: [(f32, f32); 4]) -> Quad {
        Quad::from_points(points.map(|(x, y)| Point { x, y }))
    }

    proptest! {
        /// A ramp's grey value is the place itself (plus half, its pixel's centre), so the rectangle tells where
        /// each of its pixels was taken from: within half a pixel of where the plate's map says.
        #[test]
        fn a_known_plate_maps_to_a_known_rectangle(
            jitter in proptest::array::uniform8(-6.0f32..6.0),
            padding in 0.0f32..0.2,
        ) {
            // Far enough from the picture's edge that no sample falls outside it, whatever the tilt.
            let [a, b, c, d, e, f, g, h] = jitter;
            let seen = quad([
                (90.0 + a, 80.0 + b), (190.0 + c, 80.0 + d),
                (190.0 + e, 130.0 + f), (90.0 + g, 130.0 + h),
            ]);
            let map = Homography::to_quad(&seen).unwrap();
            for across in [true, false] {
                let got = rectify(&ramp(250, 220, across), &seen, padding, 64, 32).unwrap();
                for (at, grey) in got.grey.iter().enumerate() {
                    let share = |at: usize, of: f32| (at as f32 + 0.5) / of * (1.0 + 2.0 * padding) - padding;
                    let from = map.at(share(at % 64, 64.0), share(at / 64, 32.0));
                    let expected = if across { from.x } else { from.y } - 0.5;
                    prop_assert!((grey - expected).abs() < 0.5, "{grey} {expected}");
                }
            }
        }

        #[test]
        fn any_corners_are_a_rectangle_or_an_error(
            xs in proptest::array::uniform4(prop_oneof![-500.0f32..500.0, Just(f32::NAN), Just(f32::MAX)]),
            ys in proptest::array::uniform4(prop_oneof![-500.0f32..500.0, Just(f32::INFINITY)]),
        ) {
            let [a, b, c, d] = xs;
            let [e, f, g, h] = ys;
            let corners = quad([(a, e), (b, f), (c, g), (d, h)]);
            if let Ok(plate) = rectify(&ramp(50, 40, true), &corners, 0.06, 16, 8) {
                prop_assert_eq!(plate.grey.len(), 128);
                prop_assert!(plate.grey.iter().all(|grey| (0.0..=255.0).contains(grey)));
            }
        }
    }

    #[test]
    fn a_large_plate_is_averaged_not_sampled() {
        // Columns of black and white, one pixel each: any honest shrinking gives grey.
        let rgb = (0..400u32 * 200).flat_map(|at| [if at % 2 == 0 { 0u8 } else { 255 }; 3]);
        let stripes = Frame::from_rgb(400, 200, rgb.collect()).unwrap();
        let seen = quad([(20.0, 20.0), (380.0, 20.0), (380.0, 180.0), (20.0, 180.0)]);
        let plate = rectify(&stripes, &seen, 0.0, 64, 32).unwrap();
        assert!(plate.grey.iter().all(|grey| (100.0..155.0).contains(grey)));
    }

    #[test]
    fn a_plate_across_the_edge_repeats_the_edge() {
        let seen = quad([(200.0, 60.0), (280.0, 60.0), (280.0, 100.0), (200.0, 100.0)]);
        let plate = rectify(&ramp(240, 180, true), &seen, 0.0, 64, 32).unwrap();
        assert_eq!(plate.grey.last().copied(), Some(239.0));
    }

    #[test]
    fn a_plate_outside_the_frame_is_refused() {
        let away = quad([(300.0, 60.0), (380.0, 60.0), (380.0, 100.0), (300.0, 100.0)]);
        let refused = rectify(&ramp(240, 180, true), &away, 0.0, 64, 32).unwrap_err();
        assert!(refused.to_string().ends_with("are not a plate"), "{refused}");
    }
}
